"""Who receives data, where they are, and who acquires it as personal data (APPI, Articles 28 and 31)."""

from collections.abc import Iterator, Mapping
from typing import Any

from consent.disclosure.statement import Section, Value, fact, section
from consent.disclosure.subject import Subject
from consent.policies.service import CONTROLLER

Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


def sections(subject: Subject) -> Iterator[Section]:
    """One for each legal entity, whatever the number of its services."""
    served: dict[str, list[Pair]] = {}
    for resolved, words in subject.services():
        if resolved["vendor"] != CONTROLLER and not resolved["no_tag"]:
            served.setdefault(resolved["vendor"], []).append((resolved, words))
    for vendor_id, pairs in served.items():
        yield _section(subject, vendor_id, pairs)


def _section(subject: Subject, vendor_id: str, pairs: list[Pair]) -> Section:
    vendor, label = pairs[0][1]["vendor"], subject.label
    items = dict.fromkeys(item for _, words in pairs for item in words["sends"])
    acquired = [words["acquires"]["text"] for _, words in pairs if words["acquires"]]
    unverified = subject.said["unverified"]
    return section(
        vendor["name"],
        fact(label("country"), vendor["country"] or unverified),
        fact(label("address"), vendor["address"] or unverified),
        fact(label("services"), *(words["name"] for _, words in pairs)),
        fact(label("sends"), *(items or [unverified])),
        fact(label("provision"), *_provisions(subject, pairs)),
        fact(label("acquires"), *acquired),
        fact(label("policy"), Value(vendor["policy_url"], vendor["policy_url"]) if vendor["policy_url"] else None),
        id=vendor_id,
    )


def _provisions(subject: Subject, pairs: list[Pair]) -> list[str]:
    """What the site has decided for each service, each said once; nothing where it has not."""
    decided = [resolved["provision"] for resolved, _ in pairs if resolved.get("provision")]
    said = (
        text for each in decided for text in (subject.said["provision"][each["type"]], subject.spoken(each["reason"]))
    )
    return [text for text in dict.fromkeys(said) if text]
