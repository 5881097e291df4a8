"""The worker goes on: whatever becomes of one task, one log or one job, the others are done."""

import threading

import pytest

from consent import clock, jobs, loop, worker
from consent.db import db, transact
from consent.errors import DatabaseUnavailable
from consent.ledger.models import tile_table
from tests.ledger.site_log import SiteLog


def run_until(app, tasks, done):
    """A loop in a thread of its own, as beside the web, until `done` is set."""
    running = loop.Loop(app, tasks, name="tests")
    thread = threading.Thread(target=running.run)
    thread.start()
    reached = done.wait(20)
    running.stopping.set()
    thread.join(20)
    assert not thread.is_alive()
    return reached


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(loop, "PAUSE_S", 0.01)


@pytest.mark.parametrize("error", [RuntimeError("a fault"), DatabaseUnavailable(), OSError("disk")])
def test_a_task_that_raises_is_tried_again_and_the_others_are_done(app, error):
    tried, done = [], threading.Event()

    def fails():
        tried.append(1)
        if len(tried) == 3:
            done.set()
        raise error

    others = []
    assert run_until(app, [fails, lambda: bool(others.append(1))], done)
    assert len(others) >= 2


def test_while_there_is_more_to_do_it_does_not_pause(app, monkeypatch):
    monkeypatch.setattr(loop, "PAUSE_S", 3_600)
    turns, done = [], threading.Event()

    def busy():
        turns.append(1)
        if len(turns) == 5:
            done.set()
        return len(turns) < 5

    assert run_until(app, [busy], done)


class Clock:
    """Each turn takes two seconds of it; what the loop waits is kept instead of waited."""

    def __init__(self):
        self.now, self.waits = 0.0, []

    def monotonic(self):
        return self.now

    def time(self):
        return self.now

    def wait(self, seconds):
        self.waits.append(seconds)


@pytest.mark.parametrize(
    ("gives_way", "expected"), [(0, [0, 0, 60]), (3, [6, 6, 60]), (40, [60, 60, 60])], ids=["at once", "3", "at most"]
)
def test_a_loop_that_gives_way_leaves_others_a_multiple_of_its_turn(app, monkeypatch, gives_way, expected):
    ticking, left = Clock(), [True, True, False]
    monkeypatch.setattr(loop, "time", ticking)
    monkeypatch.setattr(loop, "PAUSE_S", 60)

    def busy():
        ticking.now += 2
        if len(left) == 1:
            running.stopping.set()
        return left.pop(0)

    running = loop.Loop(app, [busy], name="tests", gives_way=gives_way)
    monkeypatch.setattr(running.stopping, "wait", ticking.wait)
    running.run()
    assert ticking.waits == expected


def test_every_log_is_sequenced_and_published(log, other_site):
    other = SiteLog(other_site)
    log.append(3)
    other.append(2)
    worker.sequence()
    worker.publish()
    assert (log.pending(), other.pending()) == (0, 0)
    assert (log.last_checkpoint().size, other.last_checkpoint().size) == (log.head.size, other.head.size)


def test_a_damaged_log_holds_up_itself_only(log, other_site):
    other = SiteLog(other_site)
    log.append(3)
    other.append(2)
    log.alter(tile_table, tile_table.c.log_id == log.head.log_id, data=b"")
    worker.sequence()
    worker.publish()
    assert (log.pending(), other.pending()) == (3, 0)
    assert other.last_checkpoint().size == other.head.size


def test_on_sqlite_a_batch_is_small_because_a_record_waits_for_it(app, log):
    log.append(worker.LARGEST_SQLITE_BATCH + 1)
    assert worker.sequence() is app.extensions["consent.config"].on_sqlite


def test_beside_the_web_the_log_is_kept_on_sqlite_alone(app, monkeypatch):
    started = []
    monkeypatch.setattr(worker, "start_log_loop", lambda app, name, gives_way: started.append(name))
    worker.start_beside_the_web(app)
    assert started == (["web"] if app.extensions["consent.config"].on_sqlite else [])


def test_a_log_that_grows_all_the_time_is_not_published_at_every_turn(app, log):
    publish = loop.Seldom(worker.publish, 3_600)
    log.append()
    worker.sequence()
    publish()
    size = log.last_checkpoint().size
    log.append()
    worker.sequence()
    publish()
    assert (log.last_checkpoint().size, log.head.size) == (size, size + 1)
    loop.Seldom(worker.publish, 3_600)()
    assert log.last_checkpoint().size == size + 1


@pytest.fixture
def job(app, monkeypatch):
    """Queues a job whose work is the function: job(work)."""

    def make(work):
        monkeypatch.setitem(worker.KINDS, "sample", work)
        made = transact(
            lambda c: jobs.enqueue(c, "sample", key="one", site_id=1, arguments={"number": 6}, now=clock.now())
        )

        def look():
            with db.engine.connect() as connection:
                return jobs.find(connection, made.id)

        return look

    return make


def test_a_job_is_done_and_its_result_kept(job):
    def work(taken, report):
        report(3, 7)
        return {"answer": taken.arguments["number"] * 7}

    look = job(work)
    assert worker.run_job() is True
    assert (look().state, look().result, look().done, look().total) == ("done", {"answer": 42}, 3, 7)
    assert worker.run_job() is False


def test_a_job_that_raises_says_why_and_waits(job):
    def work(taken, report):
        raise RuntimeError("no room")

    look = job(work)
    assert worker.run_job() is True
    assert (look().state, look().error_code) == ("queued", "job_failed")
    assert "no room" not in look().error, "what was not foreseen may hold anything, so the log alone has it"
    assert worker.run_job() is False, "it is not due at once"


def test_a_job_of_a_kind_that_nobody_knows_fails_and_holds_nobody_up(job, monkeypatch):
    look = job(lambda taken, report: None)
    monkeypatch.delitem(worker.KINDS, "sample")
    assert worker.run_job() is True
    assert look().error_code == "job_failed"


def test_a_job_that_was_taken_over_is_left_to_its_new_owner(job):
    def work(taken, report):
        transact(lambda c: jobs.take(c, clock.now() + 2 * jobs.LEASE))
        report(1, 1)
        raise AssertionError("this worker no longer has it")

    look = job(work)
    assert worker.run_job() is True
    assert (look().state, look().attempts) == ("running", 2)
