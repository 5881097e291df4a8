/** Where the keyboard is: in a modal layer it goes round, beside a bar nothing of the page is lost. */

/** What the mark of the focus needs around an element, in pixels. */
const RING = 8;

/**
 * Moves the focus on by one, and from the end to the beginning. Native dialogs let Tab wander off
 * to the browser's own controls.
 * @param {HTMLElement} layer
 * @param {KeyboardEvent} event
 */
export function cycle(layer, event) {
  /** @type {NodeListOf<HTMLElement>} */
  const all = layer.querySelectorAll("a,button,input,summary");
  const stops = [...all].filter((stop) => stop.checkVisibility());
  if (event.shiftKey) stops.reverse();
  const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  stops[(at + 1) % stops.length].focus();
  event.preventDefault();
}

/**
 * Keeps focused elements of the page clear of a layer that is not modal: they scroll to where it
 * does not cover them, and the page scrolls on by its height at the end. Room before the beginning
 * would push the page down, and what a page fixes at its top scrolls nowhere: what is focused there
 * sends a bar at the top to the other end, where it stays, so that nothing jumps to and fro.
 * @param {HTMLElement} root
 * @param {HTMLElement} layer
 * @returns {() => void} takes the room back
 */
export function keepClear(root, layer) {
  const keep = (/** @type {string} */ room) => {
    document.documentElement.style.scrollPaddingBlock = room;
    root.style.setProperty("height", room, "important");
  };
  const observer = new ResizeObserver(() => keep(`${layer.offsetHeight + RING}px`));
  observer.observe(layer);
  const yieldTo = (/** @type {FocusEvent} */ { target }) => {
    const element = /** @type {Element} */ (target);
    const behind = () => {
      const { top, bottom } = element.getBoundingClientRect();
      return top + scrollY < layer.offsetHeight || (top < layer.offsetHeight && bottom > 0);
    };
    if (!layer.matches(".consent-top") || root.contains(element) || !behind()) return;
    element.scrollIntoView({ block: "nearest", behavior: "instant" });
    if (behind()) layer.classList.remove("consent-top");
  };
  document.addEventListener("focusin", yieldTo);
  return () => {
    document.removeEventListener("focusin", yieldTo);
    observer.disconnect();
    keep("");
  };
}
