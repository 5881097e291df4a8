"""Leaves from the database into files of a work folder, 65,536 to a piece: the lines and their rows of the table.

A finished piece has a note beside it. After a crash it is taken as it is, if its bytes are still those of the note and
nothing of it was erased meanwhile: what was erased must not come back.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import bindparam, func, select

from consent.audit.bundle.plan import Plan
from consent.audit.verify import table
from consent.audit.verify.lines import Half, Line, encode
from consent.audit.verify.manifest import LEAVES_PER_FILE, record_file
from consent.audit.verify.shapes import DECISIONS
from consent.db import db
from consent.ledger.logs import LogIncomplete
from consent.ledger.models import entry_table
from consent.merkle.entry import commit_subject

_ROWS_AT_ONCE = 2_000
Report = Callable[[int, int | None], None]  # done, total


@dataclass(frozen=True)
class Piece:
    """`of` is what was asked for; `absent` counts the halves that were not there when it was written; `versions` and
    `scripts` are what its leaves name, `shown` is policy version, build and language where a record names all of them.
    """

    of: str
    name: str
    rows: str
    bytes: int
    sha256: str
    rows_bytes: int
    rows_sha256: str
    absent: int
    versions: list[str]
    scripts: list[str]
    shown: list[list[str]]


def write(plan: Plan, folder: Path, report: Report) -> list[Piece]:
    """Reports the leaves that are done."""
    pieces = []
    for number, start in enumerate(range(plan.start, plan.end, LEAVES_PER_FILE)):
        end = min(start + LEAVES_PER_FILE, plan.end)
        piece = _finished(plan, folder, number, start, end)
        pieces.append(piece or _Writer(plan, folder, number).write(start, end, report))
        report(end - plan.start, plan.size)
    return pieces


def _finished(plan: Plan, folder: Path, number: int, start: int, end: int) -> Piece | None:
    try:
        piece = Piece(**json.loads((folder / f"{record_file(number)}.done").read_text()))
        whole = _sha256(folder / piece.name) == piece.sha256 and _sha256(folder / piece.rows) == piece.rows_sha256
    except (OSError, ValueError, TypeError):
        return None
    same = piece.of == _asked(plan, start, end)
    return piece if same and whole and piece.absent == _absent(plan, start, end) else None


def _asked(plan: Plan, start: int, end: int) -> str:
    return f"{plan.log.origin} {start} {end} {plan.mode}"


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _absent(plan: Plan, start: int, end: int) -> int:
    statement = select(func.count(entry_table.c.evidence_commitment), func.count(entry_table.c.subject_commitment))
    here = entry_table.c.log_id == plan.log.log_id, entry_table.c.leaf_index >= start, entry_table.c.leaf_index < end
    with db.engine.connect() as connection:
        return sum(connection.execute(statement.where(*here)).one())


class _Writer:
    def __init__(self, plan: Plan, folder: Path, number: int) -> None:
        self._plan, self._folder = plan, folder
        self._name, self._rows = record_file(number), f"rows-{number:03d}.csv"
        self._hashes = hashlib.sha256(), hashlib.sha256()
        self._sizes = [0, 0]
        self._absent = 0
        self._versions: set[str] = set()
        self._scripts: set[str] = set()
        self._shown: set[tuple[str, str, str]] = set()

    def write(self, start: int, end: int, report: Report) -> Piece:
        with open(self._folder / self._name, "wb") as lines, open(self._folder / self._rows, "wb") as rows:
            for page in _pages(self._plan, start, end):
                for file, which, content in ((lines, 0, self._lines(page)), (rows, 1, self._table(page))):
                    file.write(content)
                    self._hashes[which].update(content)
                    self._sizes[which] += len(content)
                report(page[-1].leaf_index + 1 - self._plan.start, self._plan.size)
            for file in (lines, rows):
                file.flush()
                os.fsync(file.fileno())
        return self._done(_asked(self._plan, start, end))

    def _lines(self, page: list[Any]) -> bytes:
        return b"".join([encode(line_of(row, with_subject=self._plan.with_subject)) for row in page])

    def _table(self, page: list[Any]) -> bytes:
        return b"".join([self._row(row) for row in page])

    def _row(self, row: Any) -> bytes:
        self._absent += (row.evidence_commitment is not None) + (row.subject_commitment is not None)
        if row.evidence is None:
            return b""
        evidence = orjson.loads(row.evidence)
        if evidence.get("policy_version"):
            self._versions.add(evidence["policy_version"])
        if row.kind not in DECISIONS:
            return b""
        if evidence["script"]:
            self._scripts.add(evidence["script"])
            self._shown.add((evidence["policy_version"], evidence["script"], evidence["language"]))
        subject = orjson.loads(row.subject) if row.subject is not None and self._plan.with_subject else None
        return table.row(evidence, subject)

    def _done(self, asked: str) -> Piece:
        hashes = [digest.hexdigest() for digest in self._hashes]
        piece = Piece(
            *(asked, self._name, self._rows, self._sizes[0], hashes[0], self._sizes[1], hashes[1], self._absent),
            *(sorted(self._versions), sorted(self._scripts), [list(each) for each in sorted(self._shown)]),
        )
        (self._folder / f"{self._name}.done").write_text(json.dumps(asdict(piece)))
        return piece


def _pages(plan: Plan, start: int, end: int) -> Iterator[list[Any]]:
    """Short reads one after the other: a long one would keep SQLite's write-ahead log from being folded back."""
    while start < end:
        here = {"log": plan.log.log_id, "start": start, "end": min(start + _ROWS_AT_ONCE, end)}
        with db.engine.connect() as connection:
            page = list(connection.execute(_PAGE, here))
        wanted, found = range(here["start"], here["end"]), [row.leaf_index for row in page]
        if found != list(wanted):
            raise LogIncomplete(plan.log.origin, min({*wanted} - {*found}, default=start))
        yield page
        start = here["end"]


def line_of(row: Any, *, with_subject: bool) -> Line:
    evidence = Half(row.evidence, row.evidence_salt, row.evidence_commitment)
    return Line(row.leaf_index, row.kind, row.schema, evidence, _subject(row, with_subject=with_subject))


def _subject(row: Any, *, with_subject: bool) -> Half | None:
    if row.subject is None:
        return None if row.subject_commitment is None else Half(None, None, row.subject_commitment)
    if with_subject:
        return Half(row.subject, row.subject_salt, None)
    return Half(None, None, commit_subject(row.subject_salt, row.subject))


LINE_COLUMNS = (
    "leaf_index",
    "kind",
    "schema",
    "evidence",
    "evidence_salt",
    "evidence_commitment",
    "subject",
    "subject_salt",
    "subject_commitment",
)
_PAGE = (
    select(*(entry_table.c[name] for name in LINE_COLUMNS))
    .where(
        entry_table.c.log_id == bindparam("log"),
        entry_table.c.leaf_index >= bindparam("start"),
        entry_table.c.leaf_index < bindparam("end"),
    )
    .order_by(entry_table.c.leaf_index)
)
