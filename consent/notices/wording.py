"""Finding names in a text: what texts call tools, categories, topics and countries (mentions.yaml)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale

from consent import own_data
from consent.catalogue.presets import presets

_SHORT = 4
_SENTENCE = re.compile(r"(?:[^。\n.!?]|[.!?](?!\s|$))*(?:[。\n]|[.!?](?=\s|$))?")  # the point in `8.1` ends none
_LATIN = re.compile(r"[A-Za-z0-9]")
_SPEAKING = ("ja", "en")


@cache
def mentions() -> Mapping[str, Mapping[str, list[str]]]:
    found: Mapping[str, Mapping[str, list[str]]] = own_data.read(files("consent.notices").joinpath("mentions.yaml"))
    return found


@cache
def tools() -> Mapping[str, re.Pattern[str]]:
    """{preset: what names it}; presets for anything have no name and are not looked for."""
    known = mentions()["tools"]
    named = {each.id: [each.name, *known.get(each.id, ())] for each in presets().values() if each.name}
    return {preset: _pattern(names) for preset, names in named.items()}


@cache
def kinds(part: str) -> Mapping[str, re.Pattern[str]]:
    """Of `categories` or `topics`."""
    return {key: _pattern(names) for key, names in mentions()[part].items()}


@cache
def countries() -> Mapping[str, re.Pattern[str]]:
    """{country code: its names in the languages that we read}"""
    return {code: _pattern([*names, *mentions()["countries"].get(code, ())]) for code, names in _territories().items()}


def _territories() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for language in _SPEAKING:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(code, set()).add(name)
    return found


def plain(text: str) -> str:
    """NFKC: full-width letters are letters, and half-width katakana are katakana."""
    return unicodedata.normalize("NFKC", text)


def sentence_at(text: str, position: int) -> str:
    """The sentence around a place, for quoting; `text` is plain."""
    for match in _SENTENCE.finditer(text):
        if match.start() <= position < match.end():
            return match[0].strip()
    return ""


def _pattern(names: Iterable[Any]) -> re.Pattern[str]:
    words = sorted({plain(str(name)) for name in names}, key=len, reverse=True)
    return re.compile("|".join(map(_word, words)))


def _word(word: str) -> str:
    inner = re.escape(word) if len(word) <= _SHORT else f"(?i:{re.escape(word)})"
    before = r"(?<![A-Za-z0-9])" if _LATIN.match(word[0]) else ""
    after = r"(?![A-Za-z0-9])" if _LATIN.match(word[-1]) else ""
    return f"{before}{inner}{after}"
