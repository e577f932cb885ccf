"""A sheet's layout: its lines of print in reading order, each with row and block, and what is no print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from ocr.layout.ink import find_ink
from ocr.layout.lines import Print, find_print, joined, without
from ocr.layout.marks import find_check_boxes, find_handwriting, is_bullet
from ocr.layout.order import reading_order
from ocr.types import Box, Image, Sheet


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The lines of a sheet: `printed.runs[i]` is the i-th in reading order, in visual row `rows[i]` and `blocks[i]`.

    `bullets` holds the box of the filled dot before a line, by the line's index; `marks` what is no print.
    """

    grey: Image
    printed: Print
    rows: tuple[int, ...]
    blocks: tuple[int, ...]
    bullets: Mapping[int, Box]
    marks: tuple[tuple[Literal["unchecked", "checked", "ink"], Box], ...]


def analyse(sheet: Sheet) -> Layout:
    """The lines of print of a prepared sheet, in reading order."""
    colour = sheet.image.ndim == 3
    grey = np.asarray(cv2.cvtColor(sheet.image, cv2.COLOR_RGB2GRAY), np.uint8) if colour else sheet.image
    ink = find_ink(grey, sheet.dpi)
    checks = find_check_boxes(ink)
    of_checks = [c for check in checks for c in check.components]
    printed = find_print(ink, sheet.rules, of_checks)
    groups: list[list[int]] = []
    places: list[tuple[int, int]] = []
    for placed in reading_order([run.band for run in printed.runs], sheet.rules):
        place = placed.row, placed.block
        if places and places[-1] == place:
            groups[-1].append(placed.index)
        else:
            groups.append([placed.index])
            places.append(place)
    printed, bullets = _without_bullets(joined(printed, groups))
    taken = np.zeros(len(ink.boxes), np.bool_)
    taken[[0, *of_checks, *(c for run in printed.runs for c in run.components)]] = True
    handwriting = find_handwriting(ink, taken)
    return Layout(
        grey,
        printed,
        tuple(row for row, _ in places),
        tuple(block for _, block in places),
        bullets,
        (
            *(("checked" if check.checked else "unchecked", check.box) for check in checks),
            *(("ink", box) for box in handwriting),
        ),
    )


def _without_bullets(printed: Print) -> tuple[Print, dict[int, Box]]:
    """The print without the bullets before its lines, and their boxes by the index of the line."""
    bullets: dict[int, Box] = {}
    for i, run in enumerate(printed.runs):
        if len(run.components) < 3:
            continue
        boxes = printed.ink.boxes[run.components]
        first, second = np.argsort(boxes[:, 0], kind="stable")[:2]
        foot = float(run.baseline_at(np.array([float(boxes[first, 0])]))[0])
        apart = boxes[second, 0] - boxes[first, 2] > 0.3 * run.consonant
        if apart and is_bullet(printed.ink, int(run.components[first]), foot, run.consonant):
            bullets[i] = Box(*(float(v) for v in boxes[first]))
            printed = without(printed, i, int(run.components[first]))
    return printed, bullets
