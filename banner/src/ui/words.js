/** Words that need others put into them. */

import { el } from "./element.js";

/** @typedef {import("./types.js").Texts} Texts */

/**
 * "A, B and C" as the language says it.
 * @param {Texts} T
 * @param {string[]} items
 */
export const list = (T, items) => new Intl.ListFormat(T.lang).format(items);

/**
 * Names the recipient that acquires personal data, and the items, next to the control that would
 * allow it (APPI Article 31). The platform has made sure that the text names them.
 * @param {{acquires?: string}} service
 */
export const notice = ({ acquires }) => acquires && el("p", { class: "consent-note" }, acquires);
