import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.merkle.entry import (
    NO_SUBJECT,
    EntryInvalid,
    Kind,
    commit_evidence,
    commit_subject,
    entry_bytes,
    entry_start,
)
from tests.merkle.rfc6962 import flipped

SALT = bytes(range(32))
halves = st.binary(min_size=32, max_size=32)


def test_an_entry_is_70_bytes_in_this_order():
    evidence, subject = b"e" * 32, b"s" * 32
    assert entry_bytes(Kind.ERASURE, 0x0102, evidence, subject) == b"CL\x01\x81\x01\x02" + evidence + subject


@given(st.sampled_from(Kind), st.integers(0, 0xFFFF), halves, halves)
def test_each_member_has_its_place_whatever_it_holds(kind, schema, evidence, subject):
    data = entry_bytes(kind, schema, evidence, subject)
    assert (len(data), data[:3]) == (70, b"CL\x01")
    assert (data[3], int.from_bytes(data[4:6], "big")) == (kind, schema)
    assert (data[6:38], data[38:]) == (evidence, subject)


@pytest.mark.parametrize(
    ("kind", "schema", "evidence", "subject"),
    [
        (0, 1, bytes(32), bytes(32)),
        (256, 1, bytes(32), bytes(32)),
        (Kind.SIGNAL, -1, bytes(32), bytes(32)),
        (Kind.SIGNAL, 0x10000, bytes(32), bytes(32)),
        (Kind.SIGNAL, 1, bytes(31), bytes(33)),
        (Kind.SIGNAL, 1, bytes(32), b""),
    ],
)
def test_what_does_not_fit_an_entry_is_not_written(kind, schema, evidence, subject):
    with pytest.raises(EntryInvalid):
        entry_bytes(kind, schema, evidence, subject)


@given(st.binary(max_size=200))
def test_commitments_are_hmacs_under_the_domain_of_their_half(data):
    def expected(domain):
        return hmac.new(SALT, domain + b"\x00" + data, hashlib.sha256).digest()

    assert commit_evidence(SALT, data) == expected(b"consentlog/evidence/v1")
    assert commit_subject(SALT, data) == expected(b"consentlog/subject/v1")
    assert commit_evidence(SALT, data) != commit_subject(SALT, data)


def test_an_entry_begins_as_its_start():
    assert entry_bytes(Kind.ERASURE, 7, bytes(32), bytes(32)) == entry_start(Kind.ERASURE, 7) + bytes(64)


@given(st.integers(0, 255))
def test_another_salt_or_another_half_gives_another_commitment(bit):
    assert commit_evidence(flipped(SALT, bit), b"evidence") != commit_evidence(SALT, b"evidence")
    half = b"e" * 32
    assert commit_evidence(SALT, flipped(half, bit)) != commit_evidence(SALT, half)


@pytest.mark.parametrize("commit", [commit_evidence, commit_subject])
@pytest.mark.parametrize("length", [0, 31, 33, 64, 65])
def test_a_salt_has_exactly_32_bytes(commit, length):
    with pytest.raises(ValueError, match="32 bytes"):
        commit(bytes(length), b"half")


def test_without_a_subject_the_commitment_is_zero():
    assert bytes(32) == NO_SUBJECT
