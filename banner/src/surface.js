/**
 * Everything visible: the host, the re-open button, and the UI chunk, which is fetched only when
 * there is something to show.
 *
 * @typedef {{show(layer: 1 | 2): void, hide(): void, placeholders(): void}} Ui
 */
import { allowOnce, blocked } from "./gate.js";
import { attempt, doc, facts, language, loadScript, nonce, platform } from "./page.js";
import { emit, on } from "./signals.js";
import { current } from "./store.js";

/**
 * The button is the browser's own, so that it follows dark mode, forced colours and the visitor's
 * focus ring. An important inline style outweighs every rule of the page's, and set through the
 * CSSOM it needs no nonce.
 */
const BUTTON =
  "all:revert!important;position:fixed!important;bottom:12px!important;left:12px!important;padding:8px!important;z-index:2147483646!important";

/** @type {Ui | undefined} */
let ui;
/** How to mount a UI chunk that has come before the body. @type {(() => Ui) | undefined} */
let arrived;
/** Whether the UI chunk is here or on its way. */
let asked = false;
/** The layer to show as soon as that is possible. @type {0 | 1 | 2} */
let wanted = 0;
/** @type {HTMLElement | undefined} */
let root;
/** @type {HTMLButtonElement | undefined} */
let button;

/** The host, in the body of the moment: some routers replace the body. */
export function host() {
  if (!root) {
    root = doc.createElement("div");
    root.id = "consent-root";
  }
  if (root.parentNode !== doc.body) doc.body.append(root);
  root.dataset.consentState = current.d ? "decided" : "undecided";
  return root;
}

/** Draws what the moment asks for. Safe to call at any time; before there is a body it does nothing. */
export function progress() {
  if (!doc.body) return;
  if (root) host();
  if (current.d) offer();
  if (blocked()[0]) fetchUi();
  if (arrived) ui = attempt(arrived);
  arrived = undefined;
  if (!ui) return;
  if (wanted) ui.show(wanted);
  wanted = 0;
  ui.placeholders();
}

/** The re-open button, from now on for as long as the page lives. */
function offer() {
  if (button || !facts.reopen) return;
  button = doc.createElement("button");
  button.type = "button";
  button.lang = language;
  button.dataset.consentAction = "reopen";
  button.textContent = facts.reopen[language];
  button.style.cssText = BUTTON;
  host().append(button);
}

/** Asks for the UI chunk. One that failed is asked for again when there is a new reason to. */
function fetchUi() {
  if (asked) return;
  asked = true;
  const name = `${facts.version.slice(0, 16)}-${facts.build}/${language}.js`;
  loadScript(`${platform}/b/${facts.key}/${name}`, { async: "" }).onerror = () => {
    asked = false;
  };
}

/** @param {any} [layer]  1 or 2; anything else means what fits the moment */
export function show(layer) {
  wanted = layer > 0 ? layer : current.d ? 2 : 1;
  fetchUi();
  progress();
}

/** Closes without deciding. */
export function hide() {
  wanted = 0;
  if (ui) ui.hide();
}

/**
 * The UI chunk has come.
 *
 * @param {object} api
 * @param {(core: object, texts: object) => Ui} mount
 * @param {object} texts
 */
export function arrive(api, mount, texts) {
  arrived = () => mount({ ...api, facts, language, nonce, host, emit, blocked, allowOnce }, texts);
  progress();
}

/** Links and buttons that open the preferences, wherever and whenever the page makes them. */
export function listen() {
  on("hidden", offer);
  doc.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest("[data-consent-open],[data-consent-action=reopen]")) return;
    event.preventDefault();
    show(2);
  });
}
