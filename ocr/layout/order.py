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
from typing import NamedTuple

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
    region = _Region(
        tuple(boxes), tuple(rules), max(1e-6, median(b.height for b in boxes)), _visual_rows(boxes)
    )
    placed: list[Placed] = []
    block = 0
    for cell in _cells(region, list(range(len(boxes)))):
        for paragraph in _paragraphs(region, cell):
            placed += [Placed(i, region.row[i], block) for line in paragraph for i in line]
            block += 1
    return placed


@dataclass(frozen=True, slots=True)
class _Region:
    boxes: tuple[Box, ...]
    rules: tuple[Rule, ...]
    unit: float
    row: tuple[int, ...]


_Line = list[int]
_Cell = list[_Line]


class _Gutter(NamedTuple):
    left: float
    right: float
    ruled: bool


def _visual_rows(boxes: Sequence[Box]) -> tuple[int, ...]:
    """For each box the number of the row of print in which it stands."""
    order = sorted(range(len(boxes)), key=lambda i: boxes[i].center[1])
    rows: list[list[int]] = []
    for i in order:
        box = boxes[i]
        for row in reversed(rows[-3:]):
            beside = min(row, key=lambda j: abs(boxes[j].center[0] - box.center[0]))
            other = boxes[beside]
            overlap = min(box.y1, other.y1) - max(box.y0, other.y0)
            apart = box.x0 >= other.x1 - 0.3 * box.height or other.x0 >= box.x1 - 0.3 * box.height
            if apart and overlap > 0.5 * min(box.height, other.height):
                row.append(i)
                break
        else:
            rows.append([i])
    rows.sort(key=lambda row: sum(boxes[i].center[1] for i in row) / len(row))
    numbers = [0] * len(boxes)
    for number, row in enumerate(rows):
        for i in row:
            numbers[i] = number
    return tuple(numbers)


def _by_row(region: _Region, items: Sequence[int]) -> list[_Line]:
    rows: dict[int, _Line] = {}
    for i in items:
        rows.setdefault(region.row[i], []).append(i)
    return [sorted(rows[r], key=lambda i: region.boxes[i].x0) for r in sorted(rows)]


def _cells(region: _Region, items: Sequence[int], whole: bool = False) -> list[_Cell]:
    """The cells of a region in reading order, each with its lines; a `whole` region is one table row."""
    rows = _by_row(region, items)
    if all(len(row) == 1 for row in rows) and not _side_by_side(region, items):
        return [rows]
    gutters = _full_gutters(region, rows)
    if gutters:
        return _table(region, rows, gutters, whole)
    found = _longest_gutter(region, rows)
    if found is None:
        return [rows]
    start, end, gutter = found
    inside = rows[start:end]
    cells: list[_Cell] = []
    if start:
        cells += _cells(region, _flat(rows[:start]), whole)
    cells += _table(region, inside, _full_gutters(region, inside) or [gutter], whole)
    if end < len(rows):
        cells += _cells(region, _flat(rows[end:]), whole)
    return cells


def _flat(rows: Sequence[_Line]) -> list[int]:
    return [i for row in rows for i in row]


def _side_by_side(region: _Region, items: Sequence[int]) -> bool:
    """Whether pieces stand beside each other though on different heights (cells centred in their row)."""
    spans = sorted((region.boxes[i].x0, region.boxes[i].x1) for i in items)
    right = spans[0][1]
    for x0, x1 in spans[1:]:
        if x0 > right + 2.2 * region.unit:
            return True
        right = max(right, x1)
    return False


def _full_gutters(region: _Region, rows: Sequence[_Line]) -> list[_Gutter]:
    """Blanks that run through all `rows`, from left to right."""
    spans = sorted((region.boxes[i].x0, region.boxes[i].x1) for row in rows for i in row)
    gutters: list[_Gutter] = []
    right = spans[0][1]
    for x0, x1 in spans[1:]:
        if x0 > right:
            gutter = _gutter(region, rows, right, x0)
            if gutter is not None:
                gutters.append(gutter)
        right = max(right, x1)
    return gutters


