"""The way from a leaf to the root as a picture: where everything stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from consent.audit.standing import Step

WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT = 340, 52, 100, 26
_MIDDLE, _ASIDE = WIDTH // 2, 115


@dataclass(frozen=True)
class Box:
    """`x` and `y` are its middle; `kind` is leaf, sibling, way or root."""

    x: int
    y: int
    text: str
    kind: str

    @property
    def left(self) -> int:
        return self.x - BOX_WIDTH // 2

    @property
    def top(self) -> int:
        return self.y - BOX_HEIGHT // 2


@dataclass(frozen=True)
class Drawing:
    """`lines` are (x1, y1, x2, y2)."""

    height: int
    boxes: list[Box]
    lines: list[tuple[int, int, int, int]]
    width: int = WIDTH
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw(leaf: bytes, steps: Sequence[Step]) -> Drawing:
    """The leaf at the bottom, the root at the top; beside the way the hashes of the proof."""
    height = ROW * (len(steps) + 1)
    boxes, lines = [], []
    for level, (below, step) in enumerate(zip(_way(leaf, steps), steps, strict=False)):
        y = height - ROW // 2 - ROW * level
        aside = _MIDDLE - _ASIDE if step.sibling_is_left else _MIDDLE + _ASIDE
        boxes += [
            Box(_MIDDLE, y, short(below), "leaf" if level == 0 else "way"),
            Box(aside, y, short(step.sibling), "sibling"),
        ]
        above = y - ROW + BOX_HEIGHT // 2
        lines += [(x, y - BOX_HEIGHT // 2, _MIDDLE, above) for x in (_MIDDLE, aside)]
    top = steps[-1].above if steps else leaf
    return Drawing(height, [*boxes, Box(_MIDDLE, ROW // 2, short(top), "root")], lines)


def _way(leaf: bytes, steps: Sequence[Step]) -> list[bytes]:
    return [leaf, *(step.above for step in steps)]


def short(digest: bytes) -> str:
    return f"{digest.hex()[:8]}…"
