"""The form of nearly every line: a decision of schema 1, in canonical form, with no escape in its texts.

One regular expression takes all lines of a text apart. It is a loose one, since most of its time goes by closeness: what
stands between the values of a record's own (the frame) comes from few combinations and is looked at closely once for each
of them, and those values are looked at together, by `are_plain`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from consent.audit.verify import table
from consent.audit.verify.shapes import EVIDENCE, KIND_OF, NULLABLE, SCHEMA, SUBJECT
from consent.merkle.canonical import NotCanonical, canonical_bytes
from consent.merkle.entry import Kind

_TEXT = r'"([^"\\\x00-\x1f]*)"'  # needs no escape, so it stands for itself
_SWITCHES = r'(\{[a-z0-9_.:,"-]*\})'
_HASH = r'"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"'  # or a salt: 32 bytes in their one spelling, so no bit is left over
_ANY = '"([^"]*)"'
_OWN = {
    "record_id": '"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"',
    "received_time": r'"([0-9-]{10}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z)"',
    "expires_at": _ANY,
    **dict.fromkeys(SUBJECT, _ANY),
}
_LOOSE = {"categories": r"\{[^}]*\}", "services": r"\{[^}]*\}", "gpc": "[a-z]*"}
_CLOSE = {
    "categories": _SWITCHES,
    "services": _SWITCHES,
    "gpc": "(true|false)",
    "decision": f'"({"|".join(KIND_OF)})"',
    "script": r'"([^"\\\x00-\x1f]+)"',
}
_EVIDENCE, _SUBJECT = sorted(EVIDENCE), sorted(SUBJECT)
_SHARED = [name for name in _EVIDENCE if name not in _OWN]


def _member(name: str, value: str) -> str:
    return f'"{name}":' + (f"(?:null|{value})" if name in NULLABLE else value)


def _object(names: Iterable[str]) -> str:
    """A group for the whole, for each of a record's own values, and for each piece of the frame between them."""
    runs = [(own, list(run)) for own, run in groupby(names, _OWN.__contains__)]
    parts = [",".join(_member(name, _OWN[name]) for name in run) if own else _piece(run) for own, run in runs]
    return r"(\{" + ",".join(parts) + r"\})"


def _piece(names: Iterable[str]) -> str:
    return "(" + ",".join(_member(name, _LOOSE.get(name, '"[^"]*"')) for name in names) + ")"


_LINE = re.compile(
    (
        rf'(?m:^)\{{"evidence":{_object(_EVIDENCE)},"evidence_salt":{_HASH},"index":([0-9]+),"kind":([123]),'
        rf'"schema":{SCHEMA},'
        rf'(?:"subject":{_object(_SUBJECT)},"subject_salt":{_HASH}|"subject_commitment":{_HASH})\}}\n'
    ).encode()
)
_FRAME = re.compile(",".join(_member(name, _CLOSE.get(name, _TEXT)) for name in _SHARED).encode())
_ESCAPED = bytes(range(0x20)) + b'"\\'


def _groups() -> Iterator[str]:
    yield "evidence"
    for number, (own, run) in enumerate(groupby(_EVIDENCE, _OWN.__contains__)):
        yield from run if own else [f"frame {number}"]
    yield from ("evidence_salt", "index", "kind", "subject", *_SUBJECT, "subject_salt", "subject_commitment")


GROUPS = tuple(_groups())
PIECES = tuple(name for name in GROUPS if name.startswith("frame"))
TEXTS = ("expires_at", *_SUBJECT)  # of a record's own, those in which anything may stand
# The columns of the table: each of a record's own by its name, and successive ones of the frame with none.
RUNS = [(own, list(run)) for own, run in groupby(table.NAMES, lambda name: name if name in _OWN else "")]

Groups = tuple[bytes, ...]


@dataclass(frozen=True, eq=False)
class Frame:
    """What a frame says. `choice`: policy version, categories and services; `written`: its columns of the table, each run
    of them joined."""

    log: str
    kind: Kind
    decision: str
    script: str
    choice: tuple[str, bytes, bytes]
    written: tuple[bytes, ...]


def apart(text: bytes, lines: int) -> Iterator[tuple[bytes, Sequence[Groups]]]:
    """Whole lines, so many, in order: successive ones that may be of the form with their groups, others with none.

    They are of it when their frames and texts bear a close look: then no group has a newline, so each is of one line.
    """
    found = _LINE.findall(text)
    if len(found) == lines:
        yield text, found
        return
    each = [line + b"\n" for line in text.split(b"\n")[:-1]]
    for alike, some in groupby(each, key=lambda line: _LINE.fullmatch(line) is not None):
        joined = b"".join(some)
        yield joined, _LINE.findall(joined) if alike else ()


def are_plain(texts: Iterable[bytes]) -> bool:
    """Whether none of them needs an escape, or has one."""
    joined = b"".join(texts)
    return len(joined.translate(None, delete=_ESCAPED)) == len(joined)


@lru_cache(8192)  # a million visitors choose among few combinations
def frame(*pieces: bytes) -> Frame | None:
    """None where they are not in canonical form."""
    match = _FRAME.fullmatch(b",".join(pieces))
    if match is None:
        return None
    said = dict(zip(_SHARED, match.groups(b""), strict=True))
    if not _canonical(said["categories"]) or not _canonical(said["services"]) or not _is_text(match[0]):
        return None
    decision, log, script, version = (said[name].decode() for name in ("decision", "log", "script", "policy_version"))
    choice = version, said["categories"], said["services"]
    written = tuple(table.joined(run, said) for own, run in RUNS if not own)
    return Frame(log, KIND_OF[decision], decision, script, choice, written)


def _canonical(text: bytes) -> bool:
    """Whether these are switches, in their one spelling."""
    try:
        value = json.loads(text)
        same = canonical_bytes(value) == text
    except (ValueError, NotCanonical):
        return False
    return same and all(type(on) is bool for on in value.values())


def _is_text(text: bytes) -> bool:
    try:
        return bool(text.decode())
    except UnicodeDecodeError:
        return False
