/**
 * What a click means. Pure: the policy and the present grants in, the new grants out.
 *
 * @typedef {import('./policy.js').Facts} Facts
 * @typedef {import('./policy.js').Grants} Grants
 * @typedef {{categories?: Record<string, boolean>, services?: Record<string, boolean>}} Choice
 */
import { grants, within } from "./policy.js";

/** @param {Facts} facts */
export const everything = (facts) => grants(facts, () => true);

/** @param {Facts} facts */
export const nothing = (facts) => grants(facts, () => false);

/**
 * What the choice does not name keeps its present value. A category that is refused takes its
 * services along, whatever is said of them. Only own properties that are exactly `true` grant.
 *
 * @param {Facts} facts
 * @param {Grants} current
 * @param {Choice} choice
 */
export const chosen = (facts, current, { categories, services }) =>
  grants(facts, (category, service) => {
    const whole = own(categories, category);
    const single = service && own(services, service.slice(1));
    return whole !== false && (single ?? whole ?? within(current)(category, service)) === true;
  });

/**
 * An own property only: a page that has polluted `Object.prototype` grants nothing.
 *
 * @param {Record<string, unknown> | undefined} switches
 * @param {string} id
 */
const own = (switches, id) => /** @type {any} */ ({ __proto__: null, ...switches })[id];
