/** What the law wants said beside a switch. */

import { el } from "./element.js";

/**
 * Names the recipient that acquires personal data, and the items, next to the control that would
 * allow it (APPI Article 31). The platform has made sure that the text names them.
 * @param {{acquires?: string}} service
 */
export const notice = ({ acquires }) => acquires && el("p", { class: "consent-note" }, acquires);
