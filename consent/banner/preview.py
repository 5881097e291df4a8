"""The banner of a policy that is not published, with the script as it is built now."""

from typing import Any

from consent.banner import build, facts, script
from consent.banner.framed import Framed, frame
from consent.policies import wording
from consent.sites import Site

# A version that can be none: nothing that the page shows may be taken for evidence.
VERSION = "0" * 64


def compose(site: Site, document: dict[str, Any], *, language: str, layer: int, dark: bool) -> Framed:
    """`document`: resolved, without errors."""
    built, recording = build.current(), {**document["recording"], "showings": False}
    shown = {**document, "theme": _theme(document["theme"], dark), "recording": recording}
    words = wording.compose(shown, language, "")
    return frame(
        language=language,
        direction=words["dir"],
        core=built.core.replace(build.FACTS_MARK, facts.compose(site, VERSION, 1, shown, built.name)),
        first=script.first_chunk(built, words),
        second=script.second_chunk(built, words),
        layer=layer,
        dark=dark,
    )


def _theme(theme: dict[str, Any], dark: bool) -> dict[str, Any]:
    """The same colours in both schemes: the frame must not follow the system of the person who looks."""
    colours = theme["dark" if dark else "light"]
    return {**theme, "light": colours, "dark": colours}
