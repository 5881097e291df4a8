"""A leaf as one line of `records-000.jsonl`: canonical JSON of what opens it.

A half that is there has its content and salt; of one that is not there the commitment is left; an entry about nobody has
no subject member at all. A line has one spelling: what decodes encodes to the same bytes.
"""

import json
from base64 import b64encode
from typing import Any, NamedTuple, NoReturn

from consent.audit.verify.told import Invalid
from consent.merkle.entry import NO_SUBJECT, commit_evidence, commit_subject, entry_bytes
from consent.merkle.note import strict_b64decode, strict_hash
from consent.merkle.tree import leaf_hash

LONGEST_LINE = 1 << 20  # an erasure names every half that went
_MEMBERS = {
    "evidence",
    "evidence_commitment",
    "evidence_salt",
    "index",
    "kind",
    "schema",
    "subject",
    "subject_commitment",
    "subject_salt",
}


class LineInvalid(Invalid):
    """Its words complete the sentence "Leaf 7 …"."""


class Half(NamedTuple):
    """Content and salt, or the commitment that is left of them."""

    content: bytes | None
    salt: bytes | None
    commitment: bytes | None


class Line(NamedTuple):
    leaf_index: int
    kind: int
    schema: int
    evidence: Half
    subject: Half | None


class Decoded(NamedTuple):
    """A line with what its halves say; None where one is absent."""

    line: Line
    evidence: dict[str, Any] | None
    subject: dict[str, Any] | None


def encode(line: Line) -> bytes:
    """With its newline."""
    evidence = _half(b"evidence", line.evidence)
    subject = b"" if line.subject is None else b"," + _half(b"subject", line.subject)
    return b'{%b,"index":%d,"kind":%d,"schema":%d%b}\n' % (evidence, line.leaf_index, line.kind, line.schema, subject)


def _half(name: bytes, half: Half) -> bytes:
    if half.content is None or half.salt is None:
        return b'"%b_commitment":"%b"' % (name, b64encode(half.commitment or b""))
    return b'"%b":%b,"%b_salt":"%b"' % (name, half.content, name, b64encode(half.salt))


def decode(raw: bytes) -> Decoded:
    """Of a line with its newline. Raises LineInvalid unless these are the very bytes that `encode` gives."""
    value = _parsed(raw)
    evidence, subject = value.get("evidence"), value.get("subject")
    index, kind, schema = (_number(value, name) for name in ("index", "kind", "schema"))
    if not value.keys() <= _MEMBERS:
        raise LineInvalid("line_members")
    known = _opened("evidence", value)
    if known is None:
        raise LineInvalid("line_evidence")
    line = Line(index, kind, schema, known, _opened("subject", value))
    if encode(line) != raw:
        raise LineInvalid("line_spelling")
    return Decoded(line, evidence, subject)


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        value, _ = _DECODER.raw_decode(raw.decode())
    except UnicodeDecodeError as error:
        raise LineInvalid("line_not_text") from error
    except (ValueError, RecursionError) as error:
        raise LineInvalid("line_json") from error
    if not isinstance(value, dict):
        raise LineInvalid("line_object")
    return value


def _number(value: dict[str, Any], name: str) -> int:
    number = value.get(name)
    if type(number) is not int:  # true is an int too
        raise LineInvalid("line_number", name=name)
    return number


def _opened(name: str, value: dict[str, Any]) -> Half | None:
    """The half as a line has it. What it lacks or has too much shows when the line is encoded again."""
    try:
        if isinstance(value.get(name), dict):
            return Half(_canonical(value[name]).encode(), strict_b64decode(value[f"{name}_salt"]), None)
        commitment = value.get(f"{name}_commitment")
        return None if commitment is None else Half(None, None, strict_hash(commitment))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise LineInvalid("line_half", name=name) from error


def leaf_of(line: Line) -> bytes:
    """The leaf hash that the tree must have at its index. Raises LineInvalid."""
    try:
        return leaf_hash(entry_bytes(line.kind, line.schema, _evidence(line.evidence), _subject(line.subject)))  # type: ignore[arg-type] # an unknown kind is refused there
    except ValueError as error:
        raise LineInvalid("line_entry", why=error) from error


def _evidence(half: Half) -> bytes:
    if half.content is None or half.salt is None:
        return half.commitment or b""
    return commit_evidence(half.salt, half.content)


def _subject(half: Half | None) -> bytes:
    if half is None:
        return NO_SUBJECT
    if half.content is None or half.salt is None:
        return half.commitment or b""
    return commit_subject(half.salt, half.content)


def _no_float(_text: str) -> NoReturn:
    raise LineInvalid("line_json")


_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
# merkle.canonical's spelling without its walk through the value: shapes.py refuses what lies outside the profile.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
