"""The worker: sequences pending entries, publishes checkpoints, and runs the jobs that are due.

`consent worker` runs it as a process. On PostgreSQL several may run at once. On SQLite exactly one process writes
records, so there the web process sequences (docs/adr/0002), through the same writer as the records, and the worker process
does the jobs. Either way the log has a thread of its own, and no job holds it up.
"""

import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
import structlog
from flask import Flask, current_app

from consent import clock, jobs
from consent.accounts import jobs as account_jobs
from consent.audit.bundle import jobs as bundle_jobs
from consent.config import Config
from consent.db import db, transact
from consent.errors import ConsentError, DatabaseUnavailable
from consent.ledger import checking, logs, publisher, sequencer
from consent.ledger.ledger import ledger
from consent.loop import Loop, News, Seldom, Task
from consent.metrics import INTEGRATED, JOBS, PUBLISHED, QUARANTINED
from consent.policies import holds, planning
from consent.retention import jobs as retention_jobs
from consent.statistics import tally
from consent.visitors import jobs as visitor_jobs

PUBLISH_EVERY_S = 2.0  # a checkpoint is a flush to disk and a transaction; while a lot comes in, it covers many batches
# A batch holds SQLite's one writer; a record that comes in meanwhile waits for it.
LARGEST_SQLITE_BATCH = 100
# One batch after the other would hold up the records of a tenth of a second, once a second. A quarter of the time is enough
# for what comes in: a batch takes a twentieth of what its records took.
BATCHES_GIVE_WAY = 3

log = structlog.get_logger("worker")

# What each kind of job does. It reports as it goes, may be started again after a crash, and returns JSON.
KINDS: dict[str, Callable[[jobs.Job, jobs.Report], Any]] = {
    account_jobs.KIND: account_jobs.run,
    bundle_jobs.KIND: bundle_jobs.run,
    visitor_jobs.KIND: visitor_jobs.run,
    retention_jobs.KIND: retention_jobs.run,
    checking.KIND: checking.run,
}
COUNT_EVERY_S = 10
PLANS_EVERY_S = 5
HOLDS_EVERY_S = 60
MOST_BATCHES_COUNTED = 25
ERASURES_EVERY_S = 60
HOUSEKEEPING_EVERY_S = 3_600
# Of a process that sequences nothing: recomputing a log on the only core halved the speed of recording.
BEHIND_THE_WEB = 15
CHECKS_KEPT = timedelta(days=30)


def sequence() -> bool:
    """One batch for every site that has something pending."""
    config: Config = current_app.extensions["consent.config"]
    largest = LARGEST_SQLITE_BATCH if config.on_sqlite else sequencer.LARGEST_BATCH
    with db.engine.connect() as connection:
        sites = sequencer.waiting(connection)
    batches = [_sequence(site_id, largest) for site_id in sites]
    return any(batch.more for batch in batches)


def _sequence(site_id: int, largest: int) -> sequencer.Batch:
    try:
        batch = transact(sequencer.unit(site_id, clock.to_ms(clock.now()), largest=largest))
    except sequencer.HeadMoved:
        return sequencer.Batch()  # another worker was quicker
    except DatabaseUnavailable:
        raise
    except Exception:
        log.exception("not_sequenced", site_id=site_id)  # a log that is damaged holds up itself only
        return sequencer.Batch()
    INTEGRATED.inc(batch.integrated)
    QUARANTINED.inc(batch.quarantined)
    return batch


def publish() -> bool:
    """A checkpoint for every log that has grown. What may not be signed holds up its own log only."""
    with db.engine.connect() as connection:
        grown = publisher.grown(connection)
    for site_id in grown:
        _publish(site_id)
    return False


held_up = News()


def _publish(site_id: int) -> None:
    try:
        PUBLISHED.inc(ledger().publisher.publish(site_id, clock.now()))
    except DatabaseUnavailable:
        raise
    except ConsentError as error:
        if held_up.is_news(site_id, error.code):
            log.error("not_published", site_id=site_id, code=error.code, detail=error.detail)
    except Exception:
        log.exception("not_published", site_id=site_id)


def erasures() -> bool:
    """Queues what visitors asked for. A job has a key, so it does not matter how often or by how many this is done."""
    visitor_jobs.enqueue_due(clock.now())
    return False


def housekeeping() -> bool:
    """Queues each site's retention and the check of its log, once a day by their keys, and deletes old bundles and letters."""
    retention_jobs.enqueue_due(clock.now())
    checking.enqueue_due(clock.now())
    transact(lambda connection: jobs.forget(connection, checking.KIND, finished_before=clock.now() - CHECKS_KEPT))
    bundle_jobs.forget_old()
    account_jobs.forget_old()
    return False


