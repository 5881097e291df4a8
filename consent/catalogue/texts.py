"""What visitors read about services: items that are sent, purposes, why something is kept in the browser."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from consent import own_data

KINDS = ("items", "services", "purposes", "their_purposes", "storage")


@cache
def _texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return {
        language.lower(): content
        for language, content in own_data.read_folder(files("consent.catalogue") / "texts").items()
    }


def known(kind: str) -> frozenset[str]:
    """The keys of one kind; every language has the same ones (tested)."""
    return frozenset(_texts()["en"][kind])


def text(kind: str, key: str) -> dict[str, str]:
    """{language: text} in every language of the catalogue."""
    return {language: content[kind][key] for language, content in _texts().items()}
