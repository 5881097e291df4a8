"""The worker recomputes each log once a day, and the site's page says when and what it found."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from consent import clock, jobs, worker
from consent.db import db, transact
from consent.ledger import checking, fsck
from consent.ledger.models import entry_table


@pytest.fixture
def check(log):
    """The worker's daily task, on the day that is `days` from now."""

    def go(days=0):
        checking.enqueue_due(clock.now() + timedelta(days=days))
        transact(lambda c: c.execute(update(jobs.job_table).values(due_ms=0)))
        while worker.run_job():
            pass
        with db.engine.connect() as connection:
            return checking.last(connection, log.site.id)

    return go


def test_before_the_first_check_nothing_is_claimed(log):
    with db.engine.connect() as connection:
        assert checking.last(connection, log.site.id) == checking.Checked()


def test_a_sound_log_is_found_sound_once_a_day(log, check):
    log.grow(5)
    found = check()
    assert (found.damaged, found.damage) == (0, ())
    assert check() == found, "the same day: the same check"
    assert check(days=1).finished_ms > found.finished_ms


def test_damage_is_counted_and_named(log, check):
    log.grow(5)
    spoiled = update(entry_table).where(entry_table.c.leaf_index == 3).values(evidence=b"{}")
    transact(lambda connection: connection.execute(spoiled))
    found = check()
    assert found.damaged == 1
    assert found.damage[0].place == "index 3"


def test_a_check_that_could_not_be_carried_out_is_not_called_sound(log, check, monkeypatch):
    def broken(*_):
        raise RuntimeError("no room")
        yield

    monkeypatch.setattr(fsck, "examine", broken)
    for _ in range(jobs.MOST_ATTEMPTS):
        found = check()
    assert found.finished_ms is not None
    assert found.damaged is None
    assert found.failed.error_code == "job_failed"


def test_a_long_check_keeps_its_lease(log, check, monkeypatch):
    log.grow(5)
    monkeypatch.setattr(checking, "_REPORT_EVERY_S", 0)
    check()
    with db.engine.connect() as connection:
        (job,) = jobs.of_site(connection, log.site.id, checking.KIND)
    assert job.done == job.result["entries"] > 4
