/** The visitor's own copy of the last decision, and the way out of it. */

import { button, el, link } from "./element.js";

/** @param {import("./types.js").AllUi} ui */
export function receipt({ core, T, decide }) {
  const { t } = T;
  const held = core.receipt();
  const own = link(T.settings_url, t.my_data);
  if (!held) return el("p", {}, t.receipt_none, own);
  const file = encodeURIComponent(JSON.stringify(held, null, 2));
  return el(
    "details",
    {},
    el("summary", {}, t.receipt),
    el("p", {}, `${t.decided_at}: ${new Date(held.received_time).toLocaleString(T.lang)}`),
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
    button(t.withdraw, "withdraw", () => decide(() => core.by("preferences").withdraw())),
  );
}
