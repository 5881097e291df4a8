/** The second layer: every purpose and every service with its own switch. */

import { button, el } from "./element.js";
import { answers, open } from "./layer.js";
import { receipt } from "./receipt.js";
import { details } from "./service.js";
import { notice } from "./words.js";

/**
 * @typedef {import("./types.js").AllUi} Ui
 * @typedef {import("./types.js").Category} Category
 */

/**
 * Opens the preference centre. Its switches start from the stored state; only its three answers
 * decide, closing it any other way saves nothing.
 * @param {Ui} ui
 * @param {() => void} closed
 */
export function showPreferences(ui, closed) {
  const { core, T, decide } = ui;
  const { t } = T;
  const about_ = "consent-how";
  const body = el(
    "div",
    { class: "consent-story consent-scroll" },
    el("p", { id: about_ }, t.settings_body),
    core.gpc && el("p", {}, t.gpc),
    ...T.categories.map((category) => section(ui, category)),
    receipt(ui),
  );
  const close = open(
    ui,
    { modal_: true, look_: "consent-centre", label_: t.settings_title, about_ },
    closed,
    el(
      "header",
      {},
      el("h2", { tabindex: "-1" }, t.settings_title),
      button(t.close, "close", () => close()),
    ),
    body,
    answers(
      ui,
      "preferences",
      button(t.save, "save", () => decide(() => core.by("preferences").save(chosen(body)))),
    ),
  );
  return close;
}

/**
 * What the switches say. A category of which only some services are on is on.
 * @param {HTMLElement} layer
 */
function chosen(layer) {
  /** @type {Record<string, Record<string, boolean>>} */
  const choice = { categories: {}, services: {} };
  for (const { name, value, checked, indeterminate } of layer.querySelectorAll("input")) {
    choice[name][value] = checked || indeterminate;
  }
  return choice;
}

/**
 * A category with its services. Its switch moves all of them, and shows when they differ.
 * @param {Ui} ui
 * @param {Category} category
 */
function section({ core, T }, { id, name, description }) {
  const services = T.services.filter((service) => service.category === id);
  const fixed = id === "necessary";
  // ARIA knows no half-way switch: a category of several services is a checkbox with three states.
  const whole = toggle("categories", id, core.allows(id), services.length < 2);
  const singles = services.map((service) =>
    toggle("services", service.id, core.allows(id, service.id), true),
  );
  const align = () => {
    const on = singles.filter((single) => single.checked).length;
    whole.checked = on === singles.length;
    whole.indeterminate = on > 0 && !whole.checked;
  };
  if (services.length) align();
  const changed = (/** @type {Event} */ { target }) => {
    if (target !== whole) align();
    else for (const single of singles) single.checked = whole.checked;
  };
  return el(
    "section",
    { change: changed },
    heading("h3", name, fixed ? el("span", {}, T.t.always_on) : whole),
    el("p", { id: `${whole.id}-about` }, description),
    ...services.map((service, index) =>
      el(
        "article",
        {},
        heading("h4", service.name, !fixed && singles[index]),
        el(
          "div",
          { id: `${singles[index].id}-about` },
          el("p", {}, service.purpose),
          service.no_tag && el("p", {}, T.t.no_tag),
          notice(service),
        ),
        details(T, service),
      ),
    ),
  );
}

/**
 * A heading that is its switch's label, so that the whole row can be pressed.
 * @param {string} tag
 * @param {string} name
 * @param {import("./element.js").Child} control
 */
const heading = (tag, name, control) => el(tag, {}, el("label", {}, name, control));

/**
 * @param {string} kind
 * @param {string} value
 * @param {boolean} checked
 * @param {boolean} simple has two states only
 * @returns {HTMLInputElement}
 */
function toggle(kind, value, checked, simple) {
  const id = `consent-${kind}-${value}`;
  const input = el("input", {
    type: "checkbox",
    role: simple && "switch",
    id,
    name: kind,
    value,
    "aria-describedby": `${id}-about`,
  });
  input.checked = checked;
  return input;
}
