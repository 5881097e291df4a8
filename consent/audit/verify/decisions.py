"""The short way for nearly every line: a decision of schema 1 in canonical form, taken apart by one regular expression.

Where it matches, the line is what lines.decode and shapes.check would let pass, and is understood sooner.
Where it does not (an escape in a text, a half that was erased, an event, a forgery), they decide.
"""

import json
import re
from binascii import a2b_base64
from functools import lru_cache

from consent.audit.verify.lines import Decoded, Half, Line
from consent.audit.verify.shapes import EVIDENCE, NULLABLE, SCHEMA, SUBJECT
from consent.merkle.canonical import NotCanonical, canonical_bytes

_TEXT = r'"([^"\\\x00-\x1f]*)"'  # needs no escape, so it stands for itself
_SWITCHES = r'(\{[a-z0-9_.:,"-]*\})'
_SALT = r'"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"'  # 32 bytes in their one spelling: no bit is left over
_OTHERS = {"categories": _SWITCHES, "services": _SWITCHES, "gpc": "(true|false)"}
_EVIDENCE_NAMES, _SUBJECT_NAMES = sorted(EVIDENCE), sorted(SUBJECT)


def _member(name: str) -> str:
    value = _OTHERS.get(name, _TEXT)
    return f'"{name}":' + (f"(?:null|{value})" if name in NULLABLE else value)


def _object(names: list[str]) -> str:
    return r"(\{" + ",".join(_member(name) for name in names) + r"\})"


_LINE = re.compile(
    rf'\{{"evidence":{_object(_EVIDENCE_NAMES)},"evidence_salt":{_SALT},"index":(0|[1-9][0-9]{{0,15}}),"kind":([123]),'
    rf'"schema":{SCHEMA},"subject":{_object(_SUBJECT_NAMES)},"subject_salt":{_SALT}\}}\n'
)


def read(raw: bytes) -> Decoded | None:
    """None where the short way does not lead through."""
    try:
        match = _LINE.fullmatch(raw.decode())
    except UnicodeDecodeError:
        return None
    if match is None:
        return None
    whole, *said = match.groups()
    salt, index, kind, subject, *who, subject_salt = said[len(_EVIDENCE_NAMES) :]
    evidence = dict(zip(_EVIDENCE_NAMES, said, strict=False))
    categories, services = _switches(evidence["categories"]), _switches(evidence["services"])
    if categories is None or services is None:
        return None
    evidence |= {"categories": categories, "services": services, "gpc": evidence["gpc"] == "true"}
    halves = Half(whole.encode(), a2b_base64(salt), None), Half(subject.encode(), a2b_base64(subject_salt), None)
    return Decoded(Line(int(index), int(kind), SCHEMA, *halves), evidence, dict(zip(_SUBJECT_NAMES, who, strict=True)))


@lru_cache(8192)  # a million visitors choose among few combinations
def _switches(text: str) -> dict[str, bool] | None:
    try:
        value = json.loads(text)
        same = canonical_bytes(value).decode() == text
    except (ValueError, NotCanonical):
        return None
    return value if same and all(type(on) is bool for on in value.values()) else None
