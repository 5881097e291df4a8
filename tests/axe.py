"""axe-core in a page of a real browser: what it finds, and that it has looked."""

from pathlib import Path

AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}}
# For a page that was looked at already and has other colours now: all rules take axe a second, and nothing else can differ.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# In forced colours the browser paints its own; axe still reads ours from `-webkit-text-fill-color`. They are measured instead.
ALL_BUT_COLOURS = {**EVERYTHING, "rules": {"color-contrast": {"enabled": False}}}
# A button that is on its way from one colour to the other has neither. It sets out with the frame after the change of scheme.
_RUN = """async (options) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const moving = document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(moving.map((each) => each.finished));
  const { violations, passes } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  return { found, looked: passes.length + violations.length };
}"""


def found_by_axe(page, rules, *, at_least):
    """In words. `at_least`: so many rules had something to look at, or the page was not there."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate(_RUN, rules)
    assert result["looked"] >= at_least, "axe has looked at the page"
    return result["found"]
