"""What the log's own entries say was erased from one epoch: every absent half has to be among it."""

from array import array
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, select

from consent.ledger.erase import HALVES, KINDS
from consent.ledger.logs import Log
from consent.ledger.models import EVENTS, entry_table

_ROWS_AT_ONCE = 50


class Coverage:
    """For each half of each entry the account that names it. Eight bytes for each half, however much was erased."""

    def __init__(self, size: int):
        self._accounts = [""]
        self._of = {half: array("q", bytes(8 * size)) for half in HALVES}

    def add(self, account: str, index: int, half: str) -> None:
        """Raises IndexError, KeyError where the epoch has no such place."""
        if account != self._accounts[-1]:
            self._accounts.append(account)
        self._of[half][index] = len(self._accounts) - 1

    def account(self, index: int, half: str) -> str | None:
        """The record id of the entry that accounts for this half; None where none does."""
        places = self._of[half]
        return self._accounts[places[index]] or None if 0 <= index < len(places) else None


def coverage_of(connection: Connection, log: Log) -> Coverage:
    """Pending accounts count: they are durable, and get their index with the next batch."""
    made = Coverage(log.size)
    for row in _accounts(connection, log.site_id):
        for epoch, index, half in _places(row.evidence):
            if epoch == log.epoch and 0 <= index < log.size:
                made.add(row.record_id, index, half)
    return made


def _accounts(connection: Connection, site_id: int) -> Iterator[Any]:
    statement = (
        select(entry_table.c.record_id, entry_table.c.evidence)
        .where(EVENTS, entry_table.c.site_id == site_id, entry_table.c.kind.in_([int(kind) for kind in KINDS]))
        .order_by(entry_table.c.id)
    )
    with connection.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE}) as result:
        yield from result


def _places(evidence: bytes | None) -> Iterator[tuple[int, int, str]]:
    """Nothing where the bytes make no sense: their leaf hash tells that, and what they should cover is then uncovered."""
    try:
        for place in orjson.loads(evidence or b"null")["erased"]:
            for half in place["halves"]:
                if half in HALVES:
                    yield int(place["epoch"]), int(place["index"]), half
    except (ValueError, TypeError, KeyError):
        return
