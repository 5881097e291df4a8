from base64 import b64encode

import pytest

from consent.merkle.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint
from consent.merkle.note import NoteInvalid, Signer, Verifier
from consent.merkle.promise import Promise, PromiseInvalid, key_name, open_promise, sign
from tests.merkle.rfc6962 import leaf

ORIGIN = "consent.example.net/log/k7"
SIGNER = Signer.from_seed(f"{ORIGIN}/receipts", bytes(range(32)))
TRUSTED = Verifier.from_vkey(SIGNER.vkey)
PROMISE = Promise(ORIGIN, leaf(1), 1795489200123, 3600)
LEAF = b64encode(leaf(1)).decode()


def test_the_text_is_five_lines():
    assert PROMISE.text() == f"consent-receipt/v1\n{ORIGIN}\n{LEAF}\n1795489200123\n3600\n"
    assert Promise.parse(PROMISE.text()) == PROMISE


def test_a_signed_promise_opens():
    assert open_promise(sign(PROMISE, SIGNER), [TRUSTED]) == PROMISE


def test_the_same_promise_is_the_same_note():
    assert sign(PROMISE, SIGNER) == sign(PROMISE, SIGNER)


def test_a_promise_with_another_time_does_not_open():
    with pytest.raises(NoteInvalid, match="does not verify"):
        open_promise(sign(PROMISE, SIGNER).replace("1795489200123", "1795489200124"), [TRUSTED])


def test_the_receipt_key_of_one_log_cannot_promise_for_another():
    other = Verifier.from_vkey(Signer.from_seed("elsewhere/receipts", bytes(32)).vkey)
    theirs = Promise("elsewhere", leaf(1), 1, 1)
    with pytest.raises(NoteInvalid, match="no known key"):
        open_promise(SIGNER.sign(theirs.text()), [TRUSTED, other])


def test_the_key_of_the_log_itself_cannot_promise():
    log = Signer.from_seed(ORIGIN, bytes(32))
    with pytest.raises(NoteInvalid, match="no known key"):
        open_promise(log.sign(PROMISE.text()), [TRUSTED, Verifier.from_vkey(log.vkey)])


def test_a_promise_cannot_pass_for_a_checkpoint():
    with pytest.raises(CheckpointInvalid):
        Checkpoint.parse(PROMISE.text())
    with pytest.raises(NoteInvalid):
        open_checkpoint(sign(PROMISE, SIGNER), [TRUSTED], ORIGIN)
    with pytest.raises(NoteInvalid):
        open_checkpoint(sign(PROMISE, SIGNER), [TRUSTED], key_name(ORIGIN))


def test_a_checkpoint_cannot_pass_for_a_promise():
    with pytest.raises(PromiseInvalid):
        open_promise(SIGNER.sign(Checkpoint(ORIGIN, 1, leaf(1)).text()), [TRUSTED])


@pytest.mark.parametrize(
    "text",
    [
        "",
        PROMISE.text()[:-1],
        PROMISE.text() + "more\n",
        PROMISE.text().replace("v1", "v2"),
        PROMISE.text().replace(ORIGIN, ""),
        PROMISE.text().replace("3600", "03600"),
        PROMISE.text().replace("3600", "-1"),
        PROMISE.text().replace("3600", "3600 "),
        PROMISE.text().replace("1795489200123", "1795489200.123"),
        PROMISE.text().replace("1795489200123", ""),
        PROMISE.text().replace(LEAF, LEAF[:-1]),
        PROMISE.text().replace(LEAF, f"{LEAF[:-2]}{chr(ord(LEAF[-2]) + 1)}="),
        PROMISE.text().replace(LEAF, b64encode(bytes(31)).decode()),
    ],
)
def test_a_text_of_another_form_is_refused(text):
    with pytest.raises(PromiseInvalid):
        Promise.parse(text)


@pytest.mark.parametrize(
    "promise",
    [
        Promise("elsewhere", leaf(1), 1, 1),
        Promise(ORIGIN, b"short", 1, 1),
        Promise(ORIGIN, leaf(1), -1, 1),
        Promise(ORIGIN, leaf(1), 1, -1),
        Promise(f"{ORIGIN}\n", leaf(1), 1, 1),
    ],
)
def test_what_no_verifier_would_open_is_not_signed(promise):
    with pytest.raises(PromiseInvalid):
        sign(promise, SIGNER)
