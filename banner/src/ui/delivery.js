/**
 * Takes the letters of the outbox to the platform. Each stays there until the platform has
 * acknowledged it.
 *
 * Two marks are added to a letter. `visitor` is absent until the first attempt (an earlier letter's
 * answer may bring the token), then the body stays as it is; `until` (unix seconds), which does not
 * travel, is when one that the platform will not take is thrown away.
 *
 * @typedef {import("../outbox.js").Letter} Letter
 * @typedef {import("./types.js").Desk} Desk
 */

const KEEP_REFUSED = 30 * 86400;
const LONGEST_PAUSE = 300;

/** Unix seconds. */
const now = () => Date.now() / 1000;

/**
 * @param {Desk} desk
 * @param {string} address  where records go
 * @returns {() => Promise<void>} sends what is there, oldest first, one after the other: the first
 *   answer brings the visitor's token
 */
export function postman([facts, , , write, unpack, token, receipt], address) {
  let sending = false;
  /** Seconds until the next attempt. */
  let pause = 1;
  /** Not tried again before the next page. @type {Set<string>} */
  const shelved = new Set();

  /** Before a decision (a `gpc` record) the token has no cookie to be in: the receipt has it too. */
  const visitor = () => token() || receipt()?.visitor || null;

  /** @param {any} answer  of the platform, or what is left of it */
  const keep = (answer) => {
    write(".receipt", JSON.stringify(answer));
    token(answer.visitor);
  };

  /** Read anew each time: other tabs post here too. @returns {Letter[]} */
  const letters = () =>
    /** @type {Letter[]} */ ([])
      .concat(unpack(".outbox"))
      .filter((/** @type {Letter|null} */ letter) => {
        const { record_id, until } = letter || {};
        return record_id && !(until < now());
      });

  /** Puts a letter back in its place; without it, takes it out. @param {string} id @param {Letter[]} letter */
  const replace = (id, ...letter) => {
    const rest = letters().flatMap((other) => (other.record_id === id ? letter : [other]));
    write(".outbox", JSON.stringify(rest));
  };

  /**
   * `visitor_token_invalid` and `client_time_implausible` name the member without which the platform
   * takes the record. Anything else it will not take tomorrow either.
   *
   * @param {Letter} letter
   * @param {string} code
   */
  const amend = (letter, code) => {
    const member = ["visitor", "client_time"].find((name) => letter[name] && code.startsWith(name));
    if (member) letter[member] = null;
    else letter.until = letter.until || now() + KEEP_REFUSED;
    if (!member) shelved.add(letter.record_id);
    if (member === "visitor") keep({ ...receipt(), visitor: "" });
  };

  /** Throws where trying again later makes sense. @param {Letter} letter */
  const send = async (letter) => {
    const id = letter.record_id;
    if (letter.visitor === undefined) letter.visitor = visitor();
    replace(id, letter);
    const { until, ...record } = letter;
    const response = await request(address, JSON.stringify(record), facts.http_);
    const answer = await response.json();
    if (response.ok && answer.record_id === id) {
      keep(answer);
      return replace(id);
    }
    if (!/^4(?!08|29)/.test(`${response.status}`)) throw answer;
    amend(letter, answer.code);
    replace(id, letter);
  };

  return async function deliver() {
    if (sending) return;
    sending = true;
    try {
      const next = () => letters().find(({ record_id }) => !shelved.has(record_id));
      for (let letter = next(); letter; letter = next()) await send(letter);
      pause = 1;
    } catch {
      // No connection, or trouble on the platform's side: nothing is lost, the letters stay.
      pause *= 2;
      setTimeout(deliver, Math.min(pause, LONGEST_PAUSE) * 1000);
    }
    sending = false;
  };
}

/**
 * A string body is `text/plain`: no preflight. Where a page has broken `fetch` a beacon goes out; it
 * brings no answer, so the letter stays.
 *
 * @param {string} url
 * @param {string} body
 * @param {number} sameSite  whether the platform sets its cookie by HTTP
 */
function request(url, body, sameSite) {
  try {
    const credentials = sameSite ? "include" : "omit";
    return fetch(url, { method: "POST", keepalive: true, credentials, body });
  } catch (error) {
    navigator.sendBeacon(url, body);
    throw error;
  }
}
