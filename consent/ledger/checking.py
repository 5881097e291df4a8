"""The daily recomputation of each site's log by the worker, and what the last one found."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from consent import jobs
from consent.db import db, snapshot, transact
from consent.ledger import fsck, logs

KIND = "fsck"
MOST_SHOWN = 20
_REPORT_EVERY_S = 5.0


@dataclass(frozen=True)
class Checked:
    """`finished_ms` None: never yet. `damaged` counts what was wrong, of which `damage` says the first; None: `failed`."""

    finished_ms: int | None = None
    damaged: int | None = None
    damage: tuple[fsck.Damage, ...] = ()
    failed: jobs.Job | None = None


def enqueue_due(now: datetime) -> None:
    """One job for each site and day."""
    with db.engine.connect() as connection:
        due = [(log.site_id, f"{KIND}:{log.site_id}:{now:%Y-%m-%d}") for log in logs.everyone(connection)]
    transact(lambda connection: [_enqueue(connection, site_id, key, now) for site_id, key in due])


def _enqueue(connection: Connection, site_id: int, key: str, now: datetime) -> jobs.Job:
    return jobs.enqueue(connection, KIND, key=key, site_id=site_id, arguments={}, now=now)


def run(job: jobs.Job, report: jobs.Report) -> dict[str, Any]:
    """Every epoch of the site, in one snapshot. May start again."""
    watch = _Watch(report)
    with snapshot() as connection:
        found = [
            damage
            for log in logs.epochs(connection, job.site_id)
            for damage in fsck.examine(connection, log, watch.saw_entry)
        ]
    return {"entries": watch.entries, "damaged": len(found), "damage": [asdict(each) for each in found[:MOST_SHOWN]]}


class _Watch:
    """Each report is a transaction and a new lease: every few seconds is enough."""

    def __init__(self, report: jobs.Report) -> None:
        self._report = report
        self._last = time.monotonic()
        self.entries = 0

    def saw_entry(self) -> None:
        self.entries += 1
        if time.monotonic() - self._last >= _REPORT_EVERY_S:
            self._report(self.entries, None)
            self._last = time.monotonic()


def last(connection: Connection, site_id: int) -> Checked:
    over = (job for job in jobs.of_site(connection, site_id, KIND) if job.finished_ms is not None)
    job = next(over, None)
    if job is None:
        return Checked()
    if job.result is None:
        return Checked(job.finished_ms, failed=job)
    return Checked(job.finished_ms, job.result["damaged"], tuple(fsck.Damage(**each) for each in job.result["damage"]))
