"""What every preparation step measures by: grey values, ink, the ground under it and the letters in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.types import Image

Mask = NDArray[np.uint8]
"""(height, width), 255 where there is ink, else 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Blobs:
    """The connected parts of a mask: `labels` (height, width), 0 the ground; `stats` as cv2 gives them."""

    labels: NDArray[np.integer[Any]]
    stats: NDArray[np.int32]

    @property
    def left(self) -> NDArray[np.int32]:
        return self.stats[:, cv2.CC_STAT_LEFT]

    @property
    def top(self) -> NDArray[np.int32]:
        return self.stats[:, cv2.CC_STAT_TOP]

    @property
    def width(self) -> NDArray[np.int32]:
        return self.stats[:, cv2.CC_STAT_WIDTH]

    @property
    def height(self) -> NDArray[np.int32]:
        return self.stats[:, cv2.CC_STAT_HEIGHT]

    @property
    def area(self) -> NDArray[np.int32]:
        return self.stats[:, cv2.CC_STAT_AREA]

    def mask(self, chosen: NDArray[np.bool_]) -> Mask:
        """The ink of the `chosen` blobs (one truth value for each, the ground's is ignored)."""
        table = np.where(chosen, 255, 0).astype(np.uint8)
        table[0] = 0
        picked: Mask = table[self.labels]
        return picked


def grey(image: Image) -> Image:
    """The image in grey, 8 bits; grey images come back as they are."""
    if image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def reduced(image: Image, longest: int) -> tuple[Image, float]:
    """`image` made smaller by area averaging, its longer side `longest` or a little less, and the factor (≤ 1)."""
    factor = longest / max(image.shape[:2])
    if factor >= 1:
        return image, 1.0
    # averaging whole pixels is several times as fast as averaging parts of pixels
    whole = float(np.ceil(1 / factor))
    if whole * factor < 1.1:
        factor = 1 / whole
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), factor


