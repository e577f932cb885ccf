"""A region of a sheet for reading order: pieces of lines, ruling lines, and the visual rows they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.types import Box, Rule

PieceLine = list[int]
"""The pieces of one visual row, from left to right, by their index."""
Cell = list[PieceLine]
"""The lines of one cell or column, downwards."""


@dataclass(frozen=True, slots=True)
class Region:
    """The pieces' `boxes`, the `rules`, the height of the print as `unit`, and for each piece its visual `row`."""

    boxes: tuple[Box, ...]
    rules: tuple[Rule, ...]
    unit: float
    row: tuple[int, ...]


def visual_rows(boxes: Sequence[Box]) -> tuple[int, ...]:
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


def by_row(region: Region, items: Sequence[int]) -> list[PieceLine]:
    """The pieces `items` by visual row, downwards, each row from left to right."""
    rows: dict[int, PieceLine] = {}
    for i in items:
        rows.setdefault(region.row[i], []).append(i)
    return [sorted(rows[r], key=lambda i: region.boxes[i].x0) for r in sorted(rows)]


def flat(rows: Sequence[PieceLine]) -> list[int]:
    """The pieces of all `rows`."""
    return [i for row in rows for i in row]


def extent(region: Region, row: PieceLine) -> tuple[float, float]:
    """The left and right end of the pieces of `row`."""
    return min(region.boxes[i].x0 for i in row), max(region.boxes[i].x1 for i in row)


def pitch_between(region: Region, upper: PieceLine, lower: PieceLine) -> float:
    """How far `lower` lies under `upper`, middle to middle."""
    top = sum(region.boxes[i].center[1] for i in upper) / len(upper)
    return sum(region.boxes[i].center[1] for i in lower) / len(lower) - top


def side_by_side(region: Region, items: Sequence[int]) -> bool:
    """Whether pieces stand beside each other though on different heights (cells centred in their row)."""
    spans = sorted((region.boxes[i].x0, region.boxes[i].x1) for i in items)
    right = spans[0][1]
    for x0, x1 in spans[1:]:
        if x0 > right + 2.2 * region.unit:
            return True
        right = max(right, x1)
    return False
