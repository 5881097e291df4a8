"""A new epoch: what is left to do where a log cannot go on. The old one stays as it is, and the new one names it first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from consent.clock import to_ms
from consent.ledger import logs, publisher
from consent.ledger.events import record_event
from consent.ledger.guard import Guard
from consent.ledger.models import entry_table, log_table
from consent.ledger.sequencer import integrate
from consent.merkle.entry import Kind


def new_epoch(connection: Connection, site_id: int, guard: Guard, *, reason: str, now: datetime) -> logs.Log:
    """Freezes the active log and opens the next; its leaf 0 says what was last signed of the old one, and why it ended.

    Pending entries go into the new epoch. Raises LogUnknown.
    """
    old = logs.active(connection, site_id)
    base = logs.base_of(old.origin, old.epoch)
    connection.execute(update(log_table).where(log_table.c.log_id == old.log_id).values(state="frozen"))
    log = logs.open_log(connection, site_id, f"{base}/e{old.epoch + 1}", now, epoch=old.epoch + 1)
    content = {
        "origin": log.origin,
        "previous_origin": old.origin,
        "previous_signed": _last_signed(connection, old, guard),
        "reason": reason,
    }
    record_id = record_event(connection, site_id, Kind.EPOCH_START, content, now)
    first = connection.execute(select(entry_table).where(entry_table.c.record_id == record_id)).one()
    integrate(connection, log, [first], to_ms(now))
    return logs.by_id(connection, log.log_id)


def _last_signed(connection: Connection, old: logs.Log, guard: Guard) -> dict[str, Any] | None:
    """What the guard remembers, which may be more than the database has; else the database's last checkpoint."""
    signed = guard.last(old.origin)
    if signed is not None:
        return {"size": signed.size, "root": signed.root}
    last = publisher.newest(connection, old.log_id)
    return {"size": last.size, "root": bytes(last.root).hex()} if last else None
