"""A random sample of a period that anybody can draw again: from leaves of the log, whose order never changes.

The leaves of all epochs stand in one row, the oldest epoch first. They are drawn in the order of a Fisher-Yates shuffle whose
random number for step i of n leaves is SHA-256("<seed>:<i>"), taken as a big-endian number modulo n - i; what is no decision
of the period is passed over. Neither erasure nor retention changes what is drawn: the leaf stays. Leaves count from their
signed checkpoint on, because until then a new epoch may take them over and give them another place.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice, pairwise
from typing import Any

from sqlalchemy import Connection, bindparam, select

from consent.errors import ConsentError
from consent.ledger import logs, publisher
from consent.ledger.logs import Log
from consent.ledger.models import EVENTS, entry_table
from consent.merkle.entry import Kind
from consent.records.evidence import DECISIONS

LARGEST = 200
_AT_ONCE = 400
_CLOCKS_DIFFER_MS = 3_600_000  # of servers that write into one log
_COLUMNS = ("log_id", "leaf_index", "record_id", "kind", "received_ms", "evidence")


class SampleEmpty(ConsentError):
    status = 422
    code = "sample_empty"

    def __init__(self) -> None:
        super().__init__("The log has no decision of this period yet. Choose a longer period, or wait for the log.")


@dataclass(frozen=True)
class Part:
    """The leaves of one epoch that a sample is drawn from: from `first` up to `end`, which is not among them."""

    log: Log
    first: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.first


@dataclass(frozen=True)
class Sample:
    """`rows` are in the order of the log. `tree_size`: leaves of all epochs that it was drawn from, the oldest first."""

    parts: list[Part]
    tree_size: int
    rows: list[Any]


def size_of_log(connection: Connection, site_id: int) -> int:
    """What is under a signed checkpoint now, over all epochs."""
    return sum(_signed(connection, log) for log in logs.epochs(connection, site_id))


def _signed(connection: Connection, log: Log) -> int:
    newest = publisher.newest(connection, log.log_id)
    return min(newest.size, log.size) if newest else 0


def draw(
    connection: Connection, site_id: int, *, since_ms: int, until_ms: int, seed: str, size: int, tree_size: int
) -> Sample:
    """`tree_size` keeps out what came later, so that the same numbers draw the same sample. Raises SampleEmpty."""
    period, drawn_from = _Period(since_ms, until_ms), min(tree_size, size_of_log(connection, site_id))
    parts = list(_parts(connection, site_id, period, drawn_from))
    leaves = sum(part.size for part in parts)
    drawn = (_leaf(parts, number) for number in shuffled(leaves, seed))
    rows = list(islice(_decisions(connection, period, drawn), size))
    if not rows:
        raise SampleEmpty
    epochs = {part.log.log_id: part.log.epoch for part in parts}
    return Sample(parts, drawn_from, sorted(rows, key=lambda row: (epochs[row.log_id], row.leaf_index)))


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
    since_ms: int
    until_ms: int

    def __contains__(self, row: Any) -> bool:
        return bool(row.kind in DECISIONS and self.since_ms <= row.received_ms < self.until_ms)


def _parts(connection: Connection, site_id: int, period: _Period, tree_size: int) -> Iterator[Part]:
    """Of each epoch that has leaves of the period among the first `tree_size` of all."""
    left = tree_size
    for log in logs.epochs(connection, site_id):
        end = min(left, _signed(connection, log))
        left -= end
        found = [_edges(connection, log.log_id, stretch, period) for stretch in _stretches(connection, log, end)]
        if edges := list(chain(*found)):
            yield Part(log, min(edges), max(edges) + 1)


def _stretches(connection: Connection, log: Log, end: int) -> list[range]:
    """In each of them times run forward, but for what clocks differ: the log says where they step back."""
    column = entry_table.c.leaf_index
    steps = select(column).where(
        EVENTS,  # with it their index is taken
        entry_table.c.site_id == log.site_id,
        entry_table.c.kind == int(Kind.STEP_BACK),
        entry_table.c.log_id == log.log_id,
        column < end,
    )
    found = connection.execute(steps.order_by(column)).scalars()
    return [range(first, after) for first, after in pairwise([0, *found, end])]


def _edges(connection: Connection, log_id: int, stretch: range, period: _Period) -> tuple[int, int] | tuple[()]:
    """The first and the last leaf of a stretch that were received in the period."""
    column, received = entry_table.c.leaf_index, entry_table.c.received_ms
    early = stretch.start + _about(connection, log_id, stretch, period.since_ms - _CLOCKS_DIFFER_MS)
    late = stretch.start + _about(connection, log_id, stretch, period.until_ms + _CLOCKS_DIFFER_MS)
    among = select(column).where(entry_table.c.log_id == log_id, column >= early, column < late)
    first = connection.execute(among.where(received >= period.since_ms).order_by(column).limit(1)).scalar()
    last = connection.execute(among.where(received < period.until_ms).order_by(column.desc()).limit(1)).scalar()
    return () if first is None or last is None or first > last else (first, last)


def _about(connection: Connection, log_id: int, stretch: range, moment_ms: int) -> int:
    """By halving, for there is no index by time."""

    def received_ms(index: int) -> int:
        found: int = connection.execute(_RECEIVED, {"log": log_id, "index": index}).scalar_one()
        return found

    return bisect_left(stretch, moment_ms, key=received_ms)


def _leaf(parts: Sequence[Part], number: int) -> tuple[int, int]:
    """Log and leaf index of a number, all parts in one row."""
    for part in parts:
        if number < part.size:
            return part.log.log_id, part.first + number
        number -= part.size
    raise IndexError(number)


def _decisions(connection: Connection, period: _Period, drawn: Iterator[tuple[int, int]]) -> Iterator[Any]:
    """Those among the drawn leaves that count, in the order in which they were drawn."""
    while some := list(islice(drawn, _AT_ONCE)):
        found = {(row.log_id, row.leaf_index): row for row in _rows(connection, some)}
        yield from (found[leaf] for leaf in some if leaf in found and found[leaf] in period)


def _rows(connection: Connection, leaves: Sequence[tuple[int, int]]) -> Iterator[Any]:
    indexes = defaultdict(list)
    for log_id, index in leaves:
        indexes[log_id].append(index)
    for log_id, some in indexes.items():
        statement = select(*(entry_table.c[name] for name in _COLUMNS))
        yield from connection.execute(
            statement.where(entry_table.c.log_id == log_id, entry_table.c.leaf_index.in_(some))
        )


_RECEIVED = select(entry_table.c.received_ms).where(
    entry_table.c.log_id == bindparam("log"), entry_table.c.leaf_index == bindparam("index")
)
