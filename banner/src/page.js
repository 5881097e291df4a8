/**
 * What this page gives the script: its tag, its language, the published facts.
 *
 * @typedef {import('./policy.js').Facts} Facts
 */
import { pickLanguage } from "./policy.js";

export const win = /** @type {any} */ (window);
export const doc = document;
/** Our own element. Everything the script creates carries its nonce. */
export const tag = /** @type {HTMLScriptElement & {ui?: string | 0}} */ (doc.currentScript);

/** @type {Facts} */
export let facts;
/** The language of everything shown and recorded. */
export let language = "";

/** @param {Facts} given */
export function open(given) {
  facts = given;
  language = pickLanguage(Object.keys(facts.languages_), [
    tag.dataset.lang,
    doc.documentElement.lang,
    ...navigator.languages,
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

/** Unix seconds, whole ones; until 2106. */
export const now = () => (Date.now() / 1000) >>> 0;

/**
 * An element with properties.
 *
 * @param {string} name
 * @param {object} [traits]
 * @returns {any}
 */
export const make = (name, traits) => Object.assign(doc.createElement(name), traits);

/**
 * Inserts a script with the tag's nonce. Nobody waits for a vendor's tag, as with the vendors' own
 * snippets.
 *
 * @param {string} src
 * @param {Record<string, string>} [attributes]
 * @param {boolean} [async]  false: a browser runs it as soon as it is there, not after painting
 * @returns {HTMLScriptElement}
 */
export function loadScript(src, attributes, async = true) {
  const script = make("script", { async, nonce: tag.nonce, src });
  for (const name in attributes) script.setAttribute(name, attributes[name]);
  doc.head.append(script);
  return script;
}
