/**
 * Typings of `window.consent`, the browser API of Consent.
 *
 * Copy this file into a TypeScript project, or refer to it with
 * `/// <reference path="./consent.d.ts" />`. Everything declared here is stable; nothing else on
 * `window.consent` is meant for pages.
 */

export type ConsentDecision = "accept_all" | "reject_all" | "custom" | "withdraw";

/** Where a change came from: `tab` is another tab of the same site, `stored` an earlier visit. */
export type ConsentSource = "banner" | "preferences" | "api" | "tab" | "stored";

export interface ConsentState {
  /** False until the visitor has decided; everything optional is then denied, unless a law pack of the policy says otherwise. */
  decided: boolean;
  decision: ConsentDecision | null;
  /** Every category of the policy, `necessary` included. */
  categories: Record<string, boolean>;
  /** Every service of the policy, necessary ones included. */
  services: Record<string, boolean>;
  /** First 16 hex digits of the policy version the visitor decided on. */
  policy_version: string | null;
  /** RFC 3339, UTC. */
  decided_at: string | null;
  /** RFC 3339, UTC. After this moment the visitor is asked again. */
  expires_at: string | null;
}

/** What is not named keeps its present value; `false` for a category refuses all its services. */
export interface ConsentChoice {
  categories?: Record<string, boolean>;
  services?: Record<string, boolean>;
}

/** The platform's answer to a recorded decision, kept on the visitor's side. */
export interface ConsentReceipt {
  record_id: string;
  visitor?: string;
  received_time: string;
  expires_at: string;
  /** The visitor's copy: docs/receipts.md. */
  receipt: {
    record_id: string;
    site: string;
    visitor_id: string;
    decision: ConsentDecision | "gpc";
    categories: Record<string, boolean>;
    services: Record<string, boolean>;
    policy_version: string;
    /** Opens this record's page, `/r/<token>`, and its proof. */
    token: string;
    /** What the leaf of the log is computed from. */
    opening: Record<string, string | number | null>;
    /** A signed note: this leaf will be in the log within the merge delay. */
    promise: string;
    [member: string]: unknown;
  };
}

/** `detail` of every event. `v` changes only when a member changes its meaning. */
export interface ConsentEventDetail extends ConsentState {
  v: 1;
  source?: ConsentSource;
  layer?: 1 | 2;
}

export type ConsentEventName = "ready" | "shown" | "hidden" | "change" | "withdraw";

export interface ConsentApi {
  /** Resolves when the stored decision has been applied, with the state at that moment. */
  readonly ready: Promise<ConsentState>;
  /** True when the browser sends Global Privacy Control. */
  readonly gpc: boolean;
  state(): ConsentState;
  /** Both must be granted where both are named; an id the policy lacks is denied. */
  allows(category: string | null, service?: string | null): boolean;
  acceptAll(): void;
  rejectAll(): void;
  save(choice: ConsentChoice): void;
  withdraw(): void;
  /** 1 = first layer, 2 = preferences. Default: 1 while undecided, else 2. */
  show(layer?: 1 | 2): void;
  /** Closes without deciding. */
  hide(): void;
  /** Returns a function that stops listening. */
  on(event: ConsentEventName, listener: (detail: ConsentEventDetail) => void): () => void;
  /** The receipt of the last recorded decision, or null while none has been acknowledged. */
  receipt(): ConsentReceipt | null;
}

/** The stub form `consent('save', {…})` works before and after the script has loaded. */
export interface ConsentFunction extends ConsentApi {
  (method: keyof ConsentApi, ...args: unknown[]): unknown;
  q?: IArguments[];
}

declare global {
  interface Window {
    consent: ConsentFunction;
  }
  interface WindowEventMap {
    "consent:ready": CustomEvent<ConsentEventDetail>;
    "consent:shown": CustomEvent<ConsentEventDetail>;
    "consent:hidden": CustomEvent<ConsentEventDetail>;
    "consent:change": CustomEvent<ConsentEventDetail>;
    "consent:withdraw": CustomEvent<ConsentEventDetail>;
  }
}
