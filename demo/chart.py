"""SVG paths for the site's small charts, drawn on the server so that they cost the page no script."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]


def line_path(values: Sequence[float], width: float, height: float, low: float, high: float) -> str:
    """A smooth line through the values; low and high are the values at the bottom and top edge."""
    points = _points(values, width, height, low, high)
    curves = (_curve(points, index) for index in range(len(points) - 1))
    return f"M{points[0][0]:.1f} {points[0][1]:.1f}" + "".join(curves)


def area_path(values: Sequence[float], width: float, height: float, low: float, high: float) -> str:
    """The same line, closed along the bottom edge."""
    return f"{line_path(values, width, height, low, high)}V{height:.1f}H0Z"


def _points(values: Sequence[float], width: float, height: float, low: float, high: float) -> list[Point]:
    step = width / (len(values) - 1)
    return [(index * step, height - (value - low) / (high - low) * height) for index, value in enumerate(values)]


def _curve(points: list[Point], index: int) -> str:
    """One cubic segment whose tangents follow the neighbours (Catmull-Rom), so that the line has no corners."""
    before, start = points[max(index - 1, 0)], points[index]
    end, after = points[index + 1], points[min(index + 2, len(points) - 1)]
    first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
    second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
    return "C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in (first, second, end))
