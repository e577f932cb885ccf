"""Reading order from boxes and ruling lines alone: columns, label-and-value pairs, tables whose cells wrap.

A region is cut where a blank gutter (or a vertical rule) runs through several rows; what stands between gutters
are columns; the rows of such a region are joined to table rows, each read cell by cell from left to right, each
cell from top to bottom. Columns of running prose are one table row: read one column after the other. After the
recursive X-Y cut of Nagy and Seth (1984), with table rows in place of its fixed order of cuts.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ocr.layout.gutters import Gutter, full_gutters, longest_gutter
from ocr.layout.regions import (
    Cell,
    PieceLine,
    Region,
    by_row,
    extent,
    flat,
    pitch_between,
    side_by_side,
    visual_rows,
)
from ocr.types import Box, Rule


@dataclass(frozen=True, slots=True)
class Placed:
    """Box `index` of the input stands in visual row `row` (from 0, downwards) and belongs to `block` (from 0).

    Blocks are paragraphs, columns and table cells, numbered in reading order; the boxes of one block and one row
    are parts of one printed line.
    """

    index: int
    row: int
    block: int


def reading_order(boxes: Sequence[Box], rules: Sequence[Rule] = ()) -> list[Placed]:
    """The boxes of pieces of lines in the order in which a person reads them; every box exactly once.

    `boxes` lie around pieces of single printed lines without wide blanks, best around the consonants alone; `rules`
    are the ruling lines of the sheet, same frame. Frames with y downwards; scale does not matter.
    """
    if not boxes:
        return []
    region = Region(
        tuple(boxes), tuple(rules), max(1e-6, median(b.height for b in boxes)), visual_rows(boxes)
    )
    placed: list[Placed] = []
    block = 0
    for cell in _cells(region, list(range(len(boxes)))):
        for paragraph in _paragraphs(region, cell):
            placed += [Placed(i, region.row[i], block) for line in paragraph for i in line]
            block += 1
    return placed


def _cells(region: Region, items: Sequence[int], whole: bool = False) -> list[Cell]:
    """The cells of a region in reading order, each with its lines; a `whole` region is one table row."""
    rows = by_row(region, items)
    if all(len(row) == 1 for row in rows) and not side_by_side(region, items):
        return [rows]
    gutters = full_gutters(region, rows)
    if gutters:
        return _table(region, rows, gutters, whole)
    found = longest_gutter(region, rows)
    if found is None:
        return [rows]
    start, end, gutter = found
    inside = rows[start:end]
    cells: list[Cell] = []
    if start:
        cells += _cells(region, flat(rows[:start]), whole)
    cells += _table(region, inside, full_gutters(region, inside) or [gutter], whole)
    if end < len(rows):
        cells += _cells(region, flat(rows[end:]), whole)
    return cells


def _table(
    region: Region, rows: Sequence[PieceLine], gutters: Sequence[Gutter], whole: bool = False
) -> list[Cell]:
    """A region with columns: table row by table row, cell by cell."""
    cuts = [(g.left + g.right) / 2 for g in gutters]
    column = [sum(box.center[0] > cut for cut in cuts) for box in region.boxes]
    anchors = _anchors(region, rows, column)
    ruled = any(g.ruled for g in gutters)
    parts = [list(rows)] if whole else _table_rows(region, rows, column, anchors, ruled)
    cells: list[Cell] = []
    for part in parts:
        for c in range(len(cuts) + 1):
            items = [i for row in part for i in row if column[i] == c]
            if items:
                cells += _cells(region, items, whole or bool(anchors))
    return cells


def _anchors(region: Region, rows: Sequence[PieceLine], column: Sequence[int]) -> set[int]:
    """The rows at which table rows begin, where a narrow first column of labels tells; else none.

    It tells where each label (of up to three lines) has rows under it that belong to the other columns alone.
    """
    labelled = [any(column[i] == 0 for i in row) for row in rows]
    starts = [r for r, label in enumerate(labelled) if label and (r == 0 or not labelled[r - 1])]
    ends = [*starts[1:], len(rows)]
    groups = [labelled[a:b] for a, b in zip(starts, ends, strict=True)]
    if not starts or starts[0] or not all(sum(g) <= 3 and sum(g) < len(g) for g in groups):
        return set()
    left, right = extent(region, flat(rows))
    labels = [i for row in rows for i in row if column[i] == 0]
    if extent(region, labels)[1] - left > 0.35 * (right - left):
        return set()
    return set(starts)


def _table_rows(
    region: Region, rows: Sequence[PieceLine], column: Sequence[int], anchors: set[int], ruled: bool
) -> list[list[PieceLine]]:
    """The visual rows of a region with columns, joined to table rows."""
    bars = _bars_between(region, rows)
    if not bars and not anchors and _prose(region, rows, column):
        return [list(rows)]
    by_rules_alone = len(bars) >= 2 or (ruled and bool(bars))
    table: list[list[PieceLine]] = [[rows[0]]]
    for r in range(1, len(rows)):
        if r in bars:
            begins = True
        elif by_rules_alone:
            begins = False
        elif anchors:
            begins = r in anchors
        else:
            begins = not _continues(region, rows, r, table[-1], column)
        if begins:
            table.append([rows[r]])
        else:
            table[-1].append(rows[r])
    return table


def _bars_between(region: Region, rows: Sequence[PieceLine]) -> set[int]:
    """The rows over which a horizontal rule runs along at least half the region."""
    boxes = region.boxes
    x0 = min(boxes[i].x0 for row in rows for i in row)
    x1 = max(boxes[i].x1 for row in rows for i in row)
    heights = [sum(boxes[i].center[1] for i in row) / len(row) for row in rows]
    bars: set[int] = set()
    for rule in region.rules:
        along = min(rule.box.x1, x1) - max(rule.box.x0, x0)
        if rule.direction != "horizontal" or along < 0.5 * (x1 - x0):
            continue
        y = rule.box.center[1]
        for r in range(1, len(rows)):
            if heights[r - 1] < y <= heights[r]:
                bars.add(r)
    return bars


def _continues(
    region: Region, rows: Sequence[PieceLine], r: int, table_row: Sequence[PieceLine], column: Sequence[int]
) -> bool:
    """Whether row `r` goes on inside the cells of the table row before it."""
    boxes, unit = region.boxes, region.unit
    here = {column[i]: i for i in reversed(rows[r])}
    pitch = pitch_between(region, rows[r - 1], rows[r])
    if pitch > 4.2 * unit:
        return False
    if 0 not in here:
        return True
    edge = min(boxes[i].x0 for row in rows for i in row if column[i] == 0)
    started = [i for row in table_row for i in row if column[i] == 0]
    if not started:
        return False
    if boxes[here[0]].x0 < boxes[started[0]].x0 - 0.5 * unit:
        return False
    hanging = (
        boxes[here[0]].x0 > boxes[started[0]].x0 + 2.0 * unit and boxes[started[0]].x0 < edge + 1.0 * unit
    )
    if len(here) == 1:
        limit = max(boxes[i].x1 for row in rows for i in row if column[i] == 0)
        full = boxes[started[-1]].x1 > limit - 4.0 * unit and boxes[started[-1]].width > 8 * unit
        return hanging or (full and len(rows[r - 1]) > 1)
    return hanging and all(
        any(column[j] == c and boxes[i].x0 > boxes[j].x0 + unit for row in table_row for j in row)
        for c, i in here.items()
    )


def _prose(region: Region, rows: Sequence[PieceLine], column: Sequence[int]) -> bool:
    """Whether the columns hold running text: several lines each, most of them filling their column."""
    boxes, unit = region.boxes, region.unit
    columns: dict[int, list[Box]] = {}
    for row in rows:
        for i in row:
            columns.setdefault(column[i], []).append(boxes[i])
    for lines in columns.values():
        left, right = min(b.x0 for b in lines), max(b.x1 for b in lines)
        full = sum(b.x1 > right - 0.12 * (right - left) - unit for b in lines)
        if len(lines) < 5 or right - left < 12 * unit or full < 0.6 * len(lines):
            return False
    return True


def _paragraphs(region: Region, cell: Cell) -> list[Cell]:
    """A cell's lines divided into paragraphs: at wide leading, at a first-line indent, after a short line."""
    boxes, unit = region.boxes, region.unit
    if len(cell) < 2:
        return [cell]
    left = min(boxes[line[0]].x0 for line in cell)
    right = max(boxes[line[-1]].x1 for line in cell)
    pitches = [pitch_between(region, a, b) for a, b in itertools.pairwise(cell)]
    usual = median(pitches)
    paragraphs: list[Cell] = [[cell[0]]]
    for k, (upper, lower) in enumerate(pairwise(cell)):
        start, before = boxes[lower[0]].x0, boxes[upper[0]].x0
        indented = start - before > 1.5 * unit
        short = _short(region, upper, left, right)
        hanging = indented and not short and (before > left + unit or _short(region, lower, left, right))
        item = abs(start - before) < 0.7 * unit and before > left + 1.5 * unit and short
        if pitches[k] > 1.4 * usual or (indented and not hanging) or short or item:
            paragraphs.append([lower])
        else:
            paragraphs[-1].append(lower)
    return paragraphs


def _short(region: Region, line: PieceLine, left: float, right: float) -> bool:
    """Whether `line` ends well before the right edge of its cell."""
    return right - region.boxes[line[-1]].x1 > 0.12 * (right - left) + 3 * region.unit
