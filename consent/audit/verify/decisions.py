"""The short way for nearly every line: a decision of schema 1 in canonical form, taken apart by one regular expression.

Where it matches, the line is what shapes.said would let pass, and is understood sooner.
Where it does not (an escape in a text, a half that was erased, an event, a forgery), that decides.
"""

import json
import re
from binascii import a2b_base64, a2b_hex
from functools import lru_cache
from operator import itemgetter

from consent.audit.verify import table
from consent.audit.verify.said import Decided, Said
from consent.audit.verify.shapes import EVIDENCE, KIND_OF, NULLABLE, SCHEMA, SUBJECT, moment_ms
from consent.merkle.canonical import NotCanonical, canonical_bytes
from consent.merkle.entry import commit_evidence, commit_subject, entry_bytes
from consent.merkle.tree import leaf_hash

_TEXT = r'"([^"\\\x00-\x1f]*)"'  # needs no escape, so it stands for itself
_SWITCHES = r'(\{[a-z0-9_.:,"-]*\})'
_SALT = r'"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"'  # 32 bytes in their one spelling: no bit is left over
_OTHERS = {
    "categories": _SWITCHES,
    "services": _SWITCHES,
    "gpc": "(true|false)",
    "decision": f'"({"|".join(KIND_OF)})"',
    "record_id": '"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"',
    "received_time": r'"([0-9-]{10}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z)"',
    "script": r'"([^"\\\x00-\x1f]+)"',
}
_EVIDENCE_NAMES, _SUBJECT_NAMES = sorted(EVIDENCE), sorted(SUBJECT)


def _member(name: str) -> str:
    value = _OTHERS.get(name, _TEXT)
    return f'"{name}":' + (f"(?:null|{value})" if name in NULLABLE else value)


def _object(names: list[str]) -> str:
    return r"(\{" + ",".join(_member(name) for name in names) + r"\})"


_LINE = re.compile(
    (
        rf'\{{"evidence":{_object(_EVIDENCE_NAMES)},"evidence_salt":{_SALT},"index":(0|[1-9][0-9]{{0,15}}),"kind":([123]),'
        rf'"schema":{SCHEMA},"subject":{_object(_SUBJECT_NAMES)},"subject_salt":{_SALT}\}}\n'
    ).encode()
)
_GROUPS = ["evidence", *_EVIDENCE_NAMES, "evidence_salt", "index", "kind", "subject", *_SUBJECT_NAMES, "subject_salt"]
_entry = itemgetter(*map(_GROUPS.index, ("index", "kind", "evidence", "evidence_salt", "subject", "subject_salt")))
_FACTS = ("log", "record_id", "received_time", "decision", "policy_version", "script", "categories", "services")
_facts = itemgetter(*map(_GROUPS.index, _FACTS))
_row = itemgetter(*map(_GROUPS.index, table.NAMES))


def read(raw: bytes, log: str) -> Said | None:
    """None where the short way does not lead through, and nothing is said of the line then."""
    match = _LINE.fullmatch(raw)
    if match is None or not _utf8(raw):
        return None
    groups = match.groups(b"")
    index, kind, evidence, evidence_salt, subject, subject_salt = _entry(groups)
    of, record_id, received, decision, version, script, categories, services = _facts(groups)
    day_ms = _day_ms(received[:10])
    fits = of == log.encode() and int(kind) == _KIND_OF[decision] and _canonical(categories) and _canonical(services)
    if day_ms is None or not fits:
        return None
    evidence_hash = commit_evidence(a2b_base64(evidence_salt), evidence)
    subject_hash = commit_subject(a2b_base64(subject_salt), subject)
    leaf = leaf_hash(entry_bytes(_KIND_OF[decision], SCHEMA, evidence_hash, subject_hash))
    day, row = received[:10].decode(), table.joined(list(_row(groups)))
    decided = Decided(decision.decode(), day, script.decode() or None, categories, services, row)
    id_bytes, received_ms = (
        a2b_hex(record_id.replace(b"-", b"")),
        day_ms + _second_ms(received[11:19]) + int(received[20:23]),
    )
    return Said(int(index), leaf, None, False, False, id_bytes, received_ms, version.decode(), decided)


_KIND_OF = {decision.encode(): kind for decision, kind in KIND_OF.items()}


def _utf8(raw: bytes) -> bool:
    try:
        return raw.isascii() or bool(raw.decode())
    except UnicodeDecodeError:
        return False


@lru_cache(8192)
def _day_ms(day: bytes) -> int | None:
    """When it began; None where there is no such day."""
    return moment_ms(f"{day.decode()}T00:00:00.000Z")


@lru_cache(86_400)  # as many as a day has
def _second_ms(time: bytes) -> int:
    hours, minutes, seconds = int(time[:2]), int(time[3:5]), int(time[6:])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


@lru_cache(8192)  # a million visitors choose among few combinations
def _canonical(text: bytes) -> bool:
    """Whether these are switches, in their one spelling."""
    try:
        value = json.loads(text)
        same = canonical_bytes(value) == text
    except (ValueError, NotCanonical):
        return False
    return same and all(type(on) is bool for on in value.values())
