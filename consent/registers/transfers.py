"""Transfers to third parties abroad (APPI, Article 28; Enforcement Rules, Articles 16 to 18): the country and its system,
what the recipient does, and when somebody last looked whether that is still so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from consent import own_data
from consent.accounts import deeds
from consent.accounts.users import User
from consent.clock import day_in_japan
from consent.law import region
from consent.registers import entries
from consent.registers.models import transfer_table
from consent.registers.reading import LONG, Form

CONSENT, EQUIVALENT, RECOGNISED = BASES = ("consent", "equivalent", "recognised")
WARN_BEFORE = timedelta(days=30)
HOME = "JP"
HELD, DUE_SOON, GOOD = "held", "due_soon", "good"


@dataclass(frozen=True)
class Transfer:
    """Days as `2026-04-01`. `due_on`: the last day on which the check still counts; None where none is asked for."""

    id: int
    service_id: str
    recipient: str
    country: str
    basis: str
    system: str
    system_source: str
    system_on: str | None
    measures: str
    checked_on: str
    checked_by: str
    due_on: str | None
    corrects_id: int | None
    sha256: str
    added_ms: int
    held_ms: int | None

    def standing(self, today: date) -> str:
        if self.due_on is None or today + WARN_BEFORE <= (due := date.fromisoformat(self.due_on)):
            return GOOD
        return HELD if today > due else DUE_SOON


# What is typed; in the order of the form, the command and the export.
FIELDS = (
    *("service_id", "recipient", "country", "basis", "system", "system_source", "system_on"),
    *("measures", "checked_on", "checked_by"),
)


@cache
def recognised() -> frozenset[str]:
    written = own_data.read(files("consent.registers").joinpath("recognised.yaml"))
    return frozenset(written["countries"])


def countries() -> frozenset[str]:
    """Every one but Japan."""
    return frozenset(code for code in region.countries() if len(code) == 2) - {HOME}


def add(
    connection: Connection,
    site_id: int,
    given: Mapping[str, str | None],
    *,
    user: User | None,
    now: datetime,
    corrects: int | None = None,
) -> Transfer:
    """A check of today is an entry like the first one. What it releases is noted in the log as well.

    Raises RegisterInvalid, EntryUnknown, EntryCorrected.
    """
    before = held(of_site(connection, site_id), day_in_japan(now))
    values, what = _checked(given, now), "transfer_checked"
    made = entries.append(connection, transfer_table, site_id, values, what=what, corrects=corrects, user=user, now=now)
    after = {each.service_id for each in held(of_site(connection, site_id), day_in_japan(now))}
    for each in before:
        if each.service_id not in after and each.held_ms is not None:
            told = {"service": each.service_id, "recipient": each.recipient, "entry": made.id}
            deeds.note(connection, user, "service_released", now, site_id=site_id, **told)
    return _transfer(made)


def _checked(given: Mapping[str, str | None], now: datetime) -> dict[str, Any]:
    form = Form(given, now)
    basis = form.choice("basis", BASES)
    abroad = basis != RECOGNISED
    checked_on = form.day("checked_on", past=True)
    values = {
        "service_id": form.service(),
        "recipient": form.text("recipient", 200),
        "country": _country(form, basis),
        "basis": basis,
        "system": form.text("system", LONG, needed=abroad),
        "system_source": form.address("system_source", needed=abroad),
        "system_on": form.day("system_on", needed=abroad, past=True),
        "measures": form.text("measures", LONG, needed=abroad),
        "checked_on": checked_on,
        "checked_by": form.text("checked_by", 200),
        "due_on": due(checked_on) if abroad and checked_on and "checked_on" not in form.errors else None,
    }
    form.check()
    return values


def _country(form: Form, basis: str) -> str:
    code = form.text("country", 2).upper()
    if code == HOME:
        form.errors["country"] = "not_abroad"
    elif code and code not in countries():
        form.errors["country"] = "country_unknown"
    elif basis == RECOGNISED and code not in recognised():
        form.errors["country"] = "not_recognised"
    return code


def due(checked_on: str) -> str:
    """A year later; of the 29th of February the 28th."""
    day = date.fromisoformat(checked_on)
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day).isoformat()


def of_site(connection: Connection, site_id: int) -> list[Transfer]:
    """Every entry, the newest first."""
    return [_transfer(row) for row in entries.rows(connection, transfer_table, site_id)]


def newest(found: Iterable[Transfer]) -> dict[str, Transfer]:
    """For each service the last check that holds: by the day of the check, since older ones may be added later."""
    in_order = sorted(entries.holding(found), key=lambda each: (each.checked_on, each.id))
    return {each.service_id: each for each in in_order}


def held(found: Iterable[Transfer], on: date) -> list[Transfer]:
    """Whose check has run out."""
    return [each for each in newest(found).values() if each.standing(on) == HELD]


def _transfer(row: Any) -> Transfer:
    return Transfer(**{name: getattr(row, name) for name in Transfer.__dataclass_fields__})
