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
from consent.audit.verify.told import Invalid, Told, at_leaf, told
from consent.merkle import tlog_proof
from consent.merkle.checkpoint import Checkpoint
from consent.merkle.note import strict_hash
from consent.merkle.proof import verify_consistency

SUPPLEMENTS = "supplements.jsonl"


class SupplementInvalid(Invalid):
    """An entry of `supplements.jsonl` accounts for nothing."""


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
        verdicts.fails("absences", told(error), SUPPLEMENTS)
    at = missing.find(1)
    if at >= 0:
        gone = Told("subject_gone") if at % 2 else Told("evidence_gone")
        verdicts.fails("absences", gone, at_leaf(leaves.start + at // 2))
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
            raise SupplementInvalid("supplement", number=number, why=error) from error


def _accounted(value: dict[str, Any], about: Manifest, known: Keys, end: Checkpoint | None) -> tuple[Place, ...]:
    """Raises ValueError unless it is an entry of this log, in this epoch or a later one."""
    raw = value["entry"].encode()
    if len(raw) > LONGEST_LINE:
        raise LineInvalid("line_long")
    said = shapes.said(raw, about.log, about.epoch)
    if said.wrong:
        raise LineInvalid(said.wrong.code, **said.wrong.values)
    if said.erased is None:
        raise SupplementInvalid("supplement_kind")
    signed = _included(value, said.leaf, said.leaf_index, about, known)
    if signed.origin == about.origin and end is not None:
        _continues(end, signed, [strict_hash(text) for text in value["consistency"]])
    return said.erased


def _included(value: dict[str, Any], leaf: bytes, index: int, about: Manifest, known: Keys) -> Checkpoint:
    origin = value["origin"]
    if origin != about.log and not origin.startswith(f"{about.log}/e"):
        raise SupplementInvalid("supplement_log")
    named = tlog_proof.decode(value["proof"])
    signers = known.signers(named[2], origin)
    if known.pinned and not known.knows(signers):
        raise SupplementInvalid("supplement_key", vkey=signers[0].vkey)
    if named[0] != index:
        raise SupplementInvalid("supplement_leaf")
    return tlog_proof.verify(value["proof"], leaf, signers, origin)


def _continues(end: Checkpoint, later: Checkpoint, proof: list[bytes]) -> None:
    """Raises SupplementInvalid, ProofInvalid."""
    if later.size < end.size:
        raise SupplementInvalid("supplement_older")
    verify_consistency(end.size, end.root, later.size, later.root, proof)
