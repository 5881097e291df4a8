"""The law packs of a policy: chosen by name in the source, written out in the resolved document, so that a version says for
good what could run before a decision, whatever the packs say later. A pack that changes shows as a difference of the draft.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from consent import clock
from consent.catalogue.presets import CATEGORIES
from consent.law.choosing import Laws
from consent.law.packs import DEFAULT, packs
from consent.law.terms import Term, Terms
from consent.policies import locales
from consent.policies.findings import Finding
from consent.policies.translation import Translation

NECESSARY = CATEGORIES[0]
_ALONE = {"packs": [DEFAULT], "default": None}


def resolve(
    given: Mapping[str, Any], categories: Sequence[str], said: Translation, day: date | None
) -> dict[str, Any] | None:
    """None for the default alone: such documents have no member `law`. `day` None is today."""
    if {name: given[name] for name in _ALONE} == _ALONE:
        return None
    names = list(dict.fromkeys([*given["packs"], *filter(None, [given["default"]])]))
    said.findings.extend(_unknown(names))
    chosen = [packs()[name].terms(day or clock.now().date()) for name in names if name in packs()]
    optional = [name for name in categories if name != NECESSARY]
    asks = not Laws(tuple(chosen), given["default"]).lax
    return {
        "packs": [_pack(terms, optional) for terms in chosen],
        "default": given["default"],
        **{name: None if asks else _said(given[name], name, said) for name in locales.notices()},
    }


def _said(own: Mapping[str, str] | None, name: str, said: Translation) -> dict[str, str]:
    return said.of({**locales.notices()[name], **(own or {})}, f"law.{name}")


def _unknown(names: Sequence[str]) -> list[Finding]:
    known = tuple(packs())
    return [Finding("law_unknown", "law", {"law": name, "known": known}) for name in names if name not in known]


def _pack(terms: Terms, categories: Sequence[str]) -> dict[str, Any]:
    known = {name: terms.categories[name] for name in categories}
    return {
        "id": terms.id,
        "regions": sorted(terms.regions),
        "categories": {name: {"model": term.model, "signal": term.signal} for name, term in known.items()},
    }


def laws(document: Mapping[str, Any]) -> Laws | None:
    """What a resolved document says; None where it asks before anything loads, everywhere and by default."""
    written = document.get("law")  # not in what was published before there were any
    if not written or not written["packs"]:
        return None
    return Laws(tuple(_terms(each) for each in written["packs"]), written["default"])


def _terms(written: Mapping[str, Any]) -> Terms:
    categories = {name: Term(**term) for name, term in written["categories"].items()}
    return Terms(written["id"], frozenset(written["regions"]), categories)


def runs(document: Mapping[str, Any], terms: Terms, *, signal: bool) -> list[str]:
    """What may run while nothing is decided: categories, then services with a dot, as the script and the cookie name them.

    A recipient who acquires the data as personal data needs a consent under every model (APPI Article 31), and a tag that
    brings others with it has more purposes than an exception covers.
    """
    services = [each for each in document["services"] if _service_runs(each, terms, signal)]
    used, on = ({each["category"] for each in some} for some in (document["services"], services))
    categories = [each["id"] for each in document["categories"]]
    running = [name for name in categories if name in on or (name not in used and _runs(name, terms, signal))]
    return [*running, *(f".{each['id']}" for each in services)]


def early(document: Mapping[str, Any], terms: Terms, *, signal: bool) -> list[dict[str, Any]]:
    """The services that a browser loads before a decision; neither necessary ones nor those without a tag."""
    running = runs(document, terms, signal=signal)
    optional = (each for each in document["services"] if each["category"] != NECESSARY and not each["no_tag"])
    return [each for each in optional if f".{each['id']}" in running]


def _runs(category: str, terms: Terms, signal: bool) -> bool:
    return category == NECESSARY or terms.categories[category].runs(signal=signal)


def _service_runs(service: Mapping[str, Any], terms: Terms, signal: bool) -> bool:
    category = service["category"]
    if category == NECESSARY:
        return True
    exempt = terms.categories[category].model == "exempt_with_opt_out"
    return not service["acquires"] and not (exempt and service["loads_others"]) and _runs(category, terms, signal)
