"""Something that is said by its code, so that every language has its own words for it. It passes from process to process."""

from dataclasses import dataclass, field
from typing import Any

from consent.audit.verify.details import DETAILS
from consent.audit.verify.failures import FAILURES
from consent.merkle.faults import Fault

TEXTS = {language: {**DETAILS[language], **FAILURES[language]} for language in DETAILS}


@dataclass(frozen=True)
class Told:
    """`values` are those of the text; one of them may be told by itself, as the reason is."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        values = {
            name: value.text(language) if isinstance(value, Told) else value for name, value in self.values.items()
        }
        return TEXTS[language][self.code].format(**values)


class Invalid(Fault):
    """What a verifier refuses, by the code of a failure."""

    words = FAILURES["en"]


def told(error: BaseException) -> Told:
    """What an error says. One that has no code comes from Python itself, and says that a form was another."""
    if not isinstance(error, Fault):
        return Told("malformed")
    values = {name: told(value) if isinstance(value, BaseException) else value for name, value in error.values.items()}
    return Told(error.code, values)


def at_leaf(index: int) -> Told:
    return Told("at_leaf", {"leaf": index})
