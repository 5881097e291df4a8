"""The banner of a policy that is not published: one page with the built script in it, which asks nobody for anything.

The page is for a sandboxed frame without an origin of its own: it reaches no cookie, no storage and no session.
"""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from consent.banner import build, facts, script
from consent.javascript import literal
from consent.policies import wording
from consent.sites import Site

# A version that can be none: nothing that the page shows may be taken for evidence.
VERSION = "0" * 64
# Chunks ask for the next one by a script element. Ours is here already; everything else, such as a tag of a vendor, is
# refused by the page's content security policy.
_BOOT = """(() => {
  const append = document.head.append;
  document.head.append = function (node) {
    if (node.arrived) {
      node.removeAttribute("src");
      node.textContent = SECOND;
    }
    append.call(this, node);
  };
  const show = () => window.consent.show(LAYER);
  addEventListener("load", LAYER === 2 ? show : () => {});
})();"""


@dataclass(frozen=True)
class Preview:
    """Source texts of the scripts, each for an element with the page's nonce, in their order."""

    language: str
    direction: str
    dark: bool
    scripts: tuple[Markup, ...]


def compose(site: Site, document: dict[str, Any], *, language: str, layer: int, dark: bool) -> Preview:
    """`document`: resolved, without errors."""
    built, recording = build.current(), {**document["recording"], "showings": False}
    shown = {**document, "theme": _theme(document["theme"], dark), "recording": recording}
    words = wording.compose(shown, language, "")
    core = built.core.replace(build.FACTS_MARK, facts.compose(site, VERSION, 1, shown, built.name))
    second = literal(script.second_chunk(built, words))
    boot = _BOOT.replace("LAYER", str(layer)).replace("SECOND", second)
    sources = (boot, core, script.first_chunk(built, words))
    # Markup: script source as the program composes it; what people wrote is in it as JSON that ends no element.
    return Preview(language, words["dir"], dark, tuple(Markup(source) for source in sources))  # noqa: S704


def _theme(theme: dict[str, Any], dark: bool) -> dict[str, Any]:
    """The same colours in both schemes: the frame must not follow the system of the person who looks."""
    colours = theme["dark" if dark else "light"]
    return {**theme, "light": colours, "dark": colours}
