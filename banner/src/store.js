/**
 * The one owner of the visitor's state: in memory while the page lives, in a first-party cookie and
 * its mirror in localStorage between pages.
 *
 * @typedef {import('./policy.js').Grants} Grants
 * @typedef {import('./cookie.js').State} State
 */
import { compose, parse, stricter } from "./cookie.js";
import { nothing } from "./decision.js";
import { granted } from "./early.js";
import { facts, now } from "./page.js";
import { effective, switches } from "./policy.js";
import { cookies, read, setCookie, unpack, write } from "./storage.js";

/** @type {State} */
export let current;

/** What takes effect of what is granted. For where HELD is true: elsewhere that is all of it. */
export const live = () => effective(facts, current.g);

/** All valid copies, of the cookie and of its mirror. @returns {State[]} */
const copies = () =>
  [...cookies(), `${facts.cookie_}=${read("")}`].flatMap((pair) => {
    const [name, text] = pair.split(/=(.*)/);
    return (name === facts.cookie_ && parse(facts, text, now())) || [];
  });

/** Nothing valid is undecided, and undecided is denied, where no law of the policy says otherwise. */
export function load() {
  const none = { p: "", t: 0, e: 0, d: "", i: "", g: EARLY ? granted() : nothing(facts) };
  current = copies().reduce((a, b) => (a.d ? stricter(facts, a, b) : b), none);
}

/**
 * Takes over what another tab has decided.
 *
 * @returns whether there was something new: the server's copy of a decision is dated by its own clock
 */
export function refresh() {
  const before = current;
  load();
  if (!current.d) current = before;
  return current.d + current.g !== before.d + before.g;
}

/**
 * The mirror is written at once; `save` has to follow.
 *
 * @param {string} d
 * @param {Grants} g
 */
export function decide(d, g) {
  const t = now();
  current = { p: facts.version_.slice(0, 16), t, e: t + facts.days_ * 86400, d, i: current.i, g };
  write("", compose(facts, current));
}

/**
 * Writes the cookie and its mirror anew where they are not as they should be, and once a day,
 * because Safari keeps cookies set by script for seven days only; the mirror ends with that day.
 * Where the platform sets the cookie by HTTP, a good one is left alone for the same reason.
 *
 * @param {boolean} [fresh]  a decision of this moment
 */
export function save(fresh) {
  const text = compose(facts, current);
  const mirror = `${text}&k=${(now() / 86400) >>> 0}`;
  const sound = facts.http_
    ? copies()[1]
    : read("") === mirror && cookies().includes(`${facts.cookie_}=${text}`);
  if (!current.d || (sound && !fresh)) return;
  setCookie(facts.cookie_, text, current.e - now());
  write("", mirror);
}

/** @returns {any} the platform's last answer, or null */
export function receipt() {
  const answer = unpack(".receipt");
  return answer.record_id ? answer : null;
}

/**
 * The platform's token for this visitor, or '' while there is none.
 *
 * @param {string} [next]  what it is from now on
 */
export function token(next = current.i) {
  current.i = next;
  save();
  return next;
}

/** The state as pages see it. */
export function state() {
  const { d, g, p, t, e } = current;
  const time = /** @param {number} seconds */ (seconds) =>
    d ? new Date(seconds * 1000).toISOString() : null;
  return {
    decided: !!d,
    decision: d || null,
    ...switches(facts, HELD ? live() : g),
    policy_version: p || null,
    decided_at: time(t),
    expires_at: time(e),
  };
}
