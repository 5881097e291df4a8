"""One file of leaves, read once: everything that can be said of it without the others. Parts run in parallel."""

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from consent.audit.verify import decisions, form, shapes
from consent.audit.verify.archive import Archive, ArchiveInvalid
from consent.audit.verify.decisions import Decisions
from consent.audit.verify.lines import LONGEST_LINE, LineInvalid
from consent.audit.verify.policies import Policy, contradiction
from consent.audit.verify.runs import Node, Run
from consent.audit.verify.said import Decided, Said
from consent.audit.verify.times import Step, Stretch
from consent.audit.verify.told import Told, at_leaf, told

MOST_NAMES = 1_000  # of policy versions or scripts that one file names


@dataclass(frozen=True)
class Task:
    """What one file is held to. `mark`: a size at which the tree is asked for; `wanted`: leaves whose index is asked for."""

    path: str | Path
    name: str
    start: int
    end: int
    log: str
    epoch: int
    policies: dict[str, Policy]
    mark: int | None = None
    wanted: bytes | None = None
    samples: int = 0


@dataclass
class Part:
    """`absent` and `erased` hold 2 × index, plus 1 for a subject half. `problems`: the first of each check, with its place."""

    name: str
    start: int
    sha256: str = ""
    size: int = 0
    nodes: list[Node] = field(default_factory=list)
    marked: list[Node] | None = None
    problems: dict[str, tuple[Told, str | Told]] = field(default_factory=dict)
    ids: bytearray = field(default_factory=bytearray)
    absent: Any = field(default_factory=lambda: array("Q"))
    erased: Any = field(default_factory=lambda: array("Q"))
    times: list[Stretch] = field(default_factory=lambda: [Stretch()])
    csv_size: int = 0
    csv_sha256: str = ""
    versions: set[str] = field(default_factory=set)
    scripts: set[str] = field(default_factory=set)
    found: int | None = None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def problem(self, check: str, what: Told, place: str | Told) -> None:
        self.problems.setdefault(check, (what, place))


def verify_part(task: Task) -> Part:
    """Never raises for what the file holds."""
    return _Reader(task).read()


