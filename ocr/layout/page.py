"""A sheet's layout: its lines of print in reading order, each with row and block, and what is no print."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink, binarize, find_ink, specks
from ocr.layout.lines import Print, find_print, together, with_runs
from ocr.layout.marks import find_check_boxes, is_bullet, leaders
from ocr.layout.order import reading_order
from ocr.layout.runs import Run, from_left, part_of
from ocr.layout.strokes import find_strokes
from ocr.types import Box, Image, MarkKind, Sheet


@dataclass(frozen=True, slots=True)
class Sign:
    """Print that its shape alone tells: a bullet or leader dots. `box` in the sheet frame."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line in visual row `row` and block `block`: from left to right runs (by their index) and signs."""

    row: int
    block: int
    parts: tuple[int | Sign, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The lines of a sheet in reading order, over the runs of `printed`; `marks` is what is no print.

    `stray` says of every component of the ink whether it is of no line, sign or check box, and larger than a speck.
    """

    grey: Image
    printed: Print
    lines: tuple[PrintedLine, ...]
    marks: tuple[tuple[MarkKind, Box], ...]
    stray: NDArray[np.bool_]


def analyse(sheet: Sheet) -> Layout:
    """The lines of print of a prepared sheet, in reading order."""
    colour = sheet.image.ndim == 3
    grey = np.asarray(cv2.cvtColor(sheet.image, cv2.COLOR_RGB2GRAY), np.uint8) if colour else sheet.image
    ink = find_ink(grey, sheet.dpi)
    checks = find_check_boxes(ink)
    of_checks = [c for check in checks for c in check.components]
    found = find_print(ink, sheet.rules, of_checks)
    ink = found.ink
    taken = np.zeros(len(ink.boxes), np.bool_)
    taken[[0, *of_checks, *(c for run in found.runs for c in run.components)]] = True
    placed = reading_order([run.band for run in found.runs], sheet.rules)
    runs: list[Run] = []
    lines: list[PrintedLine] = []
    for (row, block), pieces in groupby(placed, key=lambda p: (p.row, p.block)):
        parts: list[int | Sign] = []
        for part in _parts(ink, together([found.runs[p.index] for p in pieces])):
            if isinstance(part, Run):
                parts.append(len(runs))
                runs.append(part)
            else:
                parts.append(part)
        lines.append(PrintedLine(row, block, tuple(parts)))
    marks: list[tuple[MarkKind, Box]] = []
    marks += [("checked" if check.checked else "unchecked", check.box) for check in checks]
    marks += find_strokes(ink, taken, _letters(ink, found), sheet.writing)
    stray = ~taken & ~specks(ink)
    return Layout(grey, with_runs(ink, runs, found.graphic), tuple(lines), tuple(marks), stray)


def _letters(ink: Ink, found: Print) -> NDArray[np.float64]:
    """For every component the height of the consonants around it: those of its run, where they are large."""
    own = [ink.consonant, *(max(ink.consonant, run.consonant) for run in found.runs)]
    return np.array(own)[found.owner + 1]


def analyse_zone(sheet: Sheet, box: Box) -> Layout:
    """The layout of a zone cut out of its sheet, in the zone's own frame; only lines whose middle lies in `box`."""
    height, width = sheet.image.shape[:2]
    x0, y0, x1, y1 = box.padded(0.08 * box.height, 0.4 * box.height).rounded()
    x0, y0 = min(max(0, x0), width - 1), min(max(0, y0), height - 1)
    x1, y1 = max(x0 + 1, min(width, x1)), max(y0 + 1, min(height, y1))
    part = _without_neighbours(sheet.image[y0:y1, x0:x1], x0 > 0, x1 < width, 0.3 * box.height)
    layout = analyse(Sheet(part, sheet.dpi))
    lines: list[PrintedLine] = []
    for line in layout.lines:
        runs = [part for part in line.parts if isinstance(part, int)]
        centers = [layout.printed.runs[part].band.center for part in runs]
        kept = [
            part
            for part, (x, y) in zip(runs, centers, strict=True)
            if box.x0 <= x + x0 < box.x1 and box.y0 <= y + y0 < box.y1
        ]
        if kept:
            lines.append(PrintedLine(line.row, line.block, tuple(kept)))
    return Layout(layout.grey, layout.printed, tuple(lines), layout.marks, layout.stray)


def _without_neighbours(image: Image, left: bool, right: bool, least: float) -> Image:
    """A cut-out without the slivers, narrower than `least`, of letters that its edges cut: a stem alone looks like a 1."""
    part = np.ascontiguousarray(image).copy()
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8) if part.ndim == 3 else part
    _, labels, stats, _ = cv2.connectedComponentsWithStats(binarize(grey), connectivity=8)
    sliver = stats[:, cv2.CC_STAT_WIDTH] < least
    sliver[0] = False
    edge = np.zeros(len(stats), np.bool_)
    if left:
        edge |= stats[:, cv2.CC_STAT_LEFT] == 0
    if right:
        edge |= stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] == part.shape[1]
    cut = (sliver & edge)[labels].astype(np.uint8)
    part[cv2.dilate(cut, np.ones((3, 3), np.uint8)) > 0] = 255
    return part


def _parts(ink: Ink, run: Run) -> list[Run | Sign]:
    """A line divided into what must be read and the signs that need no reading."""
    members = from_left(ink, run.components)
    parts: list[Run | Sign] = []
    if len(members) >= 3:
        first = int(members[0])
        foot = float(run.baseline_at(np.array([float(ink.boxes[first, 0])]))[0])
        apart = (ink.boxes[members[1], 0] - ink.boxes[first, 2]) / run.consonant
        if apart > 0.3 and is_bullet(ink, first, foot, run.consonant, 0.26 if apart < 1.2 else 0.18):
            parts.append(Sign("\u2022", _box(ink, members[:1])))
            members = members[1:]
    feet = run.baseline_at(ink.boxes[members, 0].astype(np.float64))
    start = 0
    for a, b in leaders(ink, members, feet, run.consonant):
        if a > start:
            parts.append(part_of(ink, run, members[start:a]))
        parts.append(Sign("." * (b - a), _box(ink, members[a:b])))
        start = b
    if start < len(members):
        parts.append(part_of(ink, run, members[start:]))
    return parts


def _box(ink: Ink, components: NDArray[np.int64]) -> Box:
    boxes = ink.boxes[components]
    return Box(*(float(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))))
