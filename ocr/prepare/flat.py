"""The sheet laid flat and upright: outline, turn, skew and bend are measured small, the scan is resampled once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.curl import fit
from ocr.prepare.ink import (
    Blobs,
    Mask,
    blobs,
    divided,
    grey,
    ground,
    ink,
    letter_shaped,
    print_grey,
    quantile,
    reduced,
)
from ocr.prepare.lines import chain
from ocr.prepare.outline import find_outline
from ocr.prepare.skew import find_skew, undersides
from ocr.prepare.turn import upside_down
from ocr.transform import Displacement, Homography, Transform
from ocr.types import Image, Sheet

_LONGEST = 1800
"""Longer side in pixels of the image that all is measured in."""

_CLEAR = 2.0
"""Lines of print this clear need no comparison with the page turned by 90°."""

_FEWEST = 25
"""Fewer letters than this do not tell a skew or a quarter turn: the page is left as it lies."""

_A4 = 297 / 210


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """How the sheet is to be seen, in pixels of the reduced scan: `size` (width, height) and `back`, view → scan."""

    size: tuple[int, int]
    back: Transform

    def seen(self, scan: Image, paper: int) -> Image:
        return _resampled(scan, self.back, self.size, paper)

    def then(self, step: Homography | Displacement, size: tuple[int, int]) -> _View:
        return _View(size, self.back.after(step))


def flatten(sheet: Sheet) -> Sheet:
    """The sheet cut out of its surround, upright, level and flat; its pixels untouched where it is all that already.

    Which way is up is told from the print, unless the sheet's `turn` says it.
    """
    reduced_scan, factor = reduced(sheet.image, _LONGEST)
    small = grey(reduced_scan)
    paper = int(quantile(small, 0.85))
    view = _View((small.shape[1], small.shape[0]), Transform())
    notes: list[str] = []
    dpi = sheet.dpi

    corners = find_outline(reduced_scan)
    if corners is not None:
        step, size = _unfolded(corners)
        view = view.then(step, size)
        dpi = _dpi_of(size, factor, dpi)
        notes.append("page outline")
        small_now = view.seen(small, paper)
    else:
        small_now = small

    mask, parts = _print_of(small_now)
    points = undersides(_letters_only(mask, parts))
    angle, clear = find_skew(points)
    quarter = 0
    if sheet.turn is not None or clear < _CLEAR:
        turned = np.ascontiguousarray(np.rot90(mask))
        parts_turned = Blobs(np.ascontiguousarray(np.rot90(parts.labels)), _turned_stats(parts))
        angle_turned, clear_turned = find_skew(undersides(_letters_only(turned, parts_turned)))
        sideways = clear_turned > 1.35 and clear_turned - 1 > 1.6 * (clear - 1)
        if sideways if sheet.turn is None else sheet.turn % 2:
            quarter, angle, clear = 1, angle_turned, clear_turned
    if clear < 1.2 or int(letter_shaped(parts).sum()) < _FEWEST:
        angle, quarter = 0.0, 0 if sheet.turn is None else sheet.turn % 2
    level = view if quarter == 0 else view.then(*_quarter_turns(view.size, quarter))
    if abs(angle) >= 0.05:
        level = level.then(*_rotation(level.size, angle))
    if level is not view:
        mask, parts = _print_of(level.seen(small, paper))
    lines, height = chain(parts)
    overhead = upside_down(mask, lines, height) > 0.3 if sheet.turn is None else sheet.turn >= 2
    if overhead:
        quarter += 2
    if quarter:
        view = view.then(*_quarter_turns(view.size, quarter))
        notes.append(f"turned {(0, 90, 180, 270)[quarter]}°")
    if abs(angle) >= 0.15:
        view = view.then(*_rotation(view.size, angle))
        notes.append(f"deskew {angle:.1f}°")
    if quarter >= 2:
        mask, parts = _print_of(view.seen(small, paper))
        lines, height = chain(parts)

    bend = fit(lines, height, view.size) if lines else None
    if bend is not None and bend.reach > 0.1 and bend.after < 0.5 * bend.before:
        view = view.then(bend.field, view.size)
        notes.append(f"flattened a bend of {bend.reach:.1f} letters")
    if sheet.turn is None:
        sheet = replace(sheet, turn=quarter)
    return _applied(sheet, view, factor, dpi, tuple(notes)) if notes else sheet


def _print_of(image: Image) -> tuple[Mask, Blobs]:
    """The ink of a reduced image and its blobs, shadows divided out."""
    even = divided(image, ground(image, max(4, max(image.shape) // 120)))
    mask = ink(even, (print_grey(even) + 255) / 2)
    return mask, blobs(mask)


def _letters_only(mask: Mask, parts: Blobs) -> Mask:
    """The ink of what may be letters; all ink where hardly anything may."""
    chosen = letter_shaped(parts)
    return parts.mask(chosen) if chosen.sum() >= 30 else mask


def _turned_stats(parts: Blobs) -> NDArray[np.int32]:
    """The blobs' boxes after `np.rot90` of the image (x → new y counted from below)."""
    stats = parts.stats.copy()
    columns = parts.labels.shape[1]
    stats[:, cv2.CC_STAT_LEFT] = parts.top
    stats[:, cv2.CC_STAT_TOP] = columns - parts.left - parts.width
    stats[:, cv2.CC_STAT_WIDTH] = parts.height
    stats[:, cv2.CC_STAT_HEIGHT] = parts.width
    return stats


