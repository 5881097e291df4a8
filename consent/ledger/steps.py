"""Times that step back: the log says so itself, right before the entry that was received earlier (docs/adr/0020).

A clock was set back, a machine came back from a snapshot, or entries came later than they were received. Nobody did
anything wrong, and a verifier, who holds a log to the order of its times, can tell it from records that were forged.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from consent.clock import from_ms, wire
from consent.ledger.events import record_event
from consent.ledger.logs import Log
from consent.ledger.models import entry_table
from consent.merkle.entry import TOLERANCE_MS, Kind

_STEP_BACK = int(Kind.STEP_BACK)


def latest_after(latest_ms: int, row: Any) -> int:
    """The latest time of a log that gets this entry. After a step back it counts anew, from the time that follows."""
    received: int = row.received_ms
    return received if row.kind == _STEP_BACK else max(latest_ms, received)


def noted(connection: Connection, log: Log, rows: Sequence[Any]) -> tuple[Sequence[Any], int]:
    """The rows, with an entry before each that steps back by more than the tolerance; and the latest time after them."""
    times = [row.received_ms for row in rows]
    latest_ms = max(log.latest_ms, *times)
    # Nearly always: then nothing is to be looked at one by one.
    return (rows, latest_ms) if latest_ms - min(times) <= TOLERANCE_MS else _stepping(connection, log, rows)


def _stepping(connection: Connection, log: Log, rows: Sequence[Any]) -> tuple[Sequence[Any], int]:
    latest_ms = log.latest_ms
    found: list[Any] = []
    for row in rows:
        if latest_ms - row.received_ms > TOLERANCE_MS:
            found.append(_note(connection, log, latest_ms, row.received_ms))
            latest_ms = row.received_ms
        latest_ms = max(latest_ms, row.received_ms)
        found.append(row)
    return found, latest_ms


def _note(connection: Connection, log: Log, latest_ms: int, follows_ms: int) -> Any:
    content = {"latest_time": wire(latest_ms), "by_ms": latest_ms - follows_ms}
    record_id = record_event(connection, log.site_id, Kind.STEP_BACK, content, from_ms(follows_ms))
    return connection.execute(select(entry_table).where(entry_table.c.record_id == record_id)).one()
