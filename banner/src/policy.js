/**
 * What the published policy says. Pure: facts in, answers out.
 *
 * @typedef {(src: string, attributes?: Record<string, string> | null, then?: () => void) => void} LoadScript
 * @typedef {(w: any, k: LoadScript) => void} VendorCall
 * @typedef {[id: string, category: number, load?: VendorCall | 0, revoke?: VendorCall | 0, flags?: number,
 *   cookies?: string[], storage?: string[], grant?: VendorCall | 0]} Service
 * @typedef {object} Facts
 * @property {string} key
 * @property {string} version
 * @property {string} build
 * @property {number} material
 * @property {number} days
 * @property {string} cookie
 * @property {number} http
 * @property {string[]} languages
 * @property {number[]} mode  advanced, wait_for_update, ads_data_redaction, url_passthrough
 * @property {string[]} categories  canonical order: the first is `necessary`
 * @property {Service[]} services
 * @property {Record<string, string> | 0} reopen
 *
 * Everything granted, necessary things included, in one list: categories by their id, then services
 * by their id with a dot before it, so that the two can never be taken for each other.
 * @typedef {string[]} Grants
 */

/** @param {string} id */
export const dotted = (id) => `.${id}`;

/**
 * The coherent grants that come closest to `wants`: a service needs its category; a category that
 * has services is granted exactly when one of them is; necessary is always granted. What the policy
 * lacks never gets in.
 *
 * @param {Facts} facts
 * @param {(category: string, service?: string) => boolean} wants
 * @returns {Grants}
 */
export function grants({ categories, services }, wants) {
  const on = services.filter(([id, index]) => !index || wants(categories[index], dotted(id)));
  return categories
    .filter((id, index) => {
      const inside = /** @param {Service} service */ (service) => service[1] === index;
      return !index || (services.some(inside) ? on.some(inside) : wants(id));
    })
    .concat(on.map(([id]) => dotted(id)));
}

/**
 * Wants what a list has: a service only together with its category.
 *
 * @param {string[]} list
 * @returns {(category: string, service?: string) => boolean}
 */
export const within = (list) => (category, service) =>
  list.includes(category) && (!service || list.includes(service));

/**
 * Both must be granted where both are named; naming nothing is asking for nothing.
 *
 * @param {Grants} granted
 * @param {string | null} [category]
 * @param {string | null} [service]
 */
export const permits = (granted, category, service) =>
  !!(category || service) &&
  (!category || granted.includes(category)) &&
  (!service || granted.includes(dotted(service)));

/**
 * What is granted beyond the necessary: categories, then services.
 *
 * @param {Facts} facts
 * @param {Grants} granted
 */
export function optional(facts, granted) {
  const always = grants(facts, () => false);
  const rest = granted.filter((id) => !always.includes(id));
  return [rest.filter((id) => id[0] !== "."), rest.filter((id) => id[0] === ".")];
}

/**
 * Every id of the policy with its switch, as the record and the public state carry it.
 *
 * @param {Facts} facts
 * @param {Grants} granted
 */
export const switches = (facts, granted) => ({
  categories: Object.fromEntries(facts.categories.map((id) => [id, granted.includes(id)])),
  services: Object.fromEntries(facts.services.map(([id]) => [id, granted.includes(dotted(id))])),
});

/**
 * Which of `names` refused services alone use. Everything of our own stays (`consent`,
 * `consent.outbox`, …).
 *
 * @param {Facts} facts
 * @param {Grants} granted
 * @param {5 | 6} column  where a service keeps its patterns: 5 cookies, 6 storage
 * @param {string[]} names
 */
export function refused(facts, granted, column, names) {
  const [theirs, kept] = [false, true].map((is) => {
    const services = facts.services.filter(([id]) => granted.includes(dotted(id)) === is);
    return matcher(services.flatMap((service) => service[column] || []));
  });
  return names.filter(
    (name) => theirs.test(name) && !kept.test(name) && !name.startsWith(facts.cookie),
  );
}

/** @param {string[]} patterns with `*` for any run of characters */
const matcher = (patterns) =>
  new RegExp(
    `^(${patterns.join("|").replace(/[^\w|]/g, (sign) => (sign === "*" ? ".*" : `\\${sign}`))})$`,
  );

/**
 * The first wish that the policy has texts for: the same tag, else the same primary language.
 *
 * @param {string[]} available  the first is the default
 * @param {readonly (string | undefined)[]} wishes
 */
export function pickLanguage(available, wishes) {
  const lower = /** @param {string} tag */ (tag) => `${tag}-`.toLowerCase();
  for (const wish of wishes.flatMap((tag) => (tag ? [tag, tag.split("-")[0]] : []))) {
    const found = available.find((tag) => lower(tag).startsWith(lower(wish)));
    if (found) return found;
  }
  return available[0];
}
