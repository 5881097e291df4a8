"""Halves that are not there: each must be accounted for by an erasure or retention entry of the log.

One that was logged after the bundle's range comes along in `supplements.jsonl`, with the proof that it is in the log.
"""

import json
from collections.abc import Iterator
from typing import Any

from consent.audit.verify import shapes
from consent.audit.verify.archive import Archive, ArchiveInvalid
from consent.audit.verify.keys import Keys
from consent.audit.verify.leaves import Leaves
from consent.audit.verify.lines import LONGEST_LINE, LineInvalid
from consent.audit.verify.manifest import NO_SUBJECT, Manifest
from consent.audit.verify.report import Verdicts
from consent.audit.verify.said import Place
from consent.merkle import tlog_proof
from consent.merkle.checkpoint import Checkpoint
from consent.merkle.note import NoteInvalid, strict_hash
from consent.merkle.proof import ProofInvalid, verify_consistency

SUPPLEMENTS = "supplements.jsonl"


class SupplementInvalid(ValueError):
    """Completes the sentence "supplement 3 …"."""


def check(
    archive: Archive, about: Manifest, known: Keys, leaves: Leaves, end: Checkpoint | None, verdicts: Verdicts
) -> None:
    """The entries of the range first, then those that came later."""
    missing = leaves.missing
    absent = missing.count(1)
    for erased in leaves.erased:
        for place in erased:
            clear(leaves, place)
    if about.mode == NO_SUBJECT:
        missing[1::2] = bytes(len(missing) // 2)
    later = missing.count(1)
    try:
        for place in _supplements(archive, about, known, end):
            clear(leaves, 2 * place.leaf_index + place.subject)
    except (ArchiveInvalid, SupplementInvalid) as error:
        verdicts.fails("absences", str(error), SUPPLEMENTS)
    at = missing.find(1)
    if at >= 0:
        half = "subject" if at % 2 else "evidence"
        verdicts.fails("absences", f"the {half} is gone and no entry accounts for it", f"leaf {leaves.start + at // 2}")
    elif about.mode == NO_SUBJECT:
        verdicts.skips("absences", "absent_hidden")
    else:
        verdicts.holds("absences", "absent_known" if absent else "absent_none", absent=absent, later=later)


def clear(leaves: Leaves, place: int) -> None:
    """`place` is 2 × index, plus 1 for a subject half; one of another range is none of ours."""
    at = place - 2 * leaves.start
    if 0 <= at < len(leaves.missing):
        leaves.missing[at] = 0


def _supplements(archive: Archive, about: Manifest, known: Keys, end: Checkpoint | None) -> Iterator[Place]:
    if SUPPLEMENTS not in archive.sizes:
        return
    for number, raw in enumerate(archive.read(SUPPLEMENTS).splitlines(keepends=True)):
        try:
            yield from _accounted(json.loads(raw), about, known, end)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise SupplementInvalid(f"supplement {number}: {error}") from error


def _accounted(value: dict[str, Any], about: Manifest, known: Keys, end: Checkpoint | None) -> tuple[Place, ...]:
    """Raises ValueError unless it is an entry of this log, in this epoch or a later one."""
    raw = value["entry"].encode()
    if len(raw) > LONGEST_LINE:
        raise LineInvalid("is longer than any honest one")
    said = shapes.said(raw, about.log, about.epoch)
    if said.wrong:
        raise LineInvalid(said.wrong)
    if said.erased is None:
        raise SupplementInvalid("it is no erasure")
    signed = _included(value, said.leaf, said.leaf_index, about, known)
    if signed.origin == about.origin and end is not None:
        _continues(end, signed, [strict_hash(text) for text in value["consistency"]])
    return said.erased


def _included(value: dict[str, Any], leaf: bytes, index: int, about: Manifest, known: Keys) -> Checkpoint:
    origin = value["origin"]
    if origin != about.log and not origin.startswith(f"{about.log}/e"):
        raise SupplementInvalid("it is of another log")
    named = tlog_proof.decode(value["proof"])
    signers = known.signers(named[2], origin)
    if known.pinned and not known.knows(signers):
        raise NoteInvalid(f"its checkpoint is signed with {signers[0].vkey}, which is none of the keys you know")
    if named[0] != index:
        raise ProofInvalid("its proof is of another leaf")
    return tlog_proof.verify(value["proof"], leaf, signers, origin)


def _continues(end: Checkpoint, later: Checkpoint, proof: list[bytes]) -> None:
    """Raises ProofInvalid."""
    if later.size < end.size:
        raise ProofInvalid("its checkpoint is older than the bundle's")
    verify_consistency(end.size, end.root, later.size, later.root, proof)
