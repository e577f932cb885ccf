"""Gutters: blanks and vertical rules that run through rows of print and part its columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ocr.layout.regions import PieceLine, Region, extent


class Gutter(NamedTuple):
    """A blank between `left` and `right` that parts columns; `ruled` where a vertical rule stands in it."""

    left: float
    right: float
    ruled: bool


def full_gutters(region: Region, rows: Sequence[PieceLine]) -> list[Gutter]:
    """Blanks that run through all `rows`, from left to right."""
    spans = sorted((region.boxes[i].x0, region.boxes[i].x1) for row in rows for i in row)
    gutters: list[Gutter] = []
    right = spans[0][1]
    for x0, x1 in spans[1:]:
        if x0 > right:
            gutter = _gutter(region, rows, right, x0)
            if gutter is not None:
                gutters.append(gutter)
        right = max(right, x1)
    return gutters


def _gutter(region: Region, rows: Sequence[PieceLine], left: float, right: float) -> Gutter | None:
    """The blank between `left` and `right` as a gutter of `rows`, where it is one."""
    boxes, unit = region.boxes, region.unit
    ruled = [_post_beside(region, row, left, right) for row in rows]
    if sum(ruled) >= 0.85 * len(rows):
        return Gutter(left, right, True)
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
        return Gutter(left, right, False) if right - left >= 2.2 * unit else None
    width = min(b.x0 - a.x1 for a, b in zip(lefts, rights, strict=True))
    if all(b.width < 2.5 * unit for b in lefts) and width < 4 * unit:
        return None
    starts = [b.x0 for b in rights]
    widest = max(b.x0 - a.x1 for a, b in zip(lefts, rights, strict=True))
    aligned = max(starts) - min(starts) < 0.6 * unit and len(starts) >= 2
    if aligned and widest < 1.8 * unit and not all(_enclosed(region, row, left, right) for row in rows):
        least = 0.25  # pieces so close were divided because they begin one under the other
    elif (aligned and (len(starts) >= 3 or widest >= 3 * unit)) or _mostly_aligned(starts, unit):
        least = 0.7
    else:
        least = 3.0 if len(starts) == 1 else 2.2
    return Gutter(left, right, False) if width >= least * unit else None


def _mostly_aligned(starts: Sequence[float], unit: float) -> bool:
    """Whether pieces begin one under the other: three at least, and three in four of those that begin near there.

    Others may begin further right: their rows are empty in this column.
    """
    first = min(starts)
    near = [start for start in starts if start - first < 3 * unit]
    middle = median(near)
    together = sum(abs(start - middle) < 0.3 * unit for start in near)
    return together >= 3 and together >= 0.75 * len(near)


def _enclosed(region: Region, row: PieceLine, left: float, right: float) -> bool:
    """Whether `row` stands between two vertical rules: in a ruled cell, words one under the other are chance."""
    y = sum(region.boxes[i].center[1] for i in row) / len(row)
    posts = [
        rule.box.center[0]
        for rule in region.rules
        if rule.direction == "vertical" and rule.box.y0 <= y <= rule.box.y1
    ]
    return bool(posts) and min(posts) < left and max(posts) > right


def _post_beside(region: Region, row: PieceLine, left: float, right: float) -> bool:
    """Whether a vertical rule stands beside `row` in the blank from `left` to `right`."""
    y = sum(region.boxes[i].center[1] for i in row) / len(row)
    reach = 0.5 * region.unit
    return any(
        rule.direction == "vertical"
        and left - reach <= rule.box.center[0] <= right + reach
        and rule.box.y0 - reach <= y <= rule.box.y1 + reach
        for rule in region.rules
    )


def longest_gutter(region: Region, rows: Sequence[PieceLine]) -> tuple[int, int, Gutter] | None:
    """The gutter that divides most rows, with the first and the last-but-one row that it passes."""
    best: tuple[int, int, Gutter] | None = None
    most = 0
    for r, row in enumerate(rows):
        for a, b in pairwise(row):
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


def _justified(region: Region, rows: Sequence[PieceLine], r: int, width: float) -> bool:
    """Whether row `r` is a line of running text set to full width, its blank of `width` stretched."""
    left, right = extent(region, rows[r])
    for k in (r - 1, r + 1):
        if width < 8 * region.unit and 0 <= k < len(rows):
            x0, x1 = extent(region, rows[k])
            if abs(x1 - right) < region.unit and (x0 < left + region.unit or k < r) and len(rows[k]) == 1:
                return True
    return False


def _narrowed(region: Region, row: PieceLine, left: float, right: float) -> tuple[float, float, bool] | None:
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
