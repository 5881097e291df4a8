/**
 * Tags that the platform itself loads, and the vendors' own consent calls.
 *
 * @typedef {import('./policy.js').VendorStep} VendorStep
 */
import { attempt, facts, loadScript, win } from "./page.js";
import { current, live } from "./store.js";

const NEEDS_RELOAD = 2;

/** Services whose tag this page has loaded. @type {Set<string>} */
const loaded = new Set();
/** Services told to stop on this page. @type {Set<string>} */
const revoked = new Set();

/** Each step by itself, so that one that fails does not hold up the next. @param {VendorStep[] | 0 | undefined} steps */
const call = (steps) =>
  // biome-ignore lint/complexity/useOptionalChain: where nothing is to be done there is a zero, which has no `map`
  steps && steps.map((step) => attempt(() => step(win, loadScript)));

/**
 * Makes every service follow the state. In advanced Consent Mode (`mode[0]`) the tags that bear it
 * (flag 1) load before consent as well.
 *
 * @param {string[]} before  what was granted until now
 * @returns whether a refused one runs on until the page is reloaded
 */
export function follow(before) {
  let reload;
  for (const [id, , load, revoke, flags = 0, , , grant] of facts.services) {
    const granted = (HELD ? live() : current.g).includes(id);
    if (!granted && before.includes(id)) {
      revoked.add(id);
      call(revoke);
      reload = reload || (loaded.has(id) && flags & NEEDS_RELOAD);
    }
    if (granted && revoked.delete(id)) call(grant);
    if (load && !loaded.has(id) && (granted || flags & facts.mode_[0])) {
      loaded.add(id);
      call(load);
    }
  }
  return reload;
}
