"""The short way for nearly every line: decisions of schema 1 in canonical form, many at once.

One regular expression takes each line apart, and the rest is done by columns: a few steps of the interpreter for each value
of each of a million lines took most of the time. Where it leads through, the lines are what shapes.said would let pass, and
say the same. Where it does not (an escape in a text, evidence that was erased, an event, a forgery), that decides.
"""

import json
import re
from binascii import a2b_base64, a2b_hex
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from consent.audit.verify import table
from consent.audit.verify.lines import LONGEST_LINE
from consent.audit.verify.shapes import DECISIONS, EVIDENCE, KIND_OF, NULLABLE, SCHEMA, SUBJECT, moment_ms
from consent.merkle.canonical import NotCanonical, canonical_bytes
from consent.merkle.entry import commit_evidence, commit_subject, entry_bytes
from consent.merkle.tree import leaf_hash

_TEXT = r'"([^"\\\x00-\x1f]*)"'  # needs no escape, so it stands for itself
_SWITCHES = r'(\{[a-z0-9_.:,"-]*\})'
_HASH = r'"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"'  # or a salt: 32 bytes in their one spelling, so no bit is left over
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
        rf'\{{"evidence":{_object(_EVIDENCE_NAMES)},"evidence_salt":{_HASH},"index":(0|[1-9][0-9]{{0,15}}),"kind":([123]),'
        rf'"schema":{SCHEMA},'
        rf'(?:"subject":{_object(_SUBJECT_NAMES)},"subject_salt":{_HASH}|"subject_commitment":{_HASH})\}}'
    ).encode()
)
_ENTRY = ("evidence", *_EVIDENCE_NAMES, "evidence_salt", "index", "kind")
_GROUPS = (*_ENTRY, "subject", *_SUBJECT_NAMES, "subject_salt", "subject_commitment")

Match = re.Match[bytes]


class Decisions(NamedTuple):
    """What successive leaves say, as Said has it of one.

    `choices`: policy version, categories and services of each. `subject_absent`: the leaf indexes of which that half is not
    there, as it is nowhere in a bundle without subjects.
    """

    leaves: list[bytes]
    subject_absent: list[int]
    record_ids: bytes
    received_ms: list[int]
    scripts: set[str]
    choices: set[tuple[str, bytes, bytes]]
    counts: Counter[tuple[str, str]]
    rows: bytes


def apart(lines: Sequence[bytes]) -> Iterator[tuple[Sequence[bytes], Sequence[Match]]]:
    """Lines without their newlines, in order: successive ones that look like decisions, with their matches; others without."""
    matches = list(map(_LINE.fullmatch, lines))
    if None not in matches:
        yield lines, matches  # type: ignore[misc] # just looked at
        return
    for _, pairs in groupby(zip(lines, matches, strict=True), key=lambda pair: pair[1] is None):
        some, found = zip(*pairs, strict=True)
        yield some, () if found[0] is None else found


def read(matches: Sequence[Match], index: int, log: str) -> Decisions | None:
    """Of successive lines, the first of which is the leaf `index`. None where the short way does not lead through, and
    nothing is said of any of them then."""
    columns = dict(zip(_GROUPS, zip(*[match.groups(b"") for match in matches], strict=True), strict=True))
    decisions, received = columns["decision"], columns["received_time"]
    received_ms = _moments(received)
    places = [b"%d" % number for number in range(index, index + len(matches))]
    fits = (
        list(columns["index"]) == places
        and set(columns["log"]) == {log.encode()}
        and set(zip(columns["kind"], decisions, strict=True)) <= _KINDS
        and all(map(_canonical, {*columns["categories"], *columns["services"]}))
        and _may_be_lines([match.string for match in matches])
    )
    if not fits or received_ms is None:
        return None
    choices = set(zip(columns["policy_version"], columns["categories"], columns["services"], strict=True))
    counts = Counter(zip([time[:10] for time in received], decisions, strict=True))
    return Decisions(
        leaves=_leaves(columns),
        subject_absent=[place for place, left in enumerate(columns["subject_commitment"], index) if left],
        record_ids=a2b_hex(b"".join(columns["record_id"]).replace(b"-", b"")),
        received_ms=received_ms,
        scripts={script.decode() for script in set(columns["script"]) if script},
        choices={(version.decode(), categories, services) for version, categories, services in choices},
        counts=Counter({(day.decode(), decision.decode()): count for (day, decision), count in counts.items()}),
        rows=table.rows(columns),
    )


Columns = dict[str, tuple[bytes, ...]]


def _leaves(columns: Columns) -> list[bytes]:
    evidence = map(commit_evidence, map(a2b_base64, columns["evidence_salt"]), columns["evidence"])
    subject = map(_subject, columns["subject_salt"], columns["subject"], columns["subject_commitment"])
    halves = zip(columns["kind"], evidence, subject, strict=True)
    return [leaf_hash(entry_bytes(_KIND[kind], SCHEMA, known, about)) for kind, known, about in halves]


def _subject(salt: bytes, content: bytes, commitment: bytes) -> bytes:
    return a2b_base64(commitment) if commitment else commit_subject(a2b_base64(salt), content)


_KIND = {b"%d" % kind: kind for kind in DECISIONS}
_KINDS = {(b"%d" % kind, decision.encode()) for decision, kind in KIND_OF.items()}


def _may_be_lines(lines: list[bytes]) -> bool:
    """Text, and none longer than a line may be with its newline."""
    try:
        return max(map(len, lines)) < LONGEST_LINE and bool(b"".join(lines).decode())
    except UnicodeDecodeError:
        return False


def _moments(times: Sequence[bytes]) -> list[int] | None:
    """Milliseconds since the epoch; None where one of them is on a day that there is not."""
    days = {time[:10] for time in times}
    begun = {day: moment for day in days if (moment := _day_ms(day)) is not None}
    if len(begun) < len(days):
        return None
    return [begun[time[:10]] + _second_ms(time[11:19]) + int(time[20:23]) for time in times]


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
