from base64 import b64encode

import pytest
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tlog import Checkpoint as OtherCheckpoint

from consent.merkle.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint, sign
from consent.merkle.note import NoteInvalid, Signer, Verifier
from tests.merkle.rfc6962 import leaf

ORIGIN = "consent.example.net/log/k7"
SIGNER = Signer.from_seed(ORIGIN, bytes(range(32)))
TRUSTED = Verifier.from_vkey(SIGNER.vkey)
HEAD = Checkpoint(ORIGIN, 20852163, leaf(1))
ROOT = b64encode(leaf(1)).decode()


def test_the_text_is_origin_size_and_root():
    assert HEAD.text() == f"{ORIGIN}\n20852163\n{ROOT}\n"
    assert Checkpoint.parse(HEAD.text()) == HEAD


def test_a_signed_checkpoint_opens():
    assert open_checkpoint(sign(HEAD, SIGNER), [TRUSTED], ORIGIN) == HEAD


def test_signing_again_gives_the_same_bytes():
    assert sign(HEAD, SIGNER) == sign(HEAD, SIGNER)


def test_another_implementation_signs_and_verifies_the_same():
    other = OtherCheckpoint.make_signed(ORIGIN, HEAD.size, HEAD.root, [PlainEd25519Signer(ORIGIN, SIGNER.seed)])
    assert other.serialize() == sign(HEAD, SIGNER)
    OtherCheckpoint.from_text(sign(HEAD, SIGNER)).verify(Vkey.from_string(SIGNER.vkey))


def test_the_published_example_of_the_format_is_read():
    published = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(published)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == published


def test_extension_lines_are_accepted_and_say_nothing():
    assert Checkpoint.parse(HEAD.text() + "one\ntwo\n") == HEAD
    note = SIGNER.sign(HEAD.text() + "extension\n")
    assert open_checkpoint(note, [TRUSTED], ORIGIN) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        f"{ORIGIN}\n1\n{ROOT}",
        f"{ORIGIN}\n1\n",
        f"\n1\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n1\n\n",
        f"{ORIGIN}\n1\n{ROOT}\n\n",
        f"{ORIGIN}\n1\n{ROOT}\n\nextension\n",
        f"{ORIGIN}\n01\n{ROOT}\n",
        f"{ORIGIN}\n-1\n{ROOT}\n",
        f"{ORIGIN}\n+1\n{ROOT}\n",
        f"{ORIGIN}\n 1\n{ROOT}\n",
        f"{ORIGIN}\n1\n{ROOT} \n",
        f"{ORIGIN}\n1\r\n{ROOT}\n",
        f"{ORIGIN}\n1\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n1\n{ROOT[:-2]}{chr(ord(ROOT[-2]) + 1)}=\n",
        f"{ORIGIN}\n1\n{b64encode(bytes(31)).decode()}\n",
        f"{ORIGIN}\n1\n{b64encode(bytes(33)).decode()}\n",
        f"{ORIGIN}\n1\u2028{ROOT}\n",
    ],
)
def test_a_text_of_another_form_is_refused_even_when_signed(text):
    with pytest.raises(CheckpointInvalid):
        Checkpoint.parse(text)
    if text.endswith("\n") and "\r" not in text:
        with pytest.raises(NoteInvalid):
            open_checkpoint(SIGNER.sign(text), [TRUSTED], ORIGIN)


def test_a_checkpoint_of_another_log_is_refused():
    other = Signer.from_seed("consent.example.net/log/other", bytes(32))
    theirs = Checkpoint(other.name, 1, leaf(1))
    verifiers = [TRUSTED, Verifier.from_vkey(other.vkey)]
    assert open_checkpoint(sign(theirs, other), verifiers, other.name) == theirs
    with pytest.raises(NoteInvalid):
        open_checkpoint(sign(theirs, other), verifiers, ORIGIN)


def test_a_known_key_of_another_name_cannot_speak_for_the_log():
    other = Signer.from_seed("consent.example.net/log/other", bytes(32))
    with pytest.raises(NoteInvalid, match="no known key"):
        open_checkpoint(other.sign(HEAD.text()), [TRUSTED, Verifier.from_vkey(other.vkey)], ORIGIN)


def test_the_log_cannot_speak_for_another():
    with pytest.raises(CheckpointInvalid, match="is a checkpoint of elsewhere"):
        open_checkpoint(SIGNER.sign(Checkpoint("elsewhere", 1, leaf(1)).text()), [TRUSTED], ORIGIN)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("elsewhere", 1, leaf(1)),
        Checkpoint(ORIGIN, -1, leaf(1)),
        Checkpoint(ORIGIN, 2**63, leaf(1)),
        Checkpoint(ORIGIN, 1, b"short"),
        Checkpoint(f"{ORIGIN}\n2", 1, leaf(1)),
        Checkpoint("", 1, leaf(1)),
    ],
)
def test_what_no_verifier_would_open_is_not_signed(checkpoint):
    with pytest.raises(CheckpointInvalid):
        sign(checkpoint, SIGNER)
