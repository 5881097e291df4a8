"""Bundles as jobs: asked for over HTTP, built by the worker, kept for a week.

The web process and the worker share CONSENT_DATA_DIR. A bundle holds what has been erased since, so it is not kept longer.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uuid_utils
from flask import current_app
from sqlalchemy import Connection

from consent import jobs
from consent.audit.bundle import plan as plans
from consent.audit.bundle.build import build
from consent.config import Config
from consent.db import db
from consent.errors import ConsentError

KIND = "bundle"
KEPT = timedelta(days=7)
_REPORT_EVERY_S = 2.0
Report = Callable[[int, int | None], None]


class BundleUnknown(ConsentError):
    status = 404
    code = "bundle_unknown"

    def __init__(self) -> None:
        super().__init__("The site has no bundle with this id.")


class BundleUnfinished(ConsentError):
    status = 409
    code = "bundle_unfinished"

    def __init__(self, state: str) -> None:
        super().__init__(f"The bundle is not finished; its state is {state}.", headers={"Retry-After": "5"})


class BundleGone(ConsentError):
    status = 410
    code = "bundle_gone"

    def __init__(self) -> None:
        super().__init__(f"Bundles are kept for {KEPT.days} days. Ask for it again.")


def ask(connection: Connection, plan: plans.Plan, now: datetime) -> jobs.Job:
    """Queues one, also where the same was asked for before: what the log holds may have changed since."""
    return jobs.enqueue(
        connection,
        kind=KIND,
        key=f"{KIND}:{uuid_utils.uuid7()}",
        site_id=plan.log.site_id,
        arguments=plan.as_arguments(),
        now=now,
    )


def find(connection: Connection, site_id: int, job_id: int) -> jobs.Job:
    """Raises BundleUnknown, also for the job of another site."""
    job = jobs.find(connection, job_id)
    if job is None or job.kind != KIND or job.site_id != site_id:
        raise BundleUnknown
    return job


def file_of(job: jobs.Job) -> Path:
    """Raises BundleUnfinished, BundleGone."""
    if job.state != "done":
        raise BundleUnfinished(job.state)
    path = _path(job)
    if not path.exists():
        raise BundleGone
    return path


def run(job: jobs.Job, report: Report) -> dict[str, Any]:
    """What the worker calls. May be called again after a crash: it goes on from the files that were finished."""
    forget_old()
    with db.engine.connect() as connection:
        plan = plans.of_arguments(connection, job.arguments)
    work = _folder() / f"{job.id}.work"
    built = build(plan, _path(job), work, _now_and_then(report))
    shutil.rmtree(work)
    return asdict(built)


def _now_and_then(report: Report) -> Report:
    """Each report is a transaction; the lease needs one every few seconds."""
    last = float("-inf")

    def reporting(done: int, total: int | None) -> None:
        nonlocal last
        if time.monotonic() - last >= _REPORT_EVERY_S:
            report(done, total)
            last = time.monotonic()

    return reporting


def _folder() -> Path:
    config: Config = current_app.extensions["consent.config"]
    return config.data_dir / "bundles"


def _path(job: jobs.Job) -> Path:
    return _folder() / f"{job.id}.zip"


def forget_old() -> None:
    """The worker calls it even where nobody asks for a bundle any more: what was erased since must go from the files, too."""
    oldest = time.time() - KEPT.total_seconds()
    for path in _folder().glob("*"):
        if path.stat().st_mtime < oldest:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