def _unfolded(corners: NDArray[np.float64]) -> tuple[Homography, tuple[int, int]]:
    """The map from a straight sheet to its `corners` in the scan, and the sheet's size; A4 where it is near."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    if 0.9 < height / width / _A4 < 1.1:
        height = width * _A4
    elif 0.9 < width / height / _A4 < 1.1:
        width = height * _A4
    size = (max(1, round(float(width))), max(1, round(float(height))))
    square = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(square, corners.astype(np.float32))
    return Homography(np.asarray(matrix, dtype=np.float64)), size


def _dpi_of(size: tuple[int, int], factor: float, stated: float) -> float:
    """The dpi of a sheet found in its surround: as stated where A4 comes near it, else as A4 would have it."""
    as_a4 = max(size) / factor / 11.69
    return stated if 0.8 < stated / as_a4 < 1.25 else as_a4


def _quarter_turns(size: tuple[int, int], turns: int) -> tuple[Homography, tuple[int, int]]:
    """The map back of `turns` quarter turns counter-clockwise of an image of `size`, and the size after."""
    width, height = size
    if turns == 1:
        return Homography(np.array([[0.0, -1, width], [1, 0, 0], [0, 0, 1]])), (height, width)
    if turns == 2:
        return Homography(np.array([[-1.0, 0, width], [0, -1, height], [0, 0, 1]])), size
    return Homography(np.array([[0.0, 1, 0], [-1, 0, height], [0, 0, 1]])), (height, width)


def _rotation(size: tuple[int, int], degrees: float) -> tuple[Homography, tuple[int, int]]:
    """The map back of levelling lines that fall by `degrees`, on a canvas that holds the whole image."""
    angle = np.deg2rad(degrees)
    c, s = float(np.cos(angle)), float(np.sin(angle))
    width, height = size
    wide, tall = width * c + height * abs(s), height * c + width * abs(s)
    new = (max(1, round(wide)), max(1, round(tall)))
    turn = np.array([[c, -s, 0.0], [s, c, 0], [0, 0, 1]])
    before = np.array([[1.0, 0, -new[0] / 2], [0, 1, -new[1] / 2], [0, 0, 1]])
    after = np.array([[1.0, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    return Homography(after @ turn @ before), new


def _applied(sheet: Sheet, view: _View, factor: float, dpi: float, notes: tuple[str, ...]) -> Sheet:
    """The sheet resampled once from its own pixels as `view` (measured at `factor`) has it."""
    rows, columns = sheet.image.shape[:2]
    scale = np.diag([1 / factor, 1 / factor, 1.0])
    maps: list[Homography | Displacement] = []
    for step in view.back.maps:
        if isinstance(step, Homography):
            maps.append(Homography(scale @ step.matrix @ np.linalg.inv(scale)))
        else:
            maps.append(Displacement(step.grid / factor, step.step_x / factor, step.step_y / factor))
    size = (max(1, round(view.size[0] / factor)), max(1, round(view.size[1] / factor)))
    back = Transform(tuple(maps))
    turns = _pure_turns(view.back, size, (columns, rows))
    if turns is not None:
        step, _ = _quarter_turns((columns, rows), turns)
        image = np.ascontiguousarray(np.rot90(sheet.image, turns))
        return replace(
            sheet,
            image=image,
            to_page=sheet.to_page.after(step),
            steps=(*sheet.steps, *notes),
        )
    paper = int(quantile(reduced(grey(sheet.image), 600)[0], 0.85))
    image = _resampled(sheet.image, back, size, paper)
    return replace(
        sheet,
        image=image,
        dpi=dpi,
        to_page=Transform((*back.maps, *sheet.to_page.maps)),
        steps=(*sheet.steps, *notes),
    )


def _pure_turns(back: Transform, size: tuple[int, int], old: tuple[int, int]) -> int | None:
    """The number of quarter turns where the view is nothing else: then no pixel need be resampled."""
    if len(back.maps) != 1 or not isinstance(back.maps[0], Homography):
        return None
    m = back.maps[0].matrix
    for turns, corner in ((1, (0, -1)), (2, (-1, 0)), (3, (0, 1))):
        if (m[0, 0], m[0, 1]) == corner and size in (old, old[::-1]):
            return turns
    return None


def _resampled(image: Image, back: Transform, size: tuple[int, int], paper: int) -> Image:
    """`image` seen through `back` (new → old points) as an image of `size`; what lies outside is `paper`."""
    border = (paper,) * 3
    if all(isinstance(step, Homography) for step in back.maps):
        matrix = np.eye(3)
        for step in back.maps:
            assert isinstance(step, Homography)
            matrix = step.matrix @ matrix
        half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
        matrix = np.linalg.inv(half) @ matrix @ half
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        if np.allclose(matrix[2], (0, 0, 1)):
            seen = cv2.warpAffine(image, matrix[:2], size, flags=flags, borderValue=border)
        else:
            seen = cv2.warpPerspective(image, matrix, size, flags=flags, borderValue=border)
        return np.asarray(seen, dtype=np.uint8)
    # the map is smooth: computed on a coarse grid, stretched to pixels strip by strip to save memory
    cell = 16
    columns, rows = size[0] // cell + 2, size[1] // cell + 2
    gx, gy = np.meshgrid(np.arange(columns) * cell + 0.5, np.arange(rows) * cell + 0.5)
    nodes = back.apply(np.column_stack([gx.ravel(), gy.ravel()])) - 0.5
    coarse = nodes.reshape(rows, columns, 2).astype(np.float32)
    out: Image = np.empty((size[1], size[0], *image.shape[2:]), dtype=np.uint8)
    for start in range(0, rows - 1, 16):
        stop = min(start + 16, rows - 1)
        y0, y1 = start * cell, min(stop * cell, size[1])
        if y0 >= y1:
            break
        ys, xs = np.arange(y1 - y0, dtype=np.float32) / cell, np.arange(size[0], dtype=np.float32) / cell
        where = np.meshgrid(xs, ys)
        full = cv2.remap(coarse[start : stop + 1], where[0], where[1], cv2.INTER_LINEAR)
        out[y0:y1] = cv2.remap(
            image, full, np.empty(0), cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=border
        )
    return out
