"""Line pictures for the recogniser: each line's own ink, its baseline level, its letters at a steady scale."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layout.dirt import dots
from ocr.layout.lines import Print
from ocr.layout.runs import Run
from ocr.types import Image

ABOVE = 1.8
"""Consonant heights over the baseline that every line picture shows at least."""
BELOW = 0.6
"""Consonant heights under the baseline that every line picture shows at least."""
MARGIN = 4
"""Pixels of paper around it all, as Tesseract's own line cutting leaves (`kImagePadding`)."""


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture:
    """A grey picture of one line and the way back: picture x = sheet x − `left`."""

    image: Image
    left: float


def line_picture(
    grey: Image, printed: Print, index: int, above: float = ABOVE, below: float = BELOW
) -> LinePicture:
    """Run `index` of `printed` cut from `grey`, its baseline made level.

    Other runs' ink is painted out. Dots of nobody stay, dirt or not: the stop of a light face is no larger than a
    speck, and the reader, who sees the letters beside it, tells them apart better.
    """
    run = printed.runs[index]
    height, width = grey.shape
    x0, _y0, x1, _y1 = run.box.rounded()
    left, right = max(0, x0 - MARGIN), min(width, x1 + MARGIN)
    xs = np.arange(left, right, dtype=np.float64)
    feet = _feet(run, np.clip(xs, x0, x1))
    level = float(np.mean(feet))
    boxes = printed.ink.boxes[run.components]
    foot = _feet(run, (boxes[:, 0] + boxes[:, 2]) / 2)
    over = _span(float(np.max(foot - boxes[:, 1])), above * run.consonant, 2.6 * run.consonant)
    under = _span(float(np.max(boxes[:, 3] - foot)), below * run.consonant, 1.3 * run.consonant)
    top = int(np.floor(feet.min() - over)) - 1
    bottom = int(np.ceil(feet.max() + under)) + 1
    part = np.full((bottom - top, right - left), 255, np.uint8)
    t, b = max(0, top), min(height, bottom)
    paper = paper_level(grey[t:b, left:right])
    part[:] = paper
    source = grey[t:b, left:right].copy()
    labels = printed.ink.labels[t:b, left:right]
    owner = printed.owner[labels]
    # only what is in the picture is looked at: a speckled page has very many components
    here = np.flatnonzero(np.bincount(labels.ravel()))
    stays = np.zeros(len(printed.owner), np.bool_)
    stays[here] = printed.graphic[here] | (dots(printed.ink, here) & (printed.owner[here] < 0))
    foreign = (owner != index) & (labels > 0) & ~stays[labels]
    if foreign.any():
        square = np.ones((3, 3), np.uint8)
        own = cv2.dilate((owner == index).astype(np.uint8), square)
        spread = cv2.dilate(foreign.astype(np.uint8), square)
        source[(spread > 0) & (own == 0)] = paper
    part[t - top : b - top] = source
    rows = over + under
    if np.ptp(feet) < 0.8:
        start = round(level - over) - top
        return LinePicture(np.ascontiguousarray(part[start : start + rows]), float(left))
    map_y = (np.arange(rows)[:, None] + (feet - over - top)[None, :]).astype(np.float32)
    map_x = np.broadcast_to(np.arange(right - left, dtype=np.float32), map_y.shape)
    level_part = cv2.remap(part, np.ascontiguousarray(map_x), map_y, cv2.INTER_CUBIC, borderValue=paper)
    return LinePicture(level_part.astype(np.uint8), float(left))


def _feet(run: Run, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The baseline at `x`, kept to the run's ink: among specks that look like a line it may leave the sheet."""
    return np.clip(run.baseline_at(x), run.box.y0, run.box.y1 + run.consonant)


def black_and_white(picture: Image) -> Image:
    """A grey line picture in black and white at twice its size, divided by Otsu's threshold (1979)."""
    large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.threshold(large, 0, 255, cv2.THRESH_OTSU)[1], np.uint8)


def _span(reach: float, least: float, most: float) -> int:
    """How far a picture goes from the baseline: to the ink's end, within bounds that noise cannot move."""
    return round(min(max(reach, least), most)) + MARGIN


def paper_level(grey: Image) -> int:
    """The grey of the paper: what most of `grey`'s brighter pixels have."""
    if not grey.size:
        return 255
    return int(np.percentile(grey, 90))
