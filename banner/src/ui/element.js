/** Builds the DOM: every text becomes a text node, nothing is ever parsed as HTML. */

/**
 * @typedef {Node|string|null|false|undefined} Child
 * @typedef {string|boolean|null|undefined|((event: any) => void)} Value
 */

/**
 * An element with attributes, listeners (function values) and children. Empty children and
 * values are left out, so that a caller can write `condition && child`.
 * @param {string} tag
 * @param {Record<string, Value>} attributes
 * @param {...Child} children
 * @returns {any}
 */
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value) node.setAttribute(name, /** @type {string} */ (value));
  }
  node.append(.../** @type {(Node|string)[]} */ (children.filter(Boolean)));
  return node;
}

/**
 * A link, or nothing where the address is not one a visitor can follow.
 * @param {string|undefined} href
 * @param {string} text
 * @returns {Child}
 */
export const link = (href, text) =>
  /^(https?:|mailto:|tel:)/.test(href || "") &&
  el("a", { href, target: "_blank", rel: "noopener" }, text);

/**
 * @param {string} label
 * @param {string} action
 * @param {() => void} click
 * @param {Record<string, Value>} [more]
 * @returns {HTMLButtonElement}
 */
export const button = (label, action, click, more) =>
  el("button", { type: "button", "data-consent-action": action, click, ...more }, label);
