/** What the build and the server put into the sources. Not shipped to sites. */

import type { Facts } from "../src/policy.js";
import type { Details, Texts } from "../src/ui/types.js";

declare module "./consent" {
  interface ConsentFunction {
    /** How the UI chunk hands itself over. */
    ui(mount: (...args: never[]) => object, texts: Texts): void;
  }
}

declare global {
  /** Whether this is the core for laws under which tags may run before a decision. */
  const EARLY: boolean;
  /** Whether this is a core that can hold services back. */
  const HELD: boolean;
  /** The published facts of a site, composed by the server. */
  const __CONSENT_FACTS__: Facts;
  /** The texts of one language that the first layer needs, composed by the server. */
  const __CONSENT_TEXTS__: Texts;
  /** What the second layer needs beside them. */
  const __CONSENT_DETAILS__: Details;
  /** Name of the site's consent cookie, in stopped.js. */
  const __CONSENT_COOKIE__: string;
}
