import string
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.merkle.note import (
    MOST_SIGNATURES,
    NoteInvalid,
    Signer,
    Verifier,
    open_note,
    split_note,
    strict_b64decode,
    strict_decimal,
    strict_hash,
)
from tests.merkle.rfc6962 import vectors

VECTORS = vectors("signed-note")
PUBLISHED = VECTORS["notes"][0]
PETER = Verifier.from_vkey(PUBLISHED["vkey"])
NOTE = f"{PUBLISHED['text']}\n— PeterNeumann {PUBLISHED['signature']}\n"
CONTROL = "".join(map(chr, range(32)))
BASE64 = string.ascii_letters + string.digits + "+/="
SIGNER = Signer.from_seed("example.com/log", bytes(range(32)))
TRUSTED = Verifier.from_vkey(SIGNER.vkey)
OTHER = Signer.from_seed("example.com/other", bytes(range(1, 33)))


def signature_of(signer, text):
    return signer.sign(text).rsplit("\n", 2)[1] + "\n"


@pytest.mark.parametrize("published", VECTORS["notes"], ids=lambda published: published["source"])
def test_published_notes_open(published):
    verifier = Verifier.from_vkey(published["vkey"])
    note = f"{published['text']}\n— {verifier.name} {published['signature']}\n"
    assert open_note(note, [verifier]) == published["text"]
    with pytest.raises(NoteInvalid, match="does not verify"):
        open_note(note.replace("i", "j", 1), [verifier])


@pytest.mark.parametrize("published", VECTORS["refused_vkeys"], ids=lambda published: published["reason"])
def test_published_bad_keys_are_refused(published):
    with pytest.raises(NoteInvalid):
        Verifier.from_vkey(published["vkey"])


@pytest.mark.parametrize(
    ("key", "reason"), [(b"\x01" + bytes(31), "32 bytes"), (b"\x04" + bytes(32), "algorithm"), (b"", "algorithm")]
)
def test_a_key_of_another_length_or_algorithm_is_refused_though_its_hash_is_right(key, reason):
    key_hash = sha256(b"name\n" + key).digest()[:4].hex()
    with pytest.raises(NoteInvalid, match=reason):
        Verifier.from_vkey(f"name+{key_hash}+{b64encode(key).decode()}")


def test_a_part_of_a_key_is_no_key():
    vkey = PUBLISHED["vkey"]
    for start in range(len(vkey)):
        for end in range(start, len(vkey)):
            with pytest.raises(NoteInvalid):
                Verifier.from_vkey(vkey[start:end])
        if start:
            with pytest.raises(NoteInvalid):
                Verifier.from_vkey(vkey[start:])


@pytest.mark.parametrize("at", range(len(PUBLISHED["vkey"])))
def test_a_key_with_any_other_character_is_refused(at):
    vkey = PUBLISHED["vkey"]
    for character in {chr(ord(vkey[at]) + 1), vkey[at].swapcase(), " ", "\n", "é"} - {vkey[at]}:
        with pytest.raises(NoteInvalid):
            Verifier.from_vkey(vkey[:at] + character + vkey[at + 1 :])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u3000b", "a\nb", "a\tb", "a\x00b", "\ud800"])
def test_names_that_a_note_cannot_carry_are_refused(name):
    with pytest.raises(NoteInvalid):
        Signer.from_seed(name, bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_has_32_bytes(length):
    with pytest.raises(ValueError, match="32"):
        Signer.from_seed("example.com/log", bytes(length))


def test_a_stored_seed_gives_the_same_key_and_the_same_note():
    signer = Signer.generate("example.com/log")
    again = Signer.from_seed(signer.name, signer.seed)
    assert again.vkey == signer.vkey
    assert again.sign("text\n") == signer.sign("text\n")
    assert Signer.generate("example.com/log").vkey != signer.vkey


def test_the_key_tells_its_name_and_hash():
    assert TRUSTED.vkey == f"example.com/log+{TRUSTED.key_hash.hex()}+{SIGNER.vkey.split('+', 2)[2]}"
    assert (PETER.name, PETER.key_hash.hex()) == ("PeterNeumann", "c74f20a3")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL)), st.integers(0, 3))
def test_what_was_signed_opens(line, empty_lines):
    text = f"{line}\n" + "\n" * empty_lines
    assert open_note(SIGNER.sign(text), [TRUSTED]) == text


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "a\r\n", "a\x00\n", "\ud800\n", "a\x1b[31m\n"])
def test_a_text_that_a_note_cannot_carry_is_not_signed(text):
    with pytest.raises(NoteInvalid):
        SIGNER.sign(text)


def test_a_text_that_holds_another_note_is_read_whole():
    text = SIGNER.sign("inner\n")
    assert open_note(SIGNER.sign(text), [TRUSTED]) == text


@pytest.mark.parametrize("at", range(len(PUBLISHED["signature"])))
def test_every_other_character_in_the_signature_is_refused(at):
    start = NOTE.index(PUBLISHED["signature"]) + at
    for character in BASE64 + "-_ \né":
        if character != NOTE[start]:
            with pytest.raises(NoteInvalid):
                open_note(NOTE[:start] + character + NOTE[start + 1 :], [PETER])


