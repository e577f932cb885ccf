"""Strokes too large for letters: handwriting such as signatures, and the frames of rubber stamps."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.types import Box, MarkKind


def find_strokes(
    ink: Ink, taken: NDArray[np.bool_], letters: NDArray[np.float64], lifted: Sequence[Box] = ()
) -> list[tuple[MarkKind, Box]]:
    """Boxes around handwriting and around stamps, neighbouring strokes in one box.

    `taken` are the components of lines and check boxes; `letters` holds for every component the height of the
    consonants around it; `lifted` is handwriting that was taken off the print. Emblems and patches (dense, or as large
    as a fifth of the sheet) and what touches the sheet's edge are left out.
    """
    found: list[tuple[MarkKind, Box]] = [("lifted", box) for box in lifted]
    for group in _neighbours(ink, np.flatnonzero((_large(ink) & ~taken) | _thin(ink, letters)).tolist()):
        inside = _within_frame(ink, group)
        if inside is None:
            found.append(("ink", _around(ink, group)))
            continue
        found.append(("stamp", _around(ink, group)))
        found += [("ink", _around(ink, signature)) for signature in _neighbours(ink, inside)]
    h = ink.consonant
    return [(kind, box) for kind, box in found if box.width > 2 * h and box.height > 1.2 * h]


def _large(ink: Ink) -> NDArray[np.bool_]:
    """Which components are larger than letters and not dense."""
    width, height = (ink.boxes[:, 2:] - ink.boxes[:, :2]).T
    size, least = np.maximum(width, height), np.minimum(width, height)
    loose = ink.areas < 0.4 * width * height
    return np.asarray(_free(ink) & loose & (size > 1.8 * ink.consonant) & (least > 0.5 * ink.consonant))


def _thin(ink: Ink, letters: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which components are wider than a letter and have too little ink for letters that touch.

    Letters that touch fill a quarter of their box and more; a pen's line fills the less, the larger it is. So a
    stroke is known even where it lies on a line of print or was taken for one.
    """
    width, height = (ink.boxes[:, 2:] - ink.boxes[:, :2]).T
    most = np.where(width > 2.5 * letters, 0.24, 0.18)
    thin = (width > 1.4 * letters) & (height > 0.7 * letters) & (ink.areas < most * width * height)
    return np.asarray(_free(ink) & thin)


def _free(ink: Ink) -> NDArray[np.bool_]:
    """Which components keep off the sheet's edges and are no larger than a signature or a stamp."""
    rows, columns = ink.labels.shape
    width, height = (ink.boxes[:, 2:] - ink.boxes[:, :2]).T
    free = (ink.boxes[:, :2] > 2).all(axis=1) & (ink.boxes[:, 2] < columns - 2) & (ink.boxes[:, 3] < rows - 2)
    free &= (width < 0.45 * columns) & (height < 0.2 * rows)
    free[0] = False
    return np.asarray(free)


_RIM = 0.66
"""The least share of a frame's ink that lies along its outline.

Of 216 signatures the largest had 0.60; frames of stamps, whole, in pieces or crossed by print, had 0.71 and more.
"""


def _within_frame(ink: Ink, strokes: Sequence[int]) -> list[int] | None:
    """Those of `strokes` that lie within the frame that the others make, as a signature on a seal; None without a frame.

    A frame, a piece of one, or a straight line has nearly all its ink along its convex outline.
    """
    h = ink.consonant
    box = _around(ink, strokes)
    if max(box.width, box.height) < 3 * h:
        return None
    x0, y0, x1, y1 = box.rounded()
    labels = np.pad(ink.labels[y0:y1, x0:x1], 1)
    shape = np.isin(labels, strokes)
    hull = cv2.convexHull(np.asarray(cv2.findNonZero(shape.astype(np.uint8))))
    _, sides, _ = cv2.minAreaRect(hull)
    if min(sides) < 0.08 * max(sides):
        return []
    if min(box.width, box.height) < 2 * h:  # a frame has room for print
        return None
    inner = np.zeros(shape.shape, np.uint8)
    cv2.fillConvexPoly(inner, hull, 1)
    depth = cv2.distanceTransform(inner, cv2.DIST_L2, 5)
    rim = depth < 0.25 * depth.max()
    if float(rim[shape].mean()) <= _RIM:
        return None
    return [i for i in strokes if not rim[labels == i].any()]


def _neighbours(ink: Ink, strokes: Sequence[int]) -> list[list[int]]:
    """The strokes in groups of neighbours."""
    h = ink.consonant
    groups: list[tuple[Box, list[int]]] = []
    for i in sorted(strokes, key=lambda i: int(ink.boxes[i, 0])):
        box = _around(ink, [i])
        near = next(
            (k for k, (b, _) in enumerate(groups) if b.padded(1.5 * h, 0.8 * h).intersection(box)), None
        )
        if near is None:
            groups.append((box, [i]))
        else:
            groups[near] = (groups[near][0].union(box), [*groups[near][1], i])
    return [members for _, members in groups]


def _around(ink: Ink, components: Sequence[int]) -> Box:
    boxes = ink.boxes[list(components)]
    return Box(*(float(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))))
