"""A visitor's receipt against the bundle: the leaf that it opens is in the tree, and the promise was kept."""

import json
from dataclasses import dataclass
from typing import Any

from consent.audit.verify.keys import Keys
from consent.audit.verify.leaves import Leaves
from consent.audit.verify.manifest import Manifest
from consent.audit.verify.report import Verdicts
from consent.audit.verify.told import Invalid, Told, told
from consent.merkle.entry import NO_SUBJECT, Kind, commit_evidence, commit_subject, entry_bytes
from consent.merkle.note import NoteInvalid, strict_b64decode
from consent.merkle.promise import Promise, key_name, open_promise
from consent.merkle.tree import leaf_hash


class ReceiptInvalid(Invalid):
    """The file is no receipt."""


@dataclass(frozen=True)
class Receipt:
    leaf: bytes
    promise: str


def read(text: str) -> Receipt:
    """Of the receipt, or of the whole answer that it came in. Raises ReceiptInvalid."""
    try:
        value = json.loads(text)
        value = value.get("receipt", value)
        return Receipt(_leaf(value["opening"]), str(value["promise"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReceiptInvalid("receipt_form") from error


def _leaf(opening: dict[str, Any]) -> bytes:
    evidence = commit_evidence(strict_b64decode(opening["evidence_salt"]), opening["evidence"].encode())
    subject = NO_SUBJECT
    if opening["subject"] is not None:
        subject = commit_subject(strict_b64decode(opening["subject_salt"]), opening["subject"].encode())
    return leaf_hash(entry_bytes(Kind(opening["kind"]), opening["schema"], evidence, subject))


def check(receipt: Receipt | None, about: Manifest, known: Keys, leaves: Leaves, verdicts: Verdicts) -> None:
    if receipt is None:
        verdicts.skips("receipt", "receipt_none")
        return
    try:
        promise = open_promise(receipt.promise, known.signers(receipt.promise, key_name(about.log)))
    except NoteInvalid as error:
        verdicts.fails("receipt", Told("receipt_promise", {"why": told(error)}))
        return
    if promise.leaf_hash != receipt.leaf:
        verdicts.fails("receipt", Told("receipt_other"))
    elif leaves.found is not None:
        verdicts.holds("receipt", "receipt_found", leaf=leaves.found)
    elif _should_be_here(promise, about, leaves):
        verdicts.fails("receipt", Told("receipt_broken"))
    else:
        verdicts.skips("receipt", "receipt_outside")


def _should_be_here(promise: Promise, about: Manifest, leaves: Leaves) -> bool:
    """Received after the first leaf, and the merge delay was over before the last one."""
    times, delay_ms = leaves.times, 1000 * promise.merge_delay_s
    if times.first_ms is None:
        return False
    begins = about.start == 0 or promise.received_ms > times.first_ms + delay_ms
    return begins and promise.received_ms + delay_ms < times.latest_ms
