"""Plots as geometry, for templates to draw as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 620, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 12, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with what stands under it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars or points over a scale; `grid` are (y, label) of its lines, `line` the points joined, as SVG wants them."""

    bars: tuple[Bar, ...]
    grid: tuple[tuple[float, str], ...]
    line: str
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def columns(values: Sequence[tuple[str, float | None]], top: float | None = None, unit: str = "") -> Plot:
    """A column for each (label, value); None is a gap. The scale goes from 0 to `top`, or to a round number."""
    most = top or _round_up(max((value or 0 for _, value in values), default=0))
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(values))
    room = HEIGHT - _TOP - _BOTTOM
    bars = []
    for n, (label, value) in enumerate(values):
        height = room * (value or 0) / most
        bars.append(
            Bar(
                round(_LEFT + step * (n + 0.15), 1),
                round(_TOP + room - height, 1),
                round(step * 0.7, 1),
                round(height, 1),
                label,
                math.nan if value is None else value,
            )
        )
    points = " ".join(f"{bar.x + bar.width / 2:.1f},{bar.y:.1f}" for bar in bars if not math.isnan(bar.value))
    grid = tuple(
        (round(_TOP + room * (1 - part), 1), f"{most * part:,.{0 if most >= 4 else 1}f}{unit}")
        for part in (0.0, 0.5, 1.0)
    )
    return Plot(tuple(bars), grid, points)


def _round_up(value: float) -> float:
    if value <= 4:
        return 4
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * part for part in (1, 2, 4, 5, 10) if power * part >= value)
