"""The leaves of the bundle: parts computed in parallel, joined in order to one tree and one table."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from consent.audit.verify.archive import Archive, ArchiveInvalid
from consent.audit.verify.part import Part, Task, verify_part
from consent.audit.verify.report import Verdicts
from consent.audit.verify.runs import Run
from consent.audit.verify.table import HEADER
from consent.audit.verify.times import Times
from consent.audit.verify.told import Told, told

_ID_BYTES = 16


@dataclass
class Leaves:
    """What all parts say together. `missing`: two bytes for each leaf, evidence and subject, 1 where the half is absent."""

    start: int
    tree: Run
    missing: bytearray
    times: Times
    hashes: dict[str, tuple[int, str]] = field(default_factory=dict)
    marked_root: bytes | None = None
    found: int | None = None
    ids: set[bytes] = field(default_factory=set)
    twice: bytes | None = None  # an id that is there more than once
    erased: list[Any] = field(default_factory=list)  # what entries of the range account for, as in Part
    versions: set[str] = field(default_factory=set)
    scripts: set[str] = field(default_factory=set)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)


def parts(tasks: list[Task], processes: int) -> Iterator[Part]:
    """In order. Each process reads the archive by itself."""
    if processes == 1 or len(tasks) == 1:
        yield from map(verify_part, tasks)
        return
    with ProcessPoolExecutor(min(processes, len(tasks))) as pool:
        yield from pool.map(verify_part, tasks)


def read(archive: Archive, found: Iterable[Part], leaves: Leaves, mark: int | None, verdicts: Verdicts) -> None:
    """Joins the parts to `leaves` and compares the table with what they give."""
    table = _Table(archive)
    for part in found:
        for check, (what, place) in part.problems.items():
            verdicts.fails(check, what, place)
        leaves.hashes[part.name] = (part.size, part.sha256)
        _join(leaves, part, mark)
        leaves.times.join(part.times)
        _collect(leaves, part)
        table.compare(part)
    leaves.hashes["records.csv"] = table.end()
    if table.problem:
        verdicts.fails("csv", table.problem, table.place)
    else:
        verdicts.holds("csv", "csv_same")
    _unique(leaves, verdicts)
    if not verdicts.failed("records"):
        verdicts.holds("records", "leaves_there", leaves=leaves.tree.end - leaves.start)
    leaves.times.end()


def _join(leaves: Leaves, part: Part, mark: int | None) -> None:
    if part.marked is not None and mark is not None:
        until_mark = Run(0, leaves.tree.nodes)
        until_mark.join(part.marked)
        leaves.marked_root = until_mark.root()
    leaves.tree.join(part.nodes)
    if leaves.tree.end == mark:
        leaves.marked_root = leaves.tree.root()


def _collect(leaves: Leaves, part: Part) -> None:
    for place in part.absent:
        leaves.missing[place - 2 * leaves.start] = 1
    leaves.found = part.found if leaves.found is None else leaves.found
    _collect_ids(leaves, bytes(part.ids))
    leaves.erased.append(part.erased)
    leaves.versions |= part.versions
    leaves.scripts |= part.scripts
    leaves.counts += part.counts
    leaves.samples += part.samples


def _collect_ids(leaves: Leaves, blob: bytes) -> None:
    """While other parts are still read: a million ids sorted at the end would keep the other processors waiting."""
    known = leaves.ids
    for at in range(0, len(blob), _ID_BYTES):
        record_id = blob[at : at + _ID_BYTES]
        if record_id in known:
            leaves.twice = leaves.twice or record_id
        known.add(record_id)


def _unique(leaves: Leaves, verdicts: Verdicts) -> None:
    if leaves.twice is None:
        verdicts.holds("record_ids", "ids_once", ids=len(leaves.ids))
    else:
        verdicts.fails("record_ids", Told("record_id_twice"), Told("at_record", {"record": leaves.twice.hex()}))


class _Table:
    """`records.csv`, read along: each part knows the length and the hash of its own rows."""

    def __init__(self, archive: Archive) -> None:
        self._whole = hashlib.sha256()
        self._size = 0
        self._rest = b""
        self._chunks = archive.chunks("records.csv")
        self.problem: Told | None = None
        self.place: str | Told | None = None
        self._expect(len(HEADER), hashlib.sha256(HEADER).hexdigest(), Told("at_table_head"))

    def compare(self, part: Part) -> None:
        self._expect(part.csv_size, part.csv_sha256, Told("at_table_rows", {"name": part.name}))

    def end(self) -> tuple[int, str]:
        if self._rest or self._next():
            self._fail(Told("table_more"), Told("at_table_end"))
        while self._next():
            pass
        return self._size, self._whole.hexdigest()

    def _expect(self, size: int, sha256: str, place: Told) -> None:
        segment = hashlib.sha256()
        while size:
            if not self._rest and not self._next():
                break
            segment.update(self._rest[:size])
            taken = min(size, len(self._rest))
            self._rest, size = self._rest[taken:], size - taken
        if segment.hexdigest() != sha256:
            self._fail(Told("table_other"), place)

    def _next(self) -> bool:
        try:
            self._rest = next(self._chunks, b"")
        except ArchiveInvalid as error:
            self._fail(told(error), "records.csv")
            self._chunks, self._rest = iter(()), b""
        self._whole.update(self._rest)
        self._size += len(self._rest)
        return bool(self._rest)

    def _fail(self, problem: Told, place: str | Told) -> None:
        self.problem, self.place = self.problem or problem, self.place or place


def chunk_hash(archive: Archive, name: str) -> tuple[int, str]:
    """Size and SHA-256 of a file. Raises ArchiveInvalid."""
    digest, size = hashlib.sha256(), 0
    for chunk in archive.chunks(name):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()
