/** Stands in for a blocked iframe or video: says what it is and asks, once or for good. */

import { button, el } from "./element.js";

/**
 * @typedef {import("./types.js").Ui} Ui
 * @typedef {import("./types.js").Texts} Texts
 */

/**
 * Makes the page's placeholders agree with what is blocked. Safe to call at any time.
 * @param {Ui} ui
 */
export function placeholders(ui) {
  const blocked = ui.core.blocked();
  for (const slot of document.querySelectorAll(".consent-slot")) {
    const element = /** @type {HTMLElement} */ (slot.nextSibling);
    if (!blocked.includes(element)) slot.remove();
  }
  for (const element of blocked) {
    if (!element.matches(".consent-slot+*")) occupy(ui, element);
  }
}

/**
 * The placeholder takes the element's place and size, so that nothing moves when it comes or goes.
 * The style sheet hides the element behind it.
 * @param {Ui} ui
 * @param {HTMLElement} element
 */
function occupy({ core, T }, element) {
  const { service, name, category, purpose } = element.dataset;
  const one = T.services.find(({ id }) => id === (service || name));
  const wanted = one || T.categories.find(({ id }) => id === (category || purpose));
  if (!wanted) return;
  const { t, lang, dir } = T;
  const choice = { [one ? "services" : "categories"]: { [wanted.id]: true } };
  const slot = el(
    "div",
    { class: "consent-ui consent-slot", lang, dir },
    el(
      "div",
      {},
      el("p", {}, t.placeholder.replace("{service}", wanted.name)),
      button(t.allow_once, "allow-once", () => core.allowOnce(element)),
      button(t.allow_always, "allow-always", () => core.by("banner").save(choice)),
    ),
  );
  const { display, position, inset, margin, cssFloat, verticalAlign } = getComputedStyle(element);
  // An inline frame stands in its line as an inline-block does. Important, as the style sheet is.
  slot.style.cssText =
    `position:${position};inset:${inset};margin:${margin};float:${cssFloat};vertical-align:${verticalAlign};display:${display.replace(/e$/, "e-block")};width:${element.offsetWidth}px;height:${element.offsetHeight}px`.replace(
      /;|$/g,
      "!important;",
    );
  element.before(slot);
}
