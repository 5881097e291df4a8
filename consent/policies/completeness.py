"""How much of a policy is said in each of its languages. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent.policies.service import CONTROLLER


@dataclass(frozen=True)
class Said:
    there: int
    of: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 is said only where nothing is missing."""
        return 100 * self.there // self.of if self.of else 100


def completeness(document: Mapping[str, Any]) -> dict[str, Said]:
    """By language, over every text of a resolved document that visitors may read."""
    languages = document["languages"]
    # Among the vendors the controller would count a second time.
    vendors = {name: each for name, each in document["vendors"].items() if name != CONTROLLER}
    texts = list(_texts({**document, "vendors": vendors}, frozenset(languages)))
    return {language: Said(sum(bool(text[language].strip()) for text in texts), len(texts)) for language in languages}


def _texts(value: Any, languages: frozenset[str]) -> Iterator[Mapping[str, str]]:
    """Every {language: text}, and the texts of the banner turned so that they are the same."""
    if isinstance(value, list):
        for member in value:
            yield from _texts(member, languages)
    elif isinstance(value, Mapping) and value.keys() == languages:
        yield from _one_or_many(value)
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member, languages)


def _one_or_many(by_language: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    first = next(iter(by_language.values()))
    if isinstance(first, str):
        yield by_language
    elif isinstance(first, Mapping):
        for key in first:
            yield {language: texts[key] for language, texts in by_language.items()}
