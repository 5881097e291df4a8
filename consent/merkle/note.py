"""Signed notes, https://c2sp.org/signed-note, with Ed25519 keys (signature type 0x01).

A note is text, an empty line, and lines `— <key name> <base64 of key hash and signature>`.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consent.merkle.faults import Fault
from consent.merkle.tree import check_hash

ED25519 = b"\x01"
KEY_HASH_BYTES = 4
PUBLIC_KEY_BYTES = 32
MOST_SIGNATURES = 100  # as Go's golang.org/x/mod/sumdb/note; C2SP asks for 16 at least
LARGEST_NUMBER = 2**63 - 1

_NO_NOTE = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteInvalid(Fault):
    """The note, or a key that should open it, is malformed, or no known key signed it."""


def strict_b64decode(text: str) -> bytes:
    """Standard base64 with padding, in its one canonical spelling (RFC 4648, section 3.5). Raises ValueError.

    Python ignores bits that no byte uses, so two texts could stand for one signature.
    """
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise Fault("base64") from error
    if b64encode(data).decode() != text:
        raise Fault("base64")
    return data


def strict_hash(text: str) -> bytes:
    """The 32 bytes of a base64 line. Raises ValueError."""
    digest = strict_b64decode(text)
    check_hash(digest)
    return digest


def strict_decimal(text: str) -> int:
    """ASCII decimal without sign or leading zeros, at most 2^63 - 1. Raises ValueError."""
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST_NUMBER:
        raise Fault("decimal", text=repr(text[:40]))
    return int(text)


class Signature(NamedTuple):
    name: str
    key_hash: bytes
    signature: bytes


class Verifier:
    """A public key that the reader of a note trusts."""

    def __init__(self, name: str, public_key: bytes) -> None:
        _check_name(name)
        if len(public_key) != PUBLIC_KEY_BYTES:
            raise NoteInvalid("key_bytes", needed=PUBLIC_KEY_BYTES, bytes=len(public_key))
        key = ED25519 + public_key
        self.name = name
        self.key_hash = hashlib.sha256(name.encode() + b"\n" + key).digest()[:KEY_HASH_BYTES]
        self.vkey = f"{name}+{self.key_hash.hex()}+{b64encode(key).decode()}"
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    @classmethod
    def from_vkey(cls, vkey: str) -> "Verifier":
        """From `<name>+<key hash, 8 hex digits>+<base64 of type and key>`. Raises NoteInvalid."""
        name, _, key = vkey.partition("+")
        _, _, encoded = key.partition("+")
        try:
            data = strict_b64decode(encoded)
        except ValueError as error:
            raise NoteInvalid("key_base64") from error
        if data[:1] != ED25519:
            raise NoteInvalid("key_algorithm")
        verifier = cls(name, data[1:])
        if verifier.vkey != vkey:
            raise NoteInvalid("key_hash")
        return verifier

    def verify(self, text: str, signature: bytes) -> None:
        """Raises NoteInvalid."""
        try:
            self._key.verify(signature, text.encode())
        except InvalidSignature as error:
            raise NoteInvalid("signature_false", name=self.name) from error


class Signer:
    """A private key with its name. Ed25519 is deterministic: one text has one note."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._verifier = Verifier(name, key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> "Signer":
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "Signer":
        """Raises ValueError unless the seed has 32 bytes."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def name(self) -> str:
        return self._verifier.name

    @property
    def vkey(self) -> str:
        return self._verifier.vkey

    @property
    def seed(self) -> bytes:
        """The secret to store."""
        return self._key.private_bytes_raw()

    def sign(self, text: str) -> str:
        """The whole note. Raises NoteInvalid for a text that a note cannot carry."""
        _check_text(text)
        if not text.endswith("\n"):
            raise NoteInvalid("note_end")
        signature = b64encode(self._verifier.key_hash + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """The text, verified by at least one of `verifiers`. Signatures of other keys are ignored.

    Raises NoteInvalid when the note is malformed, when a signature of a known key does not verify, or when no known key
    signed.
    """
    text, signatures = split_note(note)
    verified = False
    for verifier in verifiers:
        for signature in signatures:
            if (signature.name, signature.key_hash) == (verifier.name, verifier.key_hash):
                verifier.verify(text, signature.signature)
                verified = True
    if not verified:
        raise NoteInvalid("note_unsigned")
    return text


def split_note(note: str) -> tuple[str, list[Signature]]:
    """Text and signatures, NOT verified. Raises NoteInvalid."""
    _check_text(note)
    text, separator, block = note.rpartition("\n\n")
    if not separator or not block.endswith("\n"):
        raise NoteInvalid("note_form")
    lines = block[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteInvalid("signatures_many", most=MOST_SIGNATURES)
    return text + "\n", [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> Signature:
    match line.split(" "):
        case ["—", name, encoded]:
            _check_name(name)
        case _:
            raise NoteInvalid("signature_form")
    try:
        data = strict_b64decode(encoded)
    except ValueError as error:
        raise NoteInvalid("signature_base64", name=name) from error
    if len(data) <= KEY_HASH_BYTES:
        raise NoteInvalid("signature_short", name=name)
    return Signature(name, data[:KEY_HASH_BYTES], data[KEY_HASH_BYTES:])


def _check_name(name: str) -> None:
    _check_text(name)
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteInvalid("key_name")


def _check_text(text: str) -> None:
    if _NO_NOTE.search(text):
        raise NoteInvalid("note_text")
