"""What a verification says: one verdict for each check, in a fixed order. A check that did not run says so."""

from dataclasses import asdict, dataclass, field
from typing import Any

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
    """`place` is the first thing that does not fit: a file, a leaf, a line."""

    name: str
    status: str
    detail: str
    place: str | None = None


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
        return {"verdict": verdict, "bundle": self.about, "checks": [asdict(check) for check in self.checks]}


class Verdicts:
    """Collects them. The first failure of a check stays; nothing turns it back."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def holds(self, name: str, detail: str) -> None:
        self._set(Check(name, HOLDS, detail))

    def skips(self, name: str, detail: str) -> None:
        self._set(Check(name, NOT_CHECKED, detail))

    def fails(self, name: str, detail: str, place: str | None = None) -> None:
        self._set(Check(name, FAILS, detail, place))

    def failed(self, name: str) -> bool:
        return name in self._checks and self._checks[name].status == FAILS

    def _set(self, check: Check) -> None:
        if not self.failed(check.name):
            self._checks[check.name] = check

    def all(self) -> tuple[Check, ...]:
        absent = "did not run, because something before it failed"
        return tuple(self._checks.get(name, Check(name, NOT_CHECKED, absent)) for name in CHECKS)
