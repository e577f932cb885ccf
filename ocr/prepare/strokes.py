"""Broken strokes made whole: what a threshold leaves of a light face, whose strokes are as thin as a pixel.

A copier or fax that knows only black and white drops what is paler than its threshold, and thin strokes are pale:
letters fall into pieces that stand a pixel or two apart. People see through the gaps; a reader that has learnt
strokes does not, nor does anything that measures letters.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Blobs, Mask, blobs, ink, letter_height, scattered
from ocr.types import Image, Sheet

_GREY = 0.01
"""A page with a greater share of pixels between black and white has not been through a threshold."""

_BROKEN = 0.05
"""The share of the print's ink that lies in pieces of letters, from which on the print is broken; whole print has up to 0.02."""

_PIECE = 0.5
"""The longer side of the largest piece, in letter heights."""

_THIN = 0.25
"""The share of the ink in thin strokes, from which on the face is light; with dark edges and pen strokes 0.33 at least."""

_LOWEST = 14.0
"""Letters lower than this, in pixels, have strokes of a pixel when they are whole, and no room for thicker ones."""

_BETWEEN = 0.2
"""The share of small parts in the emptier half of the rows, from which on they are dirt: broken print leaves the paper
between its lines clean (0.04 at most), noise does not (0.37).
"""

_FEWEST = 200
"""Fewer parts than this tell nothing."""


def thicken_strokes(sheet: Sheet) -> Sheet:
    """The sheet with its strokes thickened by a tenth of a letter's height, where it is black and white and they are broken."""
    if sheet.image.ndim == 3 or not _thresholded(sheet.image):
        return sheet
    mask = ink(sheet.image, 128.0)
    parts = blobs(mask)
    share, unit = broken(mask, parts, sheet.dpi)
    brush = np.ones((round(0.1 * unit) + 1,) * 2, np.uint8)
    if share < _BROKEN or unit < _LOWEST or _thin(mask, brush) < _THIN:
        return sheet
    if scattered(parts, np.maximum(parts.width, parts.height) < _PIECE * unit, unit) > _BETWEEN:
        return sheet
    image = cv2.erode(sheet.image, brush, borderValue=255.0)
    return replace(
        sheet,
        image=np.asarray(image, dtype=np.uint8),
        steps=(*sheet.steps, f"thickened broken strokes ({share:.0%} of the ink in pieces)"),
    )


def _thresholded(image: Image) -> bool:
    """Whether nearly all of a grey `image` is black or white."""
    counts = np.bincount(image.ravel()[:: max(1, image.size // 200_000)], minlength=256)
    return bool(counts[16:240].sum() < _GREY * counts.sum())


def _thin(mask: Mask, brush: NDArray[np.uint8]) -> float:
    """How much of the ink lies in strokes thinner than the `brush`, 0 … 1: little where dirt alone makes the pieces."""
    thick = cv2.countNonZero(cv2.morphologyEx(mask, cv2.MORPH_OPEN, brush))
    return 1 - thick / max(1, cv2.countNonZero(mask))


def broken(mask: Mask, parts: Blobs, dpi: float) -> tuple[float, float]:
    """How much of the print's ink lies in small pieces right beside others, 0 … 1, and the height of its letters in pixels.

    `parts` are the blobs of the `mask`. Dots in a row and specks stand apart from all else and do not count.
    """
    if len(parts.stats) < _FEWEST:
        return 0.0, 0.0
    unit = max(letter_height(parts), 0.07 * dpi)
    printed = (parts.height < 3 * unit) & (parts.width < 8 * unit)
    printed[0] = False
    piece = printed & (np.maximum(parts.width, parts.height) < _PIECE * unit) & (parts.area > 1)
    total = max(1.0, float(parts.area[printed].sum()))
    most = float(parts.area[piece].sum()) / total
    if most < _BROKEN:
        return most, unit
    reach = max(3, round(0.015 * dpi) | 1)
    _, whole = cv2.connectedComponents(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), ltype=cv2.CV_32S)
    group: NDArray[np.int32] = np.zeros(len(parts.stats), np.int32)
    inked = mask > 0
    group[parts.labels[inked]] = whole[inked]
    beside = np.bincount(group)[group] > 1
    return float(parts.area[piece & beside].sum()) / total, unit
