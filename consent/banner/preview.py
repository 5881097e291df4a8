"""The banner of a policy that is not published, with the script as it is built now."""

from collections.abc import Mapping
from typing import Any

from consent.banner import build, facts, script
from consent.banner.framed import Framed, frame
from consent.law.terms import Terms
from consent.policies import law, wording
from consent.sites import Site

# A version that can be none: nothing that the page shows may be taken for evidence.
VERSION = "0" * 64


def compose(
    site: Site, document: dict[str, Any], *, language: str, layer: int, dark: bool, pack: str, signal: bool
) -> Framed:
    """`document`: resolved, without errors. `pack`: the law of the visitor, of the site's. `signal`: their browser's GPC."""
    terms = terms_of(document, pack)
    built, recording = build.under(terms), {**document["recording"], "showings": False}
    early = terms if terms and terms.lax else None
    shown = {**document, "theme": _theme(document["theme"], dark), "recording": recording}
    words = wording.compose(shown, language, "", early=early)
    return frame(
        language=language,
        direction=words["dir"],
        core=built.core.replace(build.FACTS_MARK, facts.compose(site, VERSION, 1, shown, built.name, early)),
        first=script.first_chunk(built, words),
        second=script.second_chunk(built, words),
        layer=layer,
        signal=signal,
        dark=dark,
    )


def terms_of(document: Mapping[str, Any], pack: str) -> Terms | None:
    """What a pack of a document says; of a name that it does not have, the strictest. None: everybody is asked first."""
    laws = law.laws(document)
    return laws.named(pack) if laws else None


def early(document: Mapping[str, Any], pack: str, *, signal: bool) -> list[dict[str, Any]]:
    """The services that such a visitor's browser loads before an answer."""
    terms = terms_of(document, pack)
    return law.early(document, terms, signal=signal) if terms else []


def _theme(theme: dict[str, Any], dark: bool) -> dict[str, Any]:
    """The same colours in both schemes: the frame must not follow the system of the person who looks."""
    colours = theme["dark" if dark else "light"]
    return {**theme, "light": colours, "dark": colours}
