"""Uneven light, shadow, grey paper and pale print evened out: the ground white, the print dark, grey kept.

Ink fades unevenly, toner runs out on one side: pale print is darkened by what it is itself, place by place, so that what is
found in one half of the page is not lost in the other.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocr.prepare.ink import divided, grey, ground, print_grey, reduced
from ocr.types import Image, Sheet

_PALEST = 140.0
"""Print paler than this (mean grey of its letters) is darkened; the reader needs no help with darker."""

_GHOST = 214.0
"""What is paler than this is no print but the other side of the sheet showing through."""

_REACH = 3.0
"""So many cells around a place tell how dark its print is (standard deviation)."""

_NO_PRINT = 0.2
"""The share of the usual darkness of print, up to which a cell holds none."""

_MOST = 4.0
"""Print is darkened so many times more than usual at most: what is paler still is grain."""


def even_light(sheet: Sheet) -> Sheet:
    """The sheet in grey on a white ground; a sheet that is white and dark already keeps its pixels."""
    image = grey(sheet.image)
    out, notes = evened(image, max(4, round(max(image.shape) / 150)))
    if not notes:
        return sheet if out is sheet.image else replace(sheet, image=out)
    return replace(sheet, image=out, steps=(*sheet.steps, *notes))


def evened(image: Image, cell: int) -> tuple[Image, tuple[str, ...]]:
    """A grey `image` on a white ground and what was done to it; the light is measured in cells of `cell` pixels."""
    paper = ground(image, cell)
    low, high = (float(v) for v in np.quantile(paper, (0.05, 0.95)))
    notes: list[str] = []
    if low < 235 or high - low > 12:
        image = divided(image, paper)
        notes.append(f"evened light {low:.0f}–{high:.0f}")
    elif (shade := float(np.median(paper))) < 252:
        image = _stretched(image, 0.0, shade)
        notes.append(f"whitened paper {shade:.0f}")
    dark = print_grey(image)
    if _PALEST < dark < _GHOST:
        white = 255 - 2.5 * min(_grain(image), 12.0)
        image = _darkened(image, white, 1.6 * (white - dark), cell)
        notes.append(f"darkened pale print {dark:.0f}")
    return image, tuple(notes)


def _darkened(image: Image, white: float, depth: float, cell: int) -> Image:
    """`image` with `white` drawn up to 255 and print down to 0 that is `depth` darker, or is paler than that with all print
    around it, which is measured in cells of `cell` pixels.
    """
    ink = cv2.subtract(np.full_like(image, round(white)), image)
    calm = cv2.blur(cv2.medianBlur(ink, 3), (2, 2))
    size = (max(1, image.shape[1] // cell), max(1, image.shape[0] // cell))
    highest = cv2.dilate(calm, np.ones((cell, cell), np.uint8))
    peak = cv2.resize(highest, size, interpolation=cv2.INTER_NEAREST).astype(np.float32) / np.float32(depth)
    peak[peak < _NO_PRINT] = 0
    # a mean that the darker cells weigh most in (contraharmonic, of the squares): dirt and show-through beside print stay pale
    weight = cv2.GaussianBlur(peak**2, (0, 0), _REACH)
    around = cv2.GaussianBlur(peak**3, (0, 0), _REACH) / np.maximum(weight, 1e-6)
    gain = np.where(weight > 1e-6, np.clip(1 / np.maximum(around, 1e-3), 1, _MOST), 1) * (255 / depth)
    full = cv2.resize(
        gain.astype(np.float32), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(255 - cv2.multiply(ink, full, dtype=cv2.CV_8U), dtype=np.uint8)


def _grain(image: Image) -> float:
    """The standard deviation of the paper's grey, told from the smaller of its differences downwards: pale print makes the others."""
    sample = reduced(image, 1200)[0].astype(np.float32)
    centre = float(np.median(sample))
    below = sample[(sample <= centre) & (sample > centre - 40)]
    return float(np.quantile(centre - below, 0.8)) / 1.28 if below.size else 0.0


def _stretched(image: Image, black: float, white: float) -> Image:
    """`image` with `black` drawn down to 0 and `white` up to 255, straight between."""
    values = (np.arange(256, dtype=np.float64) - black) * 255 / max(white - black, 1.0)
    table = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table), dtype=np.uint8)
