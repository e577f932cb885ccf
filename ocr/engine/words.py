"""Glyphs of one line into words: Thai letters are joined, visible blanks divide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr.thaiorder import Glyph, is_mark

BLANK = 0.4
"""A blank this many consonant heights wide divides words, where letters stand close."""


def blank_width(gaps: NDArray[np.float64]) -> float:
    """How wide a blank must be to divide words, in consonant heights, on a page with these `gaps` between letters.

    Typewriter faces and letter-spaced print leave wide gaps beside narrow letters; a blank is 1.75 times the usual gap.
    """
    return max(BLANK, 1.75 * float(np.median(gaps))) if len(gaps) >= 30 else BLANK


def letter_gaps(spans: NDArray[np.float64]) -> NDArray[np.float64]:
    """The widths of the gaps between `spans` (n, 2) of left and right edges."""
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    widths = spans[1:, 0] - np.maximum.accumulate(spans[:-1, 1])
    gaps: NDArray[np.float64] = widths[widths > 0]
    return gaps


def blanks(spans: NDArray[np.float64], width: float) -> list[tuple[float, float]]:
    """The blanks of at least `width` between `spans` (n, 2) of left and right edges, from left to right."""
    if not len(spans):
        return []
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    right = np.maximum.accumulate(spans[:, 1])
    wide = np.flatnonzero(spans[1:, 0] - right[:-1] >= width)
    return [(float(right[i]), float(spans[i + 1, 0])) for i in wide]


def divide(glyphs: Sequence[Glyph], gaps: Sequence[tuple[float, float]], reach: float) -> list[list[Glyph]]:
    """Runs of `glyphs` (in legal order), divided where a blank of `gaps` lies between two of them.

    Tesseract's places are rough: each blank takes the joint between two glyphs that is near and wide, at most
    `reach` pixels away. A mark never begins a run; nothing is lost.
    """
    joints = [
        (
            i,
            (min(glyphs[i - 1].x1, glyphs[i].x0) + glyphs[i].x0) / 2,
            max(0.0, glyphs[i].x0 - glyphs[i - 1].x1),
        )
        for i in range(1, len(glyphs))
        if glyphs[i].joint and not is_mark(glyphs[i].char)
    ]
    cuts = {0, len(glyphs)}
    for left, right in gaps:
        middle = (left + right) / 2
        near = [j for j in joints if abs(j[1] - middle) <= reach + (right - left) / 2]
        if near:
            cuts.add(min(near, key=lambda j: abs(j[1] - middle) - j[2])[0])
    return [list(glyphs[a:b]) for a, b in pairwise(sorted(cuts))]


def is_text(glyphs: Sequence[Glyph]) -> bool:
    """Whether a reading is of print: what the network makes of dirt is short or without letters, and unsure."""
    if not glyphs:
        return False
    sure = sum(g.confidence for g in glyphs) / len(glyphs)
    if not any(g.char.isalnum() for g in glyphs):
        return sure >= 0.5
    return sure >= 0.3 or len(glyphs) > 4
