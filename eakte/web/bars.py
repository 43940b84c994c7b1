"""The one way to draw numbers: bars from left to right or side by side, in units of the picture, for SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; sizes are units of the picture, counted from its left and upper edge."""

    left: float
    top: float
    width: float
    height: float


def upright(values: Sequence[int], *, width: float, height: float, gap: float, widest: float = inf) -> tuple[Bar, ...]:
    """Return a bar for each value, side by side; the highest fills the picture."""
    most, step = max(values, default=0), width / max(len(values), 1)
    return tuple(
        Bar(
            left=round(step * place, 2),
            top=round(height - (high := height * value / most if most else 0), 2),
            width=round(min(max(step - gap, 0.5), widest), 2),
            height=round(high, 2),
        )
        for place, value in enumerate(values)
    )


def lying(values: Sequence[int], *, most: int, width: float, height: float) -> tuple[Bar, ...]:
    """Return the parts of one bar, one behind the other; a sum of *most* fills the picture."""
    bars, left = [], 0.0
    for value in values:
        long = width * value / most if most else 0.0
        bars.append(Bar(round(left, 2), 0, round(long, 2), height))
        left += long
    return tuple(bars)