def publish_planned() -> bool:
    """Publishes the policies whose time has come. Each plan by itself: one that fails holds up no other."""
    now = clock.now()
    with db.engine.connect() as connection:
        waiting = planning.due(connection, now)
    for plan_id in waiting:
        _carry_out(plan_id)
    return False


def _carry_out(plan_id: int) -> None:
    try:
        transact(lambda connection: planning.carry_out(connection, plan_id, clock.now()))
    except DatabaseUnavailable:
        raise
    except Exception:
        log.exception("plan_not_carried_out", plan=plan_id)  # it stays planned, and the next turn tries again


def note_holds() -> bool:
    """Tells logs which services are held back. That they are does not depend on it."""
    transact(lambda connection: holds.note_due(connection, clock.now()))
    return False


def count() -> bool:
    """Counts what is new in every log, for the numbers that outlive the records."""
    with db.engine.connect() as connection:
        every = logs.every_epoch(connection)
    for one in every:
        _count(one)
    return False


def _count(one: logs.Log) -> None:
    """A log that has much to be counted goes on at the next turn: other tasks wait meanwhile."""
    try:
        for _ in range(MOST_BATCHES_COUNTED):
            if not _count_some(one):
                return
    except tally.CountedElsewhere:
        return
    except DatabaseUnavailable:
        raise
    except Exception:
        log.exception("not_counted", log=one.origin)


def _count_some(one: logs.Log) -> bool:
    with db.engine.connect() as connection:
        counts = tally.read(connection, one)
    if counts is None:
        return False
    transact(tally.unit(counts))
    return counts.more


def run_job() -> bool:
    """The next job that is due. Whether there is one is only read: each second SQLite's writers would wait for nothing."""
    with db.engine.connect() as connection:
        if not jobs.any_due(connection, clock.now()):
            return False
    job = transact(lambda connection: jobs.take(connection, clock.now()))
    if job is None:
        return False
    try:
        result = KINDS[job.kind](job, _reporter(job))
        transact(lambda connection: jobs.finish(connection, job, result, clock.now()))
        JOBS.labels(job.kind, "done").inc()
    except jobs.LeaseLost:
        log.warning("job_taken_over", job=job.id)
    except DatabaseUnavailable:
        raise  # the lease runs out, and the job is taken again
    except Exception as error:
        reason = error if isinstance(error, ConsentError) else jobs.JobFailed(job)
        given_up = job.attempts >= jobs.MOST_ATTEMPTS
        log.exception("job_failed", job=job.id, kind=job.kind, attempt=job.attempts, given_up=given_up)
        transact(lambda connection: jobs.fail(connection, job, reason, clock.now()))
        JOBS.labels(job.kind, "failed").inc()
    return True


def _reporter(job: jobs.Job) -> jobs.Report:
    def report(done: int, total: int | None) -> None:
        transact(lambda connection: jobs.report(connection, job, done=done, total=total, now=clock.now()))

    return report


def log_tasks() -> list[Task]:
    return [sequence, Seldom(publish, PUBLISH_EVERY_S)]


def other_tasks() -> list[Task]:
    return [
        Seldom(publish_planned, PLANS_EVERY_S),
        Seldom(note_holds, HOLDS_EVERY_S),
        Seldom(count, COUNT_EVERY_S),
        Seldom(erasures, ERASURES_EVERY_S),
        Seldom(housekeeping, HOUSEKEEPING_EVERY_S),
        run_job,
    ]


def start_log_loop(app: Flask, name: str, *, gives_way: int = 0) -> None:
    """In a thread of its own: a job may take many minutes, and the log must not wait for it.

    The process may end at any moment: nothing is lost.
    """
    threading.Thread(target=Loop(app, log_tasks(), name=name, gives_way=gives_way).run, name="log", daemon=True).start()


def start_beside_the_web(app: Flask) -> None:
    config: Config = app.extensions["consent.config"]
    if config.on_sqlite:
        start_log_loop(app, "web", gives_way=BATCHES_GIVE_WAY)


@click.command()
def worker() -> None:
    """Sequence the log, publish checkpoints, run due jobs. `consent serve` starts one; on PostgreSQL more may run."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    loop = Loop(app, other_tasks(), name=f"worker-{os.getpid()}")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.stopping.set())
    config: Config = app.extensions["consent.config"]
    if config.on_sqlite:
        os.nice(BEHIND_THE_WEB)
    else:
        start_log_loop(app, f"log-{os.getpid()}")
    loop.run()
