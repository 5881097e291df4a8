"""Who receives data, where they are, and who acquires it as personal data (APPI, Articles 28 and 31)."""

from collections.abc import Iterator, Mapping
from typing import Any

from consent.disclosure.statement import Fact, Section, Value, fact, section
from consent.disclosure.subject import Subject
from consent.policies.locales import fill
from consent.policies.service import CONTROLLER
from consent.registers.transfers import Transfer

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
        *_abroad(subject, pairs),
        fact(label("policy"), Value(vendor["policy_url"], vendor["policy_url"]) if vendor["policy_url"] else None),
        id=vendor_id,
    )


def _abroad(subject: Subject, pairs: list[Pair]) -> list[Fact]:
    """What the register knows of the country and the recipient: an entry for each service, the same said once."""
    known = [(words["name"], check) for resolved, words in pairs if (check := subject.checks.get(resolved["id"]))]
    found, said, label = [check.entry for _, check in known], subject.said["abroad"], subject.label
    alone = "" if len(pairs) == 1 else "_of"
    return [
        fact(label("basis"), *dict.fromkeys(said["basis"][each.basis] for each in found)),
        fact(label("system"), *dict.fromkeys(value for each in found for value in _system(each, said))),
        fact(label("measures"), *dict.fromkeys(line for each in found for line in each.measures.splitlines())),
        fact(
            label("checked"),
            *(fill(said[f"checked{alone}"], service=name, day=check.entry.checked_on) for name, check in known),
            *(fill(said[f"held{alone}"], service=name) for name, check in known if check.held),
        ),
    ]


def _system(entry: Transfer, said: Mapping[str, str]) -> list[Value]:
    source = Value(fill(said["source"], day=entry.system_on or entry.checked_on), entry.system_source or None)
    return [*map(Value, entry.system.splitlines()), source] if entry.system else []


def _provisions(subject: Subject, pairs: list[Pair]) -> list[str]:
    """What the site has decided for each service, each said once; nothing where it has not."""
    decided = [resolved["provision"] for resolved, _ in pairs if resolved.get("provision")]
    said = (
        text for each in decided for text in (subject.said["provision"][each["type"]], subject.spoken(each["reason"]))
    )
    return [text for text in dict.fromkeys(said) if text]
