/** What the visitor may want to know of one service: who receives what, and what is stored. */

import { el, link } from "./element.js";

/**
 * @typedef {import("./types.js").Texts} Texts
 * @typedef {import("./element.js").Child} Child
 */

/**
 * @param {Texts} T
 * @param {import("./types.js").Service} service
 */
export function details(T, { vendor, sends, cookies }) {
  const { t } = T;
  const stored = cookies ? cookies.map((cookie) => line(t, cookie)) : [t.unverified];
  return el(
    "details",
    {},
    el("summary", {}, t.details),
    el(
      "dl",
      {},
      ...row(t.vendor, vendor.name, small(vendor.address)),
      ...row(t.country, vendor.country || t.unverified),
      ...row(t.sends, sends || t.none_known),
      ...row(t.cookies, ...(stored.length ? stored : [t.none_known])),
    ),
    el("p", {}, link(vendor.policy_url, t.vendor_policy), link(vendor.opt_out_url, t.opt_out)),
  );
}

/**
 * @param {string} term
 * @param {...Child} values
 */
const row = (term, ...values) => [el("dt", {}, term), el("dd", {}, ...values)];

/** @param {string|undefined} text */
const small = (text) => text && el("small", {}, text);

/**
 * One cookie. What nobody has verified is shown as such.
 * @param {Record<string, string>} t
 * @param {import("./types.js").Cookie} cookie
 */
const line = (t, { name, domain, lifetime, purpose, unverified }) =>
  el(
    "p",
    {},
    [name, domain].filter(Boolean).join(" · "),
    small(
      [`${t.lifetime}: ${lifetime || t.unverified}`, purpose, unverified && t.unverified]
        .filter(Boolean)
        .join(" · "),
    ),
  );
