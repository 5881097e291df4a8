/**
 * The text of the consent cookie and of its mirror in localStorage. Pure.
 *
 * `v=1&p=<policy version>&m=<material>&t=<decided>&e=<expires>&d=<decision>&g=necessary~analytics~.consent~.ga4&i=<visitor>&k=<checksum>`
 *
 * @typedef {import('./policy.js').Facts} Facts
 * @typedef {import('./policy.js').Grants} Grants
 *
 * A decision of the visitor, in the words of the text. While there is none, `d` is '' and `g` has
 * what is necessary.
 * @typedef {object} State
 * @property {string} p  first 16 hex digits of the policy version decided on
 * @property {any} t  when it was decided, unix seconds
 * @property {any} e  when it expires, unix seconds
 * @property {string} d  the decision
 * @property {string} i  the platform's token for the visitor, or ''
 * @property {Grants} g  what is granted
 */
import { grants, within } from "./policy.js";

/** A clock that runs a little ahead is forgiven; a decision from next week is none. */
const DAY = 86400;

/**
 * @param {Facts} facts
 * @param {State} state
 */
export function compose(facts, { p, t, e, d, i, g }) {
  const text = `v=1&p=${p}&m=${facts.material_}&t=${t}&e=${e}&d=${d}&g=${g.join("~")}&i=${i}`;
  return `${text}&k=${checksum(facts, text)}`;
}

/**
 * Undefined for anything but a valid, unexpired decision on this material version.
 *
 * @param {Facts} facts
 * @param {string} text
 * @param {number} now  unix seconds
 * @returns {any} the state
 */
export function parse(facts, text, now) {
  const [body, sum] = text.split("&k=");
  /** @type {Record<string, any>} */
  const fields = Object.fromEntries(new URLSearchParams(body));
  const { v, m, t, e, d, g } = fields;
  if (sum !== checksum(facts, body) || v !== "1" || +m !== facts.material_ || !d) return;
  if (t <= now + DAY && e > now) return { ...fields, g: grants(facts, within(g.split("~"))) };
}

/**
 * Where two copies disagree only what both grant is granted; the rest is the later one's, or the
 * second's (the mirror, which is written first) within the same second.
 *
 * @param {Facts} facts
 * @param {State} a
 * @param {State} b
 */
export const stricter = (facts, a, b) => ({
  ...(a.t > b.t ? a : b),
  i: a.i || b.i,
  g: grants(facts, within(a.g.filter((id) => b.g.includes(id)))),
});

/**
 * FNV-1a, 32 bit, over `<site key>|<text>`. It finds accidents and hand edits; it is no signature.
 * Keys and texts are ASCII, so that characters are their UTF-8 bytes.
 *
 * @param {{key_: string}} facts
 * @param {string} text
 */
export function checksum({ key_ }, text) {
  const signed = `${key_}|${text}`;
  let hash = 0x811c9dc5;
  for (let at = 0; at < signed.length; at++) {
    hash = Math.imul(hash ^ signed.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
