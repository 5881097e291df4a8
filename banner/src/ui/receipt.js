/** The visitor's own copy of the last decision, and the way out of it. */

import { button, el, link } from "./element.js";

/** @param {import("./types.js").Ui} ui */
export function receipt({ core_, T_, decide_ }) {
  const { t } = T_;
  const held = core_.receipt();
  const own = link(T_.settings_url, t.my_data);
  if (!held) return el("p", {}, t.receipt_none, own);
  const file = encodeURIComponent(JSON.stringify(held, null, 2));
  return el(
    "details",
    {},
    el("summary", {}, t.receipt),
    el("p", {}, `${t.decided_at}: ${new Date(held.received_time).toLocaleString(T_.lang)}`),
    el(
      "p",
      {},
      el(
        "a",
        { href: `data:application/json,${file}`, download: "consent.json" },
        t.receipt_download,
      ),
      own,
    ),
    button(t.withdraw, "withdraw", () => decide_(() => core_.withdraw("preferences"))),
  );
}
