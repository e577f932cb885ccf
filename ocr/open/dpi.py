"""How many pixels there are to the inch: what the file says where that can be true, else an estimate.

The file is believed where its figure lies between 70 and 1300 and makes the page as large as a sheet of paper
(between A6 and A3, with some room), or where the letters agree with it. Else the page is taken for A4; where
letters would then be absurdly small or large (a crop, a photo with much table around the sheet), the letters
give the scale: on copies of official Thai print in body size the weighed letter height measures 2.2 to 2.5 mm.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.types import Image

_LEAST, _MOST = 70.0, 1300.0
_SHORT_SIDE_MIN, _LONG_SIDE_MAX = 3.4, 17.5
"""Inches: A6 is 4.1 wide and A3 is 16.5 long; trimmed and overscanned sheets get some room."""
_A4 = 8.27 * 11.69
_LETTER = 2.3 / 25.4
"""Inches from the foot to the head of a letter in body print."""
_LETTER_MIN, _LETTER_MAX = 0.55, 1.6
"""How much smaller or larger than that the letters of an A4 page may be."""
_AGREES = 1.35
"""How far letters may be off a claimed resolution that paper sizes do not bear out."""
_WORK_SIDE = 2500


def page_dpi(image: Image, claimed: float | None) -> float:
    """The resolution of a page `image` for which the file claims `claimed` dots per inch (None: nothing)."""
    height, width = image.shape[:2]
    if claimed is not None and believable(claimed, width, height):
        return round(float(claimed), 2)
    a4 = float(np.sqrt(width * height / _A4))
    letter = letter_height(image)
    if letter is not None and claimed is not None and _LEAST <= claimed <= _MOST:
        off = letter / (claimed * _LETTER)
        if 1 / _AGREES <= off <= _AGREES:
            return round(float(claimed), 2)
    if letter is not None and not _LETTER_MIN <= letter / (a4 * _LETTER) <= _LETTER_MAX:
        return round(float(np.clip(letter / _LETTER, _LEAST, _MOST)), 2)
    return round(float(np.clip(a4, _LEAST, _MOST)), 2)


def believable(dpi: float, width: int, height: int) -> bool:
    """Whether a page of `width` × `height` pixels can have been scanned at `dpi`."""
    if not _LEAST <= dpi <= _MOST:
        return False
    short, long = sorted((width / dpi, height / dpi))
    return short >= _SHORT_SIDE_MIN and long <= _LONG_SIDE_MAX


def letter_height(image: Image) -> float | None:
    """The usual height of a letter's body in pixels; None where the page shows too little print to tell.

    The median height of the connected dark parts, weighed by their area: marks, dots and speckle count little.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, _WORK_SIDE / max(grey.shape))
    if scale < 1.0:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    window = max(15, min(grey.shape) // 40) | 1
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 20)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    letters = (
        (heights >= 5)
        & (heights <= max(grey.shape) * 0.06)
        & (widths <= 2.5 * heights)
        & (heights <= 4 * widths)
    )
    if int(letters.sum()) < 30:
        return None
    heights, weights = heights[letters], (widths * heights)[letters]
    order = np.argsort(heights)
    middle = int(np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2))
    return float(heights[order][middle]) / float(scale)
