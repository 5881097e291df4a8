/**
 * Removes what refused services have left in the browser.
 */
import { attempt, facts, win } from "./page.js";
import { refused } from "./policy.js";
import { cookies, dropCookie } from "./storage.js";
import { current } from "./store.js";

/** Cookies on every path whose cookies this page can see (`/a/b` → `/`, `/a`, `/a/`, `/a/b`), and keys of both storages. */
export function sweep() {
  const names = cookies().map((pair) => pair.split("=")[0]);
  for (const name of refused(facts, current.g, 5, names)) {
    location.pathname.replace(/\/|[^/]+/g, (part, at, whole) => {
      dropCookie(name, whole.slice(0, at) + part);
      return part;
    });
  }
  for (const name of ["localStorage", "sessionStorage"]) {
    attempt(() => {
      const storage = win[name];
      for (const key of refused(facts, current.g, 6, Object.keys(storage))) storage.removeItem(key);
    });
  }
}
