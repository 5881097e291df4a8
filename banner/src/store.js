/**
 * The one owner of the visitor's state: in memory while the page lives, in a first-party cookie and
 * its mirror in localStorage between pages.
 *
 * @typedef {import('./policy.js').Grants} Grants
 * @typedef {import('./cookie.js').State} State
 */
import { compose, parse, stricter } from "./cookie.js";
import { nothing } from "./decision.js";
import { facts, now } from "./page.js";
import { switches } from "./policy.js";
import { cookies, read, setCookie, unpack, write } from "./storage.js";

/** @type {State} */
export let current;

/** All valid copies, of the cookie and of its mirror. @returns {any[]} */
const copies = () =>
  [...cookies(), `${facts.cookie}=${read("")}`]
    .filter((pair) => pair.startsWith(`${facts.cookie}=`))
    .map((pair) => parse(facts, pair.slice(facts.cookie.length + 1), now()))
    .filter(Boolean);

/** Nothing valid is undecided, and undecided is denied. */
export function load() {
  const none = { p: "", t: 0, e: 0, d: "", i: "", g: nothing(facts) };
  const found = copies();
  current = found.reduce((a, b) => stricter(facts, a, b), found[0] || none);
}

/** Takes over what another tab has decided. @returns whether there was something new */
export function refresh() {
  const before = current;
  load();
  if (!current.d) current = before;
  return `${current.t}${current.g}` !== `${before.t}${before.g}`;
}

/**
 * The mirror is written at once; `save` has to follow.
 *
 * @param {string} d
 * @param {Grants} g
 */
export function decide(d, g) {
  const t = now();
  current = { p: facts.version.slice(0, 16), t, e: t + facts.days * 86400, d, i: visitor(), g };
  write("", compose(facts, current));
}

/**
 * Writes the cookie and its mirror anew. Where the platform sets the cookie by HTTP, a good one is
 * left alone: Safari keeps cookies set by script for seven days only.
 *
 * @param {boolean} [fresh]  a decision of this moment, not a renewal
 */
export function save(fresh) {
  const text = compose(facts, current);
  if (!current.d) return;
  if (fresh || !facts.http || copies().length < 2) setCookie(facts.cookie, text, current.e - now());
  write("", text);
}

/** @returns {any} the platform's last answer, or null */
export function receipt() {
  const answer = unpack(".receipt") || {};
  return answer.record_id ? answer : null;
}

/**
 * The platform's token for this visitor. Before a decision (a `gpc` record) it has no cookie to be
 * in, so the receipt's copy counts too.
 */
export function visitor() {
  const { visitor = "" } = receipt() || {};
  return current.i || visitor;
}

/** @param {any} answer  of the platform, or what is left of it */
export function keepReceipt(answer) {
  write(".receipt", JSON.stringify(answer));
  current.i = answer.visitor;
  save();
}

/** The state as pages see it. */
export function state() {
  const { d, g, p, t, e } = current;
  const time = /** @param {number} seconds */ (seconds) =>
    d ? new Date(seconds * 1000).toISOString() : null;
  return {
    decided: !!d,
    decision: d || null,
    ...switches(facts, g),
    policy_version: p || null,
    decided_at: time(t),
    expires_at: time(e),
  };
}
