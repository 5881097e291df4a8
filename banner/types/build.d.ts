/** What the build and the server put into the sources. Not shipped to sites. */

import type {} from "./consent";

declare module "./consent" {
  interface ConsentFunction {
    /** How the UI chunk hands itself over. */
    ui(mount: (core: any, texts: any) => object, texts: unknown): void;
  }
}

declare global {
  /** The published facts of a site, composed by the server. */
  const __CONSENT_FACTS__: any;
  /** The texts of one language, composed by the server. */
  const __CONSENT_TEXTS__: any;
}
