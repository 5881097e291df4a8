// What the appearance tests measure on a page. Plain functions; tests/browser/screens.py calls them by name.

const ROOTS = "#consent-root, .consent-slot";

function all(selector) {
  return [...document.querySelectorAll(ROOTS)].flatMap((root) => [...root.querySelectorAll(selector)]);
}

function shown(element) {
  const box = element.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

function nameOf(element) {
  return `${element.localName} ${element.dataset.consentAction || element.id || element.textContent.trim().slice(0, 30)}`;
}

/** Name and size of every control that is smaller than `least` in a direction. */
function smallTargets(least) {
  return all("a, button, input, summary")
    .filter(shown)
    .map((element) => [nameOf(element), element.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < least)
    .map(([name, { width, height }]) => `${name}: ${width.toFixed(1)} × ${height.toFixed(1)}`);
}

/** Everything that scrolls sideways, is cut off, or lies outside of the window. */
function overflowing() {
  const wide = [document.documentElement, ...all("*").filter(shown)].filter(
    (element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline",
  );
  const outside = all("button, a, input, summary, p, h2, h3, h4, dd, dt").filter(shown).filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return left < -1 || right > innerWidth + 1;
  });
  const cut = all("button").filter(shown).filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1);
  return [...wide, ...outside, ...cut].map(nameOf);
}

/** The lines of an element's text, as they are broken on the screen, without the marks of where they might be. */
function linesOf(element) {
  const range = document.createRange();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const lines = [];
  let bottom = -Infinity;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      if (box.width && box.top + box.height / 2 > bottom) lines.push("");
      if (box.width) bottom = box.bottom;
      if (lines.length && node.data[at] !== "\u200b") lines[lines.length - 1] += node.data[at];
    }
  }
  return lines;
}

function linesOfAll(selector) {
  return all(selector).filter(shown).map(linesOf);
}

/** The computed style of one element, all of it, as an object. Custom properties have no look of their own. */
function styleOf(element) {
  const style = getComputedStyle(element);
  const names = [...style].filter((name) => !name.startsWith("--"));
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name)]));
}

/** What stands in and behind an element without being one. */
function surroundings(element) {
  const of = (name, property) => getComputedStyle(element, name)[property];
  const backdrop = element.localName === "dialog" && of("::backdrop", "backgroundColor");
  const marker = getComputedStyle(element).display === "list-item" && of("::marker", "color"); // nothing else has one
  return { before: of("::before", "content"), after: of("::after", "content"), marker, backdrop };
}

/** [name, style] of everything the banner has on the page, in document order; of the host only what can be seen of it. */
function styles() {
  const root = document.querySelector("#consent-root");
  const seen = (element) => [nameOf(element), { ...styleOf(element), ...surroundings(element) }];
  const [host, ...rest] = [root, ...root.querySelectorAll("*")].map(seen);
  return [[host[0], withoutPlace(host[1])], ...rest];
}

const PLACE = /^(inset|left$|right$|top$|bottom$|perspective-origin|transform-origin)/;
const withoutPlace = (style) => Object.fromEntries(Object.entries(style).filter(([name]) => !PLACE.test(name)));

/** Of each selector's element everything that a visitor could notice. */
function appearance(...selectors) {
  return selectors.map((selector) => {
    const element = document.querySelector(selector);
    const { width, height, top, bottom } = element.getBoundingClientRect();
    const style = withoutPlace(styleOf(element));
    for (const size of ["inline-size", "block-size", "width", "height"]) delete style[size];
    return { width, height, top, bottom, contrast: contrastOf(element), style };
  });
}

const channels = (colour) => {
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
  return { rgb: [red, green, blue], alpha };
};

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The first opaque colour behind an element; the page itself is white. */
function behind(element) {
  for (let one = element; one; one = one.parentElement) {
    const { rgb, alpha } = channels(getComputedStyle(one).backgroundColor);
    if (alpha === 1) return rgb;
  }
  return [255, 255, 255];
}

function contrastOf(element) {
  const [one, other] = [channels(getComputedStyle(element).color).rgb, behind(element)].map(luminance);
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** [text, contrast] of every text the banner shows. */
function contrasts() {
  return all("*")
    .filter((element) => shown(element) && [...element.childNodes].some((node) => node.nodeType === 3))
    .map((element) => [element.textContent.trim().slice(0, 40), contrastOf(element)]);
}

/** Elements that move or would move. */
function moving() {
  const running = document.getAnimations().map(({ effect }) => effect.target.className);
  const prepared = all("*").filter((element) => {
    const { transitionDuration, animationName } = getComputedStyle(element);
    return animationName !== "none" || transitionDuration.split(", ").some((time) => time !== "0s");
  });
  return [...running, ...prepared.map(nameOf)];
}

/** Name of the focused element and how much of it the banner hides; nothing where all of it is seen. */
function focusHidden() {
  const element = document.activeElement;
  const { left, top, width, height } = element.getBoundingClientRect();
  const parts = [0.1, 0.5, 0.9];
  const points = parts.flatMap((x) => parts.map((y) => [left + width * x, top + height * y]));
  const covered = points.filter(([x, y]) => {
    const above = document.elementFromPoint(x, y);
    return !above || Boolean(above.closest(ROOTS));
  });
  return covered.length ? { [nameOf(element)]: covered.length / points.length } : {};
}

function contrastOfReopener() {
  return contrastOf(document.querySelector("[data-consent-action=reopen]"));
}
