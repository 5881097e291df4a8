/** Where the keyboard is: in a modal layer it goes round, beside a bar nothing of the page is lost. */

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
 * does not cover them, and the page scrolls on by its height at the end.
 * @param {HTMLElement} root
 * @param {HTMLElement} layer
 * @returns {() => void} takes the room back
 */
export function keepClear(root, layer) {
  const keep = (/** @type {string} */ room) => {
    document.documentElement.style.scrollPaddingBlock = room;
    root.style.setProperty("height", room, "important");
  };
  const observer = new ResizeObserver(() => keep(`${layer.offsetHeight}px`));
  observer.observe(layer);
  return () => {
    observer.disconnect();
    keep("");
  };
}
