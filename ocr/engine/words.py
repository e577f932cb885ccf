"""Glyphs of one line into words: Thai letters are joined, visible blanks divide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr.thaiorder import Glyph, is_mark


def divide(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Runs of `glyphs` (in legal order), divided before each that a blank stands before. No mark begins a run."""
    words: list[list[Glyph]] = []
    pending = False
    for glyph in glyphs:
        pending = pending or glyph.joint
        if words and not (pending and not is_mark(glyph.char)):
            words[-1].append(glyph)
            continue
        words.append([glyph])
        pending = False
    return words


def extents(
    words: Sequence[Sequence[Glyph]], spans: NDArray[np.float64], reach: float
) -> list[tuple[float, float]]:
    """The left and right end of each word's print, from the ink `spans` (n, 2) of the line.

    Tesseract's places are rough: between two words the gap in the ink is taken that is near and wide, at most
    `reach` pixels away; without one, the place itself.
    """
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    right = np.maximum.accumulate(spans[:, 1])
    opens = np.flatnonzero(spans[1:, 0] > right[:-1])
    gaps = np.column_stack([right[opens], spans[opens + 1, 0]])
    left, end = float(spans[0, 0]), float(right[-1])
    places: list[tuple[float, float]] = []
    for before, after in pairwise(words):
        middle = (min(before[-1].x1, after[0].x0) + after[0].x0) / 2
        gap = (middle, middle)
        if len(gaps):
            distance = np.abs(gaps.mean(axis=1) - middle)
            best = int(np.argmin(distance - (gaps[:, 1] - gaps[:, 0])))
            if distance[best] <= reach + (gaps[best, 1] - gaps[best, 0]) / 2:
                gap = (float(gaps[best, 0]), float(gaps[best, 1]))
        stop = min(max(gap[0], left + 1), max(end, left + 1))
        places.append((left, stop))
        left = min(max(gap[1], stop), max(end - 1, stop))
    places.append((left, max(end, left + 1)))
    return places


def is_text(glyphs: Sequence[Glyph]) -> bool:
    """Whether a reading is of print: what the network makes of dirt is short or without letters, and unsure."""
    if not glyphs:
        return False
    sure = sum(g.confidence for g in glyphs) / len(glyphs)
    if not any(g.char.isalnum() for g in glyphs):
        return sure >= 0.5
    return sure >= 0.3 or len(glyphs) > 4
