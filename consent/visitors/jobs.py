"""The job that carries out the requests of a window."""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from consent import clock, jobs, scrub
from consent.config import Config
from consent.db import db, transact
from consent.errors import ConsentError
from consent.ledger import hold
from consent.visitors import erase, requests

KIND = "erasure"


class EntriesUnsettled(ConsentError):
    """Tried again by the job's own pauses, and then with the next window: a request is never lost."""

    status = 503
    code = "entries_unsettled"

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"{waiting} request(s) wait until a signed checkpoint covers their records: see consent ledger status."
        )


def hours() -> int:
    config: Config = current_app.extensions["consent.config"]
    return config.erasure_hours


def enqueue_due(now: datetime) -> None:
    """A job for each site with requests whose window has ended. A job that failed for good has a successor in the next one."""
    with db.engine.connect() as connection:
        due = [site for site in requests.sites_due(connection, now) if hold.standing(connection, site) is None]
    if due:
        window = requests.window_start(now, hours()).isoformat()
        transact(lambda connection: [_enqueue(connection, site, window, now) for site in due])


def _enqueue(connection: Connection, site_id: int, window: str, now: datetime) -> jobs.Job:
    key = f"{KIND}:{site_id}:{window}"
    return jobs.enqueue(connection, KIND, key=key, site_id=site_id, arguments={}, now=now)


def run(job: jobs.Job, report: jobs.Report) -> Any:
    """Raises OnHold, EntriesUnsettled, ScrubHeldBack. Starting again goes on where it stopped, and scrubs again."""
    done = waiting = 0
    more = True
    while more:
        outcome = transact(erase.unit(job.site_id, now=clock.now()))
        done, waiting, more = done + outcome.done, outcome.waiting, outcome.more
        report(done, None)
    scrub.scrub(erase.TABLES)
    if waiting:
        raise EntriesUnsettled(waiting)
    return {"requests": done}
