"""Somebody who has no mouse: every control is reached by tabbing, and each stop on the way can be seen."""

MOST_STOPS = 150
FOCUSED = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  const name = here.ariaLabel || here.labels?.[0]?.innerText || here.innerText || "";
  return {
    name: name.trim(),
    tag: here.tagName.toLowerCase(),
    marked: (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none",
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


class Keyboard:
    """`name` is what a control is called: its label, or what stands on it."""

    def __init__(self, page):
        self.page = page
        page.emulate_media(reduced_motion="reduce")  # or the window would still be scrolling to what has the focus

    def on(self, page):
        return Keyboard(page)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def to(self, name, tag=None, *, back=False):
        """Tabs to the next control that is called so."""
        seen = []
        for _ in range(MOST_STOPS):
            self.press("Shift+Tab" if back else "Tab")
            here = self.page.evaluate(FOCUSED)
            if here is None:  # around the end of the page
                continue
            assert here["inside"], f"{here} has the focus outside of the window"
            assert here["marked"], f"that {here} has the focus cannot be seen"
            seen.append(here["name"])
            if here["name"] == name and tag in (None, here["tag"]):
                return self
        raise AssertionError(f"{name!r} cannot be reached from the keyboard, but {sorted(set(seen))}")

    def type(self, name, text, **how):
        """Over what stands in the field."""
        self.to(name, **how).press("ControlOrMeta+A")
        self.page.keyboard.type(text)
        return self

    def choose(self, name, letters):
        """An option of a list, by the letters that it begins with."""
        self.to(name, "select")
        self.page.keyboard.type(letters)
        return self

    def follow(self, name, **how):
        """Presses a link or button that leads to another page."""
        self.to(name, **how)
        with self.page.expect_navigation():
            self.press("Enter")
        return self
