/** What the build and the server put into the sources. Not shipped to sites. */

import type { Facts } from "../src/policy.js";
import type { Texts } from "../src/ui/types.js";

declare module "./consent" {
  interface ConsentFunction {
    /** How the UI chunk hands itself over. */
    ui(mount: (...args: never[]) => object, texts: Texts): void;
  }
}

declare global {
  /** The published facts of a site, composed by the server. */
  const __CONSENT_FACTS__: Facts;
  /** The texts of one language, composed by the server. */
  const __CONSENT_TEXTS__: Texts;
}
