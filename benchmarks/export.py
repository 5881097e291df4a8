"""A million records as CSV: our command beside the fastest thing there is, `sqlite3 -csv` and psql's COPY."""

import argparse
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks import report, stores
from benchmarks.ours import SITE_KEY, Ours
from benchmarks.processes import REPOSITORY, warn_if_busy
from benchmarks.report import Bar, Measure, at_most, at_most_times, compare, exactly
from benchmarks.stores import Location, Store

BAR_ROWS = 1_000_000
ORIGIN = "http://127.0.0.1:9000"
SAMPLE_SECONDS = 0.01
TABLE = "consent_record"
COLUMNS = (  # those of our export; the others are not text
    "record_id, site_id, visitor_id, decision, source, categories, services, policy_version, script, language, "
    "page_path, gpc, region, region_source, legal_model, client_ms, received_ms, expires_ms, ip_prefix, "
    "browser_family, device_class, previous_record_id"
)

console = Console(stderr=True)


@dataclass
class Runs:
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    lines: int = 0

    def add(self, seconds: float, megabytes: float, file: Path) -> None:
        self.seconds.append(seconds)
        self.megabytes.append(megabytes)
        with file.open("rb") as written:
            self.lines = sum(chunk.count(b"\n") for chunk in iter(lambda: written.read(1 << 20), b""))
        console.print(f"  {seconds:.2f} s, {megabytes:.0f} MB, {self.lines:,} lines")


def our_command(location: Location) -> tuple[list[str], dict[str, str]]:
    selection = [
        "--site",
        SITE_KEY,
        "--since",
        "1970-01-01",
        "--until",
        "2100-01-01",
        "--format",
        "csv",
        "--reason",
        "benchmark",
    ]
    return [sys.executable, "-m", "consent", "audit", "export", *selection], Ours().environment(location)


def peer_command(location: Location) -> tuple[list[str], dict[str, str]]:
    if location.database_url:
        return [
            "psql",
            "--no-psqlrc",
            "-qc",
            f"COPY {TABLE} ({COLUMNS}) TO STDOUT (FORMAT csv, HEADER)",
            location.database_url,
        ], {}
    return ["sqlite3", "-header", "-csv", str(location.file), f"SELECT {COLUMNS} FROM {TABLE}"], {}


def timed(command: list[str], environment: dict[str, str], output: Path) -> tuple[float, float]:
    """Seconds and the peak memory in MB of one process that writes to `output`."""
    peak = 0.0
    with output.open("wb") as sink:
        start = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=REPOSITORY, stdout=sink)
        ended = os.pidfd_open(process.pid)
        while not select.select([ended], [], [], SAMPLE_SECONDS)[0]:
            peak = max(peak, _peak_megabytes(process.pid))
        seconds = time.perf_counter() - start
    os.close(ended)
    if process.wait():
        raise RuntimeError(f"{' '.join(command)} failed with {process.returncode}")
    return seconds, peak


def _peak_megabytes(pid: int) -> float:
    """The kernel's mark of the most this program has used. (rusage would count memory of its parent as well.)"""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    mark = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(mark.split()[1]) * 1024 / 1e6


def filled(store: Store, rows: int) -> Location:
    location = store.template("filled")
    platform = Ours()
    platform.prepare(location, origin=ORIGIN)
    console.print(f"{store.name}: {rows:,} records")
    platform.fill(location, rows)
    return location


def contest(store: Store, *, rows: int, rounds: int) -> Iterator[Measure]:
    location = filled(store, rows)
    peer_name = "psql COPY" if location.database_url else "sqlite3 -csv"
    ours, peer = Runs(), Runs()
    output = location.folder / "export.csv"
    for _ in range(rounds):
        for runs, (command, environment) in ((ours, our_command(location)), (peer, peer_command(location))):
            runs.add(*timed(command, environment, output), output)

    def line(label: str, read: Callable[[Runs], float], bar: Bar) -> Measure:
        checked = rows >= BAR_ROWS
        return compare(f"{store.name}: {label}", read(ours), read(peer), peer_name, bar=bar, checked=checked)

    yield line("seconds", lambda runs: round(median(runs.seconds), 3), at_most_times(4))
    yield line("peak memory MB", lambda runs: round(max(runs.megabytes), 1), at_most(100))
    yield line("records missing", lambda runs: rows + 1 - runs.lines, exactly(0))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few records, once; the bars are not checked")
    parser.add_argument("--store", choices=("all", "sqlite", "postgresql"), default="all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=BAR_ROWS)
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.rows = 1, min(options.rows, 20_000)
    return options


def main() -> None:
    options = _options()
    warn_if_busy()
    found: list[Measure] = []
    with stores.chosen(options.store) as places:
        for store in places:
            found += contest(store, rows=options.rows, rounds=options.rounds)
    sys.exit(0 if report.publish("export", f"{options.rows:,} records as CSV", found) else 1)


if __name__ == "__main__":
    main()
