"""Times that step back are noted by the log itself: right before the entry that was received earlier, and with its batch."""

import json

import flask_migrate
import pytest
from sqlalchemy import update

from consent import clock, schema
from consent.db import db, transact
from consent.ledger import epochs, sequencer, tiles
from consent.ledger.ledger import ledger
from consent.ledger.models import log_table
from consent.merkle.entry import TOLERANCE_MS, Kind

HOUR_MS = 3_600_000
BEFORE = "0014-1"


@pytest.fixture
def start(log):
    """The latest time of the log: that of the publication of its policy."""
    return log.head.latest_ms


def kinds(log):
    return [row.kind for row in log.entries()]


def notes(log):
    return [json.loads(row.evidence) for row in log.entries() if row.kind == Kind.STEP_BACK]


@pytest.mark.parametrize("largest", [1, 2, 100])
def test_a_step_back_is_noted_right_before_the_entry_however_batches_fall(log, start, largest):
    first, second, third = log.append_at(start + 10, start - HOUR_MS, start - HOUR_MS + 5)
    while log.sequence(largest=largest).more:
        pass
    names = [row.record_id for row in log.entries()]
    assert (names[1], names[3], names[4]) == (first, second, third)
    assert kinds(log) == [Kind.POLICY_PUBLISHED, 1, Kind.STEP_BACK, 1, 1]
    (said,) = notes(log)
    assert said.pop("record_id") == names[2]
    assert said == {
        "log": log.head.origin,
        "type": "step_back",
        "latest_time": clock.wire(start + 10),
        "received_time": clock.wire(start - HOUR_MS),
        "by_ms": HOUR_MS + 10,
    }
    assert log.head.latest_ms == start - HOUR_MS + 5
    assert log.damage() == []


@pytest.mark.parametrize(("by", "noted"), [(TOLERANCE_MS, 0), (TOLERANCE_MS + 1, 1)])
def test_clocks_may_differ_by_the_tolerance(log, start, by, noted):
    log.append_at(start - by)
    log.sequence()
    assert len(notes(log)) == noted


def test_a_clock_that_is_right_again_needs_no_note_and_may_be_set_back_again(log, start):
    log.append_at(start - HOUR_MS, start + 20, start + 10, start - 2 * HOUR_MS)
    log.sequence()
    assert [each["latest_time"] for each in notes(log)] == [clock.wire(start), clock.wire(start + 20)]


def test_a_batch_that_is_rolled_back_takes_its_notes_with_it(log, start, monkeypatch):
    store = tiles.store

    def store_and_lose(connection, log_id, changed):
        store(connection, log_id, changed)
        connection.execute(update(log_table).where(log_table.c.log_id == log_id).values(size=log_table.c.size + 1))

    log.append_at(start - HOUR_MS)
    monkeypatch.setattr(tiles, "store", store_and_lose)
    with pytest.raises(sequencer.HeadMoved):
        log.sequence()
    monkeypatch.undo()
    assert (log.pending(), notes(log)) == (1, [])
    log.sequence()
    assert (log.head.size, len(notes(log))) == (3, 1)


def test_a_new_epoch_notes_anew_what_was_noted_of_entries_it_takes_over(log, start):
    """The note was about an order that nobody will ever sign."""
    log.append_at(start + 10, start - HOUR_MS, start + 20)
    log.sequence()
    guard, now = ledger().guard, clock.from_ms(start + 30)
    transact(lambda connection: epochs.new_epoch(connection, log.site.id, guard, reason="a try", now=now))
    log.append_at(start - HOUR_MS)
    log.sequence()
    new = [row for row in log.entries() if row.log_id == log.head.log_id]
    assert [row.kind for row in new] == [Kind.EPOCH_START, 1, Kind.STEP_BACK, 1, 1, Kind.STEP_BACK, 1]
    assert len(notes(log)) == 2
    assert log.damage() == []


def test_a_latest_time_that_the_entries_do_not_give_is_found(log):
    log.grow(2)
    log.alter(log_table, log_table.c.log_id == log.head.log_id, latest_ms=1)
    assert log.damage() == ["head the latest time it names is not that of the entries"]


def test_an_upgrade_gives_the_logs_that_are_there_their_latest_time(log, start, other_site):
    log.append_at(start + 10, start + 5)
    log.sequence()
    schema.upgrade()
    db.engine.dispose()
    flask_migrate.downgrade(revision=BEFORE)
    schema.upgrade()
    assert log.head.latest_ms == start + 10
    assert log.damage() == []
    log.append_at(start - HOUR_MS)
    log.sequence()
    assert len(notes(log)) == 1
