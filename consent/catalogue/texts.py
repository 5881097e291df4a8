"""What visitors read about services: items that are sent, purposes, why something is kept in the browser."""

from collections.abc import Mapping
from functools import cache

from consent.catalogue.reading import read_folder

KINDS = ("items", "services", "purposes", "their_purposes", "storage")


@cache
def _texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return {language.lower(): content for language, content in read_folder("texts").items()}


def known(kind: str) -> frozenset[str]:
    """The keys of one kind; every language has the same ones (tested)."""
    return frozenset(_texts()["en"][kind])


def text(kind: str, key: str) -> dict[str, str]:
    """{language: text} in every language of the catalogue."""
    return {language: content[kind][key] for language, content in _texts().items()}
