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

from ocr.prepare.ink import INK, Blobs, Mask, blobs, grey, ground, letter_height, letters, reduced
from ocr.types import Image, Sheet

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
    area = _stamped(coloured, dark)
    result = replace(sheet, image=plain, colour=image)
    if area is None:
        return result
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
    return replace(result, image=cleaned, steps=(*sheet.steps, f"lifted {count - 1} coloured marks"))


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


def _stamped(coloured: Mask, dark: Mask) -> Mask | None:
    """The area of the marks to lift, or None: large coloured ink that is no coloured print.

    Marks are told by what hangs together within half a letter. What lies over dark print is lifted, and
    stamps (words or a closed outline) wherever they are. Level lines of letters on free paper are print;
    strokes on free paper are a signature, which is no trouble there and evidence later; marks of less than
    three letters each way are ticks; where half the ink is coloured, colour is the print's own.
    """
    parts = blobs(coloured)
    large = parts.area > 8
    large[0] = False
    ink = parts.mask(large)
    amount = int(np.count_nonzero(ink))
    if amount < 60 or amount > 0.5 * (amount + np.count_nonzero(dark)):
        return None
    print_parts = blobs(dark)
    unit = letter_height(print_parts) or letter_height(parts)
    if unit == 0:
        return None
    reach = max(3, round(0.7 * unit)) | 1
    groups = blobs(np.asarray(cv2.dilate(ink, np.ones((reach, reach), np.uint8)), dtype=np.uint8))
    letter = letters(parts, unit) & large
    owner = groups.labels[
        np.clip(parts.top + parts.height // 2, 0, len(ink) - 1),
        np.clip(parts.left + parts.width // 2, 0, ink.shape[1] - 1),
    ]
    total = np.bincount(groups.labels[ink > 0], minlength=len(groups.stats)).astype(np.float64)
    # the letters of the print that each group touches
    meeting = (cv2.dilate(ink, np.ones((3, 3), np.uint8)) > 0) & (dark > 0)
    pairs = np.unique(np.stack([groups.labels[meeting], print_parts.labels[meeting]]), axis=1)
    pairs = pairs[:, letters(print_parts, unit)[pairs[1]]]
    crossed = np.bincount(pairs[0], minlength=len(groups.stats))
    chosen = np.zeros(len(groups.stats), dtype=np.bool_)
    for k in range(1, len(chosen)):
        width, height = groups.width[k] - reach, groups.height[k] - reach
        if max(width, height) < 3 * unit or total[k] < 40 or _at_edge(groups, k):
            continue
        own = np.flatnonzero(letter & (owner == k))
        in_letters = float(parts.area[own].sum())
        printed = in_letters > 0.7 * total[k] and _level(parts.top[own] + parts.height[own], unit)
        chosen[k] = crossed[k] >= 3 or (not printed and (len(own) >= 4 or _hollow(groups, k) > 0.2))
    if not chosen.any():
        return None
    # the whole box of a mark and a margin: the words in a stamp's frame, and pale stretches of its ring, are part of it
    area = np.zeros_like(ink)
    margin = round(1.5 * unit)
    for k in np.flatnonzero(chosen).tolist():
        x, y, width, height = (int(v) for v in groups.stats[k, :4])
        area[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin] = 255
    return area


def _at_edge(groups: Blobs, k: int) -> bool:
    """Whether a group runs into the edge of the sheet: what lies beneath the sheet in a photo."""
    rows, columns = groups.labels.shape
    x, y, width, height = (int(v) for v in groups.stats[k, :4])
    return x == 0 or y == 0 or x + width == columns or y + height == rows


def _hollow(groups: Blobs, k: int) -> float:
    """How much of a group's box lies inside closed outlines: much in a stamp's ring or frame, little in writing."""
    x, y, width, height = (int(v) for v in groups.stats[k, :4])
    own = np.asarray(groups.labels[y : y + height, x : x + width] == k, dtype=np.uint8)
    outlines, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return (sum(cv2.contourArea(c) for c in outlines) - float(groups.area[k])) / (width * height)


def _level(bottoms: NDArray[np.int32], unit: float) -> bool:
    """Whether letters stand on few common lines, as print does: half of them share their foot with two others."""
    if len(bottoms) < 3:
        return False
    ordered = np.sort(bottoms)
    near = (ordered[2:] - ordered[:-2]) <= 0.15 * unit
    return bool(near.mean() > 0.5)


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
