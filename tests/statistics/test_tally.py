"""Numbers that are counted from the log, once, and stay when the records go."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from consent import clock, worker
from consent.db import db, transact
from consent.ledger import epochs, logs
from consent.ledger.ledger import ledger
from consent.records.models import record_table
from consent.statistics import reading, tally
from consent.statistics.models import category_count_table, decision_count_table
from tests.records.erasing import erase
from tests.settled import settle

TODAY = reading.Span.of_days(clock.now().date(), 30)


def counted(site, span=None):
    with db.engine.connect() as connection:
        by_day = reading.by_day(connection, site.id, span or reading.Span.of_days(clock.now().date(), 30))
    return {day: dict(decisions) for day, decisions in by_day.items() if decisions}


def today():
    return clock.now().date().isoformat()


def test_decisions_are_counted_once_they_are_under_a_checkpoint(visitor, site):
    visitor.decide("accept_all")
    visitor.decide("reject_all")
    worker.count()
    assert counted(site) == {}, "not yet in the log"
    settle()
    worker.count()
    worker.count()
    assert counted(site) == {today(): {"accept_all": 1, "reject_all": 1}}


def test_what_comes_later_is_added(visitor, site):
    for _ in range(2):
        visitor.decide("accept_all")
        settle()
        worker.count()
    assert counted(site) == {today(): {"accept_all": 2}}


def test_a_day_is_a_day_of_utc(visitor, site):
    settle()
    with time_machine.travel("2030-01-01T23:59:59.900Z", tick=False) as moment:
        visitor.decide("reject_all")
        moment.shift(timedelta(milliseconds=200))
        visitor.decide("accept_all")
        settle()
        worker.count()
        found = counted(site, reading.Span.of_days(clock.now().date(), 3))
    assert found == {"2030-01-01": {"reject_all": 1}, "2030-01-02": {"accept_all": 1}}


def test_the_sums_are_those_of_counting_the_records(visitor, client, site, monkeypatch):
    monkeypatch.setattr(tally, "BATCH", 7)
    agents = ("Mozilla/5.0 (iPhone) Mobile", "Mozilla/5.0 (X11; Linux)")
    decisions = ("accept_all", "reject_all", "custom", "withdraw", "gpc")
    for number in range(40):
        decision = decisions[number % 5]
        visitor.send(
            visitor.body(
                decision, granted=["ga4"] if decision == "custom" else None, language=("ja", "en")[number % 3 == 0]
            ),
            **{"User-Agent": agents[number % 2]},
        )
    settle()
    worker.count()
    assert rows(decision_count_table) == Counter(
        (row.decision, row.source, row.policy_version, row.language, row.device_class) for row in records()
    )


def rows(table):
    with db.engine.connect() as connection:
        found = connection.execute(select(table)).all()
    return Counter({(r.decision, r.source, r.policy_version, r.language, r.device_class): r.decisions for r in found})


def records():
    with db.engine.connect() as connection:
        return connection.execute(select(record_table)).all()


def test_how_many_grant_a_category(visitor, site):
    visitor.decide("accept_all")
    visitor.decide("reject_all")
    visitor.decide("custom", granted=["ga4"])
    settle()
    worker.count()
    with db.engine.connect() as connection:
        found = reading.by_category(connection, site.id, TODAY)
    assert found["necessary"] == (3, 3)
    assert found["analytics"] == (2, 3)
    assert found["advertising"] == (1, 3)


def test_erasing_a_visitor_changes_no_number_and_what_was_erased_before_is_passed_over(visitor, site):
    first, second = (visitor.decide("accept_all").json["record_id"] for _ in range(2))
    settle()
    erase(first, "evidence", "subject")
    worker.count()
    assert counted(site) == {today(): {"accept_all": 1}}
    erase(second, "evidence", "subject")
    worker.count()
    assert counted(site) == {today(): {"accept_all": 1}}


def test_two_workers_count_nothing_twice(visitor, site):
    visitor.decide("accept_all")
    settle()
    with db.engine.connect() as connection:
        log = logs.active(connection, site.id)
        counts = tally.read(connection, log)  # by both, before either has written
    transact(tally.unit(counts))
    with pytest.raises(tally.CountedElsewhere):
        transact(tally.unit(counts))
    with db.engine.connect() as connection:
        assert tally.read(connection, log) is None
    assert counted(site) == {today(): {"accept_all": 1}}


def test_a_new_epoch_counts_nothing_again(visitor, site):
    visitor.decide("accept_all")
    settle()
    worker.count()
    visitor.decide("reject_all")
    worker.sequence()
    worker.count()
    guard = ledger().guard
    transact(lambda c: epochs.new_epoch(c, site.id, guard, reason="tests", now=clock.now()))
    settle()
    worker.count()
    assert counted(site) == {today(): {"accept_all": 1, "reject_all": 1}}


def test_other_sites_have_numbers_of_their_own(visitor, site, other_site):
    visitor.decide("accept_all")
    settle()
    worker.count()
    assert counted(other_site) == {}
    with db.engine.connect() as connection:
        assert reading.by_category(connection, other_site.id, TODAY) == {}
    assert category_count_table.c.keys() == ["site_id", "day", "category", "granted", "decisions"]


def test_a_worker_with_nothing_to_do_opens_no_transaction_that_writes(visitor, site, monkeypatch):
    """On SQLite records would wait for it."""
    visitor.decide("accept_all")
    settle()
    worker.count()
    monkeypatch.setattr(worker, "transact", lambda unit: pytest.fail("nothing is to be written"))
    worker.count()
    assert worker.run_job() is False


def test_leaves_are_counted_before_the_transaction_that_writes_begins(visitor, site, monkeypatch):
    visitor.decide("accept_all")
    settle()
    with db.engine.connect() as connection:
        counts = tally.read(connection, logs.active(connection, site.id))
    monkeypatch.setattr(tally, "_counted", lambda rows: pytest.fail("records wait for this"))
    transact(tally.unit(counts))
    assert counted(site) == {today(): {"accept_all": 1}}
