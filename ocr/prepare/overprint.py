"""Marks over print: which ink, already told apart from the print, is a stamp or a signature across it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Blobs, Mask, blobs, letter_height, letters
from ocr.types import Box

_WORDS = 4
"""So many letters make a mark a stamp's words."""
_HOLLOW = 0.2
"""From which share of its box inside closed outlines on a mark is a stamp."""
_FRAMED = 0.6
"""So much of the line around it has ink beside it where a mark is a stamp's frame, or a piece of one.

Of signatures 0.36–0.41, of frames parted by the print they cross 0.78 and more.
"""


def over_print(marks: Mask, dark: Mask, framed: bool = False) -> tuple[Mask, tuple[Box, ...]] | None:
    """The area of those `marks`, ink told apart from the `dark` print, that are to be lifted, and boxes around those of
    them that are handwriting; None where there are none.

    Marks are told by what hangs together within half a letter. What lies over dark print is lifted, and stamps (words
    or a closed outline) wherever they are; only what has a closed outline where `framed` is set. Level lines of letters
    on free paper are print; strokes on free paper are a signature, which is no trouble there and evidence later; marks
    of less than three letters each way are ticks; where half the ink is marks, they are the print's own.
    """
    parts = blobs(marks)
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
    pen = np.zeros_like(chosen)
    for k in range(1, len(chosen)):
        width, height = groups.width[k] - reach, groups.height[k] - reach
        if max(width, height) < 3 * unit or total[k] < 40 or _at_edge(groups, k):
            continue
        own = np.flatnonzero(letter & (owner == k))
        in_letters = float(parts.area[own].sum())
        printed = in_letters > 0.7 * total[k] and _level(parts.top[own] + parts.height[own], unit)
        hollow = _hollow(groups, k)
        if framed:
            chosen[k] = not printed and hollow > 0.25
            continue
        stamp = len(own) >= _WORDS or hollow > _HOLLOW
        chosen[k] = crossed[k] >= 3 or (stamp and not printed)
        pen[k] = chosen[k] and not stamp
    if not chosen.any():
        return None
    # the whole box of a mark and a margin: the words in a stamp's frame, and pale stretches of its ring, are part of it
    area = np.zeros_like(ink)
    margin = round(1.5 * unit)
    for k in np.flatnonzero(chosen).tolist():
        x, y, width, height = (int(v) for v in groups.stats[k, :4])
        area[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin] = 255
    inset = reach // 2
    writing = []
    for k in np.flatnonzero(pen).tolist():
        x, y, width, height = (int(v) for v in groups.stats[k, :4])
        shape = (groups.labels[y : y + height, x : x + width] == k) & (ink[y : y + height, x : x + width] > 0)
        if _outlined(shape, unit) < _FRAMED:
            writing.append(Box(x + inset, y + inset, x + width - inset, y + height - inset))
    return area, tuple(writing)


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


def _outlined(shape: NDArray[np.bool_], unit: float) -> float:
    """How much of the line around a mark (its convex hull) has its ink within a quarter of a letter."""
    size = max(3, round(0.5 * unit)) | 1
    room = np.pad(shape.astype(np.uint8), size)
    line = np.zeros_like(room)
    cv2.polylines(line, [cv2.convexHull(np.asarray(cv2.findNonZero(room)))], True, 1)
    near = cv2.dilate(room, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return float(np.mean(near[line > 0]))


def _level(bottoms: NDArray[np.int32], unit: float) -> bool:
    """Whether letters stand on few common lines, as print does: half of them share their foot with two others."""
    if len(bottoms) < 3:
        return False
    ordered = np.sort(bottoms)
    near = (ordered[2:] - ordered[:-2]) <= 0.15 * unit
    return bool(near.mean() > 0.5)
