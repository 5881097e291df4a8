/** The way to the second chunk: the second layer, its texts and its styles. */

const tag = /** @type {HTMLScriptElement & {ui?: string}} */ (document.currentScript);
/** This file's address: what the browser says while it runs for the first time, or the core where it came along with that. */
export const src = tag.ui || tag.src;

/**
 * Fetches the second chunk from beside this one. It hands itself over by calling the function that
 * is left on its own script element (second.js), so the page gets no new name.
 * @param {string|undefined} nonce
 * @param {(open: import("./types.js").Opener) => void} arrived
 * @param {() => void} ended runs last, whether it has arrived or not
 */
export function fetchSecond(nonce, arrived, ended) {
  const script = document.createElement("script");
  script.nonce = nonce || "";
  script.src = src.replace(/js$/, "preferences.js");
  script.onload = script.onerror = ended;
  document.head.append(Object.assign(script, { arrived }));
}
