/**
 * Everything visible: the host, the re-open button, and the UI chunk, which is fetched only when
 * there is something to show or to send.
 *
 * @typedef {{show(layer: 1 | 2): void, hide(): void, placeholders(): void, deliver(): void}} Ui
 */
import { allowOnce, blocked } from "./gate.js";
import { post } from "./outbox.js";
import { attempt, doc, facts, language, loadScript, make, tag } from "./page.js";
import { emit, on } from "./signals.js";
import { read, unpack, write } from "./storage.js";
import { current, receipt, token } from "./store.js";

/**
 * The button has the browser's own colours, so that it follows dark mode, forced colours and the
 * visitor's focus ring. An important inline style outweighs every rule of the page's, and set through the
 * CSSOM it needs no nonce.
 */
const BUTTON =
  "all:revert;position:fixed;bottom:9px;left:9px;padding:9px;border:1px solid;border-radius:9px;z-index:999999999;";

/** @type {Ui | undefined} */
let ui;
/** How to mount a UI chunk that has come before the body. @type {(() => Ui) | 0 | undefined} */
let arrived;
/** Whether the UI chunk is here or on its way. @type {boolean | undefined} */
let asked;
/** The layer to show as soon as that is possible. @type {0 | 1 | 2 | undefined} */
let wanted;
/** @type {HTMLElement | undefined} */
let root;
/** @type {HTMLButtonElement | undefined} */
let button;

/** The host, in the body of the moment: some routers replace the body. @returns {HTMLElement} */
export function host() {
  root = root || make("div", { id: "consent-root" });
  const node = /** @type {HTMLElement} */ (root);
  if (node.parentNode !== doc.body) doc.body.append(node);
  node.dataset.consentState = current.d ? "decided" : "undecided";
  return node;
}

/** Draws what the moment asks for. Safe to call at any time; before there is a body it does nothing. */
export function progress() {
  if (!doc.body) return;
  if (root) host();
  if (current.d) offer();
  if (!asked && blocked()[0]) fetchUi();
  if (arrived) ui = attempt(arrived);
  arrived = 0;
  if (!ui) return;
  if (wanted) ui.show(wanted);
  wanted = 0;
  ui.placeholders();
}

/** Sends what waits. */
export function deliver() {
  if (unpack(".outbox")[0]) fetchUi();
  ui?.deliver();
}

/** The re-open button, from now on for as long as the page lives. */
function offer() {
  const textContent = facts.languages_[language];
  if (button || !textContent) return;
  button = /** @type {HTMLButtonElement} */ (
    make("button", { lang: language, textContent, onclick: () => show(2) })
  );
  button.dataset.consentAction = "reopen";
  button.style.cssText = BUTTON.replace(/;/g, "!important;");
  host().append(button);
  // So that it covers neither the end of the page nor what has the focus.
  host().style.cssText = "padding:2em!important";
  doc.documentElement.style.scrollPaddingBottom = "4em";
}

/**
 * Asks for the UI chunk. One that failed is asked for again when there is a new reason to. Where the
 * server has put one right behind us in this very file, the tag bears its language, and loses it when
 * that one is wanted (docs/adr/0022).
 */
function fetchUi() {
  if (asked) return;
  asked = true;
  if (tag.ui === language) tag.ui = 0;
  else
    loadScript(
      tag.src.replace(/\.js[^/]*$/, `/${facts.version_}-${facts.build_}/${language}.js`),
      /** @type {any} */ (0),
      false,
    ).onerror = () => {
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
  ui?.hide();
}

/**
 * The UI chunk has come. It gets the public API and what else it acts through.
 *
 * @param {object} api
 * @param {(...given: any[]) => Ui} mount
 * @param {object} texts
 */
export function arrive(api, mount, texts) {
  arrived = () =>
    mount(
      api,
      texts,
      [host, emit, blocked, allowOnce, tag.nonce],
      [facts, post, read, write, unpack, token, receipt],
    );
  progress();
}

/** Links and buttons that open the preferences, wherever and whenever the page makes them. */
export function listen() {
  on("hidden", offer);
  doc.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest("[data-consent-open]")) return;
    event.preventDefault();
    show(2);
  });
}
