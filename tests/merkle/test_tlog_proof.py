from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.merkle.checkpoint import Checkpoint, sign
from consent.merkle.note import NoteInvalid, Signer, Verifier
from consent.merkle.proof import ProofInvalid
from consent.merkle.tlog_proof import decode, encode, verify
from tests.merkle.rfc6962 import flipped, leaf, leaves, mth, path, vectors

VECTORS = vectors("tlog-proof")
ORIGIN = "consent.example.net/log/k7"
SIGNER = Signer.from_seed(ORIGIN, bytes(range(32)))
TRUSTED = Verifier.from_vkey(SIGNER.vkey)
NOTE = sign(Checkpoint(ORIGIN, 11, mth(leaves(11))), SIGNER)
TEXT = encode(4, path(4, leaves(11)), NOTE)


@pytest.mark.parametrize("published", VECTORS["encoded"], ids=lambda published: published["name"])
def test_published_proofs_are_written_and_read(published):
    hashes = [sha256(name.encode()).digest() for name in published["hashes_of"]]
    extra = published["extra"].encode() if published["extra"] else None
    assert encode(published["index"], hashes, published["checkpoint"], extra) == published["text"]
    assert decode(published["text"]) == (published["index"], hashes, published["checkpoint"], extra)


@pytest.mark.parametrize("published", VECTORS["refused"], ids=lambda published: published["name"])
def test_published_bad_proofs_are_refused(published):
    with pytest.raises(ProofInvalid):
        decode(published["text"])


@given(st.integers(1, 70), st.data(), st.none() | st.binary(max_size=40))
def test_a_proof_verifies_with_the_key_of_the_log_alone(size, data, extra):
    index = data.draw(st.integers(0, size - 1))
    head = Checkpoint(ORIGIN, size, mth(leaves(size)))
    text = encode(index, path(index, leaves(size)), sign(head, SIGNER), extra)
    assert decode(text) == (index, path(index, leaves(size)), sign(head, SIGNER), extra)
    assert verify(text, leaf(index), [TRUSTED], ORIGIN) == head
    with pytest.raises(ProofInvalid):
        verify(text, leaf(size), [TRUSTED], ORIGIN)


@given(st.data())
def test_a_proof_with_any_other_byte_is_refused(data):
    bit = data.draw(st.integers(0, len(TEXT.encode()) * 8 - 1))
    changed = flipped(TEXT.encode(), bit).decode(errors="surrogateescape")
    with pytest.raises((ProofInvalid, NoteInvalid)):
        verify(changed, leaf(4), [TRUSTED], ORIGIN)


@given(st.integers(0, len(TEXT) - 1))
def test_a_proof_that_is_cut_off_is_refused(end):
    with pytest.raises((ProofInvalid, NoteInvalid)):
        verify(TEXT[:end], leaf(4), [TRUSTED], ORIGIN)


def test_a_proof_under_an_unknown_key_or_of_another_log_is_refused():
    impostor = Verifier.from_vkey(Signer.from_seed(ORIGIN, bytes(32)).vkey)
    for verifiers, origin in [([impostor], ORIGIN), ([], ORIGIN), ([TRUSTED], "elsewhere")]:
        with pytest.raises(NoteInvalid):
            verify(TEXT, leaf(4), verifiers, origin)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("index 4", "index 04"),
        ("index 4", "index +4"),
        ("index 4", "index  4"),
        ("index 4", "index 4 "),
        ("index 4", "index 4\r"),
        ("index 4", "index"),
        ("index 4", "index 4\nindex 4"),
        ("index 4", "extra QQ==\nextra QQ==\nindex 4"),
        ("index 4", "extra QR==\nindex 4"),
        ("index 4", "extra\nindex 4"),
        ("index 4", "index 4\nextra QQ=="),
        ("index 4\n", ""),
        ("@v1", "@v2"),
        ("@v1", "@v1 "),
        ("=\n\nconsent.example", "=\nconsent.example"),
    ],
)
def test_lines_of_another_form_are_refused(old, new):
    assert old in TEXT
    with pytest.raises(ProofInvalid):
        decode(TEXT.replace(old, new, 1))


def test_a_proof_without_a_checkpoint_is_refused():
    head = TEXT.split("\n\n")[0]
    for text in (head, f"{head}\n", f"{head}\n\n"):
        with pytest.raises(ProofInvalid):
            decode(text)