def quantile(image: Image, share: float) -> float:
    """The grey value below which this `share` of the pixels of a grey `image` lies."""
    counts = np.bincount(image.ravel()[:: max(1, image.size // 200_000)], minlength=256)
    return float(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def ground(image: Image, cell: int) -> Image:
    """The paper under the print, (rows, columns), one value for `cell` × `cell` pixels of a grey `image`.

    Each value is the bright end of its neighbourhood, so that letters and rules leave no trace but
    shadows and stains do.
    """
    rows, columns = max(1, image.shape[0] // cell), max(1, image.shape[1] // cell)
    small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    opened = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    opened = cv2.erode(opened, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    if min(rows, columns) >= 5:
        opened = cv2.medianBlur(opened, 5)
    smooth = cv2.GaussianBlur(opened, (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth, dtype=np.uint8)


def divided(image: Image, paper: Image) -> Image:
    """A grey `image` as share of the `paper` under it (any size, stretched over the image), paper = 255."""
    full = cv2.resize(paper, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(image, np.maximum(full, 1), scale=255), dtype=np.uint8)


def print_grey(image: Image) -> float:
    """The usual grey of the darker print of an evenly lit grey `image` (paper 255); 0 where there is none.

    Of all letter-shaped ink, however pale, the darker half by ink counts: dark edges and blots are not
    letter-shaped, and pale marks behind dark print are outweighed.
    """
    small, _ = reduced(image, 1800)
    grain = float(np.median(np.abs(small[::4, ::4].astype(np.float32) - np.median(small[::4, ::4]))))
    mask = ink(small, 255 - max(40.0, 6 * grain))
    parts = blobs(mask)
    chosen = letter_shaped(parts)
    if chosen.sum() < 3:
        return 0.0
    inside = mask > 0
    owner, values = parts.labels[inside], small[inside].astype(np.float64)
    # the mean of a letter with its soft rim, drawn down to its core
    total = np.bincount(owner, values, len(chosen))[chosen] / parts.area[chosen]
    weights = parts.area[chosen].astype(np.float64)
    order = np.argsort(total)
    share = np.cumsum(weights[order]) / weights.sum()
    return float(total[order][np.searchsorted(share, 0.4)])


INK = 160.0
"""The grey that parts ink from paper on an evenly lit sheet, whose print is dark and whose ground is white."""


def ink(image: Image, level: float = INK) -> Mask:
    """The ink of an evenly lit grey `image`: all that is darker than `level`."""
    _, mask = cv2.threshold(image, level, 255, cv2.THRESH_BINARY_INV)
    return np.asarray(mask, dtype=np.uint8)


def cleared(image: Image, mask: Mask, doomed: Mask) -> Image:
    """A grey `image` with the `doomed` ink of its `mask` painted white, its soft rim with it.

    What touches ink that stays is left as it is.
    """
    rest = cv2.bitwise_and(mask, cv2.bitwise_not(doomed))
    rim = cv2.bitwise_and(
        cv2.dilate(doomed, np.ones((5, 5), np.uint8)),
        cv2.bitwise_not(cv2.dilate(rest, np.ones((3, 3), np.uint8))),
    )
    out = image.copy()
    out[cv2.bitwise_or(doomed, rim) > 0] = 255
    return out


def blobs(mask: Mask) -> Blobs:
    """The 8-connected parts of `mask`."""
    # short labels take a third of the time; pages of noise need more of them
    try:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    except cv2.error:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    return Blobs(np.asarray(labels, dtype=labels.dtype), np.asarray(stats, dtype=np.int32))


def letter_height(parts: Blobs) -> float:
    """The height of most letters in pixels (their middle part: no ascenders); 0 where there are none.

    The median of the heights of letter-shaped blobs, weighted by their area, so that dots and tone marks
    do not pull it down.
    """
    chosen = letter_shaped(parts)
    if chosen.sum() < 3:
        return 0.0
    heights, weights = parts.height[chosen], parts.area[chosen].astype(np.float64)
    order = np.argsort(heights)
    total = np.cumsum(weights[order])
    return float(heights[order][np.searchsorted(total, total[-1] / 2)])


def letter_shaped(parts: Blobs) -> NDArray[np.bool_]:
    """Which blobs may be letters by size and shape alone."""
    rows, columns = parts.labels.shape
    chosen = (
        (parts.height >= 5)
        & (parts.width >= 2)
        & (parts.height <= max(rows, columns) / 12)
        & (parts.width <= parts.height * 8)
        & (parts.height <= parts.width * 6)
        & (parts.area >= parts.width * parts.height * 0.08)
    )
    chosen[0] = False
    return np.asarray(chosen)


def letters(parts: Blobs, height: float) -> NDArray[np.bool_]:
    """Which blobs have the size of the page's letters, marks and dots left out; `height` as measured."""
    return np.asarray(letter_shaped(parts) & (parts.height >= 0.6 * height) & (parts.height <= 2.6 * height))


def scattered(parts: Blobs, chosen: NDArray[np.bool_], unit: float) -> float:
    """How much of the ink of the `chosen` blobs lies in the emptier half of the rows around it, 0 … 1: little in what
    belongs to lines of print, upright or on their side, nearly half in what lies anywhere.

    Counted in strips ten letters wide, rows of half a letter, sixteen at a time (a letter is `unit` pixels high): a page
    a little askew makes no difference, nor does dirt on one side of it.
    """
    picked = np.flatnonzero(chosen)
    picked = picked[picked > 0]
    x, y = (parts.left + parts.width / 2)[picked], (parts.top + parts.height / 2)[picked]
    return min(_emptier(y, x, parts.area[picked], unit), _emptier(x, y, parts.area[picked], unit))


def _emptier(
    down: NDArray[np.float64], along: NDArray[np.float64], area: NDArray[np.int32], unit: float
) -> float:
    rows, strips = (down / (unit / 2)).astype(np.int64), (along / (10 * unit)).astype(np.int64)
    counts = np.zeros((rows.max(initial=0) // 16 + 1, 16, strips.max(initial=0) + 1))
    np.add.at(counts, (rows // 16, rows % 16, strips), area)
    emptier = np.sort(counts, axis=1)[:, :8]
    return float(emptier.sum() / max(1.0, counts.sum()))
