"""Coloured stamps, and signatures over print, taken off by their colour; coloured print and small ticks stay.

Ink on paper and ink on ink multiply what they let through, so optical densities add (Ruifrok and Johnston 2001):
a pixel's density is that of coloured ink, known by its hue, plus that of black print, the same in all channels.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import INK, Mask, blobs, grey, ground, reduced
from ocr.prepare.overprint import over_print
from ocr.types import Box, Image, Sheet

_LONGEST = 1800
"""Longer side in pixels of the image in which coloured ink is looked for."""

_CHROMA = 45
"""Difference between the channels (of 255, paper made white) from which on ink has colour."""

_LEAST = 0.25
"""The least share of its densest channel by which coloured ink is paler in another; less is black."""


def lift_colour(sheet: Sheet) -> Sheet:
    """The sheet in grey without coloured stamps and signatures, and in colour beside it; grey sheets as they are."""
    if sheet.image.ndim == 2:
        return sheet
    image = sheet.image
    plain = grey(image)
    small, factor = reduced(image, _LONGEST)
    coloured, dark, white = _inks(small)
    found = over_print(coloured, dark)
    result = replace(sheet, image=plain, colour=image)
    if found is None:
        return result
    area, writing = found
    count, _, stats, _ = cv2.connectedComponentsWithStats(area, connectivity=8)
    cleaned = plain.copy()
    for x, y, w, h, _ in stats[1:count].tolist():
        part = np.s_[round(y / factor) : round((y + h) / factor), round(x / factor) : round((x + w) / factor)]
        rgb = image[part]
        inside = cv2.resize(
            area[y : y + h, x : x + w], (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR
        )
        # the ground under a broad mark is darkened by it: the brighter end of the surroundings counts
        around = white[max(0, y - h // 2) : y + h + h // 2, max(0, x - w // 2) : x + w + w // 2]
        paper = np.quantile(around.reshape(-1, 3), 0.8, axis=0).astype(np.uint8)
        without = _black_only(rgb, paper)
        cleaned[part] = np.where(inside > 127, np.maximum(without, plain[part]), cleaned[part])
    return replace(
        result,
        image=cleaned,
        steps=(*sheet.steps, f"lifted {count - 1} coloured marks"),
        writing=tuple(Box(*(v / factor for v in (b.x0, b.y0, b.x1, b.y1))) for b in writing),
    )


def _inks(image: Image) -> tuple[Mask, Mask, Image]:
    """The coloured ink, the dark ink, and the paper's colour of an RGB image, all in its size."""
    cell = max(4, round(max(image.shape) / 150))
    size = (image.shape[1], image.shape[0])
    papers = [
        cv2.resize(ground(image[:, :, c], cell), size, interpolation=cv2.INTER_LINEAR) for c in range(3)
    ]
    paper = np.asarray(cv2.merge(papers), dtype=np.uint8)
    even = cv2.divide(image, np.maximum(paper, 1), scale=255)
    # a little smoothing against the coarse colour of JPEG
    even = np.asarray(cv2.blur(even, (3, 3)), dtype=np.uint8)
    high, low = even.max(axis=2), even.min(axis=2)
    chroma = _as_image(cv2.subtract(high, low))
    depth = _as_image(cv2.subtract(np.full_like(low, 255), low))
    strong = _colourful(chroma, depth, _CHROMA, _LEAST)
    # paler parts of the same stroke go with it
    weak = blobs(_colourful(chroma, depth, _CHROMA // 2, 0.7 * _LEAST))
    share = np.bincount(weak.labels[strong > 0], minlength=len(weak.stats)) / np.maximum(weak.area, 1)
    coloured = weak.mask(share > 0.15)
    dark = np.where((high < INK) & (coloured == 0), 255, 0).astype(np.uint8)
    return coloured, dark, paper


def _colourful(chroma: Image, depth: Image, least: float, share: float) -> Mask:
    """Where `chroma` is above `least` and above this `share` of the ink's `depth` (255 − its darkest channel)."""
    bar = cv2.max(_as_image(cv2.convertScaleAbs(depth, alpha=share)), np.full_like(depth, least))
    return _as_image(cv2.compare(chroma, bar, cv2.CMP_GT))


def _as_image(values: NDArray[Any]) -> Image:
    return np.asarray(values, dtype=np.uint8)


def _black_only(rgb: Image, paper: NDArray[np.uint8]) -> Image:
    """The grey that `rgb` on `paper` would have without its coloured ink."""
    share = np.clip(rgb.astype(np.float32) / np.maximum(paper, 1), 1 / 255, 1)
    density = -np.log(share)
    high, low = density.max(axis=2), density.min(axis=2)
    densest, palest = density.argmax(axis=2), density.argmin(axis=2)
    black = low.copy()
    for a in range(3):
        for b in range(3):
            here = (densest == a) & (palest == b)
            pure = here & (high > 0.25) & (high - low > 0.3 * high) & (low < 0.9)
            if pure.sum() < 12:
                continue
            # how dense the ink of this hue is in its palest channel, as share of its densest
            ratio = min(float(np.median(low[pure] / high[pure])), 1 - _LEAST)
            most = float(np.quantile(low[pure], 0.85))
            amount = (high[here] - low[here]) / (1 - ratio)
            black[here] = np.maximum(low[here] - np.minimum(1.1 * ratio * amount, most), 0)
    tone = float(cv2.cvtColor(paper.reshape(1, 1, 3), cv2.COLOR_RGB2GRAY)[0, 0])
    without: Image = np.clip(tone * np.exp(-black), 0, 255).astype(np.uint8)
    return without
