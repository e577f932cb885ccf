"""Ink of a sheet: a bilevel view, its connected components, and the height of its consonants."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.types import Image


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """The connected components of a sheet, sheet frame.

    `labels` (height, width) holds for every pixel its component, 0 for paper. `boxes` (n, 4) holds x0, y0, x1, y1
    (half open) and `areas` (n,) the pixels of each component; row 0 stands for the paper and is empty.
    `consonant` is the height in pixels of the print's consonants (ก, without what stands over or under).
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]
    consonant: float


def find_ink(grey: Image, dpi: float) -> Ink:
    """Components of what is printed on `grey` (cleaned, dark on light), 8-connected."""
    mask = binarize(grey)
    _, found, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    labels: NDArray[np.int32] = np.asarray(found, np.int32)
    x, y, width, height, area = (stats[:, i].astype(np.int32) for i in range(5))
    boxes = np.stack([x, y, x + width, y + height], axis=1)
    boxes[0] = 0
    areas = area.copy()
    areas[0] = 0
    return Ink(labels, boxes, areas, consonant_height(boxes[1:], areas[1:], dpi))


def specks(ink: Ink) -> NDArray[np.bool_]:
    """Which components are too small for any print."""
    return np.asarray(ink.areas < max(2.0, 0.012 * ink.consonant**2))


def binarize(grey: Image) -> NDArray[np.uint8]:
    """1 where there is ink: Otsu's threshold, kept away from the paper of pages with hardly any print."""
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    level = min(max(level, 60.0), 200.0)
    return (grey <= level).astype(np.uint8)


def consonant_height(boxes: NDArray[np.int32], areas: NDArray[np.int32], dpi: float) -> float:
    """The height most print has, components weighing by their size: Thai consonants share one height.

    Stays near that of 14-point print at `dpi` where there are too few components to tell.
    """
    usual = dpi * 0.085
    width = boxes[:, 2] - boxes[:, 0]
    height = boxes[:, 3] - boxes[:, 1]
    least = max(5.0, usual / 4)
    likely = (height >= least) & (height <= usual * 5) & (width <= 20 * height) & (6 * width >= height)
    likely &= (areas > 0.16 * width * height) | (width < 2 * height)  # no pen strokes
    if not likely.any():
        return usual
    if np.count_nonzero(likely) < 8:
        tall = height[likely & (height > 0.6 * height[likely].max())]
        return float(np.clip(np.median(tall), 0.5 * usual, 2.5 * usual))
    weights = np.minimum(width[likely], 1.5 * height[likely]) * np.sqrt(height[likely])
    histogram = np.bincount(height[likely], weights=weights)
    spread = max(1, round(usual * 0.06))
    kernel = np.concatenate([np.arange(1, spread + 2), np.arange(spread, 0, -1)]).astype(np.float64)
    smooth = np.convolve(histogram, kernel, mode="same")
    peak = int(np.argmax(smooth))
    if peak <= least + spread:
        # specks: there are the more of them the smaller they are; print stands out over their slope
        rising = np.flatnonzero(np.diff(smooth[peak:]) > 0)
        if not len(rising):
            return usual
        valley = peak + int(rising[0])
        peak = valley + int(np.argmax(smooth[valley:]))
    near = slice(max(0, peak - spread), peak + spread + 1)
    heights = np.arange(len(histogram))[near]
    return float(np.average(heights, weights=histogram[near] + 1e-9))
