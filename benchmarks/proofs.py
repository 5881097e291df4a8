"""Inclusion proofs out of a full log: how long one takes, and whether the database finds everything by an index."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from sqlalchemy import Connection, event, select

from benchmarks.inside import benchmark_site, inside
from benchmarks.report import Measure, at_most, compare, exactly
from benchmarks.stores import Location, Store
from consent import clock
from consent.db import db
from consent.ledger import keys, logs, proofs
from consent.ledger.ledger import ledger
from consent.ledger.models import entry_table
from consent.merkle.checkpoint import open_checkpoint
from consent.merkle.note import Verifier
from consent.merkle.proof import verify_inclusion
from consent.sites import Site

ASKED = 1_000
LARGE = ("ledger_entry", "ledger_tile")  # a handful of checkpoints is read whole, and rightly


def measures(store: Store, location: Location, *, checked: bool) -> Iterator[Measure]:
    """`location` is a filled one; it gets its checkpoint here."""
    with inside(location):
        site = benchmark_site()
        ledger().publisher.publish(site.id, clock.now())
        names = _some_records(site)
        times = [_timed(name) for name in names]
        _verify(site, names[:100])
        scans = _scans(names[0])
    size = f"{store.name}: inclusion proof"
    yield compare(f"{size}, ms", round(1000 * median(times), 3), None, bar=at_most(2), checked=checked)
    yield compare(f"{size}, p99 ms", round(1000 * sorted(times)[int(0.99 * len(times))], 3), None)
    yield compare(f"{size}: tables read whole", scans, None, bar=exactly(0), checked=checked)


def _some_records(site: Site) -> list[str]:
    with db.engine.connect() as connection:
        log = logs.active(connection, site.id)
        places = random.Random(0).sample(range(1, log.size), ASKED)
        statement = select(entry_table.c.record_id).where(entry_table.c.log_id == log.log_id)
        return [connection.execute(statement.where(entry_table.c.leaf_index == place)).scalar_one() for place in places]


def _timed(name: str) -> float:
    """As the receipts API asks: with a connection of the pool."""
    start = time.perf_counter()
    with db.engine.connect() as connection:
        proofs.inclusion(connection, name)
    return time.perf_counter() - start


def _verify(site: Site, names: list[str]) -> None:
    with db.engine.connect() as connection:
        origin = logs.active(connection, site.id).origin
        verifiers = [Verifier.from_vkey(row.vkey) for row in keys.public_keys(connection, origin)]
        for name in names:
            found = proofs.inclusion(connection, name)
            assert found is not None
            signed = open_checkpoint(found.checkpoint, verifiers, origin)
            leaf = connection.execute(select(entry_table.c.leaf_hash).where(entry_table.c.record_id == name)).scalar()
            verify_inclusion(bytes(leaf), found.leaf_index, signed.size, found.proof, signed.root)


def _scans(name: str) -> int:
    """How often the plans of one proof read a large table from one end to the other."""
    with db.engine.connect() as connection:
        with _statements(connection) as asked:
            proofs.inclusion(connection, name)
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        plans = [connection.exec_driver_sql(f"{explain}{text}", values).all() for text, values in asked]
    return sum(_reads_whole(str(line)) for plan in plans for line in plan)


def _reads_whole(line: str) -> bool:
    """Of a plan's line, in SQLite's words or PostgreSQL's, where "Bitmap Heap Scan" is what an index has found."""
    return _names_large(line) and ("Seq Scan" in line or ("SCAN" in line and "INDEX" not in line))


def _names_large(line: str) -> bool:
    return any(table in line for table in LARGE)


@contextmanager
def _statements(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        asked.append((text, values))

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
