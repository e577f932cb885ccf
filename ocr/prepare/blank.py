"""Blank pages: backs of duplex sheets, with show-through, specks or nothing but holes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ocr.prepare.ink import blobs, divided, grey, ground, ink, reduced
from ocr.types import Sheet


def mark_blank(sheet: Sheet) -> Sheet:
    """The sheet, marked blank where nothing on it can be print."""
    if has_print(sheet):
        return sheet
    return replace(sheet, blank=True, steps=(*sheet.steps, "blank page"))


def has_print(sheet: Sheet) -> bool:
    """Whether one letter or more stands on the sheet: ink of a letter's size, drawn in strokes, clearly dark."""
    small, factor = reduced(grey(sheet.image), 2400)
    share = divided(small, ground(small, max(4, max(small.shape) // 150)))
    mask = ink(share, min(170.0, 0.72 * 255))
    parts = blobs(mask)
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
    letter[0] = False
    return bool(letter.sum() >= 1)