class _Reader:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._part = Part(task.name, task.start)
        self._run = Run(task.start)
        self._bytes = hashlib.sha256()
        self._csv = hashlib.sha256()
        # A million visitors choose among few combinations.
        self._contradiction = lru_cache(8192)(partial(contradiction, task.policies))

    def read(self) -> Part:
        part = self._part
        try:
            with Archive(self._task.path) as archive:
                for text in self._texts(archive):
                    self._some(text)
        except ArchiveInvalid as error:
            part.problem("manifest", told(error), part.name)
        if self._run.end != self._task.end:
            part.problem("records", Told("part_short", {"leaf": self._task.end - 1}), part.name)
        part.nodes = self._run.nodes
        part.sha256, part.csv_sha256 = self._bytes.hexdigest(), self._csv.hexdigest()
        return part

    def _texts(self, archive: Archive) -> Iterator[bytes]:
        """Some whole lines at a time."""
        rest = b""
        for chunk in archive.chunks(self._part.name):
            self._bytes.update(chunk)
            self._part.size += len(chunk)
            text = rest + chunk
            whole = text.rfind(b"\n") + 1
            rest = text[whole:]
            yield text[:whole]
            if len(rest) > LONGEST_LINE:
                self._part.problem("records", Told("part_line_long"), self._part.name)
                rest = b""
        if rest:
            self._part.problem("records", Told("part_end"), self._part.name)

    def _some(self, text: bytes) -> None:
        lines, room = text.count(b"\n"), self._task.end - self._run.end
        if lines > room:
            self._part.problem("records", Told("part_long"), self._part.name)
            text, lines = b"".join(_first(room, text)), room
        for some, found in form.apart(text, lines):
            known = decisions.read(some, found, self._run.end, self._task.log) if found else None
            if known and self._nothing_to_see(known):
                self._decisions(known, some)
            else:
                for line in _first(len(some), some):
                    self._line(line)

    def _nothing_to_see(self, known: Decisions) -> bool:
        """No problem in any of them, nor one that is asked for: what calls for the place of a leaf is found line by line."""
        part, start = self._part, self._run.end
        sizes = range(start, start + len(known.leaves))
        versions = {version for version, _, _ in known.choices}
        return (
            self._task.mark not in sizes
            and self._task.wanted not in known.leaves
            and len(part.versions | versions) <= MOST_NAMES
            and len(part.scripts | known.scripts) <= MOST_NAMES
            and not any(self._contradiction(*choice) for choice in known.choices)
            and part.times[-1].continues(known.received_ms)
        )

    def _decisions(self, known: Decisions, text: bytes) -> None:
        part, start = self._part, self._run.end
        part.times[-1].add_all(known.received_ms, start)
        self._run.extend(known.leaves)
        part.absent.extend(2 * index + 1 for index in known.subject_absent)
        part.ids += known.record_ids
        part.versions |= {version for version, _, _ in known.choices}
        part.scripts |= known.scripts
        part.counts += known.counts
        self._csv.update(known.rows)
        part.csv_size += len(known.rows)
        for index, line in enumerate(_first(self._task.samples - len(part.samples), text), start):
            self._sample(index, line)

    def _line(self, raw: bytes) -> None:
        index, part = self._run.end, self._part
        try:
            if len(raw) > LONGEST_LINE:
                raise LineInvalid("line_long")
            said = shapes.said(raw, self._task.log, self._task.epoch)
        except LineInvalid as error:
            part.problem("records", told(error), at_leaf(index))
            self._run.append(bytes(32))  # the tree cannot come out right any more; the rest is still looked at
            part.times[-1].skip()
            return
        self._enter(index, said.leaf)
        wrong = Told("line_index", {"leaf": said.leaf_index}) if said.leaf_index != index else said.wrong
        if wrong:
            part.problem("records", wrong, at_leaf(index))
            part.times[-1].skip()
        else:
            self._said(index, said, raw)

    def _enter(self, index: int, leaf: bytes) -> None:
        if index == self._task.mark:
            self._part.marked = list(self._run.nodes)
        if leaf == self._task.wanted:
            self._part.found = index
        self._run.append(leaf)

    def _said(self, index: int, said: Said, raw: bytes) -> None:
        part = self._part
        if said.evidence_absent:
            part.absent.append(2 * index)
        if said.subject_absent:
            part.absent.append(2 * index + 1)
        part.ids += said.record_id
        self._time(index, said)
        if said.policy_version is not None:
            self._name("policies", part.versions, said.policy_version, index)
        if said.decided:
            self._decision(index, said.policy_version, said.decided)
            self._sample(index, raw)
        if said.erased:
            part.erased.extend(2 * place.leaf_index + place.subject for place in said.erased if place.leaf_index >= 0)

    def _time(self, index: int, said: Said) -> None:
        times = self._part.times
        if said.received_ms is None:
            times[-1].skip()
        elif said.stepped_ms is not None:
            times.append(Stretch(Step(index, said.stepped_ms, said.received_ms), latest_ms=said.received_ms))
        elif not times[-1].add(said.received_ms, index):
            self._part.problem("times", Told("time_before"), at_leaf(index))

    def _decision(self, index: int, version: str | None, decided: Decided) -> None:
        part = self._part
        if decided.script is not None:
            self._name("scripts", part.scripts, decided.script, index)
        wrong = self._contradiction(version, decided.categories, decided.services)
        if wrong:
            part.problem("policies", wrong, at_leaf(index))
        self._csv.update(decided.row)
        part.csv_size += len(decided.row)
        part.counts[decided.day, decided.decision] += 1

    def _sample(self, index: int, raw: bytes) -> None:
        if len(self._part.samples) < self._task.samples:
            value = json.loads(raw)
            self._part.samples.append({**value["evidence"], **(value.get("subject") or {}), "leaf": index})

    def _name(self, check: str, names: set[str], name: str, index: int) -> None:
        if name not in names and len(names) == MOST_NAMES:
            self._part.problem(check, Told("names_many"), at_leaf(index))
        elif name not in names:
            names.add(name)


def _first(most: int, text: bytes) -> list[bytes]:
    """The first of whole lines, each with its newline."""
    return [line + b"\n" for line in text.split(b"\n", most)[:-1]]
