"""Check boxes and signatures that a PDF page draws itself, as paths and small pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import pypdfium2.raw as pdfium_c

from ocr.open.objects import Affine, Placed
from ocr.types import Box, Mark

_BOX_SIDE = (24.0, 95.0)
"""Pixels at 300 dpi: printed check boxes have sides of 2 to 8 mm."""
_INK_LEAST = (95.0, 30.0)
"""Pixels at 300 dpi: width and height of the smallest signature (8 × 2.5 mm)."""
_INK_MOST = (0.4, 0.15)
"""The part of the page's width and height that a signature takes at most."""
_JOINED = 24.0
"""Pixels at 300 dpi: strokes as near as this belong to one signature."""
_MOST_PATHS = 5_000
_MOST_POINTS = 500


class _Drawing(NamedTuple):
    box: Box
    square: bool
    scribble: bool


def page_marks(
    objects: list[Placed], letters: Sequence[Box], onto: Affine, scale: float, width: int, height: int
) -> tuple[Mark, ...]:
    """The marks among `objects`, in pixels; `letters` are the boxes of the page's characters.

    A box is checked where a drawing or a character stands in it. `onto` maps page points to pixels, `scale` is
    pixels to a point, `width` and `height` are those of the page.
    """
    unit = scale * 72 / 300
    drawings = [_drawing(placed, onto, unit) for placed in objects if _is_path(placed)][:_MOST_PATHS]
    drawn = [drawing for drawing in drawings if drawing is not None]
    squares = _distinct([d.box for d in drawn if d.square])
    marks = []
    strokes = [d.box for d in drawn if not d.square]
    for box in squares:
        content = [b for b in (*strokes, *letters) if _ticks(b, box)]
        marks.append(Mark("checked" if content else "unchecked", box, box))
    pictures = [
        place
        for placed in objects
        if placed.kind == pdfium_c.FPDF_PAGEOBJ_IMAGE and (place := placed.bounds(onto)) is not None
    ]
    ink = [d.box for d in drawn if d.scribble and not any(_ticks(d.box, box) for box in squares)]
    for box in _joined([*ink, *pictures], _JOINED * unit):
        fits = box.width <= _INK_MOST[0] * width and box.height <= _INK_MOST[1] * height
        if fits and box.width >= _INK_LEAST[0] * unit and box.height >= _INK_LEAST[1] * unit:
            marks.append(Mark("ink", box, box))
    return tuple(marks)


def _is_path(placed: Placed) -> bool:
    return bool(placed.kind == pdfium_c.FPDF_PAGEOBJ_PATH)


def _drawing(placed: Placed, onto: Affine, unit: float) -> _Drawing | None:
    """A path as a square, a scribble or something else; None for one that paints nothing."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(placed.handle, fill, stroke)
    box = placed.bounds(onto)
    if box is None or not (fill.value or stroke.value):
        return None
    points, curved = _points(placed, onto)
    if curved and points:
        # pdfium's bounds hold the handles of curves too, which may lie far outside.
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = Box(min(xs), min(ys), max(xs), max(ys)).padded(1, 1)
    low, high = _BOX_SIDE[0] * unit, _BOX_SIDE[1] * unit
    square = (
        bool(stroke.value)
        and not curved
        and 4 <= len(points) <= 6
        and low <= box.width <= high
        and low <= box.height <= high
        and abs(box.width - box.height) <= 0.25 * box.width
        and all(_at_corner(point, box) for point in points)
        and all(_upright(a, b, box) for a, b in pairwise(points))
    )
    inside = sum(_deep_inside(point, box) for point in points)
    scribble = len(points) >= 6 and inside >= 0.25 * len(points) and (curved or len(points) >= 12)
    return _Drawing(box, square, scribble and not square)


def _points(placed: Placed, onto: Affine) -> tuple[list[tuple[float, float]], bool]:
    """Points on the path in pixels, several on each curve, and whether it has curves."""
    matrix = placed.matrix().then(onto)
    points: list[tuple[float, float]] = []
    handles: list[tuple[float, float]] = []
    curved = False
    for i in range(min(_MOST_POINTS, max(0, pdfium_c.FPDFPath_CountSegments(placed.handle)))):
        segment = pdfium_c.FPDFPath_GetPathSegment(placed.handle, i)
        x, y = ctypes.c_float(), ctypes.c_float()
        if not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = matrix.point(x.value, y.value)
        if pdfium_c.FPDFPathSegment_GetType(segment) != pdfium_c.FPDF_SEGMENT_BEZIERTO:
            points.append(point)
            continue
        curved = True
        handles.append(point)
        if len(handles) == 3:
            start = points[-1] if points else handles[0]
            points += [_on_curve((start, *handles), t / 4) for t in range(1, 5)]
            handles = []
    return points, curved


def _on_curve(poles: Sequence[tuple[float, float]], t: float) -> tuple[float, float]:
    """The point at `t` of the cubic Bézier curve with four `poles`."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return (
        sum(w * x for w, (x, _) in zip(weights, poles, strict=True)),
        sum(w * y for w, (_, y) in zip(weights, poles, strict=True)),
    )


def _at_corner(point: tuple[float, float], box: Box) -> bool:
    margin = 0.15 * max(box.width, box.height)
    x, y = point
    return min(abs(x - box.x0), abs(x - box.x1)) <= margin and min(abs(y - box.y0), abs(y - box.y1)) <= margin


def _upright(a: tuple[float, float], b: tuple[float, float], box: Box) -> bool:
    """Whether the stroke from `a` to `b` runs along a side of the box: those of a cross do not."""
    return min(abs(a[0] - b[0]), abs(a[1] - b[1])) <= 0.15 * max(box.width, box.height)


def _deep_inside(point: tuple[float, float], box: Box) -> bool:
    """Whether a point keeps off all four sides: frames and round corners have none such, ovals few."""
    dx, dy = 0.1 * box.width, 0.1 * box.height
    x, y = point
    return bool(box.x0 + dx < x < box.x1 - dx and box.y0 + dy < y < box.y1 - dy)


def _ticks(drawing: Box, box: Box) -> bool:
    """Whether a drawing stands in the check box (a tick may stick out)."""
    x, y = drawing.center
    size = max(drawing.width, drawing.height)
    return (
        0.25 * box.width <= size <= 2 * box.width
        and box.x0 - 0.1 * box.width <= x <= box.x1 + 0.3 * box.width
        and box.y0 - 0.4 * box.height <= y <= box.y1
    )


def _distinct(boxes: list[Box]) -> list[Box]:
    """The boxes without those that lie over another (a frame drawn twice)."""
    kept: list[Box] = []
    for box in boxes:
        if not any(other.padded(4, 4).intersection(box) == box for other in kept):
            kept.append(box)
    return kept


def _joined(boxes: list[Box], gap: float) -> list[Box]:
    """Boxes that touch or nearly touch made one."""
    found: list[Box] = []
    for box in boxes:
        merged = True
        while merged:
            merged = False
            for i, other in enumerate(found):
                if other.padded(gap, gap).intersection(box):
                    box = box.union(found.pop(i))
                    merged = True
                    break
        found.append(box)
    return found
