"""The daily run of each site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from consent import clock, jobs, scrub, sites
from consent.db import db, transact
from consent.ledger import hold
from consent.retention import purge

KIND = "retention"


@dataclass(frozen=True)
class _Due:
    site_id: int
    key: str


def enqueue_due(now: datetime) -> None:
    """One job for each site and day, where something is past its date and no hold stands."""
    with db.engine.connect() as connection:
        due = [
            _Due(site.id, f"{KIND}:{site.id}:{now:%Y-%m-%d}")
            for site in sites.everyone(connection)
            if hold.standing(connection, site.id) is None and purge.has_expired(connection, site.id, now)
        ]
    if due:
        transact(lambda connection: [_enqueue(connection, each, now) for each in due])


def _enqueue(connection: Connection, due: _Due, now: datetime) -> jobs.Job:
    return jobs.enqueue(connection, KIND, key=due.key, site_id=due.site_id, arguments={}, now=now)


def run(job: jobs.Job, report: jobs.Report) -> Any:
    """Raises OnHold, ScrubHeldBack. Starting again goes on where it stopped, and scrubs again."""
    return {"records": run_now(job.site_id, report)}


def run_now(site_id: int, report: jobs.Report) -> int:
    """How many records went. Raises OnHold, ScrubHeldBack."""
    records, more = 0, True
    while more:
        purged = transact(purge.unit(site_id, clock.now()))
        records, more = records + purged.records, purged.more
        report(records, None)
    scrub.scrub(purge.TABLES)
    return records
