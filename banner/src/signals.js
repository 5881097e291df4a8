/**
 * Signals that leave the script (Google Consent Mode, events) and reach it (Global Privacy Control,
 * other tabs).
 */
import { announcement, defaults, types } from "./consentmode.js";
import { attempt, doc, win } from "./page.js";
import { current, live, state } from "./store.js";

/** The specification: absent or anything but `true` is no signal. */
export const gpc = /** @type {any} */ (navigator).globalPrivacyControl === true;

/** @param {object} entry */
const push = (entry) => attempt(() => win.dataLayer.push(entry));

/** Google's tags know commands by their being `arguments` objects; arrays they ignore. @type {(...command: any[]) => void} */
const gtag = function () {
  // biome-ignore lint/complexity/noArguments: see above
  push(arguments);
};

/** @param {number[]} mode */
export function denyFirst(mode) {
  win.dataLayer = win.dataLayer || [];
  win.gtag = win.gtag || gtag;
  defaults(mode, gtag);
}

/** Exactly one for each decision, and one on each page of a visitor who has decided. @param {string} source */
export function update(source) {
  gtag("consent", "update", types(HELD ? live() : current.g));
  push(announcement(HELD ? live() : current.g, source));
}

/**
 * @param {string} name
 * @param {object} [more]
 */
export const emit = (name, more) =>
  win.dispatchEvent(new CustomEvent(`consent:${name}`, { detail: { v: 1, ...state(), ...more } }));

/**
 * @param {string} name
 * @param {(detail: any) => void} listener
 */
export function on(name, listener) {
  const heard = /** @param {any} event */ (event) => listener(event.detail);
  win.addEventListener(`consent:${name}`, heard);
  return () => win.removeEventListener(`consent:${name}`, heard);
}

/**
 * Another tab has decided (`storage`), or this page comes back from sleep or the back/forward cache
 * and has missed it.
 *
 * @param {() => void} look
 */
export function watchTabs(look) {
  win.addEventListener("storage", look);
  doc.addEventListener("visibilitychange", look);
}
