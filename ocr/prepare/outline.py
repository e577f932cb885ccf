"""The sheet of paper in a photo, or in a scan with a dark surround: its four corners."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Mask, grey, quantile, reduced
from ocr.types import Image

_SMALL = 700
"""Longer side of the image in which the sheet is looked for."""

_SHARE = 0.2, 0.94
"""How much of the picture the sheet must fill, and may fill: less surround than that is a dark edge."""

_WASHED_OUT, _DARK = 90.0, 60.0
"""A picture of which hardly anything is darker than the first, in grey values, is washed out, print and surround alike; its
darkest is drawn down to the second.
"""

Corners = NDArray[np.float64]
"""Four points (4, 2), clockwise from the top left."""


def find_outline(image: Image) -> Corners | None:
    """The corners of the sheet in a grey or RGB `image`, in its pixels; None where it has no surround.

    Areas that may be the sheet come from thresholds and from flooding (Meyer's watershed) between the middle
    and the edge of the picture; the largest four-sided one whose sides show a clear step from dark to bright wins.
    """
    small, factor = reduced(image, _SMALL)
    small = _contrasted(small)
    # the print is closed over first, so that only the paper is left
    size = max(3, round(max(small.shape) / 45)) | 1
    paper = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    paper = np.asarray(cv2.GaussianBlur(paper, (5, 5), 0), dtype=np.uint8)
    tone = np.asarray(paper.max(axis=2) if paper.ndim == 3 else paper)
    rim = np.concatenate([tone[:3].ravel(), tone[-3:].ravel(), tone[:, :3].ravel(), tone[:, -3:].ravel()])
    middle = float(np.median(tone))
    if float(np.mean(rim < 0.8 * middle)) < 0.1:
        return None
    sheets = list(_sheets(_areas(np.asarray(paper, dtype=np.uint8), tone)))
    for bowed in (False, True):  # a curled sheet where there is no straight one
        best: tuple[float, Corners] | None = None
        for corners, contour in sheets:
            clearness = _clearness(corners, contour if bowed else None, tone)
            # the edge of a shadow is clear as well, but it makes the sheet smaller
            worth = clearness + cv2.contourArea(corners.astype(np.float32)) / tone.size
            if clearness > 0.7 and (best is None or worth > best[0] + 0.02):
                best = (worth, corners)
        if best is not None:
            return best[1] / factor
    return None


def _contrasted(image: Image) -> Image:
    """A grey or RGB `image`, its contrast restored where it is washed out: paper and surround are told apart by their ratio."""
    darkest = quantile(grey(image), 0.01)
    if darkest <= _WASHED_OUT:
        return image
    gain = (255 - _DARK) / max(255 - darkest, 1.0)
    return np.asarray(np.clip(255 - gain * (255.0 - image), 0, 255), np.uint8)


def _areas(paper: Image, tone: Image) -> list[Mask]:
    """Areas that may be the sheet."""
    rows, columns = tone.shape
    otsu, _ = cv2.threshold(tone, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    found = []
    for level in (otsu, 0.8 * otsu, 0.6 * otsu):
        bright = (tone > level).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
        if count > 1:
            largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
            found.append(np.asarray(labels == largest, dtype=np.uint8))
    seeds = np.zeros((rows, columns), dtype=np.int32)
    seeds[int(0.35 * rows) : int(0.65 * rows), int(0.35 * columns) : int(0.65 * columns)] = 1
    frame = np.zeros((rows, columns), dtype=np.bool_)
    frame[:2], frame[-2:], frame[:, :2], frame[:, -2:] = True, True, True, True
    # each stretch of the frame is compared with the paper that lies towards it
    seeds[frame & (tone < 0.75 * float(np.median(tone[seeds == 1])))] = 2
    rgb = paper if paper.ndim == 3 else cv2.cvtColor(paper, cv2.COLOR_GRAY2RGB)
    flooded = cv2.watershed(rgb, seeds)
    found.append(np.asarray(flooded == 1, dtype=np.uint8))
    return found


def _sheets(areas: list[Mask]) -> Iterator[tuple[Corners, NDArray[np.float64]]]:
    """The corners of those areas that are like a sheet, and their contours."""
    for area in areas:
        contours, _ = cv2.findContours(area, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not contours:
            continue
        contour = np.asarray(max(contours, key=cv2.contourArea), dtype=np.int32)
        corners = _corners_of(area, contour)
        if corners is not None:
            yield corners, contour.reshape(-1, 2).astype(np.float64) + 0.5


def _corners_of(area: Mask, contour: NDArray[np.int32]) -> Corners | None:
    """The corners of an area if it is a large four-sided sheet seen from somewhere above it, else None."""
    rows, columns = area.shape
    corners = _four_corners(np.asarray(cv2.convexHull(contour), dtype=np.int32))
    share = cv2.contourArea(corners.astype(np.float32)) / (rows * columns) if corners is not None else 0.0
    if corners is None or not _SHARE[0] <= share <= _SHARE[1]:
        return None
    for k in range(4):
        a, b = corners[k - 1] - corners[k], corners[(k + 1) % 4] - corners[k]
        if abs(float(a @ b)) > 0.35 * float(np.linalg.norm(a) * np.linalg.norm(b)):
            return None
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    if min(sides[0], sides[2]) < 0.7 * max(sides[0], sides[2]) or min(sides[1], sides[3]) < 0.7 * max(
        sides[1], sides[3]
    ):
        return None
    inside = np.zeros_like(area)
    cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 1)
    overlap = float(np.count_nonzero(inside & area) / np.count_nonzero(inside | area))
    if overlap < 0.93:
        return None
    return _refined(corners + 0.5, contour.reshape(-1, 2).astype(np.float64) + 0.5, (columns, rows))


def _four_corners(hull: NDArray[np.int32]) -> Corners | None:
    """The quadrilateral that a convex hull comes down to, clockwise from the top left; None where it is none."""
    around = cv2.arcLength(hull, True)
    for share in (0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06):
        polygon = cv2.approxPolyDP(hull, share * around, True).reshape(-1, 2).astype(np.float64)
        if len(polygon) < 4:
            return None
        if len(polygon) == 4:
            centre = polygon.mean(axis=0)
            order = np.argsort(np.arctan2(polygon[:, 1] - centre[1], polygon[:, 0] - centre[0]))
            polygon = polygon[order]
            first = int(np.argmin(polygon.sum(axis=1)))
            return np.roll(polygon, -first, axis=0)
    return None


def _clearness(corners: Corners, contour: NDArray[np.float64] | None, tone: Image) -> float:
    """How much of the sheet's sides shows a step from bright paper to a darker surround, 0 … 1.

    The sides are straight, or, with a `contour`, follow it where it bows smoothly. Sides that run along the picture's
    edge say nothing; where three do, 0: a band of colour across the head of a page looks like that.
    """
    rows, columns = tone.shape
    reach = 0.012 * max(rows, columns)
    centre = corners.mean(axis=0)
    shares = []
    for k in range(4):
        a, b = corners[k], corners[(k + 1) % 4]
        normal = np.array([-(b - a)[1], (b - a)[0]]) / np.linalg.norm(b - a)
        share = np.linspace(0.06, 0.94, 60)
        points = a + share[:, None] * (b - a)
        if contour is not None:
            points += np.polyval(_bow(*_beside(a, b, contour, max(rows, columns))), share)[:, None] * normal
        if normal @ (centre - a) < 0:
            normal = -normal
        out, within = points - reach * normal, points + reach * normal
        beyond = (out[:, 0] < 1) | (out[:, 1] < 1) | (out[:, 0] > columns - 1) | (out[:, 1] > rows - 1)
        if beyond.mean() > 0.5:
            continue
        dark, bright = _tones(tone, out[~beyond]), _tones(tone, within[~beyond])
        shares.append(float(np.mean(dark < 0.87 * bright)))
    if len(shares) < 2 or min(shares) < 0.5:
        return 0.0
    return float(np.mean(shares))


def _bow(position: NDArray[np.float64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The parabola, as numpy's polynomials go, that points beside a side lie on; the side itself where they lie on none."""
    straight = np.zeros(3)
    if len(position) <= 20 or np.ptp(position) <= 0.5:
        return straight
    bow: NDArray[np.float64] = np.polyfit(position, distance, 2)
    smooth = np.median(np.abs(distance - np.polyval(bow, position))) < 1.0
    return bow if smooth else straight


def _tones(tone: Image, points: Corners) -> NDArray[np.float64]:
    x = np.clip(points[:, 0].astype(int), 0, tone.shape[1] - 1)
    y = np.clip(points[:, 1].astype(int), 0, tone.shape[0] - 1)
    return np.asarray(tone[y, x], dtype=np.float64)


def _refined(corners: Corners, contour: NDArray[np.float64], size: tuple[int, int]) -> Corners:
    """The `corners` moved to where lines fitted to the contour along straight sides meet.

    A side that is bent (a curled sheet) keeps the line through its corners.
    """
    sides = []
    for k in range(4):
        a, b = corners[k], corners[(k + 1) % 4]
        along = (b - a) / np.linalg.norm(b - a)
        normal = np.array([-along[1], along[0]])
        position, distance = _beside(a, b, contour, max(size))
        line = (a, along)
        if len(position) > 20:
            slope, offset = np.polyfit(position, distance, 1)
            rest = np.abs(distance - slope * position - offset)
            keep = rest <= 2.5 * max(float(np.median(rest)), 0.3)
            if keep.sum() > 20 and np.median(rest) < 1.0:
                slope, offset = np.polyfit(position[keep], distance[keep], 1)
                start, end = a + offset * normal, b + (slope + offset) * normal
                line = (start, (end - start) / np.linalg.norm(end - start))
        sides.append(line)
    refined = corners.copy()
    for k in range(4):
        (p, d), (q, e) = sides[k - 1], sides[k]
        matrix = np.column_stack([d, -e])
        if abs(np.linalg.det(matrix)) > 0.2:
            t, _ = np.linalg.solve(matrix, q - p)
            meeting = p + t * d
            if np.linalg.norm(meeting - corners[k]) < 0.03 * max(size):
                refined[k] = meeting
    return refined


def _beside(
    a: Corners, b: Corners, contour: NDArray[np.float64], longest: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The points of a contour that lie along the side from `a` to `b`.

    Their positions (0 at `a`, 1 at `b`) and distances in pixels to the right of it.
    """
    length = float(np.linalg.norm(b - a))
    along = (b - a) / length
    position = (contour - a) @ along / length
    distance = (contour - a) @ np.array([-along[1], along[0]])
    near = (position > 0.08) & (position < 0.92) & (np.abs(distance) < 0.02 * longest)
    return position[near], distance[near]
