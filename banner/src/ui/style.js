/** Puts the styles on the page, so that no rule of the page gets through to the banner. */

import css from "./style.css";

/**
 * Important declarations in a cascade layer win over every important declaration outside of one,
 * whatever its selector; so ours are all made important and live in a layer.
 * @param {import("./types.js").Texts} T
 * @param {string} [nonce] of the page's policy, for browsers without constructable style sheets
 */
export function applyStyles({ dir, theme }, nonce) {
  const text = `.consent-ui{${colours(theme.light)}--consent-radius:${theme.radius};direction:${dir}}
@media(prefers-color-scheme:dark){.consent-ui{${colours(theme.dark)}}}${css}`;
  const important = text.replace(/[^;{}\s](?=[;}])/g, "$&!important");
  const layered = `@layer consent{${important}}`;
  if (document.adoptedStyleSheets) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(layered);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  } else {
    const style = document.createElement("style");
    style.nonce = nonce || "";
    style.textContent = layered;
    document.head.append(style);
  }
}

/** @param {import("./types.js").Colours} names */
const colours = (names) =>
  Object.keys(names)
    .map((name) => `--consent-${name}:${names[name]};`)
    .join("");
