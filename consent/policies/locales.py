"""The built-in texts of the banner: consent/locales/banner/<language>.yaml. `en` has every key and is the reference."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from consent import own_data

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# How a list of items is written inside one sentence.
_SEPARATORS = {"ja": "、", "zh": "、", "zh-tw": "、", "ar": "، "}


@cache
def banner_texts() -> Mapping[str, Mapping[str, Any]]:
    """{lower-case language: {"t": {key: text}, "categories": {id: {"name", "description"}}}}"""
    found = own_data.read_folder(files("consent") / "locales" / "banner")
    return {language.lower(): texts for language, texts in found.items()}


@cache
def notices() -> Mapping[str, Mapping[str, str]]:
    """{`notice`, `notice_part` or `notice_signal`: {language: what the banner says where tags may run before a decision}}"""
    found: Mapping[str, Any] = own_data.read(files("consent").joinpath("locales/notice.yaml"))
    return found


def built_in(language: str) -> Mapping[str, str]:
    """The texts of one language by key; empty where we have none."""
    texts: Mapping[str, str] = banner_texts().get(language, {}).get("t", {})
    return texts


def reference_keys() -> list[str]:
    return sorted(built_in("en"))


def category_texts(category: str, field: str) -> dict[str, str]:
    """{language: name or description} of a built-in category."""
    found = {lang: each.get("categories", {}).get(category, {}).get(field) for lang, each in banner_texts().items()}
    return {language: text for language, text in found.items() if text}


def placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def fill(text: str, **values: str) -> str:
    """Replaces known placeholders in one pass, so that a value which looks like a placeholder stays what it is."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def join_items(items: list[str], language: str) -> str:
    return separator(language).join(items)


def separator(language: str) -> str:
    return _SEPARATORS.get(language, ", ")