def _gutter(region: _Region, rows: Sequence[_Line], left: float, right: float) -> _Gutter | None:
    """The blank between `left` and `right` as a gutter of `rows`, where it is one."""
    boxes, unit = region.boxes, region.unit
    ruled = [_post_beside(region, row, left, right) for row in rows]
    if sum(ruled) >= 0.85 * len(rows):
        return _Gutter(left, right, True)
    if sum(ruled) > 0.15 * len(rows):
        return None
    lefts, rights = [], []
    for row in rows:
        before = [boxes[i] for i in row if boxes[i].x1 <= left + 1e-6]
        after = [boxes[i] for i in row if boxes[i].x0 >= right - 1e-6]
        if before and after:
            lefts.append(before[-1])
            rights.append(after[0])
    if not lefts:
        return _Gutter(left, right, False) if right - left >= 2.2 * unit else None
    width = min(b.x0 - a.x1 for a, b in zip(lefts, rights, strict=True))
    if all(b.width < 2.5 * unit for b in lefts) and width < 4 * unit:
        return None
    starts = [b.x0 for b in rights]
    widest = max(b.x0 - a.x1 for a, b in zip(lefts, rights, strict=True))
    aligned = max(starts) - min(starts) < 0.6 * unit and len(starts) >= 2
    if aligned and widest < 1.8 * unit:
        least = 0.25  # pieces so close were divided because they begin one under the other
    elif aligned and (len(starts) >= 3 or widest >= 3 * unit):
        least = 0.7
    else:
        least = 3.0 if len(starts) == 1 else 2.2
    return _Gutter(left, right, False) if width >= least * unit else None


def _post_beside(region: _Region, row: _Line, left: float, right: float) -> bool:
    """Whether a vertical rule stands beside `row` in the blank from `left` to `right`."""
    y = sum(region.boxes[i].center[1] for i in row) / len(row)
    reach = 0.5 * region.unit
    return any(
        rule.direction == "vertical"
        and left - reach <= rule.box.center[0] <= right + reach
        and rule.box.y0 - reach <= y <= rule.box.y1 + reach
        for rule in region.rules
    )


def _longest_gutter(region: _Region, rows: Sequence[_Line]) -> tuple[int, int, _Gutter] | None:
    """The gutter that divides most rows, with the first and the last-but-one row that it passes."""
    best: tuple[int, int, _Gutter] | None = None
    most = 0
    for r, row in enumerate(rows):
        for a, b in itertools.pairwise(row):
            left, right = region.boxes[a].x1, region.boxes[b].x0
            if right - left < 0.2 * region.unit:
                continue
            ruled = _post_beside(region, row, left, right)
            start, end, divided = r, r + 1, 1
            last_divided_start = r
            for step in (-1, 1):
                k = r + step
                while 0 <= k < len(rows):
                    narrowed = _narrowed(region, rows[k], left, right)
                    if narrowed is None or _post_beside(region, rows[k], left, right) != ruled:
                        break
                    new_left, new_right, both = narrowed
                    if new_right - new_left < 0.25 * region.unit <= right - left:
                        break
                    left, right = new_left, new_right
                    divided += both
                    if step < 0:
                        start = k
                        last_divided_start = k if both else last_divided_start
                    else:
                        end = k + 1
                    k += step
            start = last_divided_start
            if divided <= most or (divided == 1 and _justified(region, rows, r, right - left)):
                continue
            gutter = _gutter(region, rows[start:end], left, right)
            if gutter is not None:
                best, most = (start, end, gutter), divided
    return best


def _justified(region: _Region, rows: Sequence[_Line], r: int, width: float) -> bool:
    """Whether row `r` is a line of running text set to full width, its blank of `width` stretched."""
    left, right = _extent(region, rows[r])
    for k in (r - 1, r + 1):
        if width < 8 * region.unit and 0 <= k < len(rows):
            x0, x1 = _extent(region, rows[k])
            if abs(x1 - right) < region.unit and (x0 < left + region.unit or k < r) and len(rows[k]) == 1:
                return True
    return False


def _extent(region: _Region, row: _Line) -> tuple[float, float]:
    return min(region.boxes[i].x0 for i in row), max(region.boxes[i].x1 for i in row)


