/** Entry of the UI chunk. It owns no consent state: it shows, asks, and hands the answer to the core. */

import { showBanner } from "./banner.js";
import { fetchSecond, src } from "./chunk.js";
import { postman } from "./delivery.js";
import { el } from "./element.js";
import { noteSignal } from "./gpc.js";
import { placeholders } from "./placeholder.js";
import css from "./style.css";
import { addStyles, variables } from "./style.js";

/** In this file's own address: what leads to the site's records instead. */
const RECORDS = /b\/([^/.]+)[^/]*\/[^/]+\/[^/]+$/;

/**
 * @param {import("./types.js").Api} api
 * @param {import("./types.js").Texts} T
 * @param {import("./types.js").Stage} stage
 * @param {import("./types.js").Desk} desk
 */
function mount(api, T, [host, emit, blocked, allowOnce, nonce], desk) {
  /** @type {import("./types.js").Core} */
  const core = { ...api, host, emit, blocked, allowOnce, nonce };
  const { lang, dir } = T;
  /** @type {Record<number, import("./types.js").Opener>} that of layer 2 comes with its chunk */
  const open = { 1: showBanner };
  /** @type {((() => void)|null)[]} what closes layer 1 and layer 2, where they are open */
  const close = [null, null, null];
  /** Whether the second chunk is here or on its way, and whether layer 2 is to open when it comes. */
  let asked = false;
  let wanted = false;
  /** Whether this view of the page is still to be counted. */
  let uncounted = T.showings;
  const status = el("p", { class: "consent-status", role: "status" });
  const root = el("div", { class: "consent-ui", lang, dir }, status);

  /** @param {number} layer */
  const show = (layer) => {
    if (!open[layer]) {
      wanted = true;
      return prefetch();
    }
    close[layer] =
      close[layer] ||
      open[layer](ui, () => {
        close[layer] = null;
        core.emit("hidden", { layer });
      });
    core.emit("shown", { layer });
    if (layer < 2 && uncounted) {
      uncounted = false;
      // Without any id, and not tried again: what is lost is a number.
      fetch(src, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
    }
  };

  // A chunk that did not come is asked for again when there is a new reason to; only a reason that
  // came while it was on its way opens the layer.
  const prefetch = () => {
    if (asked) return;
    asked = true;
    fetchSecond(
      core.nonce,
      (opener) => {
        open[2] = opener;
        if (wanted) show(2);
      },
      () => {
        asked = !!open[2];
        wanted = false;
      },
    );
  };

  // The upper layer first: it gives the focus back to the lower one, which then goes too.
  const hide = () => {
    wanted = false;
    for (const each of [close[2], close[1]]) if (each) each();
  };

  const say = (text = "") => {
    status.textContent = text;
  };

  const ui = {
    core,
    T,
    root,
    show,
    prefetch,
    token: desk[5],
    decide(/** @type {() => unknown} */ act) {
      act();
      hide();
      setTimeout(say, 0, T.t.saved);
      setTimeout(say, 5000);
    },
  };

  const deliver = postman(desk, src.replace(RECORDS, "api/v1/sites/$1/records"));
  noteSignal(core, desk);
  deliver();
  // A click that leaves: the page may be gone, or frozen, before its next task.
  addEventListener("pagehide", deliver);
  addStyles(variables(T) + css, core.nonce);
  host().lang = lang;
  host().append(root);
  return { show, hide, deliver, placeholders: () => placeholders(ui) };
}

window.consent.ui(mount, __CONSENT_TEXTS__);
