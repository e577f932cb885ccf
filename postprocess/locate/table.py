"""Tables with a header row: columns by the header's labels, rows by the cells of the key columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ocr.types import Box
from postprocess import kinds
from postprocess.forms import Column, Table
from postprocess.locate.labelled import Anchor, Key
from postprocess.pieces import Piece, has_text, line_height, same_row, whole
from postprocess.types import Place, Reading


@dataclass(slots=True)
class _Row:
    y: float
    cells: dict[int, list[Piece]] = field(default_factory=dict)


def table(
    field_index: int,
    item: Table,
    anchors: dict[Key, Anchor],
    places: Sequence[tuple[int, Place]],
) -> list[Reading]:
    """One reading for each cell; one for the table itself where it has no row."""
    columns = {c: anchors[(field_index, c)] for c in range(len(item.columns)) if (field_index, c) in anchors}
    if len(columns) < 2:
        return [Reading(item.path, (), 0.0)]
    score = sum(a.match.score for a in columns.values()) / len(columns)
    header = max(a.index for a in columns.values())
    body = _body(places, header, anchors, field_index)
    rows = _rows(body, columns, item)
    if not rows:
        return [Reading(item.path, (), score)]
    readings = []
    for n, row in enumerate(rows):
        for c, column in enumerate(item.columns):
            spans = tuple(p.span for p in row.cells.get(c, []))
            found = columns[c].match.score if c in columns else 0.0
            readings.append(Reading(f"{item.path}[{n}].{column.path}", spans, found))
    return readings


def _body(
    places: Sequence[tuple[int, Place]], header: int, anchors: dict[Key, Anchor], field_index: int
) -> list[Piece]:
    """The lines under the header, up to the row of the next label."""
    stops = sorted(a.index for key, a in anchors.items() if key[0] != field_index and a.index > header)
    pieces = [
        p for index, place in places if index > header and (p := whole(place, index)) and has_text(p.text)
    ]
    if not stops:
        return pieces
    end = next((p for p in pieces if p.index == stops[0]), None)
    return [p for p in pieces if p.index < stops[0] and (end is None or not same_row(p, end))]


def _rows(body: Sequence[Piece], columns: dict[int, Anchor], item: Table) -> list[_Row]:
    height = line_height(body)
    extents = _columns(body, columns)
    placed = [(_column(p, extents), p) for p in body]
    keys = {c for c, column in enumerate(item.columns) if column.key} or set(columns)
    starts: list[float] = []
    for y in sorted(p.box.center[1] for c, p in placed if c in keys and _fits(p.text, item.columns[c])):
        if not starts or y - starts[-1] > 0.7 * height:
            starts.append(y)
    rows = [_Row(y) for y in starts]
    for c, p in sorted(placed, key=lambda entry: (entry[1].box.center[1], entry[1].box.x0)):
        above = [row for row in rows if row.y <= p.box.center[1] + 0.5 * height]
        if above:
            above[-1].cells.setdefault(c, []).append(p)
    return rows


def _fits(text: str, column: Column) -> bool:
    """Whether a cell holds a value of its column's kind: the header's own second line does not."""
    if column.kind in ("text", "name", "choice", "code"):
        return has_text(text)
    return kinds.parse(column.kind, text, {}).value is not None


def _columns(body: Sequence[Piece], columns: dict[int, Anchor]) -> list[tuple[int, Box]]:
    """The extent of each column: its header cell, grown by the cells that stand under that header alone."""
    heads = sorted(((c, a.label_box) for c, a in columns.items()), key=lambda entry: entry[1].x0)
    extents = dict(heads)
    for p in body:
        under = [c for c, box in heads if p.box.x0 < box.x1 and box.x0 < p.box.x1]
        if len(under) == 1:
            extents[under[0]] = extents[under[0]].union(p.box)
    return [(c, extents[c]) for c, _ in heads]


def _column(p: Piece, extents: Sequence[tuple[int, Box]]) -> int:
    """The column that a piece shares most with, else the one whose middle is nearest."""
    common, column = max((min(p.box.x1, box.x1) - max(p.box.x0, box.x0), c) for c, box in extents)
    if common > 0:
        return column
    return min((abs(p.box.center[0] - box.center[0]), c) for c, box in extents)[1]
