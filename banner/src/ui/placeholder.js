/** Stands in for a blocked iframe or video: says what it is and asks, once or for good. */

import { button, el } from "./element.js";

/**
 * @typedef {import("./types.js").Ui} Ui
 * @typedef {import("./types.js").Texts} Texts
 */

/** @type {Map<HTMLElement, HTMLElement>} blocked element → what stands in for it */
const slots = new Map();

/**
 * Makes the page's placeholders agree with what is blocked. Safe to call at any time.
 * @param {Ui} ui
 */
export function placeholders(ui) {
  const blocked = ui.core.blocked();
  for (const [element, slot] of slots) {
    if (blocked.includes(element)) continue;
    slots.delete(element);
    slot.remove();
  }
  for (const element of blocked) {
    if (!slots.has(element)) occupy(ui, element);
  }
}

/**
 * The placeholder takes the element's place and size, so that nothing moves when it is allowed.
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
      button(t.allow_always, "allow-always", () => core.save(choice, "banner")),
    ),
  );
  const { position } = getComputedStyle(element);
  slot.style.cssText = `--consent-place:${position};--consent-wide:${element.offsetWidth}px;--consent-high:${element.offsetHeight}px`;
  element.before(slot);
  slots.set(element, slot);
}
