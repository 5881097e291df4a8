"""What applies to a visitor of a site, and why, as plain values. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from consent.law.choosing import Choice, Laws, choose
from consent.law.packs import DEFAULT, packs
from consent.law.terms import STRICTEST, Terms
from consent.policies import law


def published(document: Mapping[str, Any], day: date) -> Laws:
    """As the version says for good. One without packs of its own has the default."""
    return law.laws(document) or Laws((packs()[DEFAULT].terms(day),), None)


def on(laws: Laws, day: date) -> Laws:
    """The same packs with what was, or will be, in force on another day."""
    optional = {name for terms in laws.packs for name in terms.categories}
    return Laws(tuple(_on(terms, optional, day) for terms in laws.packs), laws.default)


def _on(terms: Terms, optional: set[str], day: date) -> Terms:
    if terms.id not in packs():
        return terms
    found = packs()[terms.id].terms(day)
    kept = {name: term for name, term in found.categories.items() if name in optional}
    return Terms(found.id, found.regions, kept)


def explanation(document: Mapping[str, Any], laws: Laws, region: str | None, day: date) -> dict[str, Any]:
    """`laws`: of the document, or what they are on another day."""
    choice = choose(laws, region)
    behind = laws.packs if choice.terms.id == STRICTEST else (choice.terms,)
    return {
        "region": region,
        "day": day.isoformat(),
        "pack": choice.terms.id,
        "why": choice.why,
        "model": choice.terms.model,
        "categories": _categories(choice, behind, day),
        "early": _early(document, choice.terms, signal=False),
        "early_signal": _early(document, choice.terms, signal=True),
        "packs": [_pack(terms.id, day) for terms in behind if terms.id in packs()],
    }


def _early(document: Mapping[str, Any], terms: Terms, *, signal: bool) -> list[str]:
    return [each["id"] for each in law.early(document, terms, signal=signal)]


def _categories(choice: Choice, behind: tuple[Terms, ...], day: date) -> dict[str, Any]:
    return {
        name: {
            "model": term.model,
            "signal": term.signal,
            "asked_by": {
                terms.id: _basis(terms.id, name, day)
                for terms in behind
                if name in terms.categories and terms.categories[name].model == term.model
            },
        }
        for name, term in choice.terms.categories.items()
    }


def _basis(name: str, category: str, day: date) -> str | None:
    version = packs()[name].at(day) if name in packs() else None
    return version.basis.get(category) if version else None


def _pack(name: str, day: date) -> dict[str, Any]:
    pack = packs()[name]
    version = pack.at(day)
    coming = [asdict(each) for each in pack.versions if each.status != "in_force"]
    said = ("status", "in_force_from", "longest", "reask", "first_layer", "records_months", "facts")
    found = asdict(version) if version else {}
    return {"id": name, **{key: found.get(key) for key in said}, "to_come": [_short(each) for each in coming]}


def _short(version: Mapping[str, Any]) -> dict[str, Any]:
    return {name: version[name] for name in ("status", "in_force_from", "facts")}
