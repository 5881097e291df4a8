/** What both layers are: a named dialog that Esc closes, with two opposite answers and a third. */

import { button, el } from "./element.js";
import { cycle, keepClear } from "./focus.js";

/**
 * @typedef {import("./types.js").Ui} Ui
 * @typedef {import("./element.js").Child} Child
 */

/**
 * The answers share one rule of the style sheet and one width, so that none can weigh more.
 * @param {Ui} ui
 * @param {"banner" | "preferences"} source
 * @param {HTMLButtonElement} third
 */
export const answers = ({ core, T, decide }, source, third) =>
  el(
    "div",
    { class: "consent-answers" },
    button(T.t.reject, "reject-all", () => decide(() => core.by(source).rejectAll())),
    button(T.t.accept, "accept-all", () => decide(() => core.by(source).acceptAll())),
    third,
  );

/**
 * Shows a layer, built aside and inserted once. Only a modal one takes the focus, to its heading;
 * the browser makes the page inert behind it, and gives the focus back in the end.
 * @param {Ui} ui
 * @param {{modal_: boolean, look_: string, label_: string, about_: string}} traits
 * @param {() => void} closed runs however the layer was closed
 * @param {...Child} children
 * @returns {() => void} closes the layer without deciding
 */
export function open({ root }, { modal_, look_, label_, about_ }, closed, ...children) {
  const close = () => {
    if (!layer.isConnected || layer.hidden) return;
    giveBack();
    layer.hidden = true;
    // Taking a tree with the focus in it out of the page costs a millisecond of the click; out of sight costs nothing.
    layer.style.setProperty("display", "none", "important");
    setTimeout(() => layer.remove());
    closed();
  };
  const layer = el(
    modal_ ? "dialog" : "div",
    {
      class: `consent-layer ${look_}`,
      role: "dialog",
      "aria-label": label_,
      "aria-describedby": about_,
      close,
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Escape") {
          // One Esc closes one layer: the browser would close the one below as well.
          event.preventDefault();
          close();
        }
        if (event.key === "Tab" && modal_) cycle(layer, event);
      },
    },
    ...children,
  );
  root.append(layer);
  if (modal_) {
    layer.showModal();
    layer.querySelector("h2").focus();
  }
  const giveBack = modal_ ? () => layer.close() : keepClear(root, layer);
  return close;
}
