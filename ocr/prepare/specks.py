"""Specks taken off the paper; what may belong to print (tone marks, dots, stops, dashes, bullets, leaders) stays."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Blobs, Mask, blobs, cleared, ink, letter_height, letters
from ocr.types import Sheet

_FEWEST = 4
"""Fewer specks than this are left where they are."""

_LARGEST = 0.42
"""The longer side of the largest speck in letter heights: asterisks and most bullets are larger."""

_BULLET = 0.25
"""The shorter side of the smallest bullet in letter heights."""


def remove_specks(sheet: Sheet) -> Sheet:
    """The sheet without small ink that stands where no part of print can stand; its image grey, evenly lit."""
    mask = ink(sheet.image)
    parts = blobs(mask)
    unit = letter_height(parts)
    if unit < 6:
        return sheet
    doomed = specks(parts, unit)
    if doomed.sum() < _FEWEST:
        return sheet
    return replace(
        sheet,
        image=cleared(sheet.image, mask, parts.mask(doomed)),
        steps=(*sheet.steps, f"removed {int(doomed.sum())} specks"),
    )


def specks(parts: Blobs, unit: float) -> NDArray[np.bool_]:
    """Which blobs are specks on a level page whose letters are `unit` pixels high.

    Small blobs are kept where print has small parts: close around a letter (tone marks, vowels, fragments of
    letters), to its right at the foot (stops) and at the head (quotation marks), to its left at the head, and
    further left in the middle if large enough for a bullet. Flat ones are dashes, pairs one above the other
    colons, and rows lead the eye: these are kept everywhere.
    """
    left, top, width, height = parts.left, parts.top, parts.width, parts.height
    dash = (width >= 1.8 * height) & (width >= 0.25 * unit) & (parts.area >= 0.5 * width * height)
    doomed: NDArray[np.bool_] = np.asarray((np.maximum(width, height) <= _LARGEST * unit) & ~dash)
    doomed[0] = False
    if not doomed.any():
        return doomed
    kept: Mask = np.zeros(parts.labels.shape, dtype=np.uint8)
    bullets: Mask = np.zeros(parts.labels.shape, dtype=np.uint8)
    quarter, third, two = round(0.25 * unit), round(0.35 * unit), round(2.5 * unit)
    for k in np.flatnonzero(letters(parts, unit)).tolist():
        x0, y0, x1, y1 = int(left[k]), int(top[k]), int(left[k] + width[k]), int(top[k] + height[k])
        cv2.rectangle(kept, (x0 - third, y0 - round(unit)), (x1 + third, y1 + 3 * quarter), 255, -1)
        cv2.rectangle(kept, (x1, y1 - third), (x1 + two + round(unit), y1 + quarter), 255, -1)
        cv2.rectangle(kept, (x0 - 3 * quarter, y0 - quarter), (x1 + two, y0 + third), 255, -1)
        cv2.rectangle(bullets, (x0 - 3 * two, y0), (x0, y1), 255, -1)
    x, y = (left + width / 2).astype(int), (top + height / 2).astype(int)
    bullet = (np.minimum(width, height) >= _BULLET * unit) & (parts.area >= 0.6 * width * height)
    doomed &= ~((kept[y, x] > 0) | (bullet & (bullets[y, x] > 0)))
    if doomed.any():
        small = np.asarray(np.maximum(width, height) <= 0.6 * unit)
        small[0] = False
        doomed &= ~(_in_rows(parts, small, unit) | _in_pairs(parts, small, unit))
    return doomed


def _in_pairs(parts: Blobs, small: NDArray[np.bool_], unit: float) -> NDArray[np.bool_]:
    """Which small blobs stand right above or below one of about their own size: colons."""
    found = np.zeros(len(small), dtype=np.bool_)
    picked = np.flatnonzero(small)
    order = picked[np.argsort(parts.left[picked])]
    x, y = parts.left + parts.width / 2, parts.top + parts.height / 2
    for step in range(1, 6):
        a, b = order[:-step], order[step:]
        alike = np.maximum(parts.area[a], parts.area[b]) <= 3 * np.minimum(parts.area[a], parts.area[b])
        apart = np.abs(y[a] - y[b])
        pair = alike & (np.abs(x[a] - x[b]) <= max(1.0, 0.12 * unit)) & (apart > 0.25 * unit) & (apart < unit)
        found[a[pair]] = True
        found[b[pair]] = True
    return found


def _in_rows(parts: Blobs, small: NDArray[np.bool_], unit: float) -> NDArray[np.bool_]:
    """Which small blobs stand in a level row of at least six, at steps of a letter or less: dotted lines."""
    picked = np.flatnonzero(small)
    x0, y = parts.left[picked], parts.top[picked] + parts.height[picked] // 2
    x1 = x0 + parts.width[picked]
    canvas = np.zeros(parts.labels.shape, dtype=np.uint8)
    for a, b, row in zip(x0.tolist(), x1.tolist(), y.tolist(), strict=True):
        cv2.line(canvas, (a, row), (b + round(unit), row), 255, max(1, round(unit / 8)))
    labels: NDArray[np.int32] = np.zeros(canvas.shape, dtype=np.int32)
    cv2.connectedComponents(canvas, labels, connectivity=8, ltype=cv2.CV_32S)
    row_of = labels[y, x0]
    count = np.bincount(row_of)
    found = np.zeros(len(small), dtype=np.bool_)
    found[picked] = count[row_of] >= 6
    return found
