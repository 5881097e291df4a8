"""Joint use: items, scope of users, purpose, and who is responsible (APPI, Article 27(5)(iii))."""

from collections.abc import Iterator

from consent.disclosure.statement import Section, fact, section
from consent.disclosure.subject import Subject


def sections(subject: Subject) -> Iterator[Section]:
    for given in subject.document.get("joint_use", []):  # not in what was published before there was any
        responsible, label = given["responsible"], subject.label
        representative = subject.spoken(responsible["representative"])
        yield section(
            subject.spoken(given["name"]) or "",
            fact(label("items"), *(subject.spoken(item["text"]) for item in given["items"])),
            fact(label("users"), subject.spoken(given["users"])),
            fact(label("purpose"), subject.spoken(given["purpose"])),
            fact(label("responsible"), subject.spoken(responsible["name"]), subject.spoken(responsible["address"])),
            fact(label("representative"), representative),
            id=given["id"],
        )
