"""Kills under load, then the verdict. `python -m tests.crash.campaign` (make test-crash) does it at length."""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from consent import sites
from consent.db import db
from consent.ledger import logs, publisher, sequencer
from consent.serve import gunicorn_arguments
from tests.conftest import migrate
from tests.crash.load import Load
from tests.crash.plans import FOLDER, Plans
from tests.crash.steps import ANY_MOMENT, EVERY, PUBLISH, RECORD, SEQUENCE
from tests.crash.verdict import Outside, Verdict, judge
from tests.people import ORIGIN
from tests.platform import Platform
from tests.postgres import running_cluster

WORKERS = 2  # besides the web processes; on SQLite there is one, and it sequences though it should not
PATIENCE_S = 600


@dataclass(frozen=True)
class Outcome:
    deaths: Counter
    not_reached: int
    acknowledged: int
    checkpoints: int
    verdict: Verdict


def plan(kills, *, on_sqlite, chance):
    """Titles of steps for (web, worker). On SQLite the web process sequences and publishes as well."""
    log_steps = [step.title for step in (*SEQUENCE, *PUBLISH, ANY_MOMENT)]
    web_steps = [step.title for step in (*RECORD, ANY_MOMENT)]
    every = [*(("web", title) for title in web_steps), *(("worker", title) for title in log_steps)]
    if on_sqlite:
        every += [("web", title) for title in log_steps]
    chance.shuffle(every)
    chosen = [every[number % len(every)] for number in range(kills)]
    return [[title for role, title in chosen if role == which] for which in ("web", "worker")]


@contextmanager
def scene(platform, plans_folder):
    """The platform with processes that die by plan and are replaced. In the end it dies as when the power fails."""
    arguments = gunicorn_arguments(platform.app.extensions["consent.config"], f"127.0.0.1:{platform.port}")
    workers = WORKERS if platform.on_postgresql else 1
    nursery = platform.spawn(
        [sys.executable, "-m", "tests.crash.nursery", str(workers), *arguments, "tests.crash.web:app"],
        **{FOLDER: str(plans_folder), "CONSENT_WORKERS": "2", "CONSENT_THREADS": "4"},
    )
    try:
        yield
    finally:
        os.killpg(nursery.pid, signal.SIGKILL)
        nursery.wait()


def run(platform, folder, *, kills, seed=0):
    """`kills` deaths under load; then everything dies, starts cleanly, and is judged."""
    plans, chance = Plans(folder), random.Random(seed)
    key = platform.make_site([ORIGIN])
    for role, titles in zip(
        ("web", "worker"), plan(kills, on_sqlite=not platform.on_postgresql, chance=chance), strict=True
    ):
        plans.add_many(role, titles, chance)
    with scene(platform, folder), Load(platform, key) as load:
        deadline = time.monotonic() + PATIENCE_S
        while plans.deaths().total() < kills and time.monotonic() < deadline:
            time.sleep(0.05)
    outside, deaths = Outside(load.receipts, load.changed, plans.signed()), plans.deaths()
    verdict = judged(platform, key, outside)
    return Outcome(deaths, kills - deaths.total(), len(load.receipts), len(set(outside.signed)), verdict)


def judged(platform, key, outside):
    """Started as an operator starts it, settled, stopped, and looked at."""
    platform.start()
    try:
        settle(platform, key)
    finally:
        platform.stop()
    with platform.app.app_context():
        verdict = judge(key, outside)
        db.engine.dispose()
    return verdict


def settle(platform, key):
    """Until the running platform has sequenced and published everything."""
    deadline = time.monotonic() + 60
    with platform.app.app_context():
        while time.monotonic() < deadline:
            with db.engine.connect() as connection:
                site = sites.find(connection, key)
                log, waiting = logs.active(connection, site.id), sequencer.count_pending(connection, site.id)
                last = publisher.newest(connection, log.log_id)
            if not waiting and last and last.size == log.size:
                break
            time.sleep(0.1)
        db.engine.dispose()


def report(outcomes):
    """The table of kills for each step, and the verdicts."""
    table = Table("killed at", *outcomes, title="SIGKILL under load")
    for title in EVERY:
        table.add_row(title, *(str(outcome.deaths[title]) for outcome in outcomes.values()))
    table.add_section()
    rows = {
        "kills": lambda outcome: outcome.deaths.total(),
        "planned and not reached": lambda outcome: outcome.not_reached,
        "records acknowledged": lambda outcome: outcome.acknowledged,
        "checkpoints signed": lambda outcome: outcome.checkpoints,
        "wrong": lambda outcome: outcome.verdict.wrong() or "nothing",
    }
    for label, read in rows.items():
        table.add_row(label, *(f"{read(outcome)}" for outcome in outcomes.values()))
    Console().print(table)


def _sqlite(folder):
    migrate(f"sqlite:///{folder}/consent.sqlite", folder)
    return Platform(folder)


def _postgresql(folder, cluster):
    cluster.create_database("crash")
    migrate(cluster.url("crash"), folder)
    return Platform(folder, cluster.url("crash"))


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.crash.campaign", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="over both databases")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        for name, make in (("SQLite", _sqlite), ("PostgreSQL", lambda inside: _postgresql(inside, cluster))):
            inside = Path(folder) / name
            inside.mkdir()
            platform = make(inside)
            outcomes[name] = run(platform, inside / "plans", kills=options.kills // 2, seed=options.seed)
    report(outcomes)
    print(f"seed {options.seed}")
    sys.exit(any(outcome.verdict.wrong() or outcome.not_reached for outcome in outcomes.values()))


if __name__ == "__main__":
    main()
