"""Pale marks behind dark print cleared: watermarks, emblems under the text, show-through of the other side."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocr.types import Sheet

_DARK, _PALE, _PAPER = 95, 140, 228
"""Grey values: print is darker than the first, pale marks lie between the second and the third."""


def clear_pale(sheet: Sheet) -> Sheet:
    """The sheet with pale marks painted out, where print and marks stand clearly apart; image grey, evenly lit.

    Judged by the darkest point of each stroke: where the print has soft strokes of every shade between black
    and white (small print at low resolution, faded copies) nothing is done.
    """
    image = sheet.image
    lowest = cv2.erode(image, np.ones((3, 3), np.uint8))
    ridge = image[(image == lowest) & (image < _PAPER)]
    if not ridge.size:
        return sheet
    dark, pale = float(np.mean(ridge < _DARK)), float(np.mean(ridge >= _PALE))
    between = 1 - dark - pale
    if pale < 0.02 or between > 0.04 or dark < 0.2:
        return sheet
    core = np.asarray(image < (_DARK + _PALE) // 2, dtype=np.uint8)
    near = cv2.dilate(core, np.ones((5, 5), np.uint8))
    cleared = image.copy()
    cleared[near == 0] = 255
    return replace(sheet, image=cleared, steps=(*sheet.steps, f"cleared pale marks ({pale:.0%} of strokes)"))
