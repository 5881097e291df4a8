/**
 * Entry of the second chunk. The function that it hands itself over to was left on its script
 * element by the first one (chunk.js).
 */

import css from "./preferences.css";
import { showPreferences } from "./preferences.js";
import { addStyles } from "./style.js";

/** @type {any} */
const script = document.currentScript;
const details = __CONSENT_DETAILS__;

/** @type {import("./types.js").Opener} */
const open = (ui, closed) => {
  const T = { ...ui.T, ...details, t: { ...ui.T.t, ...details.t } };
  return showPreferences({ ...ui, T }, closed);
};

addStyles(css, script.nonce);
script.arrived(open);
