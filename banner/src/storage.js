/**
 * The visitor's cookies and localStorage, on pages where either may throw.
 */
import { attempt, doc, facts } from "./page.js";

/** What localStorage did not take lives as long as the page. @type {Record<string, string>} */
const memory = {};

/**
 * What follows the cookie's name in the key; '' is the mirror of the cookie.
 * @typedef {'' | '.outbox' | '.receipt' | '.gpc'} Drawer
 */

/** @param {Drawer} drawer @returns {string} */
export const read = (drawer) =>
  memory[drawer] || attempt(() => localStorage.getItem(facts.cookie_ + drawer)) || "";

/**
 * @param {Drawer} drawer
 * @param {string} value
 * @returns whether it will outlive the page
 */
export function write(drawer, value) {
  memory[drawer] = value;
  return attempt(() => {
    localStorage.setItem(facts.cookie_ + drawer, value);
    return delete memory[drawer];
  });
}

/** What a drawer holds, if it is whole; an empty list for nothing. @param {Drawer} drawer @returns {any} */
export const unpack = (drawer) => attempt(() => JSON.parse(read(drawer) || "[]")) || [];

/** `name=value` of every cookie; a name may come twice (host and parent domain). */
export const cookies = () => (attempt(() => doc.cookie) || "").split("; ");

/**
 * What comes after `name=value` for every domain that might carry a cookie of this page, widest
 * first, at last for the host alone. Which parent domain is a public suffix (`co.jp`) only the
 * browser knows: it refuses those.
 */
function endings() {
  const labels = location.hostname.split(".");
  const secure = location.protocol === "https:" ? "; SameSite=Lax; Secure" : "; SameSite=Lax";
  return [...labels.map((_, at) => `${secure}; Domain=${labels.slice(~at).join(".")}`), secure];
}

/** Removes every copy of a cookie on one path. @param {string} name @param {string} path */
export const dropCookie = (name, path) =>
  attempt(() => {
    for (const ending of endings()) doc.cookie = `${name}=; Max-Age=0; Path=${path}${ending}`;
  });

/**
 * Sets a cookie on the widest domain that takes it. Older copies go first: one on a narrower domain
 * would be read beside the new one, and one of equal text would look like success. Each line here
 * waits for another process of the browser, so this is no thing to do on every page.
 *
 * @param {string} name
 * @param {string} value
 * @param {number} seconds
 */
export const setCookie = (name, value, seconds) =>
  attempt(() => {
    dropCookie(name, "/");
    for (const ending of endings()) {
      doc.cookie = `${name}=${value}; Max-Age=${seconds}; Path=/${ending}`;
      if (cookies().includes(`${name}=${value}`)) return;
    }
  });
