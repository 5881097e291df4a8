"""What our own pages say beside the words of a policy: consent/locales/<room>/<language>.yaml, `en` is the reference."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from babel.dates import format_datetime
from flask import Request

from consent import own_data
from consent.policies.wording import locale

REFERENCE = "en"
OWN = "plain_pages"


@cache
def page_words(room: str = OWN) -> Mapping[str, Mapping[str, Any]]:
    """{lower-case language: {key: text}}"""
    return own_data.read_folder(files("consent") / "locales" / room)


def in_language(language: str, room: str = OWN) -> Mapping[str, Any]:
    """Of a policy in a language that we do not speak, our own words are English."""
    return page_words(room).get(language, page_words(room)[REFERENCE])


def in_words(moment: datetime, language: str) -> str:
    """Date and time as the language writes them, with the time zone."""
    return format_datetime(moment, "long", locale=locale(language))


def pick_language(available: Iterable[str], wishes: Iterable[str]) -> str | None:
    """The first wish that can be met, as the banner picks it: itself or a kind of it (`zh` → `zh-tw`), then its language
    alone (`en-gb` → `en`). Nobody who prefers British English reads Japanese because an exact `ja` comes second.
    """
    for wish in wishes:
        for tag in (wish.lower(), wish.lower().partition("-")[0]):
            found = next((each for each in available if f"{each}-".startswith(f"{tag}-")), None)
            if found:
                return found
    return None


def wishes(request: Request) -> list[str]:
    """What the address asks for, then what the browser prefers."""
    return [tag for tag in (request.args.get("lang", ""), *request.accept_languages.values()) if tag]
