/**
 * Removes what refused services have left in the browser.
 */
import { attempt, facts } from "./page.js";
import { refused } from "./policy.js";
import { cookies, dropCookie } from "./storage.js";
import { current } from "./store.js";

/**
 * Removes cookies on every path whose cookies this page can see (`/a/b` → `/`, `/a`, `/a/`, `/a/b`),
 * and keys of both storages.
 */
export function sweep() {
  let path = "";
  for (const part of location.pathname.match(/\/|[^/]+/g) || []) {
    path += part;
    const names = cookies().map((pair) => pair.split("=")[0]);
    for (const name of refused(facts, current.g, 5, names)) dropCookie(name, path);
  }
  attempt(() => wipe(localStorage));
  attempt(() => wipe(sessionStorage));
}

/** @param {Storage} storage */
function wipe(storage) {
  for (const key of refused(facts, current.g, 6, Object.keys(storage))) storage.removeItem(key);
}
