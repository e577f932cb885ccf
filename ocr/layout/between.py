"""Marks in the blank between two lines: which hang from the line above and which stand over the line below.

Distance alone misleads: ุ of one line often stands nearer to the marks of the next line than to any letter of its
own. But Thai type keeps its marks on three levels, at much the same heights in every face.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink

_UNDER = 0.1
"""How far under the foot of its letter ุ or ู begins, in consonant heights (0.07–0.12 in the faces measured)."""
_OVER = ((0.07, 0.19), (0.5, 0.7))
"""How far over the top of its letter a mark ends: next to the letter, or over a vowel."""
_STACKED = 0.2
"""A mark over a vowel ends at most so far over it; ุ and ู of the line above often end at that level, with no vowel there."""
_NEAR = 0.12
"""A mark further than this from a level does not stand on it."""
_SURE = 0.08
"""How much nearer the one level must be than the other."""
_WIDEST = 1.5
"""Two marks that touch are no wider, in consonant heights."""
_TALLEST = 0.44
"""No tone mark over a vowel is higher, in consonant heights; ุ and ู may be."""


def owners_between(ink: Ink, loose: NDArray[np.int64], core: NDArray[np.int32]) -> NDArray[np.int32]:
    """The ridge of each of the components `loose` that stands between a letter above and one below; −1 where not sure.

    `core` names the ridge of every letter.
    """
    h = ink.consonant
    found = np.full(len(loose), -1, np.int32)
    held = np.flatnonzero(core >= 0)
    if not len(held) or not len(loose):
        return found
    boxes = ink.boxes.astype(np.float64)
    held = held[np.argsort(boxes[held, 0], kind="stable")]
    height = boxes[held, 3] - boxes[held, 1]
    plain = held[np.abs(height - h) < 0.3 * h]
    lines = {k: plain[core[plain] == k] for k in np.unique(core[held]).tolist()}
    lefts, rights = boxes[held, 0], boxes[held, 2]
    widest = float((rights - lefts).max())
    for n, i in enumerate(loose.tolist()):
        x0, y0, x1, y1 = boxes[i]
        if y1 - y0 > 0.7 * h or x1 - x0 > _WIDEST * h:
            continue
        near = held[np.searchsorted(lefts, x0 - widest) : np.searchsorted(lefts, x1)]
        near = near[boxes[near, 2] > x0]
        middle = (boxes[near, 1] + boxes[near, 3]) / 2
        above, below = near[middle < y0], near[middle > y1]
        if not len(above) or not len(below):
            continue
        upper = int(core[above[np.argmax(boxes[above, 3])]])
        lower = int(core[below[np.argmin(boxes[below, 1])]])
        if not len(lines[upper]) or not len(lines[lower]):
            continue
        under = abs((y0 - _beside(boxes[lines[upper]], x0, 3)) / h - _UNDER)
        over = (_beside(boxes[lines[lower]], x0, 1) - y1) / h
        next_to, over_vowel = (max(least - over, over - most, 0.0) for least, most in _OVER)
        low = y1 - y0 <= _TALLEST * h
        over = min(next_to, over_vowel) if low and _on_a_vowel(boxes[i], boxes[loose], h) else next_to
        if under < min(_NEAR, over - _SURE):
            found[n] = upper
        elif over < _NEAR and over + _SURE < under:
            found[n] = lower
    return found


def _on_a_vowel(mark: NDArray[np.float64], marks: NDArray[np.float64], h: float) -> bool:
    """Whether one of the `marks` stands right under `mark`, under three tenths of its width at least."""
    x0, _, x1, y1 = mark
    gap, shared = marks[:, 1] - y1, np.minimum(marks[:, 2], x1) - np.maximum(marks[:, 0], x0)
    return bool(((shared > 0.3 * (x1 - x0)) & (gap > -0.1 * h) & (gap < _STACKED * h)).any())


def _beside(letters: NDArray[np.float64], x: float, side: int) -> float:
    """Where the few `letters` of a line next to `x`, from left to right, have their tops (`side` 1) or feet (3)."""
    at = int(np.searchsorted(letters[:, 0], x))
    return float(np.median(letters[max(0, at - 3) : at + 3, side]))
