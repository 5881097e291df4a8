"""The order of times: forward, but for the steps back that the log itself notes right before they happen.

Parts are read apart, so each tells of its times by stretches, from one step to the next, and the join compares them with
what came before. Before its first leaf, and at leaves whose evidence is gone, a bundle says no time: what a step says of
such a time is then taken at its word, unless it is earlier than one that is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from consent.audit.verify.report import Verdicts
from consent.audit.verify.told import Told, at_leaf
from consent.merkle.entry import TOLERANCE_MS

_MOST_NAMED = 10


class Step(NamedTuple):
    """What an entry says of the times: the latest so far, and the one that follows."""

    leaf_index: int
    before_ms: int
    after_ms: int


@dataclass
class Stretch:
    """The leaves of one part from a step, or from the part's beginning, to the next step. A time is (ms, leaf index)."""

    step: Step | None = None
    begun: bool = False
    gaps: bool = False  # a leaf in it says no time
    first: tuple[int, int] | None = None
    earliest: tuple[int, int] | None = None
    latest_ms: int = 0

    def skip(self) -> None:
        """A leaf that says no time."""
        self.begun = self.gaps = True

    def add(self, moment: int, index: int) -> bool:
        """False where it was received before its predecessors in the stretch."""
        self.begun = True
        if self.first is None or self.earliest is None:
            self.first = self.earliest = moment, index
        elif moment < self.earliest[0]:
            self.earliest = moment, index
        if moment > self.latest_ms:
            self.latest_ms = moment
        return moment >= self.latest_ms - TOLERANCE_MS

    def continues(self, moments: Sequence[int]) -> bool:
        """Whether successive leaves that say these were all received after their predecessors, or about then."""
        latest = accumulate(moments, max, initial=self.latest_ms)
        return all(moment >= before - TOLERANCE_MS for moment, before in zip(moments, latest, strict=False))

    def add_all(self, moments: Sequence[int], index: int) -> None:
        """Of successive leaves from `index` on, at least one."""
        self.add(moments[0], index)
        earliest = min(moments)
        self.add(earliest, index + moments.index(earliest))
        self.latest_ms = max(self.latest_ms, *moments)


class Times:
    """Joins the stretches of all parts, in order. `latest_ms` is the time at the end, as far as anything says it.

    `first_ms`: what came before the bundle was not received later, as far as anything says it.
    """

    def __init__(self, verdicts: Verdicts, *, from_the_beginning: bool) -> None:
        self.first_ms: int | None = None
        self.latest_ms = 0
        self._verdicts = verdicts
        self._steps: list[Step] = []
        self._all_known = from_the_beginning
        self._awaited: Step | None = None

    def join(self, stretches: Iterable[Stretch]) -> None:
        for stretch in stretches:
            if stretch.step:
                self._step(stretch.step)
            if stretch.begun:
                self._leaves(stretch)

    def end(self) -> None:
        """The verdict, after the last part."""
        self._check_followed()
        seconds = TOLERANCE_MS // 1000
        if self._steps:
            told = {"steps": len(self._steps), "where": _named(self._steps)}
            self._verdicts.holds("times", "times_step_back", seconds=seconds, **told)
        elif self.first_ms is not None:
            self._verdicts.holds("times", "times_forward", seconds=seconds)

    def _fail(self, code: str, index: int) -> None:
        self._verdicts.fails("times", Told(code), at_leaf(index))

    def _check_followed(self) -> None:
        if self._awaited:
            self._fail("step_unfollowed", self._awaited.leaf_index)

    def _step(self, step: Step) -> None:
        self._check_followed()
        if step.before_ms - step.after_ms <= TOLERANCE_MS:
            self._fail("step_none", step.leaf_index)
        if step.before_ms < self.latest_ms or (self._all_known and step.before_ms != self.latest_ms):
            self._fail("step_latest", step.leaf_index)
        if step.before_ms > self.latest_ms:
            self.first_ms = step.before_ms
        self._steps.append(step)
        self.latest_ms, self._all_known, self._awaited = step.after_ms, True, step

    def _leaves(self, stretch: Stretch) -> None:
        step, self._awaited = self._awaited, None
        if step and stretch.first and stretch.first[1] == step.leaf_index + 1 and stretch.first[0] != step.after_ms:
            self._fail("step_next", step.leaf_index)
        if stretch.earliest and stretch.earliest[0] < self.latest_ms - TOLERANCE_MS:
            self._fail("time_before", stretch.earliest[1])
        if self.first_ms is None and stretch.first:
            self.first_ms = stretch.first[0]
        self.latest_ms = max(self.latest_ms, stretch.latest_ms)
        self._all_known = self._all_known and not stretch.gaps


def _named(steps: list[Step]) -> str:
    """Each with its leaf and by how much, in a spelling that every language reads."""
    named = [f"{step.leaf_index:,} (−{_duration(step.before_ms - step.after_ms)})" for step in steps[:_MOST_NAMED]]
    return ", ".join(named) + (" …" if len(steps) > _MOST_NAMED else "")


def _duration(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
