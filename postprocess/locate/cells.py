"""The lines of table-like rows as cells: the lines of one cell, wrapped, become one strip of text.

A reader may give a table row as separate cells or joined into one line. So each visual row is cut again, where a
word begins a phrase that only begins a cell, and where a word stands exactly under the beginning of a cell that is
still open; then each stretch either begins a cell or goes on one: the cell above it in the same columns, or the one
whose unfinished label or phrase it completes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from postprocess.pieces import Piece, Strip, line_height, piece, share_columns, strip_of
from postprocess.types import Place


class Grammar(Protocol):
    """What can stand in a cell."""

    def opens_row(self, text: str) -> bool:
        """Whether `text` begins with a row's start label: every cell before it is closed."""
        ...

    def begins(self, text: str) -> bool:
        """Whether `text` can only be the beginning of a cell."""
        ...

    def can_begin(self, before: str, text: str) -> bool:
        """Whether a cell's line can begin with `text` behind `before`."""
        ...

    def cuts(self, text: str) -> list[int]:
        """Indexes in `text` at which a cell begins although the line runs on."""
        ...

    def closed(self, text: str) -> bool:
        """Whether nothing can follow in the cell `text`."""
        ...

    def completes(self, before: str, text: str) -> bool:
        """Whether `text` ends a label or phrase that `before` broke off."""
        ...


@dataclass(frozen=True, slots=True)
class TextCell:
    """The lines of one cell, in order, and their text as one strip."""

    pieces: tuple[Piece, ...]
    strip: Strip


@dataclass(slots=True)
class _Open:
    pieces: list[Piece]
    row: int  # the visual row of its last piece
    column: bool  # whether its left edge is a column's, not a place inside a running line

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.pieces)


_ALIGNED = 0.45
"""How far, in line heights, a word may stand from a cell's left edge and still be under it."""
_GUTTER = 0.3
"""The least blank between two columns, in line heights."""


def cells_of(places: Sequence[tuple[int, Place]], grammar: Grammar) -> list[TextCell]:
    """The cells in the lines of a section, by the place of their first letters."""
    rows = _visual_rows(places)
    height = line_height([p for row in rows for p in row])
    edges = _edges(rows, grammar, height)
    right = max((p.box.x1 for row in rows for p in row), default=0.0)
    cells: list[_Open] = []
    active: list[_Open] = []
    for r, row in enumerate(rows):
        if any(grammar.opens_row(line.text) for line in row):
            active = []
        stretches = [s for line in row for s in _cut(line, grammar, active, r, height)]
        taken: list[_Open] = []
        for n, s in enumerate(stretches):
            free = [c for c in active if all(c is not t for t in taken) and not _covered(c, s, active, r)]
            cell = _continued(s, n == 0, free, r, right, height, grammar)
            if cell is None:
                cell = _Open([s], r, _is_column(s, edges, height))
                cells.append(cell)
                active.append(cell)
            else:
                cell.pieces.append(s)
                cell.row = r
            taken.append(cell)
    return [TextCell(tuple(c.pieces), strip_of(p.span for p in c.pieces)) for c in cells]


def _visual_rows(places: Sequence[tuple[int, Place]]) -> list[list[Piece]]:
    rows: dict[tuple[int, int], list[Piece]] = {}
    for index, place in places:
        p = piece(place, index, 0, len(place.line.text))
        if p is not None:
            rows.setdefault(p.row, []).append(p)
    ordered = sorted(rows.values(), key=lambda row: sum(p.box.center[1] for p in row) / len(row))
    return [sorted(row, key=lambda p: p.box.x0) for row in ordered]


def _cut(line: Piece, grammar: Grammar, active: Sequence[_Open], r: int, height: float) -> list[Piece]:
    """The line cut at cell beginnings inside it."""
    text = line.text
    at = {0, len(text), *grammar.cuts(text)}
    edges = sorted(c.pieces[0].box.x0 for c in active if r - c.row <= 3 and c.column)
    begin = line.span.start
    for n in range(1, len(text)):
        if text[n - 1] == " " and text[n] != " " and any(c.isalnum() for c in text[:n]):
            before = piece(line.span.place, line.index, begin, begin + n)
            word = piece(line.span.place, line.index, begin + n, begin + len(text))
            if before is None or word is None or word.box.x0 - before.box.x1 < _GUTTER * height:
                continue
            if grammar.can_begin(text[:n], text[n:]) and any(
                abs(word.box.x0 - x) < _ALIGNED * height for x in edges[1:]
            ):
                at.add(n)
    ends = sorted(at)
    found = (piece(line.span.place, line.index, begin + a, begin + b) for a, b in itertools.pairwise(ends))
    return [p for p in found if p is not None]


def _edges(rows: Sequence[Sequence[Piece]], grammar: Grammar, height: float) -> list[float]:
    """Where stretches begin that stand off from what is before them: in a table these places repeat."""
    found: list[float] = []
    for row in rows:
        for line in row:
            for n in (0, *grammar.cuts(line.text)):
                start = line.span.start + n
                s = piece(line.span.place, line.index, start, line.span.end)
                if s is not None and (start == 0 or _gap(s) >= _GUTTER * height):
                    found.append(s.box.x0)
    return found


def _gap(s: Piece) -> float:
    """The blank before a stretch of a line."""
    before = piece(s.span.place, s.index, 0, s.span.start)
    return 0.0 if before is None else s.box.x0 - before.box.x1


def _is_column(s: Piece, edges: Sequence[float], height: float) -> bool:
    """Whether a stretch's left edge is a column's: it begins a line of its own, or others begin there too."""
    if s.span.start == 0:
        return True
    like = sum(abs(x - s.box.x0) < _ALIGNED * height for x in edges)
    return _gap(s) >= _GUTTER * height and like >= 2


def _covered(c: _Open, s: Piece, active: Sequence[_Open], r: int) -> bool:
    """Whether another cell lies between the end of `c` and the stretch `s` in visual row `r`."""
    return any(
        o is not c and c.row < o.row < r and share_columns(o.pieces[-1].box, s.box) > 0.3 for o in active
    )


def _continued(
    s: Piece,
    first: bool,
    active: Sequence[_Open],
    r: int,
    right: float,
    height: float,
    grammar: Grammar,
) -> _Open | None:
    """The open cell that the stretch goes on, or None where it begins one."""
    free = [c for c in active if r - c.row <= 3 and not grammar.closed(c.text)]
    completed = [c for c in free if grammar.completes(c.text, s.text)]
    if not completed and grammar.begins(s.text):
        return None
    best: tuple[float, _Open] | None = None
    last_row = max((c.row for c in free), default=-1)
    for c in free:
        aligned = min(abs(c.pieces[0].box.x0 - s.box.x0), abs(c.pieces[-1].box.x0 - s.box.x0)) < height
        share = max(share_columns(p.box, s.box) for p in c.pieces[-2:])
        score = 1.0 * aligned + 0.6 * share
        if any(c is d for d in completed):
            # a column's cell goes on under itself, running text at the line's beginning
            score += 1.5 if aligned or share > 0.2 or not c.column else 0.2
        if first and c.row == last_row and c.pieces[-1].box.x1 > right - 3 * height:
            score += 0.6
        score -= 0.05 * (r - c.row - 1)
        if best is None or score > best[0]:
            best = (score, c)
    return best[1] if best is not None and best[0] >= 0.5 else None
