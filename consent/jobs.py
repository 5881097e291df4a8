"""Long work that a person waits for or that is due at a time: a table, and the worker that takes from it.

A job is taken by one worker at a time: compare-and-set on its lease. A worker that dies leaves a lease that runs out, and
another one goes on; so a job's function has to be able to start again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    and_,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from consent.clock import to_ms
from consent.db import metadata
from consent.errors import ConsentError

Report = Callable[[int, int | None], None]  # done, total
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
NO_SITE = 0  # of work for no site: their ids begin at 1
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

job_table = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),  # the same work is not queued twice
    Column("kind", String(40), nullable=False),
    Column("site_id", Integer, nullable=False),
    Column("arguments", Text, nullable=False),  # JSON
    Column("state", String(8), nullable=False),  # queued, running, done or failed
    Column("attempts", SmallInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("result", Text),  # JSON
    Column("error_code", String(40)),  # of the last attempt
    Column("error", Text),  # in English, without anything personal
    Column("due_ms", BigInteger, nullable=False),
    Column("lease_ms", BigInteger, nullable=False),  # until when it belongs to whoever took it
    Column("created_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
)
Index("ix_job_state_due", job_table.c.state, job_table.c.due_ms)


@dataclass(frozen=True)
class Job:
    id: int
    key: str
    kind: str
    site_id: int
    arguments: dict[str, Any]
    state: str
    attempts: int
    done: int
    total: int | None
    result: Any
    error_code: str | None
    error: str | None
    due_ms: int
    lease_ms: int
    created_ms: int
    finished_ms: int | None


class LeaseLost(RuntimeError):
    """Another worker has taken the job over, because this one did not report in time."""


class JobFailed(ConsentError):
    """Something that nobody foresaw. What it says itself stays in the log: it may hold what a statement or a file held."""

    status = 500
    code = "job_failed"

    def __init__(self, job: Job) -> None:
        super().__init__(f"It failed unexpectedly. The worker's log says more, under job {job.id}.")


class WorkerDied(ConsentError):
    """It never got as far as to fail: each time its worker died of something."""

    status = 500
    code = "worker_died"

    def __init__(self) -> None:
        super().__init__(f"The worker died {MOST_ATTEMPTS} times over it.")


def enqueue(
    connection: Connection, kind: str, *, key: str, site_id: int, arguments: dict[str, Any], now: datetime
) -> Job:
    """Queues the work in the caller's transaction. Work with this key that is there already is left alone and returned."""
    row = {
        "key": key,
        "kind": kind,
        "site_id": site_id,
        "arguments": json.dumps(arguments),
        "state": "queued",
        "attempts": 0,
        "done": 0,
        "due_ms": to_ms(now),
        "lease_ms": 0,
        "created_ms": to_ms(now),
    }
    connection.execute(_INSERT[connection.dialect.name](job_table).values(row).on_conflict_do_nothing())
    return _job(connection.execute(select(job_table).where(job_table.c.key == key)).one())


def any_due(connection: Connection, now: datetime) -> bool:
    return connection.execute(select(job_table.c.id).where(*_due(to_ms(now))).limit(1)).first() is not None


def _due(moment: int) -> tuple[Any, Any]:
    free = or_(job_table.c.state == "queued", and_(job_table.c.state == "running", job_table.c.lease_ms < moment))
    return free, job_table.c.due_ms <= moment


def take(connection: Connection, now: datetime) -> Job | None:
    """The next job that is due, leased to the caller; None where there is none."""
    moment = to_ms(now)
    statement = select(job_table).where(*_due(moment)).order_by(job_table.c.due_ms, job_table.c.id)
    row = connection.execute(statement.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        _give_up(connection, row, moment)
        return None
    leased = {"state": "running", "attempts": row.attempts + 1, "lease_ms": to_ms(now + LEASE)}
    same = job_table.c.id == row.id, job_table.c.lease_ms == row.lease_ms
    if connection.execute(update(job_table).where(*same).values(leased)).rowcount != 1:
        return None  # another worker got there first
    return _job(connection.execute(select(job_table).where(job_table.c.id == row.id)).one())


def _give_up(connection: Connection, row: Any, moment: int) -> None:
    same = job_table.c.id == row.id, job_table.c.lease_ms == row.lease_ms
    ended = {"state": "failed", **_said(WorkerDied()), "finished_ms": moment}
    connection.execute(update(job_table).where(*same).values(ended))


def _said(error: ConsentError | None) -> dict[str, str | None]:
    return {"error_code": error.code if error else None, "error": error.detail if error else None}


def report(connection: Connection, job: Job, *, done: int, total: int | None, now: datetime) -> None:
    """Progress, and a new lease. Raises LeaseLost."""
    _change(connection, job, done=done, total=total, lease_ms=to_ms(now + LEASE))


def finish(connection: Connection, job: Job, result: Any, now: datetime) -> None:
    """Raises LeaseLost."""
    _change(connection, job, state="done", result=json.dumps(result), finished_ms=to_ms(now), **_said(None))


def fail(connection: Connection, job: Job, error: ConsentError, now: datetime) -> None:
    """Tried again after a growing pause; after MOST_ATTEMPTS it stays failed and says why. Raises LeaseLost."""
    if job.attempts >= MOST_ATTEMPTS:
        _change(connection, job, state="failed", finished_ms=to_ms(now), **_said(error))
    else:
        pause = timedelta(seconds=10 * 4**job.attempts)
        _change(connection, job, state="queued", due_ms=to_ms(now + pause), **_said(error))


def _change(connection: Connection, job: Job, **values: Any) -> None:
    mine = job_table.c.id == job.id, job_table.c.attempts == job.attempts, job_table.c.state == "running"
    if connection.execute(update(job_table).where(*mine).values(values)).rowcount != 1:
        raise LeaseLost(f"job {job.id}")


def forget(connection: Connection, kind: str, *, finished_before: datetime) -> None:
    """Of work whose arguments have no business here once it is over."""
    over = job_table.c.state.in_(("done", "failed")), job_table.c.finished_ms < to_ms(finished_before)
    connection.execute(delete(job_table).where(job_table.c.kind == kind, *over))


def find(connection: Connection, job_id: int) -> Job | None:
    row = connection.execute(select(job_table).where(job_table.c.id == job_id)).one_or_none()
    return _job(row) if row else None


def of_site(connection: Connection, site_id: int, kind: str) -> list[Job]:
    """The newest first."""
    statement = select(job_table).where(job_table.c.site_id == site_id, job_table.c.kind == kind)
    return [_job(row) for row in connection.execute(statement.order_by(job_table.c.id.desc()))]


def _job(row: Any) -> Job:
    values = dict(row._mapping)
    result = values["result"]
    return Job(
        **{**values, "arguments": json.loads(row.arguments), "result": None if result is None else json.loads(result)}
    )
