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
  const stops = [...all].filter((stop) => !stop.closest("details:not([open])>:not(summary)"));
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
 * @returns {() => void} puts the page back as it was
 */
export function keepClear(root, layer) {
  const page = document.documentElement.style;
  const before = page.scrollPaddingBlock;
  const keep = (/** @type {string} */ room, padding = room) => {
    page.scrollPaddingBlock = padding;
    root.style.setProperty("--consent-room", room);
  };
  const observer = new ResizeObserver(() => keep(`${layer.offsetHeight}px`));
  observer.observe(layer);
  return () => {
    observer.disconnect();
    keep("", before);
  };
}
