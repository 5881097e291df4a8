/** The first layer: who asks, why, and three equal answers. */

import { button, el, link } from "./element.js";
import { answers, open } from "./layer.js";
import { notice } from "./words.js";

/**
 * @param {import("./types.js").Ui} ui
 * @param {() => void} closed
 */
export function showBanner(ui, closed) {
  const { core, T } = ui;
  const { t, layout } = T;
  const about_ = "consent-about";
  return open(
    ui,
    {
      modal_: layout.first === "dialog",
      look_: `consent-${layout.first} consent-${layout.position}`,
      label_: t.title,
      about_,
    },
    closed,
    el(
      "div",
      { class: "consent-story" },
      el("h2", { tabindex: "-1" }, t.title),
      el("p", { id: about_ }, t.body),
      el("p", {}, T.purposes),
      core.gpc && el("p", {}, t.gpc),
      ...T.services.map(notice),
      el("p", { class: "consent-facts" }, link(T.privacy_policy, t.privacy_policy), t.recipients),
    ),
    answers(
      ui,
      "banner",
      button(t.settings, "settings", () => ui.show(2), {
        pointerenter: ui.prefetch,
        focusin: ui.prefetch,
      }),
    ),
  );
}
