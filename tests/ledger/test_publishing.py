"""A signature over what is committed, and only over that."""

from datetime import timedelta

import pytest

from consent.db import db, transactional
from consent.ledger import publisher
from consent.ledger.ledger import ledger
from consent.ledger.models import checkpoint_table
from consent.ledger.publisher import ClockWentBack


def test_a_checkpoint_is_signed_over_the_committed_head(log):
    log.append(3)
    log.sequence()
    assert log.publish() is True
    signed, head = log.last_checkpoint(), log.head
    assert (signed.origin, signed.size, signed.root) == (head.origin, head.size, head.root)


def test_nothing_new_gives_no_checkpoint(log):
    log.append()
    assert log.publish() is False, "it is pending"
    log.sequence()
    assert log.publish() is True
    assert log.publish() is False


def test_only_logs_that_have_grown_are_named(log):
    assert log.read(publisher.grown) == []
    log.append()
    log.sequence()
    assert log.read(publisher.grown) == [log.site.id]


def test_signing_the_same_head_again_gives_the_same_bytes(log):
    """As after a crash between the guard and the database."""
    log.grow(3)
    note = log.checkpoints()[-1].note
    with transactional(db.engine).begin() as connection:
        connection.execute(checkpoint_table.delete().where(checkpoint_table.c.size == log.head.size))
    assert log.publish() is True
    assert log.checkpoints()[-1].note == note


def test_the_guard_knows_what_was_signed(log):
    log.grow(2)
    signed = ledger().guard.last(log.head.origin)
    assert (signed.size, signed.root) == (log.head.size, log.head.root.hex())


def test_a_clock_that_went_back_holds_publishing_and_says_so(log):
    log.append()
    log.sequence()
    with pytest.raises(ClockWentBack, match="10 s behind"):
        log.publish(later=timedelta(seconds=-10))
    assert log.publish(later=timedelta(seconds=-3)) is True, "a clock may be set by a few seconds"
