"""Appending: the entry becomes durable in the caller's own transaction, and waits there for its index."""

import os
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select

from consent.ledger.models import entry_table
from consent.merkle.entry import NO_SUBJECT, SALT_BYTES, Kind, commit_evidence, commit_subject, entry_bytes
from consent.merkle.tree import leaf_hash
from consent.prepared import Prepared, inserts

SCHEMA = 1


class EntryKnown(RuntimeError):
    """The log has an entry with this record id already."""


@dataclass(frozen=True)
class Opening:
    """What opens a leaf: canonical bytes and salts.

    A half is None where it was erased; `subject` also where nobody is concerned.
    """

    kind: int
    schema: int
    received_ms: int
    leaf_hash: bytes
    evidence: bytes | None
    evidence_salt: bytes | None
    subject: bytes | None
    subject_salt: bytes | None


def sealed(*, kind: Kind, received_ms: int, evidence: bytes, subject: bytes | None = None) -> Opening:
    """`evidence` and `subject` are canonical JSON and MUST NOT be built twice: these bytes are the evidence.

    The salts are fresh for each half, so that what is erased cannot be found again by trying values.
    """
    salts = os.urandom(2 * SALT_BYTES)
    evidence_salt, subject_salt = salts[:SALT_BYTES], None if subject is None else salts[SALT_BYTES:]
    concerned = NO_SUBJECT if subject is None or subject_salt is None else commit_subject(subject_salt, subject)
    leaf = leaf_hash(entry_bytes(kind, SCHEMA, commit_evidence(evidence_salt, evidence), concerned))
    return Opening(int(kind), SCHEMA, received_ms, leaf, evidence, evidence_salt, subject, subject_salt)


def append(
    connection: Connection,
    *,
    site_id: int,
    record_id: str,
    kind: Kind,
    received_ms: int,
    evidence: bytes,
    subject: bytes | None = None,
) -> Opening:
    """Writes a pending entry, sealed here. Raises EntryKnown."""
    opening = sealed(kind=kind, received_ms=received_ms, evidence=evidence, subject=subject)
    row = {"site_id": site_id, "record_id": record_id, **opening.__dict__}
    if _APPEND.run(connection, row) != 1:
        raise EntryKnown(record_id)
    return opening


def append_many(connection: Connection, site_id: int, sealed_ones: dict[str, Opening]) -> None:
    """Pending entries by their record ids, in this order."""
    rows = [{"site_id": site_id, "record_id": name, **opening.__dict__} for name, opening in sealed_ones.items()]
    connection.execute(_INSERT, rows)


def opening_of(connection: Connection, record_id: str) -> Opening | None:
    """As it is stored now."""
    row = connection.execute(_OPENING, {"record": record_id}).one_or_none()
    return Opening(**row._mapping) if row else None


def commitments_of(connection: Connection, record_id: str) -> tuple[bytes | None, bytes | None]:
    """What is left of the halves that were erased, evidence and subject; None where nothing was."""
    row = connection.execute(_COMMITMENTS, {"record": record_id}).one_or_none()
    return (row.evidence_commitment, row.subject_commitment) if row else (None, None)


def site_of(connection: Connection, record_id: str) -> int | None:
    """Also of an entry whose halves were erased."""
    found: int | None = connection.execute(_SITE, {"record": record_id}).scalar_one_or_none()
    return found


_INSERT = insert(entry_table).inline()
_APPEND = Prepared(
    {
        dialect: statement.on_conflict_do_nothing(index_elements=["record_id"])
        for dialect, statement in inserts(entry_table).items()
    },
    ("site_id", "record_id", *Opening.__dataclass_fields__),
)
_OPENING = select(*(entry_table.c[name] for name in Opening.__dataclass_fields__)).where(
    entry_table.c.record_id == bindparam("record")
)
_SITE = select(entry_table.c.site_id).where(entry_table.c.record_id == bindparam("record"))
_COMMITMENTS = select(entry_table.c.evidence_commitment, entry_table.c.subject_commitment).where(
    entry_table.c.record_id == bindparam("record")
)
