"""The finds of a table dealt out to its rows: each kind of find on its own, in order, at most one for each row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from postprocess.forms import Cell, Group
from postprocess.locate.finds import At, Find
from postprocess.pieces import Piece

_ELSEWHERE = 0.6
"""What it costs more to deal a find to another row than that whose cells begin in its line: a cell may slip, not a column."""

_ASIDE = 0.2
"""What it costs to deal a find that stands furthest from the middle one of its column."""
_UNSURE = 0.25
"""How clear it is (`Reading.clear`) whose a find is that slipped to another row, and what belongs to a row in which two finds
of one kind stand: the start of the next one was lost. Of 7,500 statuses in scans as they come nine had slipped, all
rightly; in scans at the limit of what can be read they were wrong as often as right.
"""


@dataclass(slots=True)
class Row:
    """A row on its way: its start, its number, the find in each slot, free text, entries; `clear` 0–1 is how clear it is that
    they are those of one row.
    """

    start: At
    number: Find | None
    slots: dict[int, Find] = field(default_factory=dict)
    rest: list[tuple[At, Piece]] = field(default_factory=list)
    entries: list[Find] = field(default_factory=list)
    clear: float = 1.0


def deal(finds: Sequence[Find], group: Group) -> list[Row]:
    """The rows that `finds` (in order) begin, each with the finds of its slots; free text and entries are not dealt out."""
    rows = _begun(finds, group)
    begins = _beginnings(rows, finds)
    for slot, definition in enumerate(group.cells):
        if isinstance(definition, Cell) and not definition.rest:
            _assign(rows, slot, [f for f in finds if f.slot == slot], begins)
    _earliest(rows)
    return rows


def _begun(finds: Sequence[Find], group: Group) -> list[Row]:
    """A row for each start label, and for each date that can only be of a row whose start label was lost."""
    rows = [Row(f.at, f) for f in finds if f.slot == -1]
    dates = [
        s for s, c in enumerate(group.cells) if isinstance(c, Cell) and c.kind == "date" and not c.labels
    ]
    if not dates:
        return rows
    limits = [row.start for row in rows] + [(math.inf, 0.0)]
    first = rows[0].start if rows else (math.inf, 0.0)
    for lower, upper in zip([(-1.0, 0.0), *limits[:-1]], limits, strict=True):
        inside = [f for f in finds if f.slot == dates[0] and lower <= f.at < upper]
        spare = inside if lower == (-1.0, 0.0) and (not rows or upper == first) else inside[1:]
        for f in spare:
            if any(r.slot not in (-1, dates[0]) and f.at < r.at < upper for r in finds) or not rows:
                rows.append(Row(f.at, None))
    rows.sort(key=lambda row: row.start)
    return rows


def _beginnings(rows: Sequence[Row], finds: Sequence[Find]) -> dict[float, int]:
    """By visual row of print the row whose cells begin there: beside its start, or beside a label that repeats its number,
    or a line before or behind that.
    """
    owners = {row.number.number: n for n, row in enumerate(rows) if row.number is not None}
    owners.pop(None, None)
    found = {row.start[0]: n for n, row in enumerate(rows)}
    for by in (0, -1, 1):
        for f in finds:
            if f.slot >= 0 and f.number in owners:
                found.setdefault(f.at[0] + by, owners[f.number])
    return found


def _assign(rows: Sequence[Row], slot: int, finds: Sequence[Find], begins: Mapping[float, int]) -> None:
    """Deal `finds` out to `rows`, in order, at most one each, so that the whole costs least."""
    if not rows or not finds:
        return
    starts = [row.start for row in rows]
    home = [sum(start <= f.at for start in starts) - 1 for f in finds]
    column = median(f.at[1] for f in finds)
    far = max(abs(f.at[1] - column) for f in finds) or 1.0
    aside = [abs(f.at[1] - column) / far for f in finds]
    n, m = len(finds), len(rows)
    cost = [[0.0] * (m + 1) for _ in range(n + 1)]
    move = [[""] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            options: list[tuple[float, str]] = []
            if i:
                options.append((cost[i - 1][j] + 1.5, "drop"))
            if j:
                options.append((cost[i][j - 1] + 0.6, "blank"))
            if i and j:
                options.append(
                    (
                        cost[i - 1][j - 1]
                        + _distance(finds[i - 1], rows[j - 1], home[i - 1] - (j - 1))
                        + _ASIDE * aside[i - 1]
                        + (_ELSEWHERE if begins.get(finds[i - 1].at[0], j - 1) != j - 1 else 0.0),
                        "take",
                    )
                )
            if options:
                cost[i][j], move[i][j] = min(options)
    taken: dict[int, int] = {}
    i, j = n, m
    while i or j:
        if move[i][j] == "take":
            i, j = i - 1, j - 1
            taken[j] = i
        elif move[i][j] == "drop":
            i -= 1
        else:
            j -= 1
    for j, i in taken.items():
        own = rows[j].number
        proven = own is not None and own.number is not None and finds[i].number == own.number
        sure = proven or home[i] == j
        rows[j].slots[slot] = finds[i] if sure else replace(finds[i], clear=_UNSURE * finds[i].clear)
    for j in set(home):
        if j >= 0 and home.count(j) > 1:
            rows[j].clear = _UNSURE


def _distance(find: Find, row: Row, away: int) -> float:
    cost = 0.0 if away == 0 else 0.5 if away == 1 else 0.7 + 0.8 * abs(away)
    if find.number is not None and row.number is not None and row.number.number is not None:
        cost += -0.3 if find.number == row.number.number else 0.3
    return cost


def _earliest(rows: Sequence[Row]) -> None:
    """A row begins with the first of its finds: a start label may stand in the middle of its tall cell."""
    for n, row in enumerate(rows):
        before = rows[n - 1] if n else None
        for found in row.slots.values():
            if found.at < row.start and (before is None or found.at > before.start) and found.slot == 0:
                row.start = found.at
