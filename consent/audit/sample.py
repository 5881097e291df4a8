"""A random sample of a period that anybody can draw again: from leaves of the log, whose order never changes.

Leaves are drawn in the order of a Fisher-Yates shuffle whose random number for step i of n leaves is
SHA-256("<seed>:<i>"), taken as a big-endian number modulo n - i; what is no decision of the period is passed over.
Neither erasure nor retention changes what is drawn: the leaf stays.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, select

from consent.errors import ConsentError
from consent.ledger import logs
from consent.ledger.models import entry_table
from consent.records.evidence import DECISIONS

LARGEST = 200
_AT_ONCE = 400
_CLOCKS_DIFFER_MS = 3_600_000  # of servers that write into one log
_COLUMNS = ("leaf_index", "record_id", "kind", "received_ms", "evidence")


class SampleEmpty(ConsentError):
    status = 422
    code = "sample_empty"

    def __init__(self) -> None:
        super().__init__("The log has no decision of this period yet. Choose a longer period, or wait for the log.")


@dataclass(frozen=True)
class Sample:
    """`rows` are in the order of the log. `tree_size`: leaves of the log's last epoch that it was drawn from."""

    origin: str
    first: int
    end: int
    tree_size: int
    rows: list[Any]


def size_of_log(connection: Connection, site_id: int) -> int:
    """Of the site's last epoch, now."""
    return logs.active(connection, site_id).size


def draw(
    connection: Connection, site_id: int, *, since_ms: int, until_ms: int, seed: str, size: int, tree_size: int
) -> Sample:
    """`tree_size` keeps out what came later, so that the same numbers draw the same sample. Raises SampleEmpty."""
    log = logs.active(connection, site_id)
    end = min(tree_size, log.size)
    inside = _Period(log.log_id, since_ms, until_ms)
    first, last = inside.edges(connection, end)
    if first is None or last is None:
        raise SampleEmpty
    drawn = (first + number for number in shuffled(last + 1 - first, seed))
    rows = list(islice(_decisions(connection, inside, drawn), size))
    if not rows:
        raise SampleEmpty
    return Sample(log.origin, first, last + 1, end, sorted(rows, key=lambda row: row.leaf_index))


def shuffled(count: int, seed: str) -> Iterator[int]:
    """Every number below `count`, once. Only the numbers that were moved are kept in memory."""
    moved: dict[int, int] = {}
    for step in range(count):
        chance = int.from_bytes(sha256(f"{seed}:{step}".encode()).digest(), "big")
        other = step + chance % (count - step)
        yield moved.get(other, other)
        moved[other] = moved.get(step, step)


@dataclass(frozen=True)
class _Period:
    log_id: int
    since_ms: int
    until_ms: int

    def edges(self, connection: Connection, end: int) -> tuple[int | None, int | None]:
        """The first and the last leaf below `end` that were received in it."""
        column = entry_table.c.leaf_index
        below = select(column).where(entry_table.c.log_id == self.log_id, column < end)
        early = self._about(connection, end, self.since_ms - _CLOCKS_DIFFER_MS)
        late = self._about(connection, end, self.until_ms + _CLOCKS_DIFFER_MS)
        first = below.where(entry_table.c.received_ms >= self.since_ms, column >= early).order_by(column).limit(1)
        last = below.where(entry_table.c.received_ms < self.until_ms, column < late).order_by(column.desc()).limit(1)
        lower, upper = connection.execute(first).scalar(), connection.execute(last).scalar()
        return (lower, upper) if lower is not None and upper is not None and lower <= upper else (None, None)

    def _about(self, connection: Connection, end: int, moment_ms: int) -> int:
        """By halving: there is no index by time, and leaves are in the order of time but for what clocks differ."""

        def received_ms(index: int) -> int:
            found: int = connection.execute(_RECEIVED, {"log": self.log_id, "index": index}).scalar_one()
            return found

        return bisect_left(range(end), moment_ms, key=received_ms)

    def __contains__(self, row: Any) -> bool:
        return bool(row.kind in DECISIONS and self.since_ms <= row.received_ms < self.until_ms)


def _decisions(connection: Connection, period: _Period, drawn: Iterator[int]) -> Iterator[Any]:
    """Those among the drawn leaves that count, in the order in which they were drawn."""
    while some := list(islice(drawn, _AT_ONCE)):
        statement = select(*(entry_table.c[name] for name in _COLUMNS)).where(
            entry_table.c.log_id == period.log_id, entry_table.c.leaf_index.in_(some)
        )
        found = {row.leaf_index: row for row in connection.execute(statement)}
        yield from (found[index] for index in some if index in found and found[index] in period)


_RECEIVED = select(entry_table.c.received_ms).where(
    entry_table.c.log_id == bindparam("log"), entry_table.c.leaf_index == bindparam("index")
)
