"""What the halves of an entry may say: the members of schema 1, and nothing beside them."""

import re
from datetime import datetime
from typing import Any

from consent.audit.verify import table
from consent.audit.verify.lines import Decoded, LineInvalid, decode, leaf_of
from consent.audit.verify.said import Decided, Place, Said
from consent.audit.verify.told import told
from consent.merkle.canonical import NotCanonical, canonical_bytes
from consent.merkle.entry import Kind

DECISIONS = (Kind.DECISION, Kind.WITHDRAWAL, Kind.SIGNAL)
ERASURES = (Kind.ERASURE, Kind.RETENTION)
SCHEMA = 1
KIND_OF = {
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


def said(raw: bytes, log: str, epoch: int) -> Said:
    """Of a line of any kind. Raises LineInvalid where not even its leaf hash can be known."""
    decoded = decode(raw)
    _check(decoded)
    line = decoded.line
    leaf = leaf_of(line)
    try:
        known = _known(decoded, log, epoch)
    except LineInvalid as error:
        return Said(line.leaf_index, leaf, told(error))
    subject_absent = line.subject is not None and line.subject.commitment is not None
    evidence_absent = line.evidence.commitment is not None
    return Said(line.leaf_index, leaf, None, evidence_absent, subject_absent, **known)


def _known(decoded: Decoded, log: str, epoch: int) -> dict[str, Any]:
    """What the evidence says, by the names of Said. Raises LineInvalid."""
    kind, evidence = decoded.line.kind, decoded.evidence
    if evidence is None:
        return {}
    _check_meaning(kind, evidence, log)
    version = evidence.get("policy_version")
    return {
        "record_id": _id_of(evidence),
        "received_ms": _received_ms(evidence),
        "policy_version": version if isinstance(version, str) else None,
        "decided": _decided(evidence, decoded.subject) if kind in DECISIONS else None,
        "erased": tuple(erased(evidence, epoch)) if kind in ERASURES else None,
        "stepped_ms": _stepped_ms(evidence) if kind == Kind.STEP_BACK else None,
    }


def _decided(evidence: dict[str, Any], subject: dict[str, Any] | None) -> Decided:
    categories, services = canonical_bytes(evidence["categories"]), canonical_bytes(evidence["services"])
    decision, day = evidence["decision"], evidence["received_time"][:10]
    return Decided(decision, day, evidence["script"], categories, services, table.row(evidence, subject))


def _check(decoded: Decoded) -> None:
    """The members and their types. Raises LineInvalid."""
    kind, evidence, subject = decoded.line.kind, decoded.evidence, decoded.subject
    if decoded.line.schema != SCHEMA:
        raise LineInvalid("schema_unknown", schema=decoded.line.schema)
    if kind in DECISIONS:
        _decision(evidence, subject)
    else:
        _event(kind, evidence, subject)
    if decoded.line.subject is None and kind in DECISIONS:
        raise LineInvalid("decision_nobody")


def _check_meaning(kind: int, evidence: dict[str, Any], log: str) -> None:
    """What the members say of the entry itself. Raises LineInvalid."""
    if evidence.get("log") != log:
        raise LineInvalid("log_other")
    if kind in DECISIONS and KIND_OF.get(evidence["decision"]) != kind:
        raise LineInvalid("decision_kind")


def _decision(evidence: dict[str, Any] | None, subject: dict[str, Any] | None) -> None:
    if evidence is not None:
        texts = [evidence.get(name) for name in EVIDENCE_TEXTS]
        if evidence.keys() != EVIDENCE or not all(type(text) is str for text in texts):
            raise LineInvalid("evidence_shape")
        choices = _switches(evidence["categories"]) and _switches(evidence["services"])
        if not choices or type(evidence["gpc"]) is not bool:
            raise LineInvalid("choices_shape")
        if not (_maybe_text(evidence["script"]) and _maybe_text(evidence["region"])):
            raise LineInvalid("evidence_shape")
    if subject is not None and (subject.keys() != SUBJECT or not all(map(_maybe_text, subject.values()))):
        raise LineInvalid("subject_shape")


def _switches(value: Any) -> bool:
    try:
        canonical_bytes(value)
    except NotCanonical:
        return False
    return type(value) is dict and all(type(on) is bool for on in value.values())


def _maybe_text(value: Any) -> bool:
    return value is None or type(value) is str


def _event(kind: int, evidence: dict[str, Any] | None, subject: dict[str, Any] | None) -> None:
    try:
        named = Kind(kind)
        canonical_bytes([evidence, subject])
    except NotCanonical as error:
        raise LineInvalid("event_profile", why=error) from error
    except ValueError as error:
        raise LineInvalid("kind_unknown", kind=kind) from error
    if evidence is not None and evidence.get("type") != named.name.lower():
        raise LineInvalid("event_kind")


def _id_of(evidence: dict[str, Any]) -> bytes:
    """The record id as 16 bytes. Raises LineInvalid."""
    record_id = evidence.get("record_id")
    if not isinstance(record_id, str) or not _UUID.fullmatch(record_id):
        raise LineInvalid("record_id_none")
    return bytes.fromhex(record_id.replace("-", ""))


def _received_ms(evidence: dict[str, Any]) -> int:
    """Milliseconds since the epoch. Raises LineInvalid."""
    return _time(evidence.get("received_time"))


def _stepped_ms(evidence: dict[str, Any]) -> int:
    """The latest time before a step back. Raises LineInvalid."""
    before = _time(evidence.get("latest_time"))
    if evidence.get("by_ms") != before - _received_ms(evidence):
        raise LineInvalid("step_difference")
    return before


def _time(text: Any) -> int:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise LineInvalid("time_none")
    moment = moment_ms(text)
    if moment is None:
        raise LineInvalid("time_impossible")
    return moment


def moment_ms(text: str) -> int | None:
    """Milliseconds since the epoch of a time with its three decimals; None where there is no such time."""
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def erased(evidence: dict[str, Any], epoch: int) -> list[Place]:
    """The halves of this epoch that an erasure or retention entry accounts for. Raises LineInvalid."""
    listed = evidence.get("erased")
    if not isinstance(listed, list):
        raise LineInvalid("erasure_list")
    return [place for each in listed for place in _places(each, epoch)]


def _places(each: Any, epoch: int) -> list[Place]:
    match each:
        case {"epoch": int(of), "index": int(index), "halves": [*halves]} if set(map(str, halves)) <= _HALVES:
            return [Place(index, half == "subject") for half in halves] if of == epoch else []
    raise LineInvalid("erasure_place")


_HALVES = {"evidence", "subject"}
