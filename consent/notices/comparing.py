"""What changed between two texts, line by line."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

CONTEXT = 2  # lines around a change


@dataclass(frozen=True)
class Line:
    """`kind` is same, added, removed or gap; a gap stands for lines that are the same."""

    kind: str
    text: str


_KINDS = {" ": "same", "+": "added", "-": "removed"}


def lines(old: str, new: str) -> Iterator[Line]:
    """Nothing where the texts are the same."""
    made = difflib.unified_diff(old.splitlines(), new.splitlines(), n=CONTEXT, lineterm="")
    first = True
    for line in list(made)[2:]:
        if not line.startswith("@@"):
            yield Line(_KINDS[line[0]], line[1:])
        elif not first:
            yield Line("gap", "")
        first = False
