/** Puts the styles on the page, so that no rule of the page gets through to the banner. */

/**
 * Important declarations in a cascade layer win over every important declaration outside of one,
 * whatever its selector; so ours are all made important and live in a layer.
 * @param {string} css
 * @param {string} [nonce] of the page's policy, for browsers without constructable style sheets
 */
export function addStyles(css, nonce) {
  const layered = `@layer consent{${css.replace(/[^;{}\s](?=[;}])/g, "$&!important")}}`;
  if (document.adoptedStyleSheets) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(layered);
    document.adoptedStyleSheets.push(sheet);
  } else {
    const style = document.createElement("style");
    style.nonce = nonce || "";
    style.textContent = layered;
    document.head.append(style);
  }
}

/**
 * The policy's theme, as the custom properties that the style sheets read. `all: initial` has taken
 * the language of the text away as well, which decides where lines break and how Han characters look.
 * @param {import("./types.js").Texts} T
 */
export const variables = ({ lang, dir, theme: { light, dark, radius } }) =>
  `.consent-ui{${colours(light)}--consent-radius:${radius};direction:${dir};-webkit-locale:"${lang}"}
@media(prefers-color-scheme:dark){.consent-ui{${colours(dark)}}}`;

/** @param {import("./types.js").Colours} names */
const colours = (names) =>
  Object.keys(names)
    .map((name) => `--consent-${name}:${names[name]};`)
    .join("");
