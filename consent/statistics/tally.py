"""Counting what is new in the logs: the worker's task, away from the hot path.

Only leaves under a signed checkpoint are counted, because they never get another index. A half that was erased before it
was counted says nothing, and is passed over.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from consent.ledger import logs, publisher
from consent.ledger.models import entry_table
from consent.records.evidence import DECISIONS
from consent.statistics.models import category_count_table, decision_count_table, position_table

BATCH = 2_000
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
Key = tuple[Any, ...]


class CountedElsewhere(RuntimeError):
    """Another worker counted this part at the same time; ours is rolled back and nothing counts twice."""


@dataclass(frozen=True)
class Counts:
    """Of the leaves from `start` to `end`, by the columns of their tables behind the site."""

    log: logs.Log
    start: int
    end: int
    decisions: Counter[Key]
    categories: Counter[Key]

    @property
    def more(self) -> bool:
        """There may be more than this."""
        return self.end - self.start == BATCH


def read(connection: Connection, log: logs.Log) -> Counts | None:
    """What is next to be counted; None where everything is. Outside of any transaction that writes: records would wait for it."""
    start = _position(connection, log.log_id)
    last = publisher.newest(connection, log.log_id)
    end = min(start + BATCH, last.size if last else 0)
    if start >= end:
        return None
    rows = connection.execute(_LEAVES, {"log": log.log_id, "start": start, "end": end})
    return Counts(log, start, end, *_counted(rows))


def unit(counts: Counts) -> Callable[[Connection], None]:
    """The unit of work for `transact`. Raises CountedElsewhere."""

    def add(connection: Connection) -> None:
        _add(connection, decision_count_table, counts.log.site_id, counts.decisions)
        _add(connection, category_count_table, counts.log.site_id, counts.categories)
        _advance(connection, counts.log.log_id, counts.start, counts.end)

    return add


def _counted(rows: Iterable[Any]) -> tuple[Counter[Key], Counter[Key]]:
    """Of decisions and of categories. A million visitors choose among few combinations: those are counted first."""
    decisions: Counter[Key] = Counter()
    categories: Counter[Key] = Counter()
    for (day, about, chosen), count in Counter(_combinations(rows)).items():
        decisions[day, *about] += count
        for category, on in chosen:
            categories[day, category, on] += count
    return decisions, categories


def _combinations(rows: Iterable[Any]) -> Iterator[tuple[str, Key, Key]]:
    """Day, what else a decision is counted by, and its categories."""
    for kind, received_ms, evidence, subject in rows:
        if kind in DECISIONS and evidence is not None:
            said, device = orjson.loads(evidence), subject and orjson.loads(subject)["device_class"]
            about = said["decision"], said["source"], said["policy_version"], said["language"], device or ""
            yield _day(received_ms // 86_400_000), about, tuple(said["categories"].items())


@lru_cache(1024)
def _day(number: int) -> str:
    """Since the epoch, in UTC."""
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _add(connection: Connection, table: Any, site_id: int, counts: Counter[Key]) -> None:
    if not counts:
        return
    names = [column.name for column in table.primary_key]
    rows = [dict(zip(names, (site_id, *key), strict=True), decisions=more) for key, more in sorted(counts.items())]
    statement = _INSERT[connection.dialect.name](table)
    sums = {"decisions": table.c.decisions + statement.excluded.decisions}
    connection.execute(statement.on_conflict_do_update(index_elements=names, set_=sums), rows)


def _position(connection: Connection, log_id: int) -> int:
    found = select(position_table.c.next_index).where(position_table.c.log_id == log_id)
    return connection.execute(found).scalar() or 0


def _advance(connection: Connection, log_id: int, start: int, end: int) -> None:
    """Compared and set: two workers may have read the same position."""
    first = _INSERT[connection.dialect.name](position_table).values(log_id=log_id, next_index=0)
    connection.execute(first.on_conflict_do_nothing())
    unmoved = position_table.c.log_id == log_id, position_table.c.next_index == start
    if connection.execute(update(position_table).where(*unmoved).values(next_index=end)).rowcount != 1:
        raise CountedElsewhere


_LEAVES = (
    select(entry_table.c.kind, entry_table.c.received_ms, entry_table.c.evidence, entry_table.c.subject)
    .where(
        entry_table.c.log_id == bindparam("log"),
        entry_table.c.leaf_index >= bindparam("start"),
        entry_table.c.leaf_index < bindparam("end"),
    )
    .order_by(entry_table.c.leaf_index)
)
