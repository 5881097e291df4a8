"""What a verification says: one verdict for each check, in a fixed order. A check that did not run says so."""

from dataclasses import asdict, dataclass, field
from typing import Any

from consent.audit.verify.told import Told

HOLDS, FAILS, NOT_CHECKED = "holds", "fails", "not_checked"

# In the order of the report. The words of each are in words.py.
CHECKS = (
    "archive",
    "manifest",
    "manifest_signature",
    "checkpoint",
    "key",
    "previous",
    "held",
    "records",
    "root",
    "absences",
    "times",
    "record_ids",
    "policies",
    "scripts",
    "csv",
    "receipt",
)


@dataclass(frozen=True)
class Check:
    """`at` is the first thing that does not fit: a file by its name, a leaf, a part of the table."""

    name: str
    status: str
    told: Told
    at: str | Told | None = None

    def detail(self, language: str = "en") -> str:
        return self.told.text(language)

    def place(self, language: str = "en") -> str | None:
        return self.at.text(language) if isinstance(self.at, Told) else self.at

    def as_json(self) -> dict[str, Any]:
        """In English, with the code for whoever speaks another language."""
        said = {"name": self.name, "status": self.status, "detail": self.detail(), "place": self.place()}
        return {**said, **asdict(self.told)}


@dataclass(frozen=True)
class Report:
    checks: tuple[Check, ...]
    about: dict[str, Any] = field(default_factory=dict)  # what the manifest says of the bundle
    summary: dict[str, Any] = field(default_factory=dict)  # what was counted on the way, for the readable page

    @property
    def holds(self) -> bool:
        """Nothing fails. What was not checked is listed, and is nobody's promise."""
        return all(check.status != FAILS for check in self.checks)

    def check(self, name: str) -> Check:
        return next(check for check in self.checks if check.name == name)

    def as_json(self) -> dict[str, Any]:
        verdict = HOLDS if self.holds else FAILS
        return {"verdict": verdict, "bundle": self.about, "checks": [check.as_json() for check in self.checks]}


class Verdicts:
    """Collects them. The first failure of a check stays; nothing turns it back."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def holds(self, name: str, code: str, **values: Any) -> None:
        """`code` and its values are those of a text in DETAILS."""
        self._set(Check(name, HOLDS, Told(code, values)))

    def skips(self, name: str, code: str, **values: Any) -> None:
        self._set(Check(name, NOT_CHECKED, Told(code, values)))

    def fails(self, name: str, what: Told, at: str | Told | None = None) -> None:
        """`what` and an `at` that is no file's name have their texts in FAILURES."""
        self._set(Check(name, FAILS, what, at))

    def failed(self, name: str) -> bool:
        return name in self._checks and self._checks[name].status == FAILS

    def _set(self, check: Check) -> None:
        if not self.failed(check.name):
            self._checks[check.name] = check

    def all(self) -> tuple[Check, ...]:
        return tuple(self._checks.get(name) or Check(name, NOT_CHECKED, Told("did_not_run")) for name in CHECKS)
