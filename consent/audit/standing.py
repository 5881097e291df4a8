"""Where a record stands in the log, recomputed: each check says what it found, and one that did not run says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from consent.ledger import keys
from consent.ledger.proofs import Inclusion
from consent.merkle.checkpoint import Checkpoint, open_checkpoint
from consent.merkle.entry import NO_SUBJECT, EntryInvalid, commit_evidence, commit_subject, entry_bytes
from consent.merkle.note import NoteInvalid, Verifier
from consent.merkle.proof import ProofInvalid, verify_inclusion
from consent.merkle.tree import leaf_hash, node_hash
from consent.records import evidence
from consent.records.models import record_table
from consent.records.reading import Receipt

FITS, DIFFERS, NOT_CHECKED = "fits", "differs", "not_checked"


@dataclass(frozen=True)
class Step:
    """One level of the way from the leaf to the root: `above` is the hash of both."""

    sibling: bytes
    sibling_is_left: bool
    above: bytes


@dataclass(frozen=True)
class Standing:
    """Four checks, each FITS, DIFFERS or NOT_CHECKED.

    `entry`: the stored bytes give the stored leaf hash. `path`: the recomputed leaf leads to the checkpoint's root.
    `signature`: a key of the log has signed the checkpoint. `row`: the readable table says what the entry says.
    """

    entry: str
    path: str
    signature: str
    row: str
    leaf: bytes
    checkpoint: Checkpoint | None
    steps: list[Step]

    @property
    def checks(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("entry", "path", "signature", "row")}

    @property
    def verdict(self) -> str:
        """FITS only where the way from the bytes to a signed root was walked."""
        if DIFFERS in self.checks.values():
            return DIFFERS
        return FITS if self.signature == FITS and self.path == FITS else NOT_CHECKED


def examine(connection: Connection, receipt: Receipt) -> Standing:
    leaf, found = _leaf(receipt), receipt.inclusion
    checkpoint = _signed(connection, found) if found else None
    return Standing(
        entry=_verdict(leaf == receipt.opening.leaf_hash),
        path=NOT_CHECKED if found is None or checkpoint is None else _verdict(_leads(leaf, found, checkpoint)),
        signature=NOT_CHECKED if found is None else _verdict(checkpoint is not None),
        row=_row(connection, receipt),
        leaf=leaf,
        checkpoint=checkpoint,
        steps=list(_steps(leaf, found)) if found else [],
    )


def _verdict(fits: bool) -> str:
    return FITS if fits else DIFFERS


def _leaf(receipt: Receipt) -> bytes:
    """From the bytes and salts; from the commitment where a half was erased. Empty where they give no entry at all."""
    opening, (left_evidence, left_subject) = receipt.opening, receipt.commitments
    try:
        concerned = _half(opening.subject, opening.subject_salt, left_subject or NO_SUBJECT, commit_subject)
        decided = _half(opening.evidence, opening.evidence_salt, left_evidence or b"", commit_evidence)
        return leaf_hash(entry_bytes(opening.kind, opening.schema, decided, concerned))  # type: ignore[arg-type]
    except (EntryInvalid, ValueError):
        return b""


def _half(content: bytes | None, salt: bytes | None, left: bytes, commit: Any) -> bytes:
    found: bytes = left if content is None else commit(salt or b"", content)
    return found


def _signed(connection: Connection, found: Inclusion) -> Checkpoint | None:
    """None where no key that the platform knows for this log has signed it."""
    verifiers = [Verifier.from_vkey(row.vkey) for row in keys.public_keys(connection, found.origin)]
    try:
        return open_checkpoint(found.checkpoint, verifiers, found.origin)
    except NoteInvalid:
        return None


def _leads(leaf: bytes, found: Inclusion, checkpoint: Checkpoint) -> bool:
    try:
        verify_inclusion(leaf, found.leaf_index, checkpoint.size, found.proof, checkpoint.root)
    except ProofInvalid:
        return False
    return True


def _steps(leaf: bytes, found: Inclusion) -> Iterator[Step]:
    """The way of RFC 9162, section 2.1.3.2, with every hash on it."""
    fn, sn, below = found.leaf_index, found.size - 1, leaf
    for sibling in found.proof:
        is_left = bool(fn & 1) or fn == sn
        below = node_hash(sibling, below) if is_left else node_hash(below, sibling)
        yield Step(sibling, is_left, below)
        while is_left and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1


def _row(connection: Connection, receipt: Receipt) -> str:
    """The export and every list are made from the row, so somebody who changes it would be believed there."""
    own = select(record_table).where(record_table.c.record_id == receipt.record_id)
    row = connection.execute(own).one_or_none()
    if row is None or receipt.opening.evidence is None:
        return NOT_CHECKED
    values = dict(row._mapping)
    try:
        decided = evidence.evidence_of(values, site_key=receipt.site.key, log=receipt.site.log_origin)
        concerned = evidence.subject_of(values)
    except (orjson.JSONEncodeError, TypeError, ValueError):
        return DIFFERS
    if receipt.opening.subject is None:
        erased = all(values[name] is None for name in evidence.SUBJECT)
        return _verdict(decided == receipt.opening.evidence and erased)
    return _verdict(decided == receipt.opening.evidence and concerned == receipt.opening.subject)
