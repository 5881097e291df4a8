"""Sequencing: pending entries get their index and enter the tree, one transaction for a batch.

Competing sequencers are kept apart by the head row: locked on PostgreSQL (SKIP LOCKED), under BEGIN IMMEDIATE on SQLite,
and in any case compared and set on its size. Indexes come from that row and never from a database sequence, so there are
no gaps.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, func, select, update

from consent.ledger import logs, steps, tiles
from consent.ledger.models import PENDING, entry_table
from consent.merkle.entry import NO_SUBJECT, commit_evidence, commit_subject, entry_bytes
from consent.merkle.tiles import extend
from consent.merkle.tree import leaf_hash

LARGEST_BATCH = 1_000


class HeadMoved(RuntimeError):
    """Another worker extended this log at the same time; this batch was rolled back and nothing is lost."""


@dataclass(frozen=True)
class Batch:
    """`more`: there may be more waiting than this batch took."""

    integrated: int = 0
    quarantined: int = 0
    more: bool = False


def unit(site_id: int, now_ms: int, *, largest: int = LARGEST_BATCH) -> Callable[[Connection], Batch]:
    """The unit of work for `transact`. Raises HeadMoved."""

    def sequence(connection: Connection) -> Batch:
        log = logs.take(connection, site_id)
        if log is None:
            return Batch()
        rows = connection.execute(_WAITING, {"site": site_id, "largest": largest}).all()
        sound = [row for row in rows if computed_leaf(row) == row.leaf_hash]
        _quarantine(connection, [row.id for row in rows if row not in sound] if len(sound) < len(rows) else [])
        if sound:
            integrate(connection, log, sound, now_ms)
        return Batch(len(sound), len(rows) - len(sound), more=len(rows) == largest)

    return sequence


def computed_leaf(row: Any) -> bytes | None:
    """The leaf hash that the stored bytes give; None where they cannot give one."""
    try:
        return leaf_hash(entry_bytes(row.kind, row.schema, _evidence(row), _subject(row)))
    except (TypeError, ValueError):
        return None


def _evidence(row: Any) -> bytes:
    # Bytes that are there are what counts: a commitment beside them must not vouch for them.
    kept: bytes = row.evidence_commitment
    return kept if row.evidence is None else commit_evidence(row.evidence_salt, row.evidence)


def _subject(row: Any) -> bytes:
    if row.subject is None:
        return row.subject_commitment or NO_SUBJECT
    return commit_subject(row.subject_salt, row.subject)


def integrate(connection: Connection, log: logs.Log, rows: Sequence[Any], now_ms: int) -> None:
    """Gives the rows the next indexes and extends the tree by them, and by what there is to say of them. Raises HeadMoved."""
    rows, latest_ms = steps.noted(connection, log, rows)
    leaves = [row.leaf_hash for row in rows]
    _set_indexes(connection, log, [row.id for row in rows])
    tiles.store(connection, log.log_id, extend(log.size, leaves, tiles.reader(connection, log.log_id)))
    tree = log.tree()
    for leaf in leaves:
        tree.append(leaf)
    head = {
        "size": tree.size,
        "root": tree.root(),
        "frontier": tree.to_bytes(),
        "integrated_ms": max(now_ms, log.integrated_ms + 1),
        "latest_ms": latest_ms,
    }
    if not logs.extended(connection, log, head):
        raise HeadMoved


def _set_indexes(connection: Connection, log: logs.Log, entries: list[int]) -> None:
    """In one statement: one for each entry took nearly twice the processor time on PostgreSQL."""
    given: Any = json.dumps(entries) if connection.dialect.name == "sqlite" else entries
    connection.execute(_SET_INDEXES[connection.dialect.name], {"log": log.log_id, "size": log.size, "entries": given})


def _quarantine(connection: Connection, entries: list[int]) -> None:
    if entries:
        reason = "the stored bytes do not give the leaf hash"
        connection.execute(update(entry_table).where(entry_table.c.id.in_(entries)).values(quarantine=reason))


def waiting(connection: Connection) -> list[int]:
    """The sites that have pending entries."""
    return list(connection.execute(select(entry_table.c.site_id).where(PENDING).distinct()).scalars())


def oldest_pending_ms(connection: Connection, site_id: int) -> int | None:
    """When the entry that waits longest was received."""
    first = (
        select(entry_table.c.received_ms)
        .where(PENDING, entry_table.c.site_id == site_id)
        .order_by(entry_table.c.id)
        .limit(1)
    )
    return connection.execute(first).scalar()


def longest_wait_ms(connection: Connection, now_ms: int) -> int:
    """How long the oldest pending entry of any log has waited; 0 where none does."""
    oldest = (oldest_pending_ms(connection, site_id) for site_id in waiting(connection))
    return max((now_ms - received for received in oldest if received is not None), default=0)


def count_pending(connection: Connection, site_id: int) -> int:
    statement = select(func.count()).select_from(entry_table).where(PENDING, entry_table.c.site_id == site_id)
    return connection.execute(statement).scalar_one()


_OPENING = ("evidence", "evidence_salt", "subject", "subject_salt", "evidence_commitment", "subject_commitment")
_WAITING = (
    select(*(entry_table.c[name] for name in ("id", "kind", "schema", "received_ms", "leaf_hash", *_OPENING)))
    .where(PENDING, entry_table.c.site_id == bindparam("site"))
    .order_by(entry_table.c.id)
    .limit(bindparam("largest"))
)


def _set(entry: Any, place: Any) -> Any:
    """`entry` and `place`, from 0, are columns of a table that holds the batch in its order."""
    values = {"log_id": bindparam("log"), "leaf_index": bindparam("size") + place}
    return update(entry_table).where(entry_table.c.id == entry).values(values)


_LIST = func.json_each(bindparam("entries")).table_valued("key", "value")
_ARRAY = func.unnest(bindparam("entries", type_=ARRAY(BigInteger))).table_valued("entry", with_ordinality="place")
_ARRAY = _ARRAY.render_derived()
_SET_INDEXES = {
    "sqlite": _set(_LIST.c.value, _LIST.c.key),
    "postgresql": _set(_ARRAY.c.entry, _ARRAY.c.place - 1),
}
