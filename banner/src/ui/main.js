/** Entry of the UI chunk. It owns no consent state: it shows, asks, and hands the answer to the core. */

import { showBanner } from "./banner.js";
import { el } from "./element.js";
import { placeholders } from "./placeholder.js";
import { showPreferences } from "./preferences.js";
import { applyStyles } from "./style.js";

/**
 * @param {import("./types.js").Core} core_
 * @param {import("./types.js").Texts} T_
 */
function mount(core_, T_) {
  const { lang, dir } = T_;
  /** @type {((() => void)|null)[]} what closes layer 1 and layer 2, where they are open */
  const close = [null, null, null];
  const status = el("p", { class: "consent-status", role: "status" });
  const root_ = el("div", { class: "consent-ui", lang, dir }, status);

  /** @param {number} layer */
  const show = (layer) => {
    close[layer] =
      close[layer] ||
      (layer > 1 ? showPreferences : showBanner)(ui, () => {
        close[layer] = null;
        core_.emit("hidden", { layer });
      });
    core_.emit("shown", { layer });
  };

  // The upper layer first: it gives the focus back to the lower one, which then goes too.
  const hide = () => {
    for (const each of [close[2], close[1]]) if (each) each();
  };

  const say = (text = "") => {
    status.textContent = text;
  };

  const ui = {
    core_,
    T_,
    root_,
    show_: show,
    decide_(/** @type {() => unknown} */ act) {
      act();
      hide();
      say(T_.t.saved);
      setTimeout(say, 5000);
    },
  };

  applyStyles(T_, core_.nonce);
  const host = core_.host();
  host.lang = lang;
  host.append(root_);
  return { show, hide, placeholders: () => placeholders(ui) };
}

window.consent.ui(mount, __CONSENT_TEXTS__);
