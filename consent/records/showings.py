"""Counting how often the first layer was shown: the denominator for how many decide.

A view is counted without anything that could tell one visitor from another, so these are views of pages, not people.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from consent.errors import ConsentError
from consent.records.models import showing_table
from consent.records.rules import Rules

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_KEY = ("site_id", "day", "policy_version", "language", "device_class")


class ShowingsOff(ConsentError):
    status = 422
    code = "showings_off"

    def __init__(self) -> None:
        super().__init__("This policy version does not count how often the banner is shown (recording.showings).")


class LanguageUnknown(ConsentError):
    status = 422
    code = "language_unknown"

    def __init__(self) -> None:
        super().__init__("The policy version is not published in this language.")


def check(rules: Rules, language: str) -> None:
    """Raises ShowingsOff, LanguageUnknown: nobody fills the table with words of their own."""
    if not rules.count_showings:
        raise ShowingsOff
    if language not in rules.languages:
        raise LanguageUnknown


def unit(
    site_id: int, *, policy_version: str, language: str, device_class: str, now: datetime
) -> Callable[[Connection], None]:
    """The unit of work for `transact`: one view more."""
    row = {
        "site_id": site_id,
        "day": now.date().isoformat(),
        "policy_version": policy_version,
        "language": language,
        "device_class": device_class,
        "views": 1,
    }

    def count(connection: Connection) -> None:
        statement = _INSERT[connection.dialect.name](showing_table).values(row)
        more = {"views": showing_table.c.views + 1}
        connection.execute(statement.on_conflict_do_update(index_elements=list(_KEY), set_=more))

    return count
