// Runs before the page's own scripts: when is the accept button there for the visitor, and what moved meanwhile?
(() => {
  const FRAMES = 3;
  const probe = (window.__probe = { still: null, shift: 0, ran: {} });
  let last = "";
  let frames = 0;
  let since = 0;

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) probe.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });

  const opaque = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (style.opacity !== "1" || style.visibility !== "visible") return false;
    }
    return true;
  };

  // Where the button is, if a click on its centre would reach it and the visitor can see it; else "".
  const place = (button) => {
    if (!button) return "";
    const { x, y, width, height } = button.getBoundingClientRect();
    if (!width || !height) return "";
    const hit = document.elementFromPoint(x + width / 2, y + height / 2);
    return button.contains(hit) && opaque(button) ? [x, y, width, height].join() : "";
  };

  const frame = () => {
    const now = place(document.querySelector(window.__accept));
    if (!now || now !== last) {
      last = now;
      frames = 0;
      since = performance.now();
    }
    if (now && ++frames >= FRAMES) {
      probe.still = since;
      return;
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
