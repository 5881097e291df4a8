"""What the halves of an entry may say: the members of schema 1, and nothing beside them."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from consent.audit.verify.lines import Decoded, LineInvalid, decode
from consent.merkle.canonical import NotCanonical, canonical_bytes
from consent.merkle.entry import Kind

DECISIONS = (Kind.DECISION, Kind.WITHDRAWAL, Kind.SIGNAL)
ERASURES = (Kind.ERASURE, Kind.RETENTION)
SCHEMA = 1
_KIND_OF = {
    "accept_all": Kind.DECISION,
    "reject_all": Kind.DECISION,
    "custom": Kind.DECISION,
    "withdraw": Kind.WITHDRAWAL,
    "gpc": Kind.SIGNAL,
}
EVIDENCE_TEXTS = (
    "record_id",
    "log",
    "site",
    "decision",
    "source",
    "policy_version",
    "language",
    "region_source",
    "legal_model",
    "received_time",
    "expires_at",
)
EVIDENCE = {*EVIDENCE_TEXTS, "script", "region", "categories", "services", "gpc"}
SUBJECT = {
    "visitor_id",
    "page_path",
    "ip_prefix",
    "browser_family",
    "device_class",
    "previous_record_id",
    "client_time",
}
NULLABLE = {"script", "region", *SUBJECT}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


def read(raw: bytes) -> Decoded:
    """A line of any kind. Raises LineInvalid."""
    decoded = decode(raw)
    check(decoded)
    return decoded


class Place(NamedTuple):
    """A half of a leaf: `subject` False is its evidence."""

    leaf_index: int
    subject: bool


def check(decoded: Decoded) -> None:
    """The members and their types. Raises LineInvalid."""
    kind, evidence, subject = decoded.line.kind, decoded.evidence, decoded.subject
    if decoded.line.schema != SCHEMA:
        raise LineInvalid(f"has schema {decoded.line.schema}, which this verifier does not know")
    if kind in DECISIONS:
        _decision(evidence, subject)
    else:
        _event(kind, evidence, subject)
    if decoded.line.subject is None and kind in DECISIONS:
        raise LineInvalid("is a decision of nobody")


def check_meaning(decoded: Decoded, log: str) -> None:
    """What the members say of the entry itself. Raises LineInvalid."""
    evidence = decoded.evidence
    if evidence is None:
        return
    if evidence.get("log") != log:
        raise LineInvalid("belongs to another log")
    if decoded.line.kind in DECISIONS and _KIND_OF.get(evidence["decision"]) != decoded.line.kind:
        raise LineInvalid("has a decision of another kind")


def _decision(evidence: dict[str, Any] | None, subject: dict[str, Any] | None) -> None:
    if evidence is not None:
        texts = [evidence.get(name) for name in EVIDENCE_TEXTS]
        if evidence.keys() != EVIDENCE or not all(type(text) is str for text in texts):
            raise LineInvalid("does not have the evidence of schema 1")
        choices = _switches(evidence["categories"]) and _switches(evidence["services"])
        if not choices or type(evidence["gpc"]) is not bool:
            raise LineInvalid("has choices that are neither true nor false")
        if not (_maybe_text(evidence["script"]) and _maybe_text(evidence["region"])):
            raise LineInvalid("does not have the evidence of schema 1")
    if subject is not None and (subject.keys() != SUBJECT or not all(map(_maybe_text, subject.values()))):
        raise LineInvalid("does not have the subject of schema 1")


def _switches(value: Any) -> bool:
    return type(value) is dict and all(type(on) is bool for on in value.values())


def _maybe_text(value: Any) -> bool:
    return value is None or type(value) is str


def _event(kind: int, evidence: dict[str, Any] | None, subject: dict[str, Any] | None) -> None:
    try:
        named = Kind(kind)
        canonical_bytes([evidence, subject])
    except NotCanonical as error:
        raise LineInvalid(f"lies outside the profile of canonical JSON: {error}") from error
    except ValueError as error:
        raise LineInvalid(f"has kind {kind}, which this verifier does not know") from error
    if evidence is not None and evidence.get("type") != named.name.lower():
        raise LineInvalid("is an event of another kind than it says")


def id_of(evidence: dict[str, Any]) -> bytes:
    """The record id as 16 bytes. Raises LineInvalid."""
    record_id = evidence.get("record_id")
    if not isinstance(record_id, str) or not _UUID.fullmatch(record_id):
        raise LineInvalid("has no record id")
    return bytes.fromhex(record_id.replace("-", ""))


def received_ms(evidence: dict[str, Any]) -> int:
    """Milliseconds since the epoch. Raises LineInvalid."""
    text = evidence.get("received_time")
    if isinstance(text, str) and _TIME.fullmatch(text):
        try:
            return round(datetime.fromisoformat(text).timestamp() * 1000)
        except (ValueError, OverflowError) as error:
            raise LineInvalid("was received at no possible time") from error
    raise LineInvalid("does not say when it was received")


def erased(evidence: dict[str, Any], epoch: int) -> list[Place]:
    """The halves of this epoch that an erasure or retention entry accounts for. Raises LineInvalid."""
    listed = evidence.get("erased")
    if not isinstance(listed, list):
        raise LineInvalid("is an erasure without a list of what was erased")
    return [place for each in listed for place in _places(each, epoch)]


def _places(each: Any, epoch: int) -> list[Place]:
    match each:
        case {"epoch": int(of), "index": int(index), "halves": [*halves]} if set(map(str, halves)) <= _HALVES:
            return [Place(index, half == "subject") for half in halves] if of == epoch else []
    raise LineInvalid("lists something as erased that is no half of a leaf")


_HALVES = {"evidence", "subject"}
