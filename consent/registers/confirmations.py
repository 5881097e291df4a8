"""Confirmations of consent (APPI, Article 31; Enforcement Rules, Articles 26 to 29): before a recipient gets what it acquires
as personal data, somebody confirms that it has the person's consent, and keeps a record of that for three years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from consent.accounts.users import User
from consent.registers import entries
from consent.registers.models import confirmation_table
from consent.registers.reading import LONG, Form

METHODS = ("statement", "contract", "screen")
YEARS_KEPT = 3  # Enforcement Rules, Article 29: from the last provision
YES, NO = ANSWERS = ("yes", "no")


@dataclass(frozen=True)
class Confirmation:
    """Days as `2026-04-01`. `provided_until` None: it goes on. `informed_abroad`: a recipient abroad has told the person
    what Article 28(2) asks for, and that was confirmed too."""

    id: int
    service_id: str
    recipient: str
    address: str
    representative: str
    data_items: str
    method: str
    informed_abroad: bool
    confirmed_by: str
    confirmed_on: str
    provided_from: str
    provided_until: str | None
    evidence: str
    corrects_id: int | None
    sha256: str
    added_ms: int


# What is typed; in the order of the form, the command and the export.
FIELDS = (
    *("service_id", "recipient", "address", "representative", "data_items", "method", "informed_abroad"),
    *("confirmed_by", "confirmed_on", "provided_from", "provided_until", "evidence"),
)


def add(
    connection: Connection,
    site_id: int,
    given: Mapping[str, str | None],
    *,
    user: User | None,
    now: datetime,
    corrects: int | None = None,
) -> Confirmation:
    """Raises RegisterInvalid, EntryUnknown, EntryCorrected."""
    values, what = _checked(given, now), "consent_confirmed"
    made = entries.append(
        connection, confirmation_table, site_id, values, what=what, corrects=corrects, user=user, now=now
    )
    return _confirmation(made)


def _checked(given: Mapping[str, str | None], now: datetime) -> dict[str, Any]:
    form = Form(given, now)
    first, last = form.day("provided_from"), form.day("provided_until", needed=False, past=True)
    if first and last and last < first:
        form.errors["provided_until"] = "ends_before"
    values = {
        "service_id": form.service(),
        "recipient": form.text("recipient", 200),
        "address": form.text("address", 400),
        "representative": form.text("representative", 200, needed=False),
        "data_items": form.text("data_items", LONG),
        "method": form.choice("method", METHODS),
        "informed_abroad": form.choice("informed_abroad", ANSWERS) == YES,
        "confirmed_by": form.text("confirmed_by", 200),
        "confirmed_on": form.day("confirmed_on", past=True),
        "provided_from": first,
        "provided_until": last,
        "evidence": form.text("evidence", LONG),
    }
    form.check()
    return values


def of_site(connection: Connection, site_id: int) -> list[Confirmation]:
    """Every entry, the newest first."""
    return [_confirmation(row) for row in entries.rows(connection, confirmation_table, site_id)]


def kept_until(last_provision: date) -> date:
    """The last day on which it has to be there; of the 29th of February the 28th."""
    leap = (last_provision.month, last_provision.day) == (2, 29)
    return last_provision.replace(year=last_provision.year + YEARS_KEPT, day=28 if leap else last_provision.day)


def _confirmation(row: Any) -> Confirmation:
    return Confirmation(**{name: getattr(row, name) for name in Confirmation.__dataclass_fields__})
