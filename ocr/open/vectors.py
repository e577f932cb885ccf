"""Ruling lines that a PDF page draws itself: thin boxes and straight strokes, in pixels of the page."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Literal

import pypdfium2.raw as pdfium_c

from ocr.open.objects import Affine, Placed
from ocr.types import Box, Rule

_THIN = 10.0
"""Pixels at 300 dpi: what is thicker is a bar or a shaded cell."""
_SHORTEST = 45.0
"""Pixels at 300 dpi: what is shorter is a dash, a bullet or part of a drawing."""
_MOST_SEGMENTS = 2_000
_MOST_PATHS = 50_000


def page_rules(objects: list[Placed], onto: Affine, scale: float) -> tuple[Rule, ...]:
    """The ruling lines among `objects`; `onto` maps page points to pixels, `scale` is pixels to a point.

    Touching pieces of one line (cells draw their own borders) are joined.
    """
    unit = scale * 72 / 300
    found: dict[str, list[Box]] = {"horizontal": [], "vertical": []}
    paths = [placed for placed in objects if placed.kind == pdfium_c.FPDF_PAGEOBJ_PATH]
    for placed in paths[:_MOST_PATHS]:
        for box in _strokes(placed, onto):
            if box.height <= _THIN * unit and box.width >= _SHORTEST * unit:
                found["horizontal"].append(box)
            elif box.width <= _THIN * unit and box.height >= _SHORTEST * unit:
                found["vertical"].append(box)
            elif _borders_piece(box, unit):
                found["horizontal" if box.width > box.height else "vertical"].append(box)
    rules: list[Rule] = []
    directions: tuple[Literal["horizontal", "vertical"], ...] = ("horizontal", "vertical")
    for direction in directions:
        joined = _joined(found[direction], direction == "horizontal", 4 * unit)
        rules += [Rule(box, direction) for box in joined if max(box.width, box.height) >= _SHORTEST * unit]
    return tuple(rules)


def _borders_piece(box: Box, unit: float) -> bool:
    """Whether a short thin box may be a piece of a longer line."""
    short, long = sorted((box.width, box.height))
    return short <= _THIN * unit / 2 and long >= 4 * max(short, unit)


def _strokes(placed: Placed, onto: Affine) -> Iterator[Box]:
    """Thin boxes that the path paints: itself where filled, its straight segments where stroked."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(placed.handle, fill, stroke)
    if not stroke.value:
        if fill.value and (box := placed.bounds(onto)) is not None:
            yield box
        return
    matrix = placed.matrix().then(onto)
    width = ctypes.c_float()
    pdfium_c.FPDFPageObj_GetStrokeWidth(placed.handle, width)
    half = max(0.5, width.value * (abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5) / 2)
    start = last = (0.0, 0.0)
    for i in range(min(_MOST_SEGMENTS, max(0, pdfium_c.FPDFPath_CountSegments(placed.handle)))):
        segment = pdfium_c.FPDFPath_GetPathSegment(placed.handle, i)
        x, y = ctypes.c_float(), ctypes.c_float()
        if not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = matrix.point(x.value, y.value)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
            yield _segment(last, point, half)
        last = point
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            yield _segment(last, start, half)


def _segment(a: tuple[float, float], b: tuple[float, float], half: float) -> Box:
    box = Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
    return box.padded(0 if box.width > box.height else half, half if box.width > box.height else 0)


def _joined(boxes: list[Box], horizontal: bool, slack: float) -> list[Box]:
    """Boxes of one direction with touching pieces of the same line made one."""

    def across(box: Box) -> float:
        return box.center[1] if horizontal else box.center[0]

    def start(box: Box) -> float:
        return box.x0 if horizontal else box.y0

    def end(box: Box) -> float:
        return box.x1 if horizontal else box.y1

    lines: list[list[Box]] = []
    for box in sorted(boxes, key=across):
        if lines and across(box) - across(lines[-1][0]) <= slack:
            lines[-1].append(box)
        else:
            lines.append([box])
    joined: list[Box] = []
    for line in lines:
        current: Box | None = None
        for box in sorted(line, key=start):
            if current is not None and start(box) - end(current) <= slack:
                current = current.union(box)
            else:
                if current is not None:
                    joined.append(current)
                current = box
        if current is not None:
            joined.append(current)
    return joined
