/**
 * What the published policy says. Pure: facts in, answers out.
 *
 * A function that the server composed from the steps of a preset: the window and a way to load scripts come in.
 * @typedef {(src: string, attributes?: Record<string, string>, then?: () => void) => void} LoadScript
 * @typedef {(w: any, k: LoadScript) => void} VendorStep
 *
 * A service's id has a dot before it, so that no service can be taken for a category. The patterns
 * of what it stores are the inside of a regular expression.
 * @typedef {[id: string, category: number, load?: VendorStep[] | 0, revoke?: VendorStep[] | 0, flags?: number,
 *   cookies?: string, storage?: string, grant?: VendorStep[] | 0]} Service
 *
 * Names that end in `_` are short in what is built and served (names.mjs).
 * @typedef {object} Facts
 * @property {string} key_
 * @property {string} version_
 * @property {string} build_
 * @property {number} material_
 * @property {number} days_
 * @property {string} cookie_
 * @property {number} http_
 * @property {number[]} mode_  advanced, wait_for_update, ads_data_redaction, url_passthrough
 * @property {string[]} categories  canonical order: the first is `necessary`
 * @property {Service[]} services
 * @property {Record<string, string>} languages_  with the words of the re-open button; '' where there is none
 * @property {any} early_  where EARLY is true: the law pack, and what is granted while nothing is
 *   decided, as it is and under Global Privacy Control
 * @property {string[]} held_  where HELD is true: services that are held back, whatever is granted
 *
 * Everything granted, necessary things included, in one list: categories, then services.
 * @typedef {string[]} Grants
 */

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
  const on = services.filter(([id, index]) => !index || wants(categories[index], id));
  return categories
    .filter((id, index) => {
      const has = /** @param {Service[]} list */ (list) => list.some((each) => each[1] === index);
      return !index || (has(services) ? has(on) : wants(id));
    })
    .concat(on.map(([id]) => id));
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
 * What takes effect of what is granted: a service that is held back does not, and neither does a
 * category in which nothing else is on. The grants themselves stay as the visitor gave them.
 *
 * @param {Facts} facts
 * @param {Grants} granted
 */
export const effective = (facts, granted) =>
  grants(facts, within(granted.filter((id) => !facts.held_.includes(id))));

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
  (!service || granted.includes(`.${service}`));

/**
 * Every id of the policy with its switch, as the record and the public state carry it.
 *
 * @param {Facts} facts
 * @param {Grants} granted
 */
export function switches({ categories, services }, granted) {
  const each = /** @param {string[]} ids */ (ids) =>
    Object.fromEntries(ids.map((id) => [id.replace(".", ""), granted.includes(id)]));
  return { categories: each(categories), services: each(services.map(([id]) => id)) };
}

/**
 * Which of `names` refused services alone use. Everything of our own stays (`consent`,
 * `consent.outbox`, …).
 *
 * @param {Facts} facts
 * @param {Grants} granted
 * @param {5 | 6} column  where a service keeps its patterns: 5 cookies, 6 storage
 * @param {string[]} names
 */
export function refused({ services, cookie_ }, granted, column, names) {
  const [theirs, kept] = [false, true].map((is) => {
    const patterns = services.map((each) => granted.includes(each[0]) === is && each[column]);
    return new RegExp(`^(${patterns.filter(Boolean).join("|")})$`);
  });
  return names.filter((name) => theirs.test(name) && !kept.test(name) && !name.startsWith(cookie_));
}

/**
 * The first wish that the policy has texts for: the same tag, else the same primary language.
 *
 * @param {string[]} available  the first is the default
 * @param {readonly (string | undefined)[]} wishes
 */
export function pickLanguage(available, wishes) {
  const lower = /** @param {string} tag */ (tag) => `${tag}-`.toLowerCase();
  return (
    wishes
      .flatMap((tag = "") => [tag, tag.split("-")[0]])
      .map((wish) => available.find((tag) => lower(tag).startsWith(lower(wish))))
      .find(Boolean) || available[0]
  );
}
