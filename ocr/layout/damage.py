"""Damage of words: ink on and beside them that nobody read, lines lifted out of them, edges of the sheet that cut them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.layout.page import Layout
from ocr.layout.runs import Run
from ocr.types import Box, Rule

_BESIDE = 0.6
"""How far to both sides of a word ink may be a lost part of it, in consonant heights."""
_OVER = 0.25
"""How far over its consonants and under its baseline ink harms a word, in consonant heights; marks stand there."""
_LIFTED = 0.5
"""A line that was lifted out of a word harms it as half a square of ink does: it took strokes with it."""


def damage(layout: Layout, rules: Sequence[Rule], run: Run, box: Box) -> float:
    """The ink of nobody on the word of `run` in `box` (sheet frame), in squares of the consonant height.

    A cut by the sheet's edge counts as one more, each of the sheet's `rules` through the word as a half.
    """
    h = run.consonant
    height, width = layout.grey.shape
    foot = float(run.baseline_at(np.array([box.center[0]]))[0])
    top, bottom = round(foot - (1 + _OVER) * h), round(foot + _OVER * h)
    left, right = round(box.x0 - _BESIDE * h), round(box.x1 + _BESIDE * h)
    labels = layout.printed.ink.labels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    cut = box.x0 <= 1 or box.x1 >= width - 1 or top < 0 or bottom > height
    body = Box(box.x0, foot - h, box.x1, foot).padded(-0.15 * h, -0.15 * h)
    lifted = sum(rule.box.intersection(body) is not None for rule in rules)
    return float(layout.stray[labels].sum()) / h**2 + float(cut) + _LIFTED * lifted