def _narrowed(region: _Region, row: _Line, left: float, right: float) -> tuple[float, float, bool] | None:
    """What the blank from `left` to `right` keeps beside `row`; None where print crosses it."""
    x0 = max(
        (region.boxes[i].x1 for i in row if region.boxes[i].center[0] < (left + right) / 2), default=None
    )
    x1 = min(
        (region.boxes[i].x0 for i in row if region.boxes[i].center[0] >= (left + right) / 2), default=None
    )
    new_left = left if x0 is None else max(left, x0)
    new_right = right if x1 is None else min(right, x1)
    if new_right - new_left < 0.2 * region.unit:
        return None
    return new_left, new_right, x0 is not None and x1 is not None


def _table(
    region: _Region, rows: Sequence[_Line], gutters: Sequence[_Gutter], whole: bool = False
) -> list[_Cell]:
    """A region with columns: table row by table row, cell by cell."""
    cuts = [(g.left + g.right) / 2 for g in gutters]
    column = [sum(box.center[0] > cut for cut in cuts) for box in region.boxes]
    anchors = _anchors(region, rows, column)
    ruled = any(g.ruled for g in gutters)
    parts = [list(rows)] if whole else _table_rows(region, rows, column, anchors, ruled)
    cells: list[_Cell] = []
    for part in parts:
        for c in range(len(cuts) + 1):
            items = [i for row in part for i in row if column[i] == c]
            if items:
                cells += _cells(region, items, whole or bool(anchors))
    return cells


def _anchors(region: _Region, rows: Sequence[_Line], column: Sequence[int]) -> set[int]:
    """The rows at which table rows begin, where a narrow first column of labels tells; else none.

    It tells where each label (of up to three lines) has rows under it that belong to the other columns alone.
    """
    labelled = [any(column[i] == 0 for i in row) for row in rows]
    starts = [r for r, label in enumerate(labelled) if label and (r == 0 or not labelled[r - 1])]
    ends = [*starts[1:], len(rows)]
    groups = [labelled[a:b] for a, b in zip(starts, ends, strict=True)]
    if not starts or starts[0] or not all(sum(g) <= 3 and sum(g) < len(g) for g in groups):
        return set()
    left, right = _extent(region, _flat(rows))
    labels = [i for row in rows for i in row if column[i] == 0]
    if _extent(region, labels)[1] - left > 0.35 * (right - left):
        return set()
    return set(starts)


def _table_rows(
    region: _Region, rows: Sequence[_Line], column: Sequence[int], anchors: set[int], ruled: bool
) -> list[list[_Line]]:
    """The visual rows of a region with columns, joined to table rows."""
    bars = _bars_between(region, rows)
    if not bars and not anchors and _prose(region, rows, column):
        return [list(rows)]
    by_rules_alone = len(bars) >= 2 or (ruled and bool(bars))
    table: list[list[_Line]] = [[rows[0]]]
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


def _bars_between(region: _Region, rows: Sequence[_Line]) -> set[int]:
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
    region: _Region, rows: Sequence[_Line], r: int, table_row: Sequence[_Line], column: Sequence[int]
) -> bool:
    """Whether row `r` goes on inside the cells of the table row before it."""
    boxes, unit = region.boxes, region.unit
    here = {column[i]: i for i in reversed(rows[r])}
    pitch = _pitch(region, rows[r - 1], rows[r])
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


def _pitch(region: _Region, upper: _Line, lower: _Line) -> float:
    top = sum(region.boxes[i].center[1] for i in upper) / len(upper)
    return sum(region.boxes[i].center[1] for i in lower) / len(lower) - top


def _prose(region: _Region, rows: Sequence[_Line], column: Sequence[int]) -> bool:
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


def _paragraphs(region: _Region, cell: _Cell) -> list[_Cell]:
    """A cell's lines divided into paragraphs: at wide leading, at a first-line indent, after a short line."""
    boxes, unit = region.boxes, region.unit
    if len(cell) < 2:
        return [cell]
    left = min(boxes[line[0]].x0 for line in cell)
    right = max(boxes[line[-1]].x1 for line in cell)
    pitches = [_pitch(region, a, b) for a, b in itertools.pairwise(cell)]
    usual = median(pitches)
    paragraphs: list[_Cell] = [[cell[0]]]
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


def _short(region: _Region, line: _Line, left: float, right: float) -> bool:
    """Whether `line` ends well before the right edge of its cell."""
    return right - region.boxes[line[-1]].x1 > 0.12 * (right - left) + 3 * region.unit
