"""What people order about how long a site's records are kept. Each order is in the site's log, with who gave it."""

from datetime import datetime

from sqlalchemy import Connection

from consent import jobs
from consent.accounts import deeds
from consent.accounts.users import User
from consent.clock import to_ms
from consent.errors import ConsentError
from consent.ledger import hold
from consent.retention import rules
from consent.retention.jobs import KIND

LONGEST_REASON = 300


class ReasonMissing(ConsentError):
    status = 422
    code = "hold_reason_missing"

    def __init__(self) -> None:
        super().__init__(f"Say why, in 1 to {LONGEST_REASON} characters: whoever asks for an erasure is told.")


def keep(connection: Connection, site_id: int, *, days: int, user: User | None, now: datetime) -> None:
    """Raises RuleInvalid."""
    rules.set_rule(connection, site_id, keep_days=days, now=now)
    deeds.note(connection, user, "retention_changed", now, site_id=site_id, keep_days=days)


def place_hold(connection: Connection, site_id: int, *, reason: str, user: User | None, now: datetime) -> None:
    """Raises ReasonMissing."""
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing
    hold.place(connection, site_id, reason=reason, now=now)
    deeds.note(connection, user, "hold_placed", now, site_id=site_id, reason=reason)


def lift_hold(connection: Connection, site_id: int, *, user: User | None, now: datetime) -> bool:
    """False where none stood."""
    lifted = hold.lift(connection, site_id)
    if lifted:
        deeds.note(connection, user, "hold_lifted", now, site_id=site_id)
    return lifted


def run(connection: Connection, site_id: int, *, user: User, now: datetime) -> jobs.Job:
    """Has the worker erase what is past its date. While one run waits or is at it, there is no other. Raises OnHold."""
    hold.check(connection, site_id)
    ours = jobs.of_site(connection, site_id, KIND)
    open_one = next((each for each in ours if each.finished_ms is None), None)
    if open_one:
        return open_one
    deeds.note(connection, user, "retention_run", now, site_id=site_id)
    key = f"{KIND}:{site_id}:{to_ms(now)}"
    return jobs.enqueue(connection, KIND, key=key, site_id=site_id, arguments={}, now=now)
