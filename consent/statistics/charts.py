"""Charts as numbers: where each bar stands in a picture of WIDTH × HEIGHT units. Drawing is the template's."""

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 900, 180
STACK = ("accept_all", "custom", "reject_all", "withdraw", "gpc")  # from the bottom
_GAP = 0.25  # of a day's width


@dataclass(frozen=True)
class Bar:
    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """`top` is what the full height stands for; `days` are (place of the middle, day) of a few of them."""

    bars: list[Bar]
    top: int
    days: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT


def bars(by_day: Mapping[str, Mapping[str, int]]) -> Chart:
    """One bar for each day, stacked by kind."""
    top = _round_up(max((sum(counts.values()) for counts in by_day.values()), default=0))
    step = WIDTH / max(1, len(by_day))
    found = [bar for number, counts in enumerate(by_day.values()) for bar in _stack(counts, number * step, step, top)]
    every = max(1, len(by_day) // 6)
    days = [(round((number + 0.5) * step, 1), day) for number, day in enumerate(by_day) if number % every == every // 2]
    return Chart(found, top, days)


def _stack(counts: Mapping[str, int], left: float, step: float, top: int) -> list[Bar]:
    found, bottom = [], float(HEIGHT)
    for kind in STACK:
        height = HEIGHT * counts.get(kind, 0) / top
        if height:
            bottom -= height
            width = step * (1 - _GAP)
            found.append(
                Bar(kind, round(left + step * _GAP / 2, 1), round(bottom, 1), round(width, 1), round(height, 1))
            )
    return found


def _round_up(most: int) -> int:
    """To one, two or five times a power of ten: what an axis can say."""
    unit = 1
    while True:
        for factor in (1, 2, 5):
            if factor * unit >= most:
                return factor * unit
        unit *= 10
