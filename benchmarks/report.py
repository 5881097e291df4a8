"""A measure, its bar and its verdict; the table on the terminal and the file in benchmarks/results."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Bar:
    """What must hold. `check` gets our value and the peer's; the peer's may be None where the bar does not need it."""

    text: str
    check: Callable[[float, float | None], bool | None]


def at_most(limit: float, unit: str = "") -> Bar:
    return Bar(f"≤ {limit:g}{unit}", lambda ours, _peer: ours <= limit)


def at_least(limit: float) -> Bar:
    return Bar(f"≥ {limit:g}", lambda ours, _peer: ours >= limit)


def exactly(value: float) -> Bar:
    return Bar(f"= {value:g}", lambda ours, _peer: ours == value)


def at_least_times(factor: float) -> Bar:
    return Bar(f"≥ {factor:g} × peer", lambda ours, peer: None if peer is None else ours >= factor * peer)


def at_most_times(factor: float) -> Bar:
    return Bar(f"≤ {factor:g} × peer", lambda ours, peer: None if peer is None else ours <= factor * peer)


@dataclass(frozen=True)
class Measure:
    """One line. `holds` is computed; None, "not checked", when a value that the bar needs was not measured."""

    measure: str
    ours: float | None
    peer: float | None
    peer_name: str
    ratio: float | None
    bar: str | None
    holds: bool | None


def compare(
    name: str,
    ours: float | None,
    peer: float | None,
    peer_name: str = "",
    *,
    bar: Bar | None = None,
    checked: bool = True,
) -> Measure:
    """`checked=False` reports the values without a verdict: the conditions of the bar were not met (a short run)."""
    ratio = round(ours / peer, 3) if ours is not None and peer else None
    holds = bar.check(ours, peer) if bar and checked and ours is not None else None
    return Measure(name, ours, peer, peer_name, ratio, bar.text if bar else None, holds)


def middle(values: Iterable[float | None], digits: int = 2) -> float | None:
    """The median of what was measured, None when nothing was."""
    known = [value for value in values if value is not None]
    return round(median(known), digits) if known else None


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:,g}"


def _verdict(measure: Measure) -> str:
    if measure.bar is None:
        return ""
    return {True: "[green]holds[/]", False: "[red]fails[/]", None: "[yellow]not checked[/]"}[measure.holds]


def yardstick() -> Measure:
    """What absolute times of this run have to be read by: virtual machines were seen to be half as fast an hour later."""
    key, times = Ed25519PrivateKey.generate(), []
    for _ in range(9):
        start = time.perf_counter()
        for number in range(200):
            key.sign(b"%200d" % number)
        times.append((time.perf_counter() - start) / 200)
    return compare("this machine, after the run: an Ed25519 signature, µs", round(1e6 * median(times), 1), None)


def publish(name: str, title: str, measures: list[Measure]) -> bool:
    """Prints the table, writes results/<name>.json; False when a bar failed."""
    measures = [*measures, yardstick()]
    table = Table(title=title)
    for column in ("measure", "ours", "peer", "", "ratio", "bar", "verdict"):
        table.add_column(column, justify="right" if column in ("ours", "peer", "ratio") else "left")
    for line in measures:
        numbers = _cell(line.ours), _cell(line.peer), line.peer_name, _cell(line.ratio)
        table.add_row(line.measure, *numbers, line.bar or "", _verdict(line))
    Console(width=max(130, Console().width)).print(table)
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps([asdict(line) for line in measures], indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    return all(line.holds is not False for line in measures)
