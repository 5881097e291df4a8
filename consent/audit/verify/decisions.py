"""The short way for nearly every line: decisions of schema 1 in canonical form, many at once.

They are read by columns: a few steps of the interpreter for each value of each of a million lines took most of the time.
Where it leads through, the lines are what shapes.said would let pass, and say the same. Where it does not (an escape in a
text, evidence that was erased, an event, a forgery), that decides.
"""

from binascii import a2b_base64, a2b_hex
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from consent.audit.verify import form, table
from consent.audit.verify.form import Frame, Groups
from consent.audit.verify.lines import LONGEST_LINE
from consent.audit.verify.shapes import DECISIONS, SCHEMA, moment_ms
from consent.merkle.entry import commit_evidence, commit_subject, entry_start
from consent.merkle.tree import leaf_hash

Columns = dict[str, tuple[bytes, ...]]


class Decisions(NamedTuple):
    """What successive leaves say, as Said has it of one.

    `received_ms`: of the first and the last where they are in order, else of all. `choices`: policy version, categories and
    services of each. `subject_absent`: the leaf indexes of which that half is not there, as it is nowhere in a bundle
    without subjects.
    """

    leaves: list[bytes]
    subject_absent: list[int]
    record_ids: bytes
    received_ms: list[int]
    scripts: set[str]
    choices: set[tuple[str, bytes, bytes]]
    counts: Counter[tuple[str, str]]
    rows: bytes


def read(text: bytes, found: Sequence[Groups], index: int, log: str) -> Decisions | None:
    """Of successive lines, the first of which is the leaf `index`. None where the short way does not lead through, and
    nothing is said of any of them then."""
    columns: Columns = dict(zip(form.GROUPS, zip(*found, strict=True), strict=True))
    frames = [frame for frame in map(form.frame, *[columns[piece] for piece in form.PIECES]) if frame]
    received_ms = _moments(columns["received_time"])
    known = set(frames)
    fits = (
        len(frames) == len(found)
        and list(columns["index"]) == [b"%d" % number for number in range(index, index + len(found))]
        and {frame.log for frame in known} == {log}
        and all(frame.kind == _KIND[kind] for frame, kind in {*zip(frames, columns["kind"], strict=True)})
        and form.are_plain(b"".join(columns[name]) for name in form.TEXTS)
        and _may_be_lines(text)
    )
    if not fits or received_ms is None:
        return None
    return Decisions(
        leaves=_leaves(columns),
        subject_absent=[place for place, left in enumerate(columns["subject_commitment"], index) if left],
        record_ids=a2b_hex(b"".join(columns["record_id"]).replace(b"-", b"")),
        received_ms=received_ms,
        scripts={frame.script for frame in known if frame.script},
        choices={frame.choice for frame in known},
        counts=_counts(columns["received_time"], frames),
        rows=_rows(columns, frames),
    )


def _leaves(columns: Columns) -> list[bytes]:
    evidence = map(commit_evidence, map(a2b_base64, columns["evidence_salt"]), columns["evidence"])
    subject = map(_subject, columns["subject_salt"], columns["subject"], columns["subject_commitment"])
    halves = zip(columns["kind"], evidence, subject, strict=True)
    return [leaf_hash(_START[kind] + known + about) for kind, known, about in halves]


def _subject(salt: bytes, content: bytes, commitment: bytes) -> bytes:
    return a2b_base64(commitment) if commitment else commit_subject(a2b_base64(salt), content)


_KIND = {b"%d" % kind: kind for kind in DECISIONS}
_START = {digit: entry_start(kind, SCHEMA) for digit, kind in _KIND.items()}


def _may_be_lines(text: bytes) -> bool:
    """Text, and none of its lines longer than a line may be."""
    try:
        return len(text) <= LONGEST_LINE and bool(text.decode())
    except UnicodeDecodeError:
        return False


def _moments(times: Sequence[bytes]) -> list[int] | None:
    """Milliseconds since the epoch; None where one of them is on a day that there is not."""
    days = {time[:10] for time in times}
    begun = {day: moment for day in days if (moment := _day_ms(day)) is not None}
    if len(begun) < len(days):
        return None
    told = [times[0], times[-1]] if list(times) == sorted(times) else times
    return [begun[time[:10]] + _second_ms(time[11:19]) + int(time[20:23]) for time in told]


@lru_cache(8192)
def _day_ms(day: bytes) -> int | None:
    """When it began; None where there is no such day."""
    return moment_ms(f"{day.decode()}T00:00:00.000Z")


@lru_cache(86_400)  # as many as a day has
def _second_ms(time: bytes) -> int:
    hours, minutes, seconds = int(time[:2]), int(time[3:5]), int(time[6:])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _counts(received: Sequence[bytes], frames: list[Frame]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for (day, frame), count in Counter(zip([time[:10] for time in received], frames, strict=True)).items():
        counts[day.decode(), frame.decision] += count
    return counts


def _rows(columns: Columns, frames: list[Frame]) -> bytes:
    shared = iter(zip(*[frame.written for frame in frames], strict=True))
    return table.rows([table.written(own, columns[own]) if own else next(shared) for own, _ in form.RUNS])
