"""A new epoch: what is left to do where a log cannot go on. The old one stays as it is, and the new one names it first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from consent.clock import to_ms
from consent.ledger import logs, publisher, steps, tiles
from consent.ledger.events import record_event
from consent.ledger.guard import Guard, RolledBack
from consent.ledger.models import entry_table, log_table
from consent.ledger.sequencer import integrate
from consent.merkle.entry import Kind
from consent.merkle.tree import Frontier


def new_epoch(connection: Connection, site_id: int, guard: Guard, *, reason: str, now: datetime) -> logs.Log:
    """Freezes the active log and opens the next; its leaf 0 says what was last signed of the old one, and why it ended.

    Pending entries go into the new epoch, and so does what no checkpoint in the database covers: the old log will never be
    signed again, and what was promised about those entries has to be kept. Raises LogUnknown.
    """
    old = _frozen(connection, site_id)
    base = logs.base_of(old.origin, old.epoch)
    _take_back(connection, old)
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


def _frozen(connection: Connection, site_id: int) -> logs.Log:
    """Read only after the row is changed: a sequencer that has it now may still extend the log."""
    log_id = logs.active(connection, site_id).log_id
    connection.execute(update(log_table).where(log_table.c.log_id == log_id).values(state="frozen"))
    return logs.by_id(connection, log_id)


def _take_back(connection: Connection, log: logs.Log) -> None:
    """Ends the log with its last checkpoint and returns later entries to the queue.

    What was said of their order goes: the next epoch has another, and says anew where its times step back.

    The frontier comes from the entries, because damaged tiles may be why the log cannot go on.
    """
    last = publisher.newest(connection, log.log_id)
    size = last.size if last else 0
    of_log, index = entry_table.c.log_id == log.log_id, entry_table.c.leaf_index
    connection.execute(delete(entry_table).where(of_log, index >= size, entry_table.c.kind == int(Kind.STEP_BACK)))
    connection.execute(update(entry_table).where(of_log, index >= size).values(log_id=None, leaf_index=None))
    tiles.cut(connection, log.log_id, size)
    tree, latest_ms = Frontier.empty(), 0
    for row in connection.execute(_LEAVES.where(of_log).order_by(index)):
        tree.append(row.leaf_hash)
        latest_ms = steps.latest_after(latest_ms, row)
    head = {"size": tree.size, "root": tree.root(), "frontier": tree.to_bytes(), "latest_ms": latest_ms}
    connection.execute(update(log_table).where(log_table.c.log_id == log.log_id).values(head))


def _last_signed(connection: Connection, old: logs.Log, guard: Guard) -> dict[str, Any] | None:
    """What the guard remembers, which may be more than the database has; else the database's last checkpoint."""
    try:
        signed = guard.last(old.origin)
    except RolledBack:
        signed = None  # its file cannot be read, which is a reason for a new epoch
    if signed is not None:
        return {"size": signed.size, "root": signed.root}
    last = publisher.newest(connection, old.log_id)
    return {"size": last.size, "root": bytes(last.root).hex()} if last else None


_LEAVES = select(entry_table.c.leaf_hash, entry_table.c.kind, entry_table.c.received_ms)
