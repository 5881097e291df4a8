/**
 * Gated markup: inert until its category and service are granted, inert again when they are not.
 *
 * The document itself is the queue: every pass asks it for what still waits, so that document order
 * needs no bookkeeping, and nodes that a framework adds, moves or removes are simply there or not.
 */
import { everything } from "./decision.js";
import { doc, facts, make, tag } from "./page.js";
import { effective, permits } from "./policy.js";
import { current, live } from "./store.js";

/** Ours and cookieconsent's names, then Klaro's (`data-name`) and Orejime's (`data-purpose`). */
const SELECTOR = "[data-category],[data-service],[data-name],[data-purpose]";
/** A script that has neither loaded nor failed after this time no longer holds up the next. */
const PATIENCE = 5000;

/** The script that the next ones wait for. @type {Element | 0 | undefined} */
let busy;
/** Scripts and templates: only a reload undoes them. @type {HTMLElement[]} */
const ran = [];
/** The address an opened element had before. @type {WeakMap<HTMLElement, any>} */
const opened = new WeakMap();
/** What the visitor has allowed for this page only. @type {WeakSet<HTMLElement>} */
let once = new WeakSet();

/** A purpose of Orejime's may be meant as a category or as a service. @param {HTMLElement} element */
function allowed(element, granted = HELD ? live() : current.g) {
  const { category, service, name, purpose } = element.dataset;
  const single = service || name;
  return (
    once.has(element) ||
    permits(granted, category || purpose, single) ||
    permits(granted, category, single || purpose)
  );
}

/** @returns {any[]} */
const gated = () => [...doc.querySelectorAll(SELECTOR)];

/** Everything inert, in document order. */
const waiting = () =>
  gated().filter((element) =>
    element.localName !== "script"
      ? element.content || (element.dataset.src && !opened.has(element))
      : element.type === "text/plain",
  );

/**
 * What a visitor can see missing, for the placeholders. A frame whose names the policy does not know
 * is the page's own affair: such attributes serve galleries and lazy loading too. What is held back
 * cannot be allowed here either.
 *
 * @returns {HTMLElement[]}
 */
export const blocked = () =>
  waiting().filter(
    (element) =>
      /ifr|vid|emb/.test(element.localName) &&
      !allowed(element) &&
      allowed(element, HELD ? effective(facts, everything(facts)) : everything(facts)),
  );

/**
 * While the page is being parsed its last element may still lack half of its text, and a deferred
 * script expects the whole document. Both get another look when the parser is further. That our own
 * root follows says nothing: it was put behind whatever had come.
 *
 * @param {HTMLElement} element
 */
function complete(element) {
  /** What comes after it. @param {any} node @returns {any} */
  const next = (node) =>
    node &&
    ((node.nextSibling?.id !== "consent-root" ? node : node.nextSibling).nextSibling ||
      next(node.parentNode));
  return (
    doc.readyState !== "loading" ||
    (next(element) && !element.matches("[defer],[data-type=module]"))
  );
}

/** Releases what is granted. Scripts go one after the other, everything else at once. */
export function release() {
  for (const element of waiting()) {
    if (!element.isConnected || !allowed(element) || !complete(element)) continue;
    if (element.content) {
      expand(element);
      ran.push(element);
      element.replaceWith(element.content);
      return release();
    } else if (element.localName !== "script") address(element, element.dataset.src);
    else if (!busy || element.hasAttribute("async")) run(element);
  }
}

/**
 * Only a new element runs. Attributes are cloned as nodes: `setAttribute` refuses names like `@click`.
 *
 * @param {HTMLScriptElement} script
 */
function run(script) {
  const copy = make("script");
  const { src, type } = script.dataset;
  for (const attribute of script.attributes) {
    copy.setAttributeNode(/** @type {Attr} */ (attribute.cloneNode()));
  }
  copy.type = type || "";
  copy.nonce = script.nonce || tag.nonce;
  copy.text = script.text;
  if (src) copy.src = src;
  if (copy.src && !copy.hasAttribute("async")) hold(copy);
  ran.push(copy);
  script.replaceWith(copy);
}

/** Lets the next script wait for this one. @param {Element} script */
function hold(script) {
  const next = () => {
    if (busy !== script) return;
    busy = 0;
    release();
  };
  busy = script;
  script.addEventListener("load", next);
  script.addEventListener("error", next);
  setTimeout(next, PATIENCE);
}

/**
 * What is inert inside a template joins the queue, with the template's own gate on it, and so do its
 * scripts. Addresses are inert there only as `data-src`: Firefox asks for others while it parses.
 *
 * @param {HTMLTemplateElement} template
 */
function expand({ content, dataset }) {
  /** @type {NodeListOf<any>} */
  const inert = content.querySelectorAll("script,[data-src]");
  for (const element of inert) {
    Object.assign(element.dataset, dataset);
    if (element.localName === "script" && /^$|javascript|module/.test(element.type)) {
      element.dataset.type = element.type;
      element.type = "text/plain";
    }
  }
}

/**
 * Gives an element its address, or the one back that it had before. That happens outside of the
 * page: so a frame loses its document without leaving an entry in the history, and a player notices
 * its `source`. Of all that can be gated only a link has a `rel`. One whose address is merely taken away goes on loading and follows redirects; with
 * one that cannot be loaded it stops, and `blob:` breaks no Content Security Policy.
 *
 * @param {any} element
 * @param {string} value
 */
function address(element, value) {
  const [name, nowhere] = element.rel ? ["href", "blob:"] : ["src", ""];
  const place = new Comment();
  if (!opened.delete(element)) opened.set(element, element.getAttribute(name) || nowhere);
  element.replaceWith(place);
  element.setAttribute(name, value);
  place.replaceWith(element);
}

/**
 * Blocks again what is not granted any more.
 *
 * @returns whether something has run that only a reload can stop
 */
export function block() {
  once = new WeakSet();
  for (const element of gated()) {
    if (opened.has(element) && !allowed(element)) address(element, opened.get(element));
  }
  return ran.some((element) => !allowed(element));
}

/** @param {HTMLElement} element */
export function allowOnce(element) {
  once.add(element);
  release();
}
