"""What copiers and binders leave on the margins painted out: dark edges, punch holes, staples and their shadows."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Blobs, Mask, blobs, ink, letter_height, letters, reduced
from ocr.types import Sheet

_LONGEST = 1800
"""Longer side in pixels of the image that all is measured in."""


def clean_margins(sheet: Sheet) -> Sheet:
    """The sheet without dark edges and holes; its image grey, evenly lit."""
    image = sheet.image
    small, factor = reduced(image, _LONGEST)
    mask = ink(small)
    parts = blobs(mask)
    unit = letter_height(parts) or 0.075 * sheet.dpi * factor
    edges, holes = _edges(parts, unit), _holes(parts, unit, sheet.dpi * factor)
    staples = _staples(parts, unit, sheet.dpi * factor)
    notes = []
    if edges.any():
        notes.append("dark edges removed")
    if holes.any():
        notes.append(f"{int(holes.sum())} holes removed")
    if staples.any():
        notes.append("staple removed")
    if not notes:
        return sheet
    doomed = cv2.bitwise_or(_with_rim(edges, mask, 3), _with_rim(parts.mask(holes | staples), mask, 2))
    if factor < 1:
        doomed = np.asarray(
            cv2.resize(doomed, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR),
            dtype=np.uint8,
        )
    cleaned = image.copy()
    cleaned[doomed > 96] = 255
    return replace(sheet, image=cleaned, steps=(*sheet.steps, *notes))


def _with_rim(doomed: Mask, mask: Mask, rim: int) -> Mask:
    """The doomed ink and its soft rim, but nothing that touches other ink."""
    size = 2 * rim + 1
    rest = cv2.bitwise_and(mask, cv2.bitwise_not(doomed))
    wide = cv2.bitwise_and(
        cv2.dilate(doomed, np.ones((size, size), np.uint8)),
        cv2.bitwise_not(cv2.dilate(rest, np.ones((3, 3), np.uint8))),
    )
    return np.asarray(cv2.bitwise_or(doomed, wide), dtype=np.uint8)


def _edges(parts: Blobs, unit: float) -> Mask:
    """The ink that runs into the edge of the sheet and is too thick or too long for print there.

    Whole blobs, or, where a dark edge hangs together with rules and print, its solid part near the edge.
    """
    rows, columns = parts.labels.shape
    longest = max(rows, columns)
    near = max(2, round(0.004 * longest))
    touching = (
        (parts.left < near)
        | (parts.top < near)
        | (parts.left + parts.width > columns - near)
        | (parts.top + parts.height > rows - near)
    )
    touching[0] = False
    chosen = np.zeros(len(touching), dtype=np.bool_)
    for k in np.flatnonzero(touching).tolist():
        x, y, w, h = int(parts.left[k]), int(parts.top[k]), int(parts.width[k]), int(parts.height[k])
        depth = min(
            w if x < near or x + w > columns - near else rows + columns,
            h if y < near or y + h > rows - near else rows + columns,
        )
        band = max(w, h) >= 4 * unit and depth <= 0.1 * longest
        block = min(w, h) >= 1.5 * unit and parts.area[k] > 0.6 * w * h and depth <= 0.1 * longest
        chosen[k] = band or block or depth <= 0.4 * unit
    found = parts.mask(chosen)
    deep = touching & ~chosen
    if deep.any():
        mixed = parts.mask(deep)
        zone = round(0.1 * longest)
        mixed[zone : rows - zone, zone : columns - zone] = 0
        size = max(3, round(0.3 * unit))
        solid = cv2.morphologyEx(mixed, cv2.MORPH_OPEN, np.ones((size, size), np.uint8), borderValue=0)
        for _ in range(3):
            solid = cv2.bitwise_and(cv2.dilate(solid, np.ones((size, size), np.uint8)), mixed)
        thin = _slivers(mixed, near, round(0.4 * unit))
        bands = blobs(np.asarray(cv2.bitwise_or(solid, thin), dtype=np.uint8))
        found |= bands.mask(np.maximum(bands.width, bands.height) >= 4 * unit)
    return found


def _slivers(mask: Mask, near: int, depth: int) -> Mask:
    """The ink that comes within `near` pixels of the edge and reaches no more than `depth` pixels in from there."""
    found = np.zeros_like(mask)
    for turns in range(4):
        strip = np.rot90(mask, turns)[: near + depth + 1].copy()
        strip[:near] = strip[:near].max(axis=0)
        run = np.minimum.accumulate(strip, axis=0)
        np.rot90(found, turns)[: near + depth] |= np.where(run[-1] == 0, run[:-1], 0)
    return np.asarray(found & mask, dtype=np.uint8)


def _holes(parts: Blobs, unit: float, dpi: float) -> NDArray[np.bool_]:
    """Round blobs of a punch hole's size, discs or rings or pieces of rings, that stand alone near an edge."""
    rows, columns = parts.labels.shape
    x, y = parts.left + parts.width / 2, parts.top + parts.height / 2
    size = np.maximum(parts.width, parts.height)
    margin = 0.11 * max(rows, columns)
    aside = (x < margin) | (x > columns - margin) | (y < margin) | (y > rows - margin)
    candidate = (
        aside
        & (size >= max(1.6 * unit, 0.13 * dpi))
        & (size <= 0.36 * dpi)
        & (parts.width > 0.25 * size)
        & (parts.height > 0.25 * size)
    )
    candidate[0] = False
    letter = letters(parts, unit)
    chosen = np.zeros(len(candidate), dtype=np.bool_)
    for k in np.flatnonzero(candidate).tolist():
        centre, radius, off, cover = _circle(parts, k)
        if not (0.06 * dpi <= radius <= 0.19 * dpi and off < 0.09 and cover > 0.3):
            continue
        away = np.abs(x - centre[0]) - parts.width / 2
        beside = (
            letter & (away > 1.1 * radius) & (away < radius + 2 * unit) & (np.abs(y - centre[1]) < radius)
        )
        chosen[k] = not beside.any()
    return chosen


