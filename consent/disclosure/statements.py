"""The statements by their names in addresses. Pure: the same policy version, language and checks give the same statement."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from consent.disclosure import joint_use, own, recipients, storage, transmission
from consent.disclosure.statement import Section, Statement
from consent.disclosure.subject import Check, Links, Subject
from consent.errors import ConsentError
from consent.plain_pages.words import page_words
from consent.policies.locales import fill

_SECTIONS: Mapping[str, Callable[[Subject], Iterable[Section]]] = {
    "external-transmission": transmission.sections,
    "cookies": storage.sections,
    "recipients": recipients.sections,
    "joint-use": joint_use.sections,
    "gpc": own.gpc,
    "choices": own.choices,
}
_NOTES = {"external-transmission": transmission.notes}
KINDS = tuple(_SECTIONS)
NO_CHECKS: Mapping[str, Check] = {}


class StatementUnknown(ConsentError):
    status = 404
    code = "statement_unknown"

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no statement {kind!r}. There are: {', '.join(KINDS)}.")


def languages(document: Mapping[str, Any]) -> list[str]:
    """Of the policy those that our own words are written in, else all of them."""
    spoken = [language for language in document["languages"] if language in page_words("disclosure")]
    return spoken or list(document["languages"])


def make(
    kind: str, document: dict[str, Any], language: str, links: Links, checks: Mapping[str, Check] = NO_CHECKS
) -> Statement:
    """Raises StatementUnknown."""
    if kind not in _SECTIONS:
        raise StatementUnknown(kind)
    subject = Subject.of(document, language, links, checks)
    said, site = subject.said["statements"][kind], subject.composed["controller"]["name"]
    return Statement(
        kind=kind,
        language=language,
        dir=subject.composed["dir"],
        title=said["title"],
        lead=[fill(sentence, site=site) for sentence in said["lead"]],
        sections=list(_SECTIONS[kind](subject)),
        notes=_NOTES[kind](subject) if kind in _NOTES else [],
    )
