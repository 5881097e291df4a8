"""Erasing: the bytes of a half go, its commitment stays, and an entry of the log says which halves went and why.

All of it is one transaction, the caller's. Leaves, tree and tiles stay as they are: an entry is a hash over commitments.
The bytes are out of every query's sight after the commit, and out of the files after `consent.scrub`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from consent.db import few_at_a_time
from consent.ledger import hold
from consent.ledger.events import record_event
from consent.ledger.models import checkpoint_table, entry_table, log_table
from consent.merkle.entry import Kind, commit_evidence, commit_subject

Halves = frozenset[str]
EVIDENCE, SUBJECT = "evidence", "subject"
HALVES = (EVIDENCE, SUBJECT)
ONLY_SUBJECT: Halves = frozenset({SUBJECT})
BOTH: Halves = frozenset(HALVES)
KINDS = (Kind.ERASURE, Kind.RETENTION)
_SIGNED = (
    select(func.max(checkpoint_table.c.size))
    .where(checkpoint_table.c.log_id == entry_table.c.log_id)
    .correlate(entry_table)
    .scalar_subquery()
)
# Of an entry: its log's last checkpoint does not cover it yet.
UNSETTLED = entry_table.c.quarantine.is_(None) & (
    entry_table.c.leaf_index.is_(None) | (entry_table.c.leaf_index >= func.coalesce(_SIGNED, 0))
)
COMMIT = {EVIDENCE: commit_evidence, SUBJECT: commit_subject}


class EntryUnsettled(RuntimeError):
    """No signed checkpoint covers an entry yet, so its place is not final and no list could name it. Try again later."""


class NotErasable(ValueError):
    """What was done to a log is never erased from it."""


@dataclass(frozen=True)
class _Erasure:
    entry: Any
    halves: tuple[str, ...]

    @property
    def place(self) -> dict[str, Any]:
        return {"epoch": self.entry.epoch, "index": self.entry.leaf_index, "halves": list(self.halves)}


def erase(
    connection: Connection,
    site_id: int,
    asked: Mapping[str, Halves],
    *,
    kind: Kind,
    reason: str,
    now: datetime,
    by: str | None = None,
) -> str | None:
    """Erases `asked`, {record id: halves}, and returns the record id of the entry that accounts for it.

    None where nothing was left to erase: doing it twice does nothing. Record ids without an entry are passed over.
    Raises OnHold, EntryUnsettled, NotErasable; then nothing is erased.
    """
    hold.check(connection, site_id)
    found = list(_erasures(connection, site_id, asked))
    # What is in quarantine is in no tree: it goes as well, and no list has to name it.
    named = sorted((each for each in found if each.entry.leaf_index is not None), key=_order)
    account = None
    if named:
        content = {"erased": [each.place for each in named], "reason": reason}
        account = record_event(connection, site_id, kind, content, now, by=by)
    for half in HALVES:
        _take_away(connection, half, [each.entry for each in found if half in each.halves], account)
    return account


def unsettled_among(connection: Connection, record_ids: Iterable[str]) -> set[str]:
    """Those whose place is not final: a new epoch takes back what no checkpoint covers (consent.ledger.epochs)."""
    found: set[str] = set()
    for some in few_at_a_time(record_ids):
        statement = select(entry_table.c.record_id).where(UNSETTLED)
        found.update(connection.execute(statement.where(entry_table.c.record_id.in_(some))).scalars())
    return found


def _order(erasure: _Erasure) -> tuple[int, int]:
    return erasure.entry.epoch, erasure.entry.leaf_index


def _erasures(connection: Connection, site_id: int, asked: Mapping[str, Halves]) -> Iterator[_Erasure]:
    for row in _rows(connection, site_id, asked):
        if row.kind >= Kind.POLICY_PUBLISHED:
            raise NotErasable(f"record {row.record_id} is of kind {row.kind:#x}")
        if row.unsettled:
            raise EntryUnsettled(row.record_id)
        halves = tuple(half for half in HALVES if half in asked[row.record_id] and getattr(row, half) is not None)
        if halves:
            yield _Erasure(row, halves)


def _rows(connection: Connection, site_id: int, record_ids: Iterable[str]) -> Iterator[Any]:
    for some in few_at_a_time(record_ids):
        statement = (
            select(entry_table, log_table.c.epoch, UNSETTLED.label("unsettled"))
            .outerjoin(log_table, log_table.c.log_id == entry_table.c.log_id)
            .where(entry_table.c.site_id == site_id, entry_table.c.record_id.in_(some))
            .with_for_update(of=entry_table)  # two erasers must not both account for one half
        )
        yield from connection.execute(statement).all()


def _take_away(connection: Connection, half: str, entries: list[Any], account: str | None) -> None:
    if entries:
        rows = [{"entry": row.id, "commitment": _commitment(row, half), "account": account} for row in entries]
        connection.execute(_TAKE_AWAY[half], rows)


def _commitment(row: Any, half: str) -> bytes | None:
    if row.quarantine is not None:
        return None
    return COMMIT[half](getattr(row, f"{half}_salt"), getattr(row, half))


_TAKE_AWAY = {
    half: update(entry_table)
    .where(entry_table.c.id == bindparam("entry"))
    .values(
        {
            half: None,
            f"{half}_salt": None,
            f"{half}_commitment": bindparam("commitment"),
            "erased_by": bindparam("account"),
        }
    )
    for half in HALVES
}
