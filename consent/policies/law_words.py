"""What is told of law packs, in the words of one language (consent/locales/law.yaml). Lines for a person; nothing here prints."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

from consent import own_data
from consent.catalogue.presets import CATEGORIES
from consent.law.packs import Pack, Version, packs
from consent.law.terms import OPT_IN, STRICTEST

LANGUAGES = ("en", "ja")


@cache
def _all() -> Mapping[str, Any]:
    found: Mapping[str, Any] = own_data.read(files("consent").joinpath("locales/law.yaml"))
    return found


class LawWords:
    """One language. `explanation` takes what law_explaining gives."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: Mapping[str, Any] = _all()[language]

    def named(self, name: str) -> str:
        if name == STRICTEST:
            return str(self.words["strictest"])
        return self._fill("named", pack=name, name=packs()[name].name[self.language]) if name in packs() else name

    def since(self, day: str | None) -> str:
        return self._fill("since", day=day) if day else str(self.words["no_day"])

    def _dated(self, what: str, day: str | None) -> str:
        return self._fill("dated", what=what, since=self.since(day))

    def explanation(self, site: str, found: Mapping[str, Any]) -> Iterator[str]:
        region, why = found["region"] or self.words["no_region"], self.words["why"][found["why"]]
        yield self._fill("heading", site=site, region=region, day=found["day"], pack=self.named(found["pack"]), why=why)
        yield ""
        terms = found["categories"]
        yield from (self._term(name, terms[name]) for name in CATEGORIES if name in terms)
        yield ""
        for name in ("early", "early_signal"):
            yield self._fill(name, services=self.words["comma"].join(found[name]) or self.words["nothing"])
        for pack in found["packs"]:
            yield from ("", self._dated(self.named(pack["id"]), pack["in_force_from"]))
            yield from self._facts(pack["facts"] or [])
            for coming in pack["to_come"]:
                yield f"  {self._fill('coming', status=self.words['status'][coming['status']])}"
                yield from self._facts(coming["facts"])

    def _term(self, category: str, term: Mapping[str, Any]) -> str:
        bases = {name: self._basis(basis) for name, basis in term["asked_by"].items()}
        return self._fill(
            "term",
            category=category,
            model=term["model"],
            runs=self.words["model"][term["model"]],
            # What waits for a consent is off with the signal and without it.
            signal="" if term["model"] == OPT_IN else self.words["signal"][term["signal"]],
            asked="; ".join(f"{name}: {basis}" for name, basis in bases.items()),
        )

    def _basis(self, basis: str | None) -> str:
        return str(self.words["basis"][basis or "none"])

    def pack(self, pack: Pack) -> Iterator[str]:
        regions = ", ".join(pack.regions) or self.words["no_regions"]
        yield from (self.named(pack.id), pack.summary[self.language], self._fill("regions", regions=regions))
        for version in pack.versions:
            yield from ("", self._dated(self.words["status"][version.status], version.in_force_from))
            yield from self._version(pack.id, version)

    def _version(self, pack: str, version: Version) -> Iterator[str]:
        for name, term in version.categories.items():
            yield f"  {self._term(name, {**asdict(term), 'asked_by': {pack: version.basis[name]}})}"
        if version.longest:
            yield f"  {self._fill('longest', months=version.longest.months)}"
        if version.reask:
            yield f"  {self._fill('reask', months=version.reask.months)}"
        if version.records_months:
            yield f"  {self._fill('records', months=version.records_months)}"
        if version.first_layer:
            parts = self.words["comma"].join(self.words["parts"][each] for each in version.first_layer)
            yield f"  {self._fill('first_layer', parts=parts)}"
        yield from self._facts(asdict(fact) for fact in version.facts)

    def _facts(self, facts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        for fact in facts:
            article, says = (fact[name][self.language] for name in ("article", "says"))
            confidence = self.words["confidence"][fact["confidence"]]
            yield f"  {self._fill('fact', article=article, confidence=confidence, says=says)}"

    def _fill(self, name: str, /, **values: Any) -> str:
        return str(self.words[name]).format(**values)