@given(st.data())
def test_a_note_with_any_other_byte_is_refused(data):
    note = NOTE.encode()
    bit = data.draw(st.integers(0, len(note) * 8 - 1))
    changed = bytearray(note)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NoteInvalid):
        open_note(changed.decode(errors="surrogateescape"), [PETER])


@given(st.integers(0, len(NOTE) - 1))
def test_a_note_that_is_cut_off_is_refused(end):
    with pytest.raises(NoteInvalid):
        open_note(NOTE[:end], [PETER])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "text\n\n",
        "text\n— example.com/log AAAAAAA=\n",
        NOTE + "\n",
        NOTE + "text\n",
        NOTE.replace("— ", "—  "),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—"),
        NOTE.replace("=\n", "= \n"),
        NOTE.replace("=\n", "=\r\n"),
        NOTE.replace("— PeterNeumann", "— Peter+Neumann"),
        NOTE.replace("— PeterNeumann", "— Peter\u00a0Neumann"),
        NOTE.replace("\n\n", "\n \n"),
        NOTE + "— unknown AAAAAA==\n",
        NOTE + "— unknown AAAAAAB=\n",
        NOTE + "— unknown not-base64\n",
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(NoteInvalid):
        open_note(note, [PETER])


def test_signatures_without_a_text_are_no_note():
    assert open_note(SIGNER.sign("\n"), [TRUSTED]) == "\n"
    with pytest.raises(NoteInvalid):
        open_note(signature_of(SIGNER, "\n"), [TRUSTED])


def test_signatures_of_unknown_keys_are_ignored():
    text = "text\n"
    unknown = signature_of(OTHER, text)
    assert open_note(SIGNER.sign(text) + unknown, [TRUSTED]) == text
    assert open_note(f"{text}\n{unknown}" + signature_of(SIGNER, text), [TRUSTED]) == text


def test_a_key_of_the_same_name_is_another_key():
    impostor = Signer.from_seed(SIGNER.name, bytes(32))
    with pytest.raises(NoteInvalid, match="no known key"):
        open_note(impostor.sign("text\n"), [TRUSTED])


def test_one_of_several_known_keys_is_enough():
    assert open_note(OTHER.sign("text\n"), [TRUSTED, Verifier.from_vkey(OTHER.vkey)]) == "text\n"


def test_a_note_that_no_known_key_signed_is_refused():
    for verifiers in ([], [PETER]):
        with pytest.raises(NoteInvalid, match="no known key"):
            open_note(SIGNER.sign("text\n"), verifiers)


def test_a_false_signature_of_a_known_key_spoils_the_note():
    true, false = signature_of(SIGNER, "text\n"), signature_of(SIGNER, "other\n")
    for signatures in (true + false, false + true):
        with pytest.raises(NoteInvalid, match="does not verify"):
            open_note(f"text\n\n{signatures}", [TRUSTED])


@pytest.mark.parametrize("length", [1, 63, 65])
def test_a_signature_of_another_length_does_not_verify(length):
    with pytest.raises(NoteInvalid, match="does not verify"):
        TRUSTED.verify("text\n", bytes(length))


def test_a_note_has_a_bounded_number_of_signatures():
    more = signature_of(OTHER, "text\n")
    assert open_note(SIGNER.sign("text\n") + more * (MOST_SIGNATURES - 1), [TRUSTED]) == "text\n"
    with pytest.raises(NoteInvalid, match="signatures"):
        open_note(SIGNER.sign("text\n") + more * MOST_SIGNATURES, [TRUSTED])


def test_splitting_verifies_nothing():
    text, signatures = split_note("forged\n" + NOTE[len(PUBLISHED["text"]) :])
    assert text == "forged\n"
    assert [(signature.name, len(signature.signature)) for signature in signatures] == [("PeterNeumann", 64)]


@given(st.binary(max_size=70))
def test_base64_has_one_spelling(data):
    assert strict_b64decode(b64encode(data).decode()) == data


@pytest.mark.parametrize(
    "text", ["QQ", "QQ=", "QQ===", "QR==", "Q===", "QUF=", " QQ==", "QQ==\n", "QQ==QQ==", "Q Q=", "__8=", "é", "\ud800"]
)
def test_any_other_base64_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 the standard library's own errors among them
        strict_b64decode(text)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_line_that_is_no_hash_is_refused(length):
    with pytest.raises(ValueError, match="32 bytes"):
        strict_hash(b64encode(bytes(length)).decode())


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("10", 10), ("9223372036854775807", 2**63 - 1)])
def test_a_canonical_number_is_read(text, number):
    assert strict_decimal(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00",
        "01",
        "+1",
        "-1",
        "-0",
        " 1",
        "1 ",
        "1\n",
        "1_0",
        "1.0",
        "1e3",
        "0x1",
        "٣",
        "9223372036854775808",
        "9" * 5000,
    ],
)
def test_any_other_number_is_refused(text):
    with pytest.raises(ValueError, match="canonical decimal"):
        strict_decimal(text)
