"""Blank pages: backs of duplex sheets, with show-through, specks or nothing but holes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ocr.prepare.ink import blobs, ink, reduced
from ocr.types import Sheet

_EDGE = 0.02
"""The share of each side along its edges in which nothing counts as print."""


def mark_blank(sheet: Sheet) -> Sheet:
    """The sheet, marked blank where nothing on it can be print."""
    if has_print(sheet):
        return sheet
    return replace(sheet, blank=True, steps=(*sheet.steps, "blank page"))


def has_print(sheet: Sheet) -> bool:
    """Whether one letter or more stands on a grey, evenly lit sheet: ink of a letter's size, drawn in strokes."""
    small, factor = reduced(sheet.image, 1800)
    parts = blobs(ink(small))
    rows, columns = small.shape
    dpi = max(sheet.dpi, 60) * factor
    tall, wide, area = parts.height / dpi, parts.width / dpi, parts.area
    strokes = area / np.maximum(parts.width * parts.height, 1)
    letter = (
        (tall > 0.045)
        & (tall < 0.6)
        & (wide > 0.012)
        & (wide < 2.0)
        & ((strokes < 0.75) | (tall > 2.2 * wide))
    )
    x, y = parts.left + parts.width / 2, parts.top + parts.height / 2
    letter &= (x > _EDGE * columns) & (x < (1 - _EDGE) * columns)
    letter &= (y > _EDGE * rows) & (y < (1 - _EDGE) * rows)
    letter[0] = False
    return bool(letter.sum() >= 1)
