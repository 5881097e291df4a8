/**
 * Tags that the platform itself loads, and the vendors' own consent calls.
 *
 * @typedef {import('./policy.js').VendorStep} VendorStep
 */
import { attempt, facts, loadScript, win } from "./page.js";
import { current, live } from "./store.js";

const NEEDS_RELOAD = 2;

/**
 * Services whose tag this page has loaded, each with what only a reload ends: its need for one, and how
 * many of its scripts have not come. One that came after a withdrawal would find its queue: first the
 * page view, then the revocation. One that failed is counted on; a reload does no harm.
 *
 * @type {Record<string, number>}
 */
const loaded = {};
/** Services told to stop on this page. @type {Set<string>} */
const revoked = new Set();

/** @param {string} id */
const granted = (id) => (HELD ? live() : current.g).includes(id);

/** Whether a service is refused and would run on until the page is reloaded. @param {string} id */
export const stuck = (id) => !granted(id) && loaded[id];

/**
 * Each step by itself, so that one that fails does not hold up the next.
 *
 * @param {string} id
 * @param {VendorStep[] | 0 | undefined} steps
 */
const call = (id, steps) =>
  // biome-ignore lint/complexity/useOptionalChain: where nothing is to be done there is a zero, which has no `map`
  steps &&
  steps.map((step) =>
    attempt(() =>
      step(win, (src, attributes, then) => {
        loaded[id]++;
        loadScript(src, attributes).onload = () => {
          loaded[id]--;
          if (then) attempt(then);
        };
      }),
    ),
  );

/**
 * Makes every service follow the state. In advanced Consent Mode (`mode[0]`) the tags that bear it
 * (flag 1) load before consent as well.
 *
 * @param {string[]} before  what was granted until now
 */
export function follow(before) {
  for (const [id, , load, revoke, flags = 0, , , grant] of facts.services) {
    if (!granted(id) && before.includes(id)) {
      revoked.add(id);
      call(id, revoke);
    }
    if (granted(id) && revoked.delete(id)) call(id, grant);
    if (load && !(id in loaded) && (granted(id) || flags & facts.mode_[0])) {
      loaded[id] = flags & NEEDS_RELOAD;
      call(id, load);
    }
  }
}
