"""Long work is done by one worker at a time, outlives the death of any, and ends."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from consent import jobs
from consent.db import db, transact
from consent.errors import DatabaseUnavailable
from consent.jobs import LEASE, MOST_ATTEMPTS, JobFailed, LeaseLost

NOW = datetime(2026, 1, 1, tzinfo=UTC)
JUST_AFTER = LEASE + timedelta(milliseconds=1)


def enqueue(key="one", kind="export", now=NOW, **arguments):
    return transact(lambda c: jobs.enqueue(c, kind, key=key, site_id=7, arguments=arguments, now=now))


def take(now=NOW):
    return transact(lambda connection: jobs.take(connection, now))


def find(job):
    with db.engine.connect() as connection:
        return jobs.find(connection, job.id)


def test_nothing_is_there_to_take_at_first(app):
    assert take() is None


def test_a_job_is_taken_once(app):
    made = enqueue(part="a")
    taken = take()
    assert (taken.id, taken.state, taken.attempts, taken.arguments) == (made.id, "running", 1, {"part": "a"})
    assert take() is None


def test_the_oldest_that_is_due_comes_first_and_none_before_its_time(app):
    enqueue("late", now=NOW + LEASE / 2)
    enqueue("second", now=NOW)
    enqueue("first", now=NOW - timedelta(seconds=1))
    assert [take().key, take().key, take()] == ["first", "second", None]
    assert take(NOW + LEASE / 2).key == "late"


def test_the_same_work_is_not_queued_twice(app):
    first, again = enqueue(part="a"), enqueue(part="b")
    assert again == first
    take()
    assert take() is None


def test_a_worker_that_does_not_report_loses_its_job_to_another(app):
    enqueue()
    first = take()
    assert take(NOW + LEASE) is None, "the lease still runs"
    second = take(NOW + JUST_AFTER)
    assert (second.id, second.attempts) == (first.id, 2)
    late = NOW + JUST_AFTER
    for verb in (
        lambda c: jobs.report(c, first, done=1, total=2, now=late),
        lambda c: jobs.finish(c, first, "stale", late),
        lambda c: jobs.fail(c, first, JobFailed(first), late),
    ):
        with pytest.raises(LeaseLost):
            transact(verb)
    transact(lambda c: jobs.finish(c, second, "fresh", late))
    assert find(first).result == "fresh"


def test_a_report_renews_the_lease(app):
    job = enqueue()
    taken = take()
    transact(lambda c: jobs.report(c, taken, done=5, total=9, now=NOW + LEASE))
    assert take(NOW + LEASE + LEASE) is None
    assert (find(job).done, find(job).total) == (5, 9)


def test_a_job_that_is_done_stays_done(app):
    job = enqueue()
    taken = take()
    transact(lambda c: jobs.finish(c, taken, {"file": "x.zip"}, NOW))
    assert (find(job).state, find(job).result) == ("done", {"file": "x.zip"})
    assert take(NOW + timedelta(days=1)) is None
    with pytest.raises(LeaseLost):
        transact(lambda c: jobs.finish(c, taken, "again", NOW))


def test_a_failure_is_tried_again_after_longer_and_longer_until_it_stays(app):
    job, moment, pauses = enqueue(), NOW, []
    for _ in range(MOST_ATTEMPTS):
        taken = take(moment)
        transact(lambda c, taken=taken, moment=moment: jobs.fail(c, taken, DatabaseUnavailable("no room"), moment))
        found = find(job)
        pauses.append(found.due_ms - taken.due_ms)
        moment += timedelta(days=1)
    assert (found.state, found.attempts) == ("failed", MOST_ATTEMPTS)
    assert (found.error_code, found.error) == ("database_unavailable", "no room")
    assert take(moment) is None
    assert pauses[:-1] == sorted(set(pauses[:-1]))


def test_a_job_over_which_its_worker_dies_each_time_is_given_up(app):
    job, moment = enqueue(), NOW
    for _ in range(MOST_ATTEMPTS):
        assert take(moment) is not None
        moment += JUST_AFTER
    assert take(moment) is None
    assert (find(job).state, find(job).error_code) == ("failed", "worker_died")
    assert find(job).error == f"The worker died {MOST_ATTEMPTS} times over it."


def test_what_is_rolled_back_was_not_queued(app):
    def fails(connection):
        jobs.enqueue(connection, "export", key="gone", site_id=7, arguments={}, now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transact(fails)
    assert take() is None


def test_jobs_of_a_site_come_newest_first(app):
    first, second = enqueue("a"), enqueue("b")
    enqueue("c", kind="purge")
    with db.engine.connect() as connection:
        assert [job.id for job in jobs.of_site(connection, 7, "export")] == [second.id, first.id]


def test_many_workers_take_each_job_once(app):
    for number in range(12):
        enqueue(f"job {number}")
    taken = []

    def work():
        with app.app_context():
            for _ in range(30):  # one that lost a race comes back with nothing, and asks again
                job = take()
                if job:
                    taken.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 12
