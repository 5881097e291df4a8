"""Does the site's own text say what its policy does, and the other way round? Pure: a text and a resolved policy document.

It reads words, not meaning: a mismatch is a place to look at, and none is no promise.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent.catalogue.presets import presets
from consent.notices import wording
from consent.policies.findings import WARNING, Finding
from consent.policies.service import CONSENT, CONTROLLER

Document = Mapping[str, Any]
HOME = "JP"  # where the policy does not say where the site is


@dataclass(frozen=True)
class Mismatch:
    """`about`: the name of the tool or service, a category or a country code. `quote`: where the text says it."""

    code: str
    path: str
    about: str = ""
    quote: str | None = None


@dataclass(frozen=True)
class Reading:
    """`text` is plain; `services` are those of the policy without our own."""

    text: str
    document: Document

    @property
    def services(self) -> list[Document]:
        return [each for each in self.document["services"] if each["id"] != CONSENT]

    def names(self, pattern: Any) -> str | None:
        """The sentence in which something is named first; None where it is not."""
        found = pattern.search(self.text)
        return wording.sentence_at(self.text, found.start()) if found else None

    def speaks_of(self, part: str, key: str) -> str | None:
        return self.names(wording.kinds(part)[key])


def check(text: str, document: Document) -> list[Mismatch]:
    """What the text and the policy do not both say."""
    reading = Reading(wording.plain(text), document)
    return [found for rule in _RULES for found in rule(reading)]


def as_findings(found: Iterable[Mismatch]) -> list[Finding]:
    return [as_finding(each) for each in found]


def as_finding(found: Mismatch) -> Finding:
    """A warning: two texts differ, and somebody has to look which is right."""
    return Finding(found.code, found.path, {"about": found.about, "quote": found.quote or ""}, severity=WARNING)


def _tools(reading: Reading) -> Iterator[Mismatch]:
    used = {each["preset"] for each in reading.services}
    for preset, pattern in wording.tools().items():
        quote, known = reading.names(pattern), presets()[preset]
        if quote is not None and preset not in used and known.category:
            yield Mismatch("notice_tool_unknown", "services", known.name or preset, quote)


def _services(reading: Reading) -> Iterator[Mismatch]:
    """A service is covered by its name, or by a word for its category."""
    for service in reading.services:
        if not _is_named(reading, service):
            name = next(iter(service["name"].values()))
            yield Mismatch(_unnamed(reading, service), f"services.{service['id']}", name)


def _is_named(reading: Reading, service: Document) -> bool:
    pattern = wording.tools().get(service["preset"])
    by_tool = pattern is not None and reading.names(pattern) is not None
    return by_tool or any(name in reading.text for name in map(wording.plain, service["name"].values()))


def _unnamed(reading: Reading, service: Document) -> str:
    category = service["category"]
    general = category in wording.kinds("categories") and reading.speaks_of("categories", category)
    return "notice_service_unnamed" if general else "notice_service_missing"


def _categories(reading: Reading) -> Iterator[Mismatch]:
    used = {each["category"] for each in reading.services}
    for category in wording.kinds("categories"):
        quote = reading.speaks_of("categories", category)
        if quote is not None and category not in used:
            yield Mismatch("notice_category_empty", "categories", category, quote)


def _without_tag(reading: Reading) -> Iterator[Mismatch]:
    """Of a tool that runs nothing in the browser a text should not say that it uses cookies."""
    ids = {each["preset"]: f"services.{each['id']}" for each in reading.services}
    cookie = wording.kinds("topics")["cookie"]
    for preset, pattern in wording.tools().items():
        quote, known = reading.names(pattern), presets()[preset]
        if known.no_tag and quote is not None and cookie.search(_around(reading.text, quote)):
            yield Mismatch("notice_cookie_without_tag", ids.get(preset, "services"), known.name or preset, quote)


def _around(text: str, quote: str) -> str:
    """The sentence and the next one: a heading names the tools that the sentence below it speaks of."""
    start = text.index(quote)
    rest = text[start + len(quote) :].lstrip()
    return f"{quote} {wording.sentence_at(rest, 0)}"


def _joint_use(reading: Reading) -> Iterator[Mismatch]:
    quote, stated = reading.speaks_of("topics", "joint_use"), bool(reading.document.get("joint_use"))
    if quote is not None and not stated:
        yield Mismatch("notice_joint_use_unstated", "joint_use", quote=quote)
    if quote is None and stated:
        yield Mismatch("notice_joint_use_missing", "joint_use")


def _acquires(reading: Reading) -> Iterator[Mismatch]:
    """APPI, Article 31."""
    quote = reading.speaks_of("topics", "acquires")
    acquiring = [each for each in reading.services if each["acquires"]]
    if quote is not None and not acquiring:
        yield Mismatch("notice_acquires_unstated", "services", quote=quote)
    if quote is None:
        for each in acquiring:
            yield Mismatch("notice_acquires_missing", f"services.{each['id']}.acquires_as_personal_data")


def _countries(reading: Reading) -> Iterator[Mismatch]:
    home = reading.document["controller"]["country"] or HOME
    abroad = {reading.document["vendors"][each["vendor"]]["country"] for each in _sending(reading)} - {home, None}
    named = {code: quote for code, pattern in wording.countries().items() if (quote := reading.names(pattern))}
    for code in sorted(abroad - set(named)):
        yield Mismatch("notice_country_missing", "vendors", code)
    for code in sorted(set(named) - abroad - {home}):
        yield Mismatch("notice_country_unused", "vendors", code, named[code])


def _sending(reading: Reading) -> list[Document]:
    return [each for each in reading.services if each["vendor"] != CONTROLLER and not each["no_tag"]]


_RULES: tuple[Callable[[Reading], Iterable[Mismatch]], ...] = (
    _tools,
    _services,
    _categories,
    _without_tag,
    _joint_use,
    _acquires,
    _countries,
)
