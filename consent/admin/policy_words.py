"""A policy in words: places, findings, differences and reasons as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import g

from consent.accounts import users
from consent.admin import shell, words
from consent.catalogue import texts as catalogue
from consent.db import db
from consent.policies import wording
from consent.policies.diff import differences
from consent.policies.document import Source
from consent.policies.findings import ERROR, Finding, Said
from consent.policies.locales import banner_texts

_SHORT = 160
# How a tag works, not what anybody reads; shown apart.
_TECHNICAL = frozenset({"steps", "sweep", "hosts", "consent_mode", "revoke_behaviour", "loads_others", "schema"})

_NAMED_OTHERWISE = {"items": "data_items"}  # what templates would take for a method of the dictionary


@dataclass(frozen=True)
class Found:
    """The same finding in one place or in many, such as each text of a language that we do not speak."""

    is_error: bool
    said: Said
    places: list[str]


@dataclass(frozen=True)
class Changed:
    kind: str
    place: str
    old: str
    new: str
    technical: bool


def user_name(user_id: int | None) -> str | None:
    """None where the user is no more."""
    if user_id is None:
        return None
    with db.engine.connect() as connection:
        try:
            return users.by_id(connection, user_id).name
        except users.UserUnknown:
            return None


def in_language(text: Any) -> str:
    """A text of a policy in the reader's language, else in the first that it has."""
    if isinstance(text, Mapping):
        return str(text.get(g.language) or next(iter(text.values()), ""))
    return str(text or "")


def items() -> dict[str, str]:
    """{id: text} of the data items that the catalogue knows."""
    return {each: in_language(catalogue.text("items", each)) for each in sorted(catalogue.known("items"))}


def language_names(languages: Iterable[str]) -> dict[str, str]:
    """Each in its own words; a tag that nobody knows as it stands."""
    return {language: _language_name(language) for language in languages}


def _language_name(language: str) -> str:
    try:
        return wording.language_name(language)
    except ValueError:
        return language


def findings(found: Iterable[Finding], policy: Source) -> list[Found]:
    places: dict[tuple[bool, Said], list[str]] = {}
    for each in found:
        places.setdefault((each.severity == ERROR, each.said(g.language)), []).append(place(each.path, policy))
    return [Found(*same, list(filter(None, where))) for same, where in places.items()]


def place(path: str, policy: Mapping[str, Any]) -> str:
    """`services.2.parameters.src` → `Services › chat › Parameters › src`"""
    steps: list[str] = []
    here: Any = policy
    for step in filter(None, path.split(".")):
        here = _inside(here, step)
        steps.append(_step(step, here, policy.get("languages", ())))
    return " › ".join(steps)


def _inside(here: Any, step: str) -> Any:
    if isinstance(here, Mapping):
        return here.get(step)
    if isinstance(here, Sequence) and not isinstance(here, str) and step.isdigit() and int(step) < len(here):
        return here[int(step)]
    return None


def _step(step: str, here: Any, languages: Iterable[str]) -> str:
    names = words.texts(g.language)["places"]
    if step in languages:
        return _language_name(step)
    if step.isdigit() and isinstance(here, Mapping):
        return str(here.get("id") or here.get("name") or int(step) + 1)
    return str(names.get(_NAMED_OTHERWISE.get(step, step), step))


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Changed]:
    """What differs between two resolved documents."""
    if old is None:
        return []
    return [
        Changed(
            each.kind,
            place(each.path, new),
            _said(each.path, each.old),
            _said(each.path, each.new),
            _is_technical(each.path),
        )
        for each in differences(old, new)
    ]


def _is_technical(path: str) -> bool:
    steps = path.split(".")
    return steps[0] == "schema" or (steps[0] == "services" and bool(_TECHNICAL & set(steps[2:])))


def _said(path: str, value: Any) -> str:
    if path.endswith(".lifetime_s") and isinstance(value, int):  # nobody counts in seconds
        return wording.lifetime(value, banner_texts()[g.language], g.language) or "–"
    return _value(value)


def _value(value: Any) -> str:
    """A thing by its name; anything else short."""
    if value is None:
        return ""
    if isinstance(value, Mapping) and "name" in value:
        return in_language(value["name"])
    if isinstance(value, Mapping) and value and all(isinstance(each, str) for each in value.values()):
        return in_language(value)
    if isinstance(value, bool):
        return shell.text(f"policy.{'yes' if value else 'no'}")
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def reasons(given: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why visitors are asked again, a sentence each."""
    sentences = words.texts(g.language)["reasons"]
    return [sentences[each["code"]].format_map({**each["parts"], "id": each["id"]}) for each in given]
