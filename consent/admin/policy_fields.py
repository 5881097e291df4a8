"""Values of a policy as forms carry them: `name.ja` for one language of a text, nothing for what is left out."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request


def text(name: str) -> str | None:
    """None where it is empty. Browsers end lines as old teleprinters did."""
    return request.form.get(name, "").replace("\r\n", "\n").strip() or None


def number(name: str) -> Any:
    """What is no number stays as it was written, for the schema to refuse it."""
    given = text(name)
    return int(given) if given and given.lstrip("-").isdecimal() else given


def ticked(name: str) -> bool:
    return name in request.form


def texts(name: str, languages: Iterable[str]) -> dict[str, str]:
    """{language: text}, "" for what is empty; a language that the form does not show is not there."""
    given = {language: f"{name}.{language}" for language in languages}
    return {language: text(field) or "" for language, field in given.items() if field in request.form}


def text_in_each(name: str, languages: Iterable[str], before: Any = None, *, plain: bool = False) -> Any:
    """A text as a policy holds it; None where it is nowhere. `plain`: one string where it is everywhere the same."""
    languages = list(languages)
    kept = dict(before) if isinstance(before, Mapping) else {}
    said = {language: each for language, each in {**kept, **texts(name, languages)}.items() if each}
    if plain and said.keys() >= set(languages) and len(set(said.values())) == 1:
        return next(iter(said.values()))
    return said or None
