"""Letters chained to lines of print: the common evidence of which way is up and how a sheet is bent."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Blobs, letter_height, letters


@dataclass(frozen=True, slots=True, eq=False)
class PrintLine:
    """The letters of one line of print from left to right: centres `x`, `top` and `bottom` edges, in pixels."""

    x: NDArray[np.float64]
    top: NDArray[np.float64]
    bottom: NDArray[np.float64]

    @property
    def length(self) -> float:
        return float(self.x[-1] - self.x[0])


def chain(parts: Blobs, fewest: int = 5) -> tuple[tuple[PrintLine, ...], float]:
    """The lines of print of a page within some degrees of upright, and its letter height in pixels.

    Neighbours belong together whose lower edges lie on one height, a quarter of a letter up or down, and which
    stand no more than two letters apart. Lines of fewer than `fewest` letters are left out.
    """
    height = letter_height(parts)
    if height == 0:
        return (), 0.0
    picked = np.flatnonzero(letters(parts, height))
    left, top = parts.left[picked], parts.top[picked]
    right, bottom = left + parts.width[picked], top + parts.height[picked]
    canvas = np.zeros(parts.labels.shape, dtype=np.uint8)
    low, high = max(1, round(0.1 * height)), max(2, round(0.4 * height))
    reach = round(2 * height)
    for x0, x1, y in zip(left.tolist(), right.tolist(), bottom.tolist(), strict=True):
        cv2.rectangle(canvas, (x0, y - high), (x1 + reach, y - low), 255, -1)
    labels: NDArray[np.int32] = np.zeros(canvas.shape, dtype=np.int32)
    cv2.connectedComponents(canvas, labels, connectivity=4, ltype=cv2.CV_32S)
    member = labels[np.clip(bottom - low, 0, len(canvas) - 1), left]
    order = np.lexsort((left, member))
    bounds = np.flatnonzero(np.diff(member[order])) + 1
    found = tuple(
        PrintLine(
            x=(left[group] + right[group]) / 2,
            top=top[group].astype(np.float64),
            bottom=bottom[group].astype(np.float64),
        )
        for group in np.split(order, bounds)
        if len(group) >= fewest
    )
    return found, height
