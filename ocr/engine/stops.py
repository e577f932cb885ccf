"""Full stops that are dirt: print sets them on the baseline, specks lie anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.runs import Run
from ocr.thaiorder import Glyph

_SIZES = (0.1, 0.45)
"""The longer side of the smallest and the largest stop, in consonant heights."""
_LEAST = 2
"""What is smaller, in pixels, has no place that could be measured."""
_NEAR = 0.35
"""How far Tesseract's place of a stop may be from its ink, in consonant heights."""
_LOW, _HIGH = -0.6, 1.2
"""Where dirt is taken for a stop: so far under and over the baseline, in consonant heights."""
_OFF = 0.12
"""A stop stands no further than this from the foot of the letters beside it: 0.04 at most in the faces measured."""
_BESIDE = 3.0
_BLANK = 0.3
"""The room between two letters that is a blank once the dirt in it is gone, in consonant heights."""


def without_dirt(glyphs: Sequence[Glyph], ink: Ink, run: Run) -> list[Glyph]:
    """The `glyphs` of `run` (legal order, x in the sheet frame) without stops whose only ink lies off the baseline."""
    if not any(glyph.char == "." for glyph in glyphs):
        return list(glyphs)
    h = run.consonant
    boxes = _around(ink, run)
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    letters = boxes[(size > 0.6 * h) & (boxes[:, 3] - boxes[:, 1] < 1.4 * h)]
    dots = boxes[(size >= max(_LEAST, _SIZES[0] * h)) & (size <= _SIZES[1] * h)]
    kept: list[Glyph] = []
    blank = False
    for i, glyph in enumerate(glyphs):
        alone = glyph.char == "." and not any(
            g.char == "." for g in (*glyphs[max(0, i - 1) : i], *glyphs[i + 1 : i + 2])
        )
        if alone and _is_dirt((glyph.x0 + glyph.x1) / 2, dots, letters, run):
            before = kept[-1].x1 if kept else -np.inf
            after = glyphs[i + 1].x0 if i + 1 < len(glyphs) else np.inf
            blank = blank or glyph.joint or bool(after - before >= _BLANK * h)
            continue
        kept.append(glyph._replace(joint=True) if blank else glyph)
        blank = False
    return kept


def _around(ink: Ink, run: Run) -> NDArray[np.float64]:
    """The boxes of all ink on the height of the run, its own or nobody's."""
    h, box = run.consonant, run.box
    x0, y0, x1, y1 = ink.boxes.T
    there = (x1 > box.x0 - h) & (x0 < box.x1 + h) & (y1 > box.y0 - h) & (y0 < box.y1 + h)
    there[0] = False
    found: NDArray[np.float64] = ink.boxes[there].astype(np.float64)
    return found


def _is_dirt(x: float, dots: NDArray[np.float64], letters: NDArray[np.float64], run: Run) -> bool:
    h = run.consonant
    middles = (letters[:, 0] + letters[:, 2]) / 2
    foot = float(run.baseline_at(np.array([x]))[0])
    beside = letters[(np.abs(middles - x) < _BESIDE * h) & (np.abs(letters[:, 3] - foot) < 0.3 * h), 3]
    if len(beside) >= 3:
        foot = float(np.median(beside))
    over = (foot - dots[np.abs((dots[:, 0] + dots[:, 2]) / 2 - x) < _NEAR * h, 3]) / h
    over = over[(over > _LOW) & (over < _HIGH)]
    return bool(len(over)) and bool((np.abs(over) > max(_OFF, _LEAST / h)).all())
