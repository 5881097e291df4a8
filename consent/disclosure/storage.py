"""The cookie list: what each service keeps in the visitor's browser, for how long and why."""

from collections.abc import Iterator, Mapping
from typing import Any

from consent.disclosure.statement import Fact, Section, Value, fact, section
from consent.disclosure.subject import Subject
from consent.policies.service import CONSENT

Words = Mapping[str, Any]


def sections(subject: Subject) -> Iterator[Section]:
    """Our own cookie first: it is there for everybody who has decided."""
    own = next(each for each in subject.composed["services"] if each["id"] == CONSENT)
    yield section(own["name"], *_rows(subject, own), id=CONSENT)
    for resolved, words in subject.services():
        if not resolved["no_tag"]:
            yield section(words["name"], *_rows(subject, words), id=resolved["id"])


def _rows(subject: Subject, words: Words) -> list[Fact]:
    category = next(each["name"] for each in subject.composed["categories"] if each["id"] == words["category"])
    about = [fact(subject.label("category"), category), fact(subject.label("handler"), words["vendor"]["name"])]
    if words["cookies"]:
        return [*about, *(_row(subject, cookie) for cookie in words["cookies"])]
    nothing = "storage_unverified" if words["cookies"] is None else "no_storage_known"
    return [*about, fact(subject.label("kept"), subject.said[nothing])]


def _row(subject: Subject, cookie: Words) -> Fact:
    said = subject.said
    lifetime = cookie["lifetime"] or said["unverified"]
    doubtful = cookie["lifetime"] and cookie["confidence"] == "unverified"
    details = [lifetime, said["kinds"][cookie["kind"]], cookie["domain"] or said["own_domain"]]
    if doubtful:
        details.append(said["unverified"])
    return Fact(cookie["name"], [Value(text) for text in (cookie["purpose"], " · ".join(details)) if text], code=True)
