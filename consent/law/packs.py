"""The packs as they ship. Everything they state is data with a day and a confidence; docs/law.md explains each key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from consent import own_data
from consent.law.terms import OPT_IN, Term, Terms

ROOT = files("consent.law")
DEFAULT = "jp"
IN_FORCE = "in_force"


@dataclass(frozen=True)
class Fact:
    """`article` and `says`: {language: text}."""

    article: Mapping[str, str]
    confidence: str
    says: Mapping[str, str]


@dataclass(frozen=True)
class Months:
    """`binding` False: good practice."""

    months: int
    binding: bool


@dataclass(frozen=True)
class Version:
    """What a law says from a day on. `basis` says of each category whether the law or the platform asks for the model.

    A version that is not in force has facts and nothing else: nothing of it applies.
    """

    status: str
    in_force_from: str | None  # YYYY-MM-DD; YYYY-MM where the day is not verified; None where not even that is
    in_force_until: str | None
    facts: Sequence[Fact]
    categories: Mapping[str, Term]
    basis: Mapping[str, str]
    longest: Months | None
    reask: Months | None
    first_layer: Sequence[str]
    records_months: int | None
    tags_before_consent: str

    def holds(self, day: date) -> bool:
        begins, ends = self.in_force_from, self.in_force_until
        begun = begins is None or _first_sure_day(begins) <= day
        return self.status == IN_FORCE and begun and (ends is None or day < date.fromisoformat(ends))


@dataclass(frozen=True)
class Pack:
    id: str
    name: Mapping[str, str]
    summary: Mapping[str, str]
    regions: Sequence[str]
    versions: Sequence[Version]

    def at(self, day: date) -> Version | None:
        """The version in force on this day; None where we know of none."""
        return next((version for version in self.versions if version.holds(day)), None)

    def terms(self, day: date) -> Terms:
        """Where we know of no version in force everything needs a consent: what nobody has looked up is never laxer."""
        version = self.at(day)
        found = version.categories if version else dict.fromkeys(self._categories(), Term(OPT_IN, "off"))
        return Terms(self.id, frozenset(self.regions), found)

    def _categories(self) -> list[str]:
        return list(dict.fromkeys(name for version in self.versions for name in version.categories))


def _first_sure_day(text: str) -> date:
    """Of a month alone only its end is sure, so what is new in it counts from the next one."""
    if len(text) > len("2026-02"):
        return date.fromisoformat(text)
    year, month = map(int, text.split("-"))
    return date(year + month // 12, month % 12 + 1, 1)


def _months(given: Mapping[str, Any] | None) -> Months | None:
    return Months(**given) if given else None


def _version(given: Mapping[str, Any]) -> Version:
    categories = given.get("categories", {})
    return Version(
        status=given["status"],
        in_force_from=given["in_force_from"],
        in_force_until=given["in_force_until"],
        facts=[Fact(**each) for each in given["facts"]],
        categories={name: Term(each["model"], each["signal"]) for name, each in categories.items()},
        basis={name: each["basis"] for name, each in categories.items()},
        longest=_months(given.get("longest")),
        reask=_months(given.get("reask")),
        first_layer=given.get("first_layer", []),
        records_months=given.get("records_months"),
        tags_before_consent=given.get("tags_before_consent", "forbidden"),
    )


@cache
def packs() -> Mapping[str, Pack]:
    """Every pack by its id."""
    return {
        key: Pack(**{**row, "versions": [_version(each) for each in row["versions"]]})
        for key, row in own_data.read_folder(ROOT / "packs").items()
    }
