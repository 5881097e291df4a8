"""Statements about the site itself: Global Privacy Control, and where visitors choose."""

from collections.abc import Iterator

from consent.disclosure.statement import Section, Value, fact, section
from consent.disclosure.subject import Subject


def gpc(subject: Subject) -> Iterator[Section]:
    said, links = subject.said["gpc"], subject.links
    yield section(
        "Global Privacy Control",
        fact(subject.label("effect"), said["effect"]),
        fact(subject.label("signal"), said["signal"], Value(said["support"], links.gpc)),
        id="gpc",
    )


def choices(subject: Subject) -> Iterator[Section]:
    """What is on now is known to the visitor's browser alone: the embedded statement shows it, and so does the settings page."""
    said, links = subject.said["choices"], subject.links
    for category in subject.composed["categories"]:
        services = [each["name"] for each in subject.composed["services"] if each["category"] == category["id"]]
        yield section(
            category["name"],
            fact(subject.label("purpose"), category["description"]),
            fact(subject.label("services"), *services),
            fact(subject.label("state"), said["always"] if category["id"] == "necessary" else None),
            id=category["id"],
        )
    ways = (Value(said[name], getattr(links, page)) for name, page in _WAYS.items())
    yield section(subject.said["statements"]["choices"]["title"], fact(subject.label("ways"), *ways), id="ways")


_WAYS = {"open": "settings", "history": "history", "erase": "erase"}
