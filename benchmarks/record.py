"""Durable consent records a second beside @c15t/backend: the server on one core, 16 connections, each side in turn."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

from rich.console import Console

from benchmarks import decisions, load, report, stores
from benchmarks.ours import Bare, Ours
from benchmarks.peer_c15t import C15t
from benchmarks.processes import pin_this_process_to_the_load_core, warn_if_busy
from benchmarks.report import Bar, Measure, at_least, at_least_times, at_most, compare, exactly
from benchmarks.stores import Location, PostgresStore, SQLiteStore, Store

ORIGIN = "http://127.0.0.1:9000"
BAR_ROWS = 1_000_000
WARM_UP_S = 4  # what a server starts beside itself shares its core, and has to be done with its start, too
FACTORS = {SQLiteStore.name: 4, PostgresStore.name: 3}

console = Console(stderr=True)


@dataclass(frozen=True)
class Side:
    product: Ours | C15t
    requests: Callable[[int, str], Iterator[bytes]]


@dataclass
class Runs:
    """What one side did on one store, round by round."""

    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    acknowledged: int = 0
    stored: int = 0
    failed: int = 0

    def add(self, outcome: load.Outcome, stored: int) -> None:
        self.rates.append(outcome.rate)
        self.p50.append(outcome.percentile_ms(0.5))
        self.p99.append(outcome.percentile_ms(0.99))
        self.acknowledged += outcome.acknowledged
        self.stored += stored
        self.failed += outcome.failed

    @property
    def astray(self) -> int:
        """Records that were acknowledged and are not stored, or the other way round."""
        return abs(self.acknowledged - self.stored)


OURS = Side(Ours(), decisions.of_ours)
PEER = Side(C15t(), decisions.of_c15t)
BARE = Side(Bare(), decisions.of_ours)


def attack(side: Side, location: Location, runs: Runs, seconds: float) -> None:
    """One server on one location: load, SIGKILL, then count what it had stored."""
    before = location.count(side.product.count_query)
    with side.product.serving(location, origin=ORIGIN) as port:
        outcome = load.drive(port, side.requests(port, ORIGIN), warm_up=min(WARM_UP_S, seconds), seconds=seconds)
    stored = location.count(side.product.count_query) - before
    runs.add(outcome, stored)
    tell(side.product.name, outcome)


def tell(name: str, outcome: load.Outcome) -> None:
    console.print(f"  {name}: {outcome.rate:,.0f}/s, p99 {outcome.percentile_ms(0.99):.1f} ms")
    if outcome.failed:
        console.print(f"  [red]{outcome.failed} failed[/], first: {outcome.first_failure}")


def prepare(store: Store, side: Side, *, rows: int) -> str:
    """Makes the template of one side, filled with `rows` records, and returns its name."""
    name = f"{side.product.name}_{rows}".replace(" ", "_")
    location = store.template(name)
    side.product.prepare(location, origin=ORIGIN)
    if rows:
        _store_one(side, location)
        console.print(f"  {side.product.name}: {rows:,} rows")
        side.product.fill(location, rows)
        location.settle()
    return name


def _store_one(side: Side, location: Location) -> None:
    """A first record by way of the API: c15t makes its rows for domain, policy and purposes with it."""
    with side.product.serving(location, origin=ORIGIN) as port:
        load.drive(port, side.requests(port, ORIGIN), connections=1, warm_up=0, seconds=0.05)


def contest(store: Store, *, rows: tuple[int, ...], rounds: int, seconds: float) -> dict[tuple[str, int], Runs]:
    """Both sides with every number of rows, and the bare view, which has none, in turn, `rounds` times."""
    sides = [(side, count) for count in rows for side in (OURS, PEER)] + [(BARE, 0)]
    entrants = [(side, count, prepare(store, side, rows=count)) for side, count in sides]
    runs = {(side.product.name, count): Runs() for side, count, _ in entrants}
    for number in range(rounds):
        console.print(f"{store.name}, round {number + 1} of {rounds}, rows: {', '.join(map(str, rows))}")
        for side, count, template in entrants:
            with store.copy(template) as location:
                attack(side, location, runs[side.product.name, count], seconds)
    return runs


def measures(store: Store, runs: dict[tuple[str, int], Runs], *, rows: int) -> Iterator[Measure]:
    ours, peer = runs[Ours.name, 0], runs[C15t.name, 0]

    def line(label: str, read: Callable[[Runs], float], bar: Bar | None = None) -> Measure:
        return compare(f"{store.name}: {label}", read(ours), read(peer), C15t.name, bar=bar)

    yield line("records/s", lambda side: round(median(side.rates)), at_least_times(FACTORS[store.name]))
    yield line("p50 ms", lambda side: round(median(side.p50), 1))
    p99_bar = at_most(15) if isinstance(store, SQLiteStore) else None
    yield line("p99 ms", lambda side: round(median(side.p99), 1), p99_bar)
    yield line("requests that failed", lambda side: side.failed, exactly(0))
    if rows:
        yield growth(store, runs, rows)
    astray, astray_peer = (
        sum(run.astray for (of, _), run in runs.items() if of == each) for each in (Ours.name, C15t.name)
    )
    label = f"{store.name}: acknowledged and not stored, or the reverse"
    yield compare(label, astray, astray_peer, C15t.name, bar=exactly(0))


def beside_nothing(store: Store, runs: dict[tuple[str, int], Runs]) -> Iterator[Measure]:
    """How much of the way belongs to Flask and gunicorn, whatever runs on them."""
    ours, bare = runs[Ours.name, 0], runs[Bare.name, 0]
    yield compare(f"{store.name}: records/s", round(median(ours.rates)), round(median(bare.rates)), Bare.name)
    yield compare(f"{store.name}: p99 ms", round(median(ours.p99), 1), round(median(bare.p99), 1), Bare.name)


def growth(store: Store, runs: dict[tuple[str, int], Runs], rows: int) -> Measure:
    """The rate with many rows as a share of the rate without any, round by round."""

    def share(side: str) -> float:
        pairs = zip(runs[side, rows].rates, runs[side, 0].rates, strict=True)
        return round(median(full / empty for full, empty in pairs), 3)

    label = f"{store.name}: rate with {rows:,} rows as a share of empty"
    return compare(label, share(Ours.name), share(C15t.name), C15t.name, bar=at_least(0.9), checked=rows >= BAR_ROWS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, few rows; a million is not checked")
    parser.add_argument("--store", choices=("all", "sqlite", "postgresql"), default="all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rows", type=int, default=BAR_ROWS, help="in the filled database; 0 leaves it out")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.rows = 1, 3, min(options.rows, 20_000)
    return options


def main() -> None:
    options = _options()
    warn_if_busy()
    pin_this_process_to_the_load_core()
    found: list[Measure] = []
    with stores.chosen(options.store) as places:
        for store in places:
            rows = (0, options.rows) if options.rows else (0,)
            runs = contest(store, rows=rows, rounds=options.rounds, seconds=options.seconds)
            found += measures(store, runs, rows=options.rows)
            found += beside_nothing(store, runs)
    sys.exit(0 if report.publish("record", "Durable consent records, one core, 16 connections", found) else 1)


if __name__ == "__main__":
    main()
