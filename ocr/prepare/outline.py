"""The sheet of paper in a photo, or in a scan with a dark surround: its four corners."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.types import Image

_SMALL = 700
"""Longer side of the image in which the sheet is looked for."""


def find_outline(image: Image) -> NDArray[np.float64] | None:
    """The corners (4, 2) of the sheet in a grey `image`, clockwise from the top left; None where it has no surround.

    The sheet is the one large bright four-sided area; what lies beyond each of its sides (but a side at the
    picture's own edge) must be clearly darker.
    """
    factor = min(1.0, _SMALL / max(image.shape))
    small = (
        cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else image
    )
    rows, columns = small.shape
    # the print is closed over first, so that only the paper is left
    size = max(3, round(max(rows, columns) / 45)) | 1
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    closed = cv2.GaussianBlur(closed, (5, 5), 0)
    edge = np.concatenate([closed[0], closed[-1], closed[:, 0], closed[:, -1]])
    level, _ = cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if float(np.mean(edge < level)) < 0.1:
        return None
    bright = (closed >= level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    area = float(stats[largest, cv2.CC_STAT_AREA])
    if area < 0.2 * rows * columns:
        return None
    sheet = np.asarray(labels == largest, dtype=np.uint8)
    contours, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour)
    corners = _four_corners(np.asarray(hull, dtype=np.int32))
    if corners is None:
        return None
    quad_area = cv2.contourArea(corners.astype(np.float32))
    inside = np.zeros_like(sheet)
    cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 1)
    overlap = float(np.count_nonzero(inside & sheet) / np.count_nonzero(inside | sheet))
    if quad_area < 0.2 * rows * columns or overlap < 0.9 or not _plausible(corners):
        return None
    outside = closed[(inside == 0) & (cv2.dilate(inside, np.ones((9, 9), np.uint8)) == 1)]
    within = closed[(inside == 1) & (cv2.erode(inside, np.ones((9, 9), np.uint8)) == 0)]
    if outside.size < 0.05 * (rows + columns) or np.median(within) - np.median(outside) < 25:
        return None
    refined = _refined(corners, contour.reshape(-1, 2).astype(np.float64), (columns, rows))
    return np.asarray((refined + 0.5) / factor, dtype=np.float64)


def _four_corners(hull: NDArray[np.int32]) -> NDArray[np.float64] | None:
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


def _refined(
    corners: NDArray[np.float64], contour: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float64]:
    """The `corners` moved to where lines fitted to the contour along straight sides meet.

    A side that is bent (a curled sheet) keeps the line through its corners.
    """
    sides = []
    for k in range(4):
        a, b = corners[k], corners[(k + 1) % 4]
        along = (b - a) / np.linalg.norm(b - a)
        normal = np.array([-along[1], along[0]])
        position = (contour - a) @ along / np.linalg.norm(b - a)
        distance = (contour - a) @ normal
        near = (position > 0.08) & (position < 0.92) & (np.abs(distance) < 0.02 * max(size))
        line = (a, along)
        if near.sum() > 20:
            slope, offset = np.polyfit(position[near], distance[near], 1)
            rest = distance[near] - slope * position[near] - offset
            keep = np.abs(rest) <= 2.5 * max(np.median(np.abs(rest)), 0.3)
            if keep.sum() > 20:
                slope, offset = np.polyfit(position[near][keep], distance[near][keep], 1)
                if np.median(np.abs(rest)) < 1.0:
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


def _plausible(corners: NDArray[np.float64]) -> bool:
    """Whether four corners may be a sheet seen from somewhere above it: convex, no corner far from a right angle."""
    for k in range(4):
        a, b = corners[k - 1] - corners[k], corners[(k + 1) % 4] - corners[k]
        cosine = float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
        if abs(cosine) > 0.5:
            return False
    return True
