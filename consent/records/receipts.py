"""The visitor's copy of a record: what was recorded, what opens its leaf of the log, and the promise that it will be there."""

import base64
from typing import Any

import orjson

from consent.clock import wire
from consent.ledger.append import Opening
from consent.ledger.ledger import Ledger
from consent.ledger.promises import promise
from consent.ledger.proofs import Inclusion
from consent.merkle import tlog_proof
from consent.records.reading import Receipt
from consent.records.recording import Stored
from consent.signing import ReceiptTokens
from consent.sites import Site

_COPIED = ("record_id", "visitor_id", "decision", "source", "policy_version", "language")
_DECIDED = ("categories", "services", "received_time", "expires_at")


def receipt(stored: Stored, site: Site, *, ledger: Ledger, tokens: ReceiptTokens) -> dict[str, Any]:
    """After the commit only: the promise inside is a signature over what is durable. Raises KeyLost."""
    row, opening = stored.row, stored.opening
    return {
        **{name: row[name] for name in _COPIED},
        "site": site.key,
        "categories": orjson.loads(row["categories"]),
        "services": orjson.loads(row["services"]),
        "received_time": wire(row["received_ms"]),
        "expires_at": wire(row["expires_ms"]),
        "token": tokens.issue(row["record_id"]),
        "opening": opened(opening),
        "promise": promise(ledger.keyring, site.log_origin, opening.leaf_hash, opening.received_ms),
    }


def copy(receipt: Receipt, *, ledger: Ledger, tokens: ReceiptTokens) -> dict[str, Any]:
    """The receipt with its proof, as it stands today: null is what was erased. Raises KeyLost."""
    known = {**(receipt.evidence or {}), **(receipt.subject or {})}
    opening, (evidence, subject) = receipt.opening, receipt.commitments
    left = {"evidence_commitment": _base64(evidence), "subject_commitment": _base64(subject)}
    return {
        **{name: known.get(name) for name in (*_COPIED, *_DECIDED)},
        "record_id": receipt.record_id,
        "site": receipt.site.key,
        "token": tokens.issue(receipt.record_id),
        "opening": {**opened(opening), **left},
        "promise": promise(ledger.keyring, receipt.site.log_origin, opening.leaf_hash, opening.received_ms),
        **proven(receipt.inclusion),
    }


def proven(inclusion: Inclusion | None) -> dict[str, Any]:
    if inclusion is None:
        return {"status": "pending", "proof": None}
    text = tlog_proof.encode(inclusion.leaf_index, inclusion.proof, inclusion.checkpoint, None)
    return {"status": "included", "proof": text}


def opened(opening: Opening) -> dict[str, Any]:
    """JSON: canonical texts as they are hashed, salts in base64. null where a half was erased."""
    return {
        "kind": opening.kind,
        "schema": opening.schema,
        "evidence": _text(opening.evidence),
        "evidence_salt": _base64(opening.evidence_salt),
        "subject": _text(opening.subject),
        "subject_salt": _base64(opening.subject_salt),
    }


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()