def _staples(parts: Blobs, unit: float, dpi: float) -> NDArray[np.bool_]:
    """Slanting strokes of a staple's length that stand alone in a corner."""
    rows, columns = parts.labels.shape
    x, y = parts.left + parts.width / 2, parts.top + parts.height / 2
    corner = (np.minimum(x, columns - x) < 0.13 * columns) & (np.minimum(y, rows - y) < 0.1 * rows)
    length = np.hypot(parts.width, parts.height)
    likely = corner & (length > max(0.18 * dpi, 1.5 * unit)) & (length < 0.8 * dpi)
    likely &= (parts.width > 0.15 * length) & (parts.height > 0.15 * length)
    likely[0] = False
    letter = letters(parts, unit)
    chosen = np.zeros(len(likely), dtype=np.bool_)
    for k in np.flatnonzero(likely).tolist():
        own = parts.labels == k
        points = np.column_stack(np.nonzero(own)).astype(np.float32)
        _, sides, _ = cv2.minAreaRect(points)
        away = np.hypot(x - x[k], y - y[k])
        beside = letter & (away < length[k] / 2 + 3 * unit)
        beside[k] = False
        chosen[k] = min(sides) < 0.18 * max(sides) and not beside.any()
    return chosen


def _circle(parts: Blobs, k: int) -> tuple[tuple[float, float], float, float, float]:
    """The circle through a blob's outer edge (Kåsa's fit): centre, radius, relative distance from it, share of arc."""
    x, y, w, h = int(parts.left[k]), int(parts.top[k]), int(parts.width[k]), int(parts.height[k])
    own = np.asarray(parts.labels[y : y + h, x : x + w] == k, dtype=np.uint8)
    contours, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = max(contours, key=len).reshape(-1, 2).astype(np.float64)
    hull = cv2.convexHull(points.astype(np.float32)).reshape(-1, 2).astype(np.float64)
    if len(hull) < 5:
        return (0.0, 0.0), 0.0, 1.0, 0.0
    # of a thin arc the contour runs along both sides: the points nearest to the hull are its outer side
    system = np.column_stack([2 * points, np.ones(len(points))])
    solution, *_ = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)
    centre = solution[:2]
    radius = float(np.sqrt(max(solution[2] + centre @ centre, 0.0)))
    if radius == 0:
        return (0.0, 0.0), 0.0, 1.0, 0.0
    distance = np.hypot(*(points - centre).T)
    angles = np.unique(np.round(np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0]) * 18 / np.pi))
    off = float(np.sqrt(np.mean((distance - radius) ** 2))) / radius
    return (float(centre[0] + x), float(centre[1] + y)), radius, off, len(angles) / 36
