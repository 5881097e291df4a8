"""Asking for erasure. The request is durable at once; it is carried out with the others of its window (docs/adr/0009)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from consent.accounts import deeds
from consent.accounts.users import User
from consent.clock import to_ms
from consent.ledger import hold
from consent.records import forget
from consent.visitors.models import request_table

REASON = "visitor_request"
REASONS = (REASON, "authority_order", "recorded_in_error")
_EPOCH = datetime.fromtimestamp(0, UTC)
_WAITING = request_table.c.done_ms.is_(None)


@dataclass(frozen=True)
class Asked:
    """`due_ms`: when it will have been carried out; None while a legal hold stands. `id` None: nothing was known."""

    id: int | None
    requested_ms: int
    due_ms: int | None


def window_start(now: datetime, hours: int) -> datetime:
    """Windows are counted from the epoch, so that every process means the same ones; with 24 hours they are days in UTC."""
    return now - (now - _EPOCH) % timedelta(hours=hours)


def ask(
    connection: Connection,
    site_id: int,
    visitor_id: str,
    *,
    hours: int,
    now: datetime,
    both_halves: bool = False,
    reason: str = REASON,
) -> Asked:
    """Everything recorded about the visitor until now will be erased; the current decision is forgotten at once.

    At once, so that what they decide afterwards follows no erased record. Asking again means what has come since as well.
    """
    due = window_start(now, hours) + timedelta(hours=hours)
    promised = None if hold.standing(connection, site_id) else to_ms(due)
    # First the state: its row is the lock that a decision in the same moment waits for (records.recording).
    forget.forget_state(connection, site_id, visitor_id, until_ms=to_ms(now))
    newest = forget.last_received_ms(connection, site_id, visitor_id)
    if newest is None:
        return Asked(None, to_ms(now), promised)
    until_ms = max(newest, to_ms(now))
    waiting = _waiting(connection, site_id, visitor_id, both_halves)
    if waiting is not None:
        connection.execute(
            update(request_table).where(request_table.c.id == waiting.id).values(until_ms=until_ms, reason=reason)
        )
        return Asked(waiting.id, waiting.requested_ms, promised and waiting.due_ms)
    row = {
        "site_id": site_id,
        "visitor_id": visitor_id,
        "both_halves": both_halves,
        "reason": reason,
        "until_ms": until_ms,
        "requested_ms": to_ms(now),
        "due_ms": to_ms(due),
    }
    made = connection.execute(insert(request_table).values(row).returning(request_table.c.id)).scalar_one()
    return Asked(made, to_ms(now), promised)


def order(
    connection: Connection,
    site_id: int,
    visitor_id: str,
    *,
    both_halves: bool,
    reason: str,
    user: User | None,
    hours: int,
    now: datetime,
) -> Asked:
    """The same, for somebody who wrote instead; the site's log has who ordered it and why, and nothing of the visitor."""
    asked = ask(connection, site_id, visitor_id, hours=hours, now=now, both_halves=both_halves, reason=reason)
    if asked.id is not None:
        about = {"both_halves": both_halves, "reason": reason}
        deeds.note(connection, user, "visitor_erasure_ordered", now, site_id=site_id, **about)
    return asked


def waiting(connection: Connection, site_id: int, visitor_id: str) -> list[Any]:
    """What is asked for this visitor and not carried out yet: `requested_ms`, `due_ms`, `both_halves`."""
    ours = request_table.c.site_id == site_id, request_table.c.visitor_id == visitor_id
    return list(connection.execute(select(request_table).where(_WAITING, *ours).order_by(request_table.c.id)))


def unit(site_id: int, visitor_id: str, *, hours: int, now: datetime) -> Callable[[Connection], Asked]:
    """The unit of work for `transact`, for what visitors ask themselves."""
    return lambda connection: ask(connection, site_id, visitor_id, hours=hours, now=now)


def _waiting(connection: Connection, site_id: int, visitor_id: str, both_halves: bool) -> Any:
    statement = select(request_table).where(
        _WAITING,
        request_table.c.site_id == site_id,
        request_table.c.visitor_id == visitor_id,
        request_table.c.both_halves == both_halves,
    )
    return connection.execute(statement.with_for_update().limit(1)).one_or_none()


def due(connection: Connection, site_id: int, now: datetime, *, most: int) -> list[Any]:
    """The requests whose window has ended, the oldest first. Those that another worker has in hand are left to it."""
    statement = select(request_table).where(
        _WAITING, request_table.c.site_id == site_id, request_table.c.due_ms <= to_ms(now)
    )
    return list(
        connection.execute(statement.order_by(request_table.c.id).limit(most).with_for_update(skip_locked=True))
    )


def one(connection: Connection, request_id: int) -> list[Any]:
    """This request, if it still waits and nobody has it in hand; else none."""
    statement = select(request_table).where(_WAITING, request_table.c.id == request_id)
    return list(connection.execute(statement.with_for_update(skip_locked=True)))


def sites_due(connection: Connection, now: datetime) -> list[int]:
    statement = select(request_table.c.site_id).where(_WAITING, request_table.c.due_ms <= to_ms(now)).distinct()
    return list(connection.execute(statement).scalars())


def done(connection: Connection, request_ids: list[int], now: datetime) -> None:
    """What is left of a request is when it came and when it was carried out."""
    statement = update(request_table).where(request_table.c.id.in_(request_ids))
    connection.execute(statement.values(visitor_id=None, done_ms=to_ms(now)))
