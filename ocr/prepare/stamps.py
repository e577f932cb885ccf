"""Stamps over print in grey scans, taken off by their grey: a rubber stamp's ink is paler than the print."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Mask, reduced
from ocr.prepare.overprint import over_print
from ocr.types import Image, Sheet

_LONGEST = 3600
"""Longer side in pixels of the image in which stamps are looked for."""
_SHAPES = 1800
"""The same of the image in which shapes are judged."""
_INK = 190
"""Darker than this, of 255, is ink of some kind."""
_APART = 30
"""How much paler than the print's core a stamp's ink is, at least."""
_FEWEST = 0.0005
"""The least share of the sheet that a stamp's ink covers."""


def lift_stamps(sheet: Sheet) -> Sheet:
    """The sheet without stamps that are paler than its print; a grey, evenly lit sheet of which colour tells nothing.

    A letter is as dark as the print somewhere near each of its points, so ink with nothing dark near it is a mark of
    its own: nothing happens where that is little, or so much that the print itself is uneven.
    """
    if sheet.colour is not None:
        return sheet
    small, _ = reduced(sheet.image, _LONGEST)
    found = _grey_stamps(small)
    if found is None:
        return sheet
    area, level = found
    image = sheet.image
    area = np.asarray(
        cv2.resize(area, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_NEAREST), dtype=np.uint8
    )
    count = cv2.connectedComponents(area)[0] - 1
    lowest = cv2.erode(image, np.ones((5, 5), np.uint8))
    image = image.copy()
    image[(area > 0) & (lowest > level)] = 255  # the soft rims of the print stay: something dark is near them
    return replace(sheet, image=image, steps=(*sheet.steps, f"lifted {count} grey stamps"))


def _grey_stamps(image: Image) -> tuple[Mask, int] | None:
    """Where stamps lie, in a smaller picture of `image`, and the grey that parts their ink from the print; None without any."""
    lowest = cv2.erode(image, np.ones((5, 5), np.uint8))
    cores = np.sort(lowest[::5, ::5][image[::5, ::5] < _INK])
    if len(cores) < 200:
        return None
    level = min(int(cores[len(cores) // 2]) + _APART, _INK)
    # soft rims and thin strokes are pale too: what counts is pale ink with ink all around it
    solid = _mask(cv2.dilate(image, np.ones((3, 3), np.uint8)) < _INK)
    pale = _mask(lowest > level)
    marks = _mask(cv2.bitwise_and(pale, solid))
    amount = cv2.countNonZero(marks)
    if amount < _FEWEST * image.size:
        return None
    inked = _mask(image < _INK)
    if amount > 0.4 * cv2.countNonZero(inked):
        return None
    dark = _mask(cv2.bitwise_and(inked, cv2.bitwise_not(pale)))
    # where print crosses a stamp's frame, the frame goes on under it
    size = round(max(image.shape) / 160) | 1
    whole = cv2.morphologyEx(
        marks, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    )
    crossed = cv2.bitwise_and(whole, cv2.dilate(dark, np.ones((5, 5), np.uint8)))
    # shapes are judged in a smaller picture, which takes a fifth of the time
    marks, dark = (
        _mask(reduced(mask, _SHAPES)[0] > 64) for mask in (_mask(cv2.bitwise_or(marks, crossed)), dark)
    )
    lifted = over_print(marks, dark, framed=True)
    return None if lifted is None else (lifted[0], level)


def _mask(values: NDArray[Any]) -> Mask:
    return (
        np.where(values, 255, 0).astype(np.uint8)
        if values.dtype == np.bool_
        else np.asarray(values, np.uint8)
    )
