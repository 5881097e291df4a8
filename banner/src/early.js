/**
 * Where a law lets tags run before a decision (docs/law.md). In the core of such laws alone: nothing
 * of it is in the other one.
 */
import { checksum } from "./cookie.js";
import { facts } from "./page.js";
import { grants, within } from "./policy.js";
import { cookies, read } from "./storage.js";

/** @returns {string[]} every text of ours that the browser keeps, valid or not */
const texts = () =>
  [...cookies(), `${facts.cookie_}=${read("")}`]
    .map((pair) => pair.split(/=(.*)/))
    .filter(([name]) => name === facts.cookie_)
    .map(([, text]) => text);

/**
 * What a decision granted, however long ago and under whichever version of the policy.
 *
 * @param {string} text
 * @returns {string[] | undefined}
 */
function formerly(text) {
  const [body, sum] = text.split("&k=");
  const { d, g } = Object.fromEntries(new URLSearchParams(body));
  if (d && sum === checksum(facts, body)) return g.split("~");
}

/**
 * What is granted while no decision holds. A refusal does not become a permission by growing old.
 *
 * @returns {import('./policy.js').Grants}
 */
export function granted() {
  // Not from signals.js, which needs the store that asks here.
  const signal = /** @type {any} */ (navigator).globalPrivacyControl === true;
  /** @type {string[]} */
  let still = facts.early_[signal ? 2 : 1];
  for (const text of texts()) {
    const list = formerly(text);
    if (list) still = still.filter((id) => list.includes(id));
  }
  return grants(facts, within(still));
}
