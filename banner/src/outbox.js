/**
 * Decisions on their way to the platform. Each stays here until the platform has acknowledged it.
 *
 * A letter is the record itself, with two marks that do not travel: `visitor` is absent until the
 * first attempt (an earlier letter's answer may bring the token), then the body stays as it is;
 * `until` (unix seconds) is when one that the platform will not take is thrown away.
 * @typedef {Record<string, any>} Letter
 */
import { attempt, facts, language, now, platform, region } from "./page.js";
import { switches } from "./policy.js";
import { gpc } from "./signals.js";
import { unpack, write } from "./storage.js";
import { keepReceipt, receipt, visitor } from "./store.js";

const KEEP_REFUSED = 30 * 86400;
const LONGEST_PAUSE = 300;

let sending = false;
/** Seconds until the next attempt. */
let pause = 1;
/** Not tried again before the next page. @type {Set<string>} */
const shelved = new Set();

/** Read anew each time: other tabs post here too. @returns {Letter[]} */
const letters = () =>
  attempt(() => unpack(".outbox").filter((/** @type {Letter} */ { until }) => !(until < now()))) ||
  [];

/** Puts a letter back in its place; without it, takes it out. @param {string} id @param {Letter[]} letter */
const replace = (id, ...letter) =>
  write(
    ".outbox",
    JSON.stringify(letters().flatMap((other) => (other.record_id === id ? letter : other))),
  );

/**
 * @param {string} decision
 * @param {string} source
 * @param {import('./policy.js').Grants} granted
 */
export function post(decision, source, granted) {
  const letter = {
    record_id: uuid7(),
    decision,
    source,
    ...switches(facts, granted),
    policy_version: facts.version,
    language,
    page_path: location.pathname,
    gpc,
    region,
    client_time: new Date().toISOString(),
    script: facts.build,
  };
  write(".outbox", JSON.stringify([...letters(), letter]));
}

const next = () => letters().find(({ record_id }) => !shelved.has(record_id));

/** Sends what is here, oldest first, one after the other: the first answer brings the visitor's token. */
export async function deliver() {
  if (sending) return;
  sending = true;
  try {
    for (let letter = next(); letter; letter = next()) await send(letter);
    pause = 1;
  } catch {
    // No connection, or trouble on the platform's side: nothing is lost, the letters stay.
    pause *= 2;
    setTimeout(deliver, Math.min(pause, LONGEST_PAUSE) * 1000);
  }
  sending = false;
}

/** Throws where trying again later makes sense. @param {Letter} letter */
async function send(letter) {
  const id = letter.record_id;
  if (letter.visitor === undefined) letter.visitor = visitor() || null;
  replace(id, letter);
  const { until, ...record } = letter;
  const response = await request(
    `${platform}/api/v1/sites/${facts.key}/records`,
    JSON.stringify(record),
  );
  const answer = await response.json();
  if (response.ok && answer.record_id === id) {
    keepReceipt(answer);
    return replace(id);
  }
  if (!/^4(?!08|29)/.test(`${response.status}`)) throw answer;
  amend(letter, answer.code);
  replace(id, letter);
}

/**
 * `visitor_token_invalid` and `client_time_implausible` name the member without which the platform
 * takes the record. Anything else it will not take tomorrow either.
 *
 * @param {Letter} letter
 * @param {string} code
 */
function amend(letter, code) {
  const member = ["visitor", "client_time"].find((name) => letter[name] && code.startsWith(name));
  if (member) letter[member] = null;
  else letter.until = letter.until || now() + KEEP_REFUSED;
  if (!member) shelved.add(letter.record_id);
  if (member === "visitor") keepReceipt({ ...receipt(), visitor: "" });
}

/**
 * A string body is `text/plain`: no preflight. Where a page has broken `fetch` a beacon goes out; it
 * brings no answer, so the letter stays.
 *
 * @param {string} url
 * @param {string} body
 */
function request(url, body) {
  try {
    return fetch(url, {
      method: "POST",
      keepalive: true,
      credentials: facts.http ? "include" : "omit",
      body,
    });
  } catch (error) {
    navigator.sendBeacon(url, body);
    throw error;
  }
}

/** RFC 9562, version 7: the time, then chance, a digit from each byte. */
function uuid7() {
  const time = Date.now().toString(16).padStart(12, "0");
  const bytes = [...crypto.getRandomValues(new Uint8Array(18))];
  const chance = bytes.map((byte) => (byte & 15).toString(16)).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}-8${chance.slice(3, 6)}-${chance.slice(6)}`;
}
