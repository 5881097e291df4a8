"""What is wrong with a policy document, in a form that a person and a program can act on.

A finding holds data, no sentence: the words are in consent/locales/findings/<language>.yaml, by code and case.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from consent import own_data
from consent.errors import ConsentError
from consent.policies import locales

ERROR = "error"
WARNING = "warning"
REFERENCE = "en"  # of programs and of the command line

Part = str | int | tuple[str, ...] | Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """`title`: the kind of finding in a few words. `fix` says what to do. Sentences, both."""

    title: str
    message: str
    fix: str


@dataclass(frozen=True)
class Finding:
    """`code` is stable. `path` is the place in the source, as `services.2.parameters.src`. `case` tells what a code has several
    sentences for. `parts` are what the sentences name: a word, a number, a list, or a text in each language.

    An error holds up publishing; a warning does not.
    """

    code: str
    path: str
    parts: Mapping[str, Part] = field(default_factory=dict, hash=False)
    case: str = ""
    severity: str = ERROR

    def said(self, language: str = REFERENCE) -> Said:
        found = sentences(language)[self.code]
        case = found[self.case] if self.case else found
        parts = {name: _written(part, language) for name, part in self.parts.items()}
        return Said(found["title"], *(locales.fill(case[name], **parts) for name in ("message", "fix")))


class PolicyRefused(ConsentError):
    """The document has errors; `errors` holds every finding. Nothing was published."""

    status = 422
    code = "policy_refused"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        count = len(errors_among(self.findings))
        super().__init__(f"The policy has {count} error(s).", errors=as_json(self.findings))


def errors_among(findings: Iterable[Finding]) -> list[Finding]:
    return [each for each in findings if each.severity == ERROR]


def as_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    return [
        {"code": each.code, "path": each.path, "message": said.message, "fix": said.fix, "severity": each.severity}
        for each in findings
        for said in [each.said()]
    ]


@cache
def sentences(language: str) -> Mapping[str, Mapping[str, Any]]:
    """{code: {"title", and "message" and "fix", or those two for each case}}"""
    file = files("consent").joinpath(f"locales/findings/{language}.yaml")
    found: Mapping[str, Mapping[str, Any]] = own_data.read(file)
    return found


def _written(part: Part, language: str) -> str:
    if isinstance(part, Mapping):
        return part.get(language, part[REFERENCE])
    if isinstance(part, tuple):
        return _visible(locales.join_items(list(part), language))
    return _visible(str(part))


def _visible(text: str) -> str:
    """What somebody wrote must not steer the terminal that it is printed on."""
    return "".join(repr(each)[1:-1] if unicodedata.category(each).startswith("C") else each for each in text)
