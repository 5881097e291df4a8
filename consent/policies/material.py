"""Does a new version have to be asked about again? Pure.

Material: a new category, service, vendor or country; a service that changes its vendor, category or purpose; a recipient that
newly acquires data as personal data, or more of it; data that is newly provided to a third party. Not material: wording
elsewhere, style, layout, removals, a new language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]
TAKES_CONSENT = ("third_party", "foreign_third_party", "personal_related_info")


@dataclass(frozen=True)
class Reason:
    """`id` names the category, service, vendor or country; `parts` are what a sentence about it needs."""

    code: str
    id: str
    parts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    material: bool
    reasons: tuple[Reason, ...]


def compare(old: Document | None, new: Document) -> Change:
    """Every reason for which visitors have to be asked again; `old` None is the first publication."""
    reasons = (Reason("first_publication", ""),) if old is None else tuple(_reasons(old, new))
    return Change(material=bool(reasons), reasons=reasons)


def _reasons(old: Document, new: Document) -> Iterator[Reason]:
    language = new["languages"][0]
    known = {each["id"] for each in old["categories"]}
    for category in new["categories"]:
        if category["id"] not in known:
            yield Reason("category_added", category["id"], {"name": category["name"][language]})
    before = {each["id"]: each for each in old["services"]}
    for service in new["services"]:
        if service["id"] in before:
            yield from _service_reasons(before[service["id"]], service)
        else:
            yield Reason("service_added", service["id"], {"name": service["name"][language]})
    yield from _vendor_reasons(old, new)


def _service_reasons(old: Document, new: Document) -> Iterator[Reason]:
    for name in ("vendor", "category"):
        if old[name] != new[name]:
            yield Reason(f"service_{name}_changed", new["id"], {"from": old[name], "to": new[name]})
    changed = [
        lang for lang in new["purpose"] if old["purpose"].get(lang, new["purpose"][lang]) != new["purpose"][lang]
    ]
    if changed:
        yield Reason("service_purpose_changed", new["id"], {"languages": changed})
    if _is_provided(new) and not _is_provided(old):
        yield Reason("service_provided", new["id"])
    if new["acquires"] and not old["acquires"]:
        yield Reason("service_acquires", new["id"])
    elif new["acquires"] and _acquires_more(old["acquires"], new["acquires"]):
        yield Reason("service_acquires_more", new["id"])


def _is_provided(service: Document) -> bool:
    """Whether giving the data to the vendor takes the visitor's consent (APPI, Articles 27(1), 28 and 31)."""
    return bool(service.get("provision")) and service["provision"]["type"] in TAKES_CONSENT


def _acquires_more(old: Document, new: Document) -> bool:
    """Another recipient, or an item that was not named; compared in the languages that both versions speak."""
    for language in set(old["recipient"]) & set(new["recipient"]):
        known = {item[language] for item in old["items"]}
        if old["recipient"][language] != new["recipient"][language] or {i[language] for i in new["items"]} - known:
            return True
    return False


def _vendor_reasons(old: Document, new: Document) -> Iterator[Reason]:
    language = new["languages"][0]
    countries = {vendor["country"] for vendor in old["vendors"].values()}
    for name, vendor in new["vendors"].items():
        before = old["vendors"].get(name)
        if before is None:
            yield Reason("vendor_added", name, {"name": vendor["name"][language]})
        elif _renamed(before["name"], vendor["name"]):
            yield Reason("vendor_changed", name, {"name": vendor["name"][language]})
        if before and before["country"] != vendor["country"]:
            yield Reason("vendor_country_changed", name, {"from": before["country"], "to": vendor["country"]})
    for country in sorted({each["country"] for each in new["vendors"].values()} - countries - {None}):
        yield Reason("country_added", country)


def _renamed(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """The same id with another legal name is another recipient."""
    shared = set(old) & set(new)
    return any(old[language] != new[language] for language in shared)
