"""Which leaves a period needs: the contiguous range that covers them, from one signed checkpoint to another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.ledger import logs, publisher
from consent.ledger.models import PENDING, checkpoint_table, entry_table


class BundleEmpty(ConsentError):
    status = 422
    code = "bundle_empty"

    def __init__(self) -> None:
        super().__init__("No entry of this period is under a signed checkpoint of the log yet.")


@dataclass(frozen=True)
class Range:
    """`start` is the size of a checkpoint, or 0; `end` the size of a checkpoint. `complete`: every entry that has been
    received in the period is in it; False while the newest ones wait for their checkpoint.
    """

    log: logs.Log
    start: int
    end: int
    complete: bool


def covering(connection: Connection, site_id: int, since: datetime, until: datetime) -> list[Range]:
    """One for each epoch of the log that received something in the period. Raises BundleEmpty."""
    found = [_of_log(connection, log, to_ms(since), to_ms(until)) for log in logs.epochs(connection, site_id)]
    ranges = [each for each in found if each]
    if not ranges:
        raise BundleEmpty
    return ranges


def _of_log(connection: Connection, log: logs.Log, since_ms: int, until_ms: int) -> Range | None:
    first = _edge(connection, log, entry_table.c.received_ms >= since_ms, entry_table.c.leaf_index)
    last = _edge(connection, log, entry_table.c.received_ms < until_ms, entry_table.c.leaf_index.desc())
    newest = publisher.newest(connection, log.log_id)
    if first is None or last is None or newest is None or first > last or first >= newest.size:
        return None
    end = publisher.at_least(connection, log.log_id, last + 1) or newest
    complete = last < end.size and not _is_waiting(connection, log, since_ms, until_ms)
    return Range(log, _checkpoint_before(connection, log, first), end.size, complete)


def _edge(connection: Connection, log: logs.Log, inside: Any, order: Any) -> int | None:
    # Servers' clocks differ a little, so times are not quite in the order of the leaves: the first and the last that fit.
    statement = (
        select(entry_table.c.leaf_index).where(entry_table.c.log_id == log.log_id, inside).order_by(order).limit(1)
    )
    return connection.execute(statement).scalar()


def _is_waiting(connection: Connection, log: logs.Log, since_ms: int, until_ms: int) -> bool:
    period = entry_table.c.received_ms >= since_ms, entry_table.c.received_ms < until_ms
    statement = select(entry_table.c.id).where(PENDING, entry_table.c.site_id == log.site_id, *period).limit(1)
    return connection.execute(statement).scalar() is not None


def _checkpoint_before(connection: Connection, log: logs.Log, index: int) -> int:
    sizes = select(func.max(checkpoint_table.c.size)).where(
        checkpoint_table.c.log_id == log.log_id, checkpoint_table.c.size <= index
    )
    return connection.execute(sizes).scalar() or 0
