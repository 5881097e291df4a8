"""How many entries a second get their index and enter the tree, and how long one batch holds SQLite's writer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

import uuid_utils

from benchmarks.inside import benchmark_site, inside
from benchmarks.report import Bar, Measure, at_least, compare
from benchmarks.stores import Location, SQLiteStore, Store
from consent import clock
from consent.clock import to_ms
from consent.db import transact
from consent.ledger import sequencer
from consent.ledger.append import Opening, append_many, sealed
from consent.merkle.canonical import canonical_bytes
from consent.merkle.entry import Kind
from consent.sites import Site
from consent.worker import LARGEST_SQLITE_BATCH

PER_ROUND = 20_000
EVIDENCE_BYTES, SUBJECT_BYTES = 700, 260  # about those of a record (see "storage")


@dataclass
class Batches:
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)  # of each whole batch: begin to commit

    @property
    def longest_ms(self) -> float:
        return round(1000 * max(self.seconds), 1)


def measures(store: Store, template: str, *, rounds: int) -> Iterator[Measure]:
    on_sqlite = isinstance(store, SQLiteStore)
    sizes = (LARGEST_SQLITE_BATCH, sequencer.LARGEST_BATCH) if on_sqlite else (sequencer.LARGEST_BATCH,)
    with store.copy(template) as location:
        found = {size: _batches(location, largest=size, rounds=rounds) for size in sizes}
    for size, batches in found.items():
        bar: Bar | None = at_least(10_000) if size == sequencer.LARGEST_BATCH else None
        label = f"{store.name}: sequenced entries/s, batches of {size:,}"
        yield compare(label, round(median(batches.rates)), None, bar=bar)
        yield compare(f"{store.name}: longest batch of {size:,}, ms", batches.longest_ms, None)


def _batches(location: Location, *, largest: int, rounds: int) -> Batches:
    found = Batches()
    with inside(location):
        site = benchmark_site()
        for _ in range(rounds):
            entries = {str(uuid_utils.uuid7()): _entry() for _ in range(PER_ROUND)}
            transact(lambda connection, entries=entries: append_many(connection, site.id, entries))
            _drain(site, found, largest)
    return found


def _entry() -> Opening:
    evidence, subject = canonical_bytes({"e": "x" * EVIDENCE_BYTES}), canonical_bytes({"s": "x" * SUBJECT_BYTES})
    return sealed(kind=Kind.DECISION, received_ms=to_ms(clock.now()), evidence=evidence, subject=subject)


def _drain(site: Site, found: Batches, largest: int) -> None:
    begun, done, more = time.perf_counter(), 0, True
    while more:
        start = time.perf_counter()
        batch = transact(sequencer.unit(site.id, to_ms(clock.now()), largest=largest))
        found.seconds.append(time.perf_counter() - start)
        done, more = done + batch.integrated, batch.more
    found.rates.append(done / (time.perf_counter() - begun))
