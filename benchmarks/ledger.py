"""What the verifiable log costs and how fast it is: recording with and without it, sequencing, proofs, storage, bundles."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from rich.console import Console
from sqlalchemy import Connection

from benchmarks import bundles, decisions, load, proofs, report, sequencing, storage, stores
from benchmarks.inside import inside
from benchmarks.ours import POLICY, SITE_KEY, Ours, WithoutLog
from benchmarks.processes import Process, frozen, pin_this_process_to_the_load_core, warn_if_busy
from benchmarks.record import ORIGIN, WARM_UP_S, Runs, Side, prepare, tell
from benchmarks.report import Measure, at_least, compare, exactly
from benchmarks.stores import Store
from consent import clock, sites
from consent.db import transact
from consent.policies import publish
from consent.policies.document import read

BAR_ROWS = 1_000_000
BARE_SHARE = 0.85
STORAGE_ROWS = 100_000
PRODUCTS = (Ours(), WithoutLog())

console = Console(stderr=True)


@dataclass
class Standing:
    """A server that stands through all rounds, and what it did in them."""

    name: str
    port: int
    process: Process
    runs: Runs = field(default_factory=Runs)

    def attacked(self, seconds: float) -> None:
        outcome = load.drive(self.port, decisions.of_ours(self.port, ORIGIN), warm_up=WARM_UP_S, seconds=seconds)
        self.runs.add(outcome, stored=0)  # counted at the end
        tell(self.name, outcome)


@contextmanager
def _standing(store: Store, product: Ours, template: str) -> Iterator[Standing]:
    with store.copy(template) as location:
        before = location.count(product.count_query)
        with product.standing(location) as (port, process):
            standing = Standing(product.name, port, process)
            yield standing
        standing.runs.stored = location.count(product.count_query) - before


def recording(store: Store, templates: Sequence[str], *, rounds: int, seconds: float) -> Iterator[Measure]:
    """Both servers stand, and each is asked while the other is frozen: what is compared lies seconds apart, for the machine
    may change within a minute. A round begins with the one that the round before has ended with."""
    pin_this_process_to_the_load_core()
    with ExitStack() as stack:
        ours, bare = (stack.enter_context(_standing(store, *each)) for each in zip(PRODUCTS, templates, strict=True))
        for number in range(rounds):
            console.print(f"{store.name}, round {number + 1} of {rounds}")
            for one, other in ((ours, bare), (bare, ours))[:: -1 if number % 2 else 1]:
                with frozen(other.process):
                    one.attacked(seconds)
    yield from _compared(store, ours.runs, bare.runs)


def _compared(store: Store, ours: Runs, bare: Runs) -> Iterator[Measure]:
    share = median(with_log / without for with_log, without in zip(ours.rates, bare.rates, strict=True))

    def line(label: str, one: float, other: float) -> Measure:
        return compare(f"{store.name}: {label}", one, other, WithoutLog.name)

    yield line("records/s", round(median(ours.rates)), round(median(bare.rates)))
    yield line("p99 ms", round(median(ours.p99), 1), round(median(bare.p99), 1))
    yield compare(f"{store.name}: rate as a share of that without", round(share, 3), None, bar=at_least(BARE_SHARE))
    yield compare(f"{store.name}: acknowledged and not stored, or the reverse", ours.astray, None, bar=exactly(0))


def _site_of_long_ago(connection: Connection) -> None:
    """Older than any record of `consent seed`: an auditor would not believe records from before their policy."""
    moment = clock.now() - timedelta(days=365)
    site = sites.create(connection, name=SITE_KEY, origins=[ORIGIN], key=SITE_KEY, now=moment)
    publish.publish(connection, site.id, read(POLICY.read_bytes()), moment, published_by="benchmark")


def at_size(store: Store, rows: int) -> Iterator[Measure]:
    """What depends on how much is in the log."""
    location = store.template("filled")
    platform = Ours()
    platform.command(location, "db", "upgrade")
    with inside(location):
        transact(_site_of_long_ago)
    console.print(f"{store.name}: {rows:,} records")
    start = time.perf_counter()
    platform.fill(location, rows)
    yield compare(f"{store.name}: consent seed, records/s", round(rows / (time.perf_counter() - start)), None)
    location.settle()
    yield from proofs.measures(store, location, checked=rows >= BAR_ROWS)
    yield from bundles.measures(store, location, checked=rows >= BAR_ROWS)


def everything(store: Store, options: argparse.Namespace) -> Iterator[Measure]:
    sides = [Side(product, decisions.of_ours) for product in PRODUCTS]
    empty, small = [prepare(store, side, rows=0) for side in sides], min(options.rows, STORAGE_ROWS)
    yield from recording(store, empty, rounds=options.rounds, seconds=options.seconds)
    yield from sequencing.measures(store, empty[0], rounds=options.rounds)
    yield from storage.measures(store, prepare(store, sides[0], rows=small), small)
    yield from at_size(store, options.rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, few rows; the proofs are not checked")
    parser.add_argument("--store", choices=("all", "sqlite", "postgresql"), default="all")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rows", type=int, default=BAR_ROWS, help="in the log that proofs are asked of")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.rows = 1, 3, min(options.rows, 20_000)
    return options


def main() -> None:
    options = _options()
    warn_if_busy()
    found: list[Measure] = []
    with stores.chosen(options.store) as places:
        for store in places:
            found += everything(store, options)
    sys.exit(0 if report.publish("ledger", "The verifiable log", found) else 1)


if __name__ == "__main__":
    main()
