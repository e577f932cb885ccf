"""Printed cells of a born-digital page in reading order, numbered by visual row and by block.

Producers paint text in the order of the document, cell by cell, and put floating parts (headers, page numbers,
signature blocks) before or after everything else. So the painting order is kept, and only what contradicts the
page (painted after something that stands under it) is moved to where it stands. A page whose painting order
contradicts the page all over is ordered by its geometry, as scans are.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ocr.layout.order import reading_order as geometric_order
from ocr.open.cells import Cell, is_label
from ocr.types import Box, Line, Rule

_MOST_MOVED = 0.34
_SAME_ROW = 0.45
"""In ems: cells whose baselines differ by less stand on one visual row."""
_CORE = 0.45
"""In ems: how high consonants stand over the baseline."""
_BLOCK_PITCH = 2.0
"""In ems: the next line of a running text is at most this far below."""


def reading_order(cells: list[Cell], rules: tuple[Rule, ...]) -> tuple[Line, ...]:
    """The cells as lines in reading order; `rules` divide blocks."""
    rows = visual_rows(cells)
    ordered = _ordered(cells, rows)
    if ordered is None:
        cores = [Box(cell.box.x0, cell.y - _CORE * cell.em, cell.box.x1, cell.y) for cell in cells]
        return tuple(
            Line(cells[placed.index].words, placed.row, placed.block)
            for placed in geometric_order(cores, rules)
        )
    runs: list[list[int]] = []
    for at in ordered:
        if runs and _continues(cells[runs[-1][-1]], cells[at], rules):
            runs[-1].append(at)
        else:
            runs.append([at])
    paragraphs = [paragraph for run in runs for paragraph in _paragraphs(cells, run)]
    return tuple(
        Line(cells[at].words, rows[at], block)
        for block, paragraph in enumerate(paragraphs)
        for at in paragraph
    )


def visual_rows(cells: list[Cell]) -> list[int]:
    """The visual row of each cell, counted from 0 at the top."""
    rows = [0] * len(cells)
    row, first = -1, None
    for i in sorted(range(len(cells)), key=lambda i: cells[i].y):
        em = cells[i].em if first is None else min(cells[i].em, cells[first].em)
        if first is None or cells[i].y - cells[first].y > _SAME_ROW * em:
            row, first = row + 1, i
        rows[i] = row
    return rows


def _ordered(cells: list[Cell], rows: list[int]) -> list[int] | None:
    """Indices of `cells` in reading order; None where the painting order tells nothing."""
    against = _contradictions(cells, rows)
    moved: list[int] = []
    while against.any():
        worst = int(np.argmax(against.sum(axis=0) + against.sum(axis=1)))
        moved.append(worst)
        against[worst, :] = against[:, worst] = False
        if len(moved) > max(4, _MOST_MOVED * len(cells)):
            return None
    order = [i for i in range(len(cells)) if i not in set(moved)]
    for i in sorted(moved, key=lambda i: (rows[i], cells[i].box.x0)):
        place = next(
            (
                at
                for at, other in enumerate(order)
                if rows[other] > rows[i] or (rows[other] == rows[i] and cells[other].box.x0 > cells[i].box.x0)
            ),
            len(order),
        )
        order.insert(place, i)
    return order


def _contradictions(cells: list[Cell], rows: list[int]) -> NDArray[np.bool_]:
    """[i, j]: j was painted after i though it stands above it in the same columns, or left of it on its row."""
    x0 = np.array([cell.box.x0 for cell in cells])
    x1 = np.array([cell.box.x1 for cell in cells])
    row = np.array(rows)
    painted = np.arange(len(cells))
    later = painted[None, :] > painted[:, None]
    overlap = np.minimum(x1[:, None], x1[None, :]) > np.maximum(x0[:, None], x0[None, :])
    above = (row[None, :] < row[:, None]) & overlap
    left = (row[None, :] == row[:, None]) & (x1[None, :] <= x0[:, None])
    result: NDArray[np.bool_] = later & (above | left)
    return result


def _continues(previous: Cell, cell: Cell, rules: tuple[Rule, ...]) -> bool:
    """Whether `cell` is the next line of the running text that `previous` belongs to."""
    em = max(previous.em, cell.em)
    pitch = cell.y - previous.y
    if not 0.5 * em < pitch <= _BLOCK_PITCH * em or min(previous.em, cell.em) < 0.8 * em:
        return False
    left, right = max(previous.box.x0, cell.box.x0), min(previous.box.x1, cell.box.x1)
    if right - left < 0.3 * min(previous.box.width, cell.box.width):
        return False
    return not any(
        rule.direction == "horizontal"
        and previous.y < rule.box.center[1] < cell.y - 0.2 * em
        and rule.box.x0 < right
        and rule.box.x1 > left
        for rule in rules
    )


def _paragraphs(cells: list[Cell], run: list[int]) -> list[list[int]]:
    """A running text divided where its marked content and its list items are, else by its looks.

    Looks: at wide leading, at a first-line indent and after a short line.
    """
    if len(run) < 2:
        return [run]
    left = min(cells[i].box.x0 for i in run)
    right = max(cells[i].box.x1 for i in run)
    usual = median(cells[b].y - cells[a].y for a, b in pairwise(run))
    paragraphs = [[run[0]]]
    for a, b in pairwise(run):
        upper, lower = cells[a], cells[b]
        wide = lower.y - upper.y > 1.4 * usual
        hanging = is_label(cells[paragraphs[-1][0]].words[0].text)
        indented = lower.box.x0 - upper.box.x0 > 0.8 * lower.em and not hanging
        short = right - upper.box.x1 > 0.12 * (right - left) + 1.5 * upper.em
        apart = wide or indented or short or is_label(lower.words[0].text)
        if upper.last >= 0 and lower.first >= 0:
            apart = upper.last != lower.first
        if apart:
            paragraphs.append([b])
        else:
            paragraphs[-1].append(b)
    return paragraphs
