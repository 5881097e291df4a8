/**
 * What this page gives the script: its tag, its nonce, its language, the published facts.
 *
 * @typedef {import('./policy.js').Facts} Facts
 */
import { pickLanguage } from "./policy.js";

export const win = /** @type {any} */ (window);
export const doc = document;

/** @type {Facts} */
export let facts;
/** The language of everything shown and recorded. */
export let language = "";
/** The tag's CSP nonce; everything the script creates carries it. */
export let nonce = "";
/** Where the platform lives, without a trailing slash. */
export let platform = "";
/** @type {string | null} */
export let region = null;

/** @param {Facts} given */
export function open(given) {
  const tag = /** @type {HTMLScriptElement} */ (doc.currentScript);
  const { lang, region: named } = tag.dataset;
  facts = given;
  nonce = tag.nonce;
  platform = tag.src.replace(/\/b\/[^/]*$/, "");
  region = named || null;
  language = pickLanguage(facts.languages, [
    lang,
    doc.documentElement.lang,
    ...(navigator.languages || []),
  ]);
}

/**
 * Runs what may fail for reasons of the page's, the browser's or a vendor's (blocked storage, a
 * frozen dataLayer, a tag's own error): the rest goes on, and no exception reaches the page.
 *
 * @template T
 * @param {() => T} action
 * @returns {T | undefined}
 */
export function attempt(action) {
  try {
    return action();
  } catch (error) {
    console.warn(error);
  }
}

/** Unix seconds. */
export const now = () => Math.floor(Date.now() / 1000);

/**
 * Inserts a script with the tag's nonce. Scripts without an `async` attribute keep their order.
 *
 * @param {string} src
 * @param {Record<string, string> | null} [attributes]
 * @param {() => void} [then]
 */
export function loadScript(src, attributes, then) {
  const script = doc.createElement("script");
  script.async = false;
  for (const [name, value] of Object.entries(attributes || {})) script.setAttribute(name, value);
  script.nonce = nonce;
  script.src = src;
  script.onload = () => then && attempt(then);
  doc.head.append(script);
  return script;
}
