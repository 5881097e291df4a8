"""Proofs verify with what an auditor has: the leaf, the checkpoint and the public key."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.ledger import proofs
from consent.merkle.proof import ProofInvalid, verify_consistency, verify_inclusion


def leaf_of(log, name):
    return next(row.leaf_hash for row in log.entries() if row.record_id == name)


def test_an_entry_is_proved_to_be_under_the_newest_checkpoint(log):
    names = log.grow(300)
    signed = log.last_checkpoint()
    for name in (names[0], names[254], names[255], names[299]):
        found = log.inclusion(name)
        verify_inclusion(leaf_of(log, name), found.leaf_index, signed.size, found.proof, signed.root)
        assert log.opened(found.checkpoint) == signed


def test_the_proof_of_one_entry_does_not_serve_another(log):
    names = log.grow(5)
    found, signed = log.inclusion(names[0]), log.last_checkpoint()
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf_of(log, names[1]), found.leaf_index, signed.size, found.proof, signed.root)


def test_there_is_no_proof_of_what_is_pending_unsigned_or_unknown(log):
    (name,) = log.append()
    assert log.inclusion(name) is None
    log.sequence()
    assert log.inclusion(name) is None
    log.publish()
    assert log.inclusion(name) is not None
    assert log.inclusion("0190a000-0000-7000-8000-000000000000") is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(1, 120), min_size=1, max_size=4))
def test_each_checkpoint_is_proved_to_continue_those_before(log, steps):
    for step in steps:
        log.grow(step)
    signed = [log.opened(row.note) for row in log.checkpoints()]
    last = signed[-1]
    for old in signed:
        proof = log.read(lambda c, old=old: proofs.consistency(c, log.head.log_id, old.size, last.size))
        verify_consistency(old.size, old.root, last.size, last.root, proof)


def test_a_checkpoint_of_another_tree_is_not_proved_to_be_continued(log):
    log.grow(5)
    log.grow(5)
    last = log.last_checkpoint()
    proof = log.read(lambda c: proofs.consistency(c, log.head.log_id, 6, last.size))
    with pytest.raises(ProofInvalid):
        verify_consistency(6, bytes(32), last.size, last.root, proof)
