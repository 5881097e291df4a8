"""Entries get their index and enter the tree: in order, without gaps, once, whoever else tries at the same time."""

import threading

import pytest
from sqlalchemy import update

from consent.db import db, transact, transactional
from consent.ledger import logs, sequencer, tiles
from consent.ledger.append import opening_of
from consent.ledger.models import entry_table, log_table
from consent.merkle.entry import NO_SUBJECT, commit_evidence, commit_subject, entry_bytes
from consent.merkle.tree import leaf_hash, root_of

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_an_entry_is_pending_until_it_is_sequenced(log):
    (name,) = log.append()
    assert log.pending() == 1
    log.sequence()
    assert log.pending() == 0
    assert [row.record_id for row in log.entries()][-1] == name


def test_the_opening_that_is_stored_gives_the_leaf(log):
    (name,) = log.append()
    opening = log.read(lambda connection: opening_of(connection, name))
    halves = (
        commit_evidence(opening.evidence_salt, opening.evidence),
        commit_subject(opening.subject_salt, opening.subject),
    )
    assert leaf_hash(entry_bytes(opening.kind, opening.schema, *halves)) == opening.leaf_hash
    assert halves[1] != NO_SUBJECT


def test_an_entry_whose_transaction_fails_is_not_there(log):
    class Refused(RuntimeError):
        pass

    def fails(connection):
        log.append_one(connection, "0190a000-0000-7000-8000-000000000000")
        raise Refused

    with pytest.raises(Refused):
        transact(fails)
    assert log.pending() == 0


def test_indexes_follow_the_order_of_arrival_without_gaps(log):
    names = [name for _ in range(3) for name in log.append(5)]
    log.sequence()
    rows = log.entries()
    assert [row.leaf_index for row in rows] == list(range(log.head.size))
    assert [row.record_id for row in rows][-15:] == names


def test_the_root_is_that_of_the_leaves(log):
    for count in (1, 300, 7):
        log.append(count)
        log.sequence()
        assert log.head.root == root_of(row.leaf_hash for row in log.entries())
    assert log.head.size == len(log.entries()) == 309


def test_a_batch_takes_no_more_than_it_may_and_says_that_there_is_more(log):
    log.append(5)
    first, second, third = (log.sequence(largest=2) for _ in range(3))
    assert (first.integrated, first.more) == (2, True)
    assert (second.integrated, second.more) == (2, True)
    assert (third.integrated, third.more) == (1, False)


def test_nothing_pending_changes_nothing(log):
    before = log.head
    assert log.sequence() == sequencer.Batch()
    assert log.head == before


def test_a_head_that_moved_rolls_the_whole_batch_back(log, monkeypatch):
    """The compare-and-set, should a lock ever fail: here the head moves between the tiles and the head."""
    store = tiles.store

    def store_and_lose(connection, log_id, changed):
        store(connection, log_id, changed)
        connection.execute(update(log_table).where(log_table.c.log_id == log_id).values(size=log_table.c.size + 1))

    log.append(3)
    monkeypatch.setattr(tiles, "store", store_and_lose)
    with pytest.raises(sequencer.HeadMoved):
        log.sequence()
    monkeypatch.undo()
    assert log.pending() == 3
    assert log.damage() == []


def test_the_time_of_a_head_never_goes_back(log):
    log.append()
    before = log.head.integrated_ms
    transact(sequencer.unit(log.site.id, before - 60_000))
    assert log.head.integrated_ms == before + 1


def test_an_entry_altered_while_it_waited_is_kept_out_and_the_others_go_on(log):
    names = log.append(3)
    log.alter(entry_table, entry_table.c.record_id == names[1], evidence=b'{"record_id":"forged"}')
    batch = log.sequence()
    assert (batch.integrated, batch.quarantined) == (2, 1)
    assert [row.record_id for row in log.entries()][-2:] == [names[0], names[2]]
    assert log.pending() == 0
    assert log.sequence() == sequencer.Batch()
    assert log.damage() == [f"record {names[1]} is held in quarantine: the stored bytes do not give the leaf hash"]


@pytest.mark.parametrize(
    "lost", [{"evidence": None}, {"evidence_salt": b"short"}, {"kind": 99}, {"subject_salt": None}]
)
def test_an_entry_that_cannot_be_hashed_any_more_holds_nobody_up(log, lost):
    names = log.append(2)
    log.alter(entry_table, entry_table.c.record_id == names[0], **lost)
    assert log.sequence().quarantined == 1
    assert log.entries()[-1].record_id == names[1]


@ON_POSTGRESQL
def test_a_log_that_another_worker_holds_is_left_to_it(log):
    log.append()
    with transactional(db.engine).begin() as other:
        assert logs.take(other, log.site.id) is not None
        assert log.sequence() == sequencer.Batch()
    assert log.sequence().integrated == 1


def test_many_sequencers_and_writers_at_once_lose_nothing_and_give_no_index_twice(app, log):
    names, writing = [], threading.Event()

    def write():
        with app.app_context():
            for _ in range(10):
                names.extend(log.append(3))

    def sequence():
        with app.app_context():
            while not writing.is_set() or log.pending():
                log.sequence(largest=7)

    writers = [threading.Thread(target=write) for _ in range(4)]
    sequencers = [threading.Thread(target=sequence) for _ in range(3)]
    for thread in writers + sequencers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in sequencers:
        thread.join()
    rows = log.entries()
    assert [row.leaf_index for row in rows] == list(range(121))
    assert sorted(row.record_id for row in rows[1:]) == sorted(names)
    assert log.damage() == []


@ON_POSTGRESQL
def test_an_entry_that_commits_late_is_not_passed_over(log):
    """Its id is lower than that of an entry which is in the tree already: to be in the queue is the state."""
    with transactional(db.engine).begin() as late:
        log.append_one(late, "0190a000-0000-7000-8000-000000000001")
        log.grow(2)
    assert log.sequence().integrated == 1
    assert log.entries()[-1].record_id == "0190a000-0000-7000-8000-000000000001"
    assert log.damage() == []
