"""One entry of the log: 70 bytes that commit to what was decided and to who decided, and disclose neither.

Each half has its own salt. Who holds the salt can show that half; when salt and half are erased, the entry stays and
says nothing. An entry is what the leaf hash is taken over.
"""

from enum import IntEnum
from hashlib import sha256

from consent.merkle.faults import Fault
from consent.merkle.tree import HASH_BYTES

SALT_BYTES = 32
ENTRY_BYTES = 70
MAGIC = b"CL\x01"
EVIDENCE_DOMAIN = b"consentlog/evidence/v1\x00"
SUBJECT_DOMAIN = b"consentlog/subject/v1\x00"
NO_SUBJECT = bytes(HASH_BYTES)
LARGEST_SCHEMA = 0xFFFF
TOLERANCE_MS = 60_000  # servers' clocks differ, and what commits first is first in the log


class Kind(IntEnum):
    DECISION = 1
    WITHDRAWAL = 2
    SIGNAL = 3
    POLICY_PUBLISHED = 0x80
    ERASURE = 0x81
    RETENTION = 0x82
    KEY_ROTATION = 0x83
    EPOCH_START = 0x84
    EXPORT = 0x85
    DEED = 0x86
    STEP_BACK = 0x87


class EntryInvalid(Fault):
    """What was given does not fit an entry."""


def commit_evidence(salt: bytes, evidence: bytes) -> bytes:
    """Raises EntryInvalid unless the salt has exactly 32 bytes."""
    return _commit(salt, EVIDENCE_DOMAIN + evidence)


def commit_subject(salt: bytes, subject: bytes) -> bytes:
    """Raises EntryInvalid unless the salt has exactly 32 bytes. An entry about nobody carries NO_SUBJECT instead."""
    return _commit(salt, SUBJECT_DOMAIN + subject)


def _commit(salt: bytes, message: bytes) -> bytes:
    # HMAC pads and hashes keys: salts of other lengths could stand for one another.
    if len(salt) != SALT_BYTES:
        raise EntryInvalid("salt_bytes", needed=SALT_BYTES, bytes=len(salt))
    # HMAC (RFC 2104) by its definition. The library's takes twice as long, and gives up the interpreter each time: under load
    # the one thread that writes then waits for all others, four times for each record (docs/adr/0005).
    inner = sha256(salt.translate(_INNER_KEY) + _INNER_PAD + message).digest()
    return sha256(salt.translate(_OUTER_KEY) + _OUTER_PAD + inner).digest()


def entry_bytes(kind: Kind, schema: int, evidence_commitment: bytes, subject_commitment: bytes) -> bytes:
    """`schema` numbers the shape of the evidence. Raises EntryInvalid."""
    start = entry_start(kind, schema)
    if len(evidence_commitment) != HASH_BYTES or len(subject_commitment) != HASH_BYTES:
        raise EntryInvalid("entry_commitment", needed=HASH_BYTES)
    return start + evidence_commitment + subject_commitment


def entry_start(kind: Kind, schema: int) -> bytes:
    """What an entry has before its two commitments. Raises EntryInvalid."""
    if not 0 <= schema <= LARGEST_SCHEMA:
        raise EntryInvalid("entry_schema", schema=schema)
    if kind not in _KINDS:
        raise EntryInvalid("entry_kind", kind=kind)
    return MAGIC + kind.to_bytes(1, "big") + schema.to_bytes(2, "big")


_KINDS = frozenset(map(int, Kind))
_INNER_KEY, _OUTER_KEY = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
# A salt is half a block of SHA-256; HMAC fills it up with zeros.
_INNER_PAD, _OUTER_PAD = b"\x36" * SALT_BYTES, b"\x5c" * SALT_BYTES
