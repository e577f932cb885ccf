"""Print of two lines that touches: ุ of one line grown together with ่ or ใ of the next is parted between them.

One component belongs to one line, so without this the other line loses its part before anybody reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.ridges import Ridge

_LEAST = 0.65
"""The height, in consonants, of the smallest component that can be two marks: ุ alone, in bold, is up to 0.6 high."""
_LETTER = 1.3
"""The same of one that holds a letter."""
_THIN = 0.22
"""What is no wider is a streak or the edge of a fold, in consonant heights."""
_UNDER = (-0.05, 0.22)
"""Where ุ and ู begin, in consonant heights under the foot of their letter (see `between`)."""
_HANG = 0.75
"""Nothing hangs lower under a line."""
_STACK = 1.0
"""A vowel and the tone mark over it are together no higher than this."""
_OVER_VOWEL = (0.4, 0.85)
"""Where the foot of a tone mark over a vowel is, above the top of the letter: no such mark is `_LEAST` high."""
_TALL = 1.65
"""The height of ใ ไ โ where the sheet has too few of them to tell (1.6–1.8 in the faces measured)."""
_MORE = 0.25
"""How much higher than these a letter with a mark of the line above is: ไ with ่ of its own line is 0.17 higher."""
_NECK = (0.38, 0.75)
"""Where two lines' print is parted, in consonant heights under the foot of the upper line."""
_ALIKE = (0.75, 1.3)
"""The height of a line's letters, in consonant heights of the sheet, whose levels are known."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of print: the middle of its letters, and where these end above and below it, in pixels."""

    ridge: Ridge
    over: float
    under: float


def parted(ink: Ink, ridges: list[Ridge], owner: NDArray[np.int32], usable: NDArray[np.bool_]) -> Ink:
    """`ink` with every component cut in two that holds print of two of the lines along `ridges`.

    `owner` names the ridge of each letter (−1: of no line's letters), `usable` says which components are print. New
    components come after the old ones; all others keep their numbers.
    """
    h = ink.consonant
    rows = _rows(ink, ridges, owner)
    height = (ink.boxes[:, 3] - ink.boxes[:, 1]) / h
    width = (ink.boxes[:, 2] - ink.boxes[:, 0]) / h
    ascender = height[usable & (owner >= 0) & (height > 1.45) & (height < 2.0) & (width < 1.6)]
    tall = float(np.median(ascender)) if len(ascender) >= 5 else _TALL
    large = (height >= _LETTER) | ((owner < 0) & (height >= _LEAST))
    cuts = [
        (int(i), cut)
        for i in np.flatnonzero(usable & large & (width > _THIN))
        if (cut := _cut(ink, int(i), int(owner[i]), rows, tall)) is not None
    ]
    return _divided(ink, cuts) if cuts else ink


def _rows(ink: Ink, ridges: list[Ridge], owner: NDArray[np.int32]) -> list[_Row | None]:
    """The measures of each line; None where its letters are larger or smaller than the sheet's, or few."""
    boxes, h = ink.boxes.astype(np.float64), ink.consonant
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    found: list[_Row | None] = []
    for k, ridge in enumerate(ridges):
        own = np.flatnonzero(owner == k)
        over, under = ridge.at(middle[own]) - boxes[own, 1], boxes[own, 3] - ridge.at(middle[own])
        plain = (over + under > 0.6 * h) & (over + under < 1.4 * h)
        if np.count_nonzero(plain) < 4:
            found.append(None)
            continue
        row = _Row(ridge, float(np.median(over[plain])), float(np.median(under[plain])))
        found.append(row if _ALIKE[0] * h <= row.over + row.under <= _ALIKE[1] * h else None)
    return found


def _cut(ink: Ink, component: int, owner: int, rows: list[_Row | None], tall: float) -> int | None:
    """The row of pixels where the lower line's part of the component begins; None where it is of one line only."""
    h = ink.consonant
    x0, y0, x1, y1 = (float(v) for v in ink.boxes[component])
    for foot, top, lower in _gaps(rows, (x0 + x1) / 2, h):
        if y0 > foot + _UNDER[1] * h or y1 < top - _OVER_VOWEL[1] * h or y1 - y0 < _LEAST * h:
            continue
        # all measures from here on in consonant heights
        begins, ends, height = (y0 - foot) / h, (top - y1) / h, (y1 - y0) / h
        letters_of_both = begins < -0.3 and ends < -0.3
        hangs = begins >= _UNDER[0]
        with_mark_below = begins < -0.3 and ends >= 0 and (y1 - foot) / h > _HANG
        letter_below = hangs and ends < -0.3 and owner in (lower, -1) and height > tall + _MORE
        over_vowel = hangs and _OVER_VOWEL[0] <= ends <= _OVER_VOWEL[1]
        over_letter = hangs and 0 <= ends < _OVER_VOWEL[0] and height > _STACK
        if letters_of_both or with_mark_below or letter_below or over_vowel or over_letter:
            return _neck(ink, component, foot, min(top, y1))
    return None


def _gaps(rows: list[_Row | None], x: float, h: float) -> Iterator[tuple[float, float, int]]:
    """The foot of each line and the top of the next one under it at `x`, with the number of the latter."""
    there = sorted(
        (
            (float(row.ridge.at(x)), k, row)
            for k, row in enumerate(rows)
            if row is not None and row.ridge.xs[0] - 2 * h <= x <= row.ridge.xs[-1] + 2 * h
        ),
        key=lambda found: found[:2],
    )
    for (upper_y, _, upper), (lower_y, k, lower) in pairwise(there):
        foot, top = upper_y + upper.under, lower_y - lower.over
        if 0.5 * h <= top - foot <= 2.2 * h:
            yield foot, top, k


def _neck(ink: Ink, component: int, foot: float, top: float) -> int | None:
    """The thinnest row of the component between two lines; None where there is none that leaves print on both sides."""
    h = ink.consonant
    x0, y0, x1, y1 = (int(v) for v in ink.boxes[component])
    first = max(round(foot + _NECK[0] * h), y0 + 2)
    last = min(round(foot + _NECK[1] * h), round(top), y1 - 2)
    if last <= first:
        return None
    thickness = (ink.labels[first:last, x0:x1] == component).sum(axis=1)
    thinnest = np.flatnonzero(thickness == thickness.min())
    return first + int(thinnest[len(thinnest) // 2])


def _divided(ink: Ink, cuts: list[tuple[int, int]]) -> Ink:
    """`ink` with what is under each cut, a component and a row, as a component of its own."""
    labels, boxes, areas = ink.labels.copy(), [*ink.boxes], [*ink.areas]
    for component, cut in cuts:
        x0, y0, x1, y1 = (int(v) for v in ink.boxes[component])
        whole = labels[y0:y1, x0:x1]
        own = whole == component
        low = own.copy()
        low[: cut - y0] = False
        whole[low] = len(boxes)
        for part, at in ((own & ~low, component), (low, len(boxes))):
            ys, xs = np.nonzero(part)
            box = np.array([x0 + xs.min(), y0 + ys.min(), x0 + xs.max() + 1, y0 + ys.max() + 1], np.int32)
            area = np.int32(len(xs))
            if at < len(boxes):
                boxes[at], areas[at] = box, area
            else:
                boxes.append(box)
                areas.append(area)
    return replace(ink, labels=labels, boxes=np.array(boxes, np.int32), areas=np.array(areas, np.int32))
