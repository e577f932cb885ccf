"""Bullets and dashes that stand far to the left of their lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.ridges import Ridge

_REACH = 6.0
"""How far to the left of its line a bullet may stand, in consonant heights."""


def leading_signs(
    ink: Ink, free: NDArray[np.bool_], ridges: Sequence[Ridge], lines: Sequence[NDArray[np.int64]]
) -> dict[int, int]:
    """For lines (components from left to right) with a bullet or dash before them: which of the `free` components.

    A small one counts only where another line of the sheet has its own right under or over it.
    """
    h = ink.consonant
    candidates = np.flatnonzero(free)
    x0, y0, x1, y1 = ink.boxes[candidates].T.astype(np.float64)
    width, height = x1 - x0, y1 - y0
    solid = ink.areas[candidates] >= 0.58 * width * height
    dot = solid & (np.abs(width - height) <= 0.25 * np.maximum(width, height))
    dot &= (np.minimum(width, height) >= 0.18 * h) & (np.maximum(width, height) <= 0.85 * h)
    dash = (width >= 1.8 * height) & (width >= 0.25 * h) & (width <= 1.2 * h) & (height <= 0.35 * h)
    likely = dot | dash
    candidates, x0, x1, width = candidates[likely], x0[likely], x1[likely], width[likely]
    middle = ((y0 + y1) / 2)[likely]
    large = width >= np.where(dash[likely], 0.4 * h, 0.26 * h)
    found: dict[int, int] = {}
    for k, (ridge, members) in enumerate(zip(ridges, lines, strict=True)):
        if not len(members):
            continue
        left = float(ink.boxes[members[0], 0])
        near = (left - x1 > 0.3 * h) & (left - x1 < _REACH * h)
        near &= np.abs(middle - float(ridge.at(left))) < 0.3 * h
        if near.any():
            found[k] = int(np.flatnonzero(near)[np.argmax(x1[near])])
    return {
        k: int(candidates[i])
        for k, i in found.items()
        if large[i] or any(i != j and abs(x0[i] - x0[j]) < 0.4 * h for j in found.values())
    }
