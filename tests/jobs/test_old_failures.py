"""An upgrade leaves nothing of what errors said before they had codes: it may have been personal."""

import flask_migrate
from sqlalchemy import select, text

from consent import clock, jobs, schema
from consent.db import db, transact

BEFORE = "0015-1"
FAILED = text("UPDATE job SET state = 'failed', error = 'IntegrityError: (anna@example.com)' WHERE key = 'failed'")


def enqueue(key):
    return transact(lambda c: jobs.enqueue(c, "bundle", key=key, site_id=7, arguments={}, now=clock.now()))


def test_an_error_of_the_version_before_points_to_the_log(app):
    failed, _ = enqueue("failed"), enqueue("waits")
    schema.upgrade()
    db.engine.dispose()
    flask_migrate.downgrade(revision=BEFORE)
    transact(lambda connection: connection.execute(FAILED))
    db.engine.dispose()
    schema.upgrade()
    with db.engine.connect() as connection:
        columns = (jobs.job_table.c[name] for name in ("key", "error_code", "error"))
        found = connection.execute(select(*columns).order_by(jobs.job_table.c.key)).all()
    assert found == [("failed", "job_failed", jobs.JobFailed(failed).detail), ("waits", None, None)]
