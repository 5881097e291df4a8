/** Global Privacy Control is no decision of the visitor's, but that it was honoured is recorded. */

/**
 * Once for each policy version, and only where a note of it will be found on the next page.
 * @param {import("./types.js").Core} core
 * @param {import("./types.js").Desk} desk
 */
export function noteSignal({ gpc, state }, [facts, post, read, write]) {
  if (!gpc || state().decided || read(".gpc") === facts.version_) return;
  if (write(".gpc", facts.version_)) post("gpc", "gpc");
}
