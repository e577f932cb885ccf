"""The lines of table-like rows as cells: the lines of one cell, wrapped, become one strip of text.

A reader may give a table row as separate cells or joined into one line. So each visual row is cut again, where a
word begins a phrase that only begins a cell, and where a word stands exactly under the beginning of a cell that is
still open; then each stretch either begins a cell or goes on one: the cell above it in the same columns, or the one
whose unfinished label or phrase it completes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from postprocess.pieces import Piece, Strip, has_text, line_height, piece, share_columns, strip_of
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

    def begins_phrase(self, stretch: str) -> bool:
        """Whether a phrase or label begins like `stretch`, or it with one."""
        ...

    def completes(self, before: str, text: str) -> float:
        """How likely it is (0–1) that `text` ends a label or phrase that `before` broke off."""
        ...

    def numbers(self, before: str, text: str) -> bool:
        """Whether `text` begins with the number that the start label `before` lacks."""
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
_CERTAIN = 0.9
"""From this likelihood on, a phrase that is completed outweighs where its end stands."""
_COLUMN = 3
"""In more rows than this cells begin at a column's left edge."""
_SEPARATOR = 1.2
"""How far, in line heights, a cell's text stands from the column's left edge where its separator was not read."""
_GUTTER = 0.3
"""The least blank between two columns, in line heights."""


def cells_of(places: Sequence[tuple[int, Place]], grammar: Grammar) -> list[TextCell]:
    """The cells in the lines of a section, by the place of their first letters."""
    rows = _visual_rows(places)
    height = line_height([p for row in rows for p in row])
    edges = _edges(rows, grammar, height)
    columns = [x for x in edges if sum(abs(x - other) < _ALIGNED * height for other in edges) > _COLUMN]
    right = max((p.box.x1 for row in rows for p in row), default=0.0)
    cells: list[_Open] = []
    active: list[_Open] = []
    for r, row in enumerate(rows):
        if any(grammar.opens_row(line.text) for line in row):
            active = []
        stretches = [
            s
            for line in row
            for s in _cut(line, grammar, active, columns, r, height)
            if has_text(s.text) or "=" in s.text
        ]
        taken: list[_Open] = []
        for n, s in enumerate(stretches):
            if taken and _same_cell(taken[-1].pieces[-1], s, edges, height, grammar, taken[-1].text):
                taken[-1].pieces.append(s)
                continue
            free = [c for c in active if all(c is not t for t in taken) and not _covered(c, s, active, r)]
            beside = [
                t
                for t in stretches[:n] + stretches[n + 1 :]
                if not _point_lost(s, t) and not _point_lost(t, s)
            ]
            cell = _continued(s, beside, free, r, right, height, grammar)
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


def _cut(
    line: Piece,
    grammar: Grammar,
    active: Sequence[_Open],
    columns: Sequence[float],
    r: int,
    height: float,
) -> list[Piece]:
    """The line cut at cell beginnings inside it, from its end on: what follows a beginning is one cell's."""
    text = line.text
    at = {0, len(text), *grammar.cuts(text)}
    begun = [(c.pieces[0].box.x0, c.column) for c in active if r - c.row <= 3]
    # a cell whose separator was not read goes on under that, at its column's own edge
    under_sign = {x for x in columns for left, _ in begun if _ALIGNED < (left - x) / height < _SEPARATOR}
    edges = sorted([*(left for left, column in begun if column), *under_sign])
    gutter = max(_GUTTER * height, 1.3 * _usual_blank(line))
    begin = line.span.start
    for n in reversed(range(1, len(text))):
        if text[n - 1] != " " or text[n] == " " or not any(c.isalnum() for c in text[:n]):
            continue
        before = piece(line.span.place, line.index, begin, begin + n)
        word = piece(line.span.place, line.index, begin + n, begin + len(text))
        if before is None or word is None or not grammar.can_begin(text[:n], text[n:]):
            continue
        own = text[n : min(a for a in at if a > n)].rstrip()
        under = any(abs(word.box.x0 - x) < _ALIGNED * height for x in edges[1:])
        # in a column of the other rows, its separator lost or not
        under = under or (
            any(-_ALIGNED < (word.box.x0 - x) / height < _SEPARATOR for x in columns)
            and grammar.begins_phrase(own)
        )
        if (under and word.box.x0 - before.box.x1 >= gutter) or any(
            abs(word.box.x0 - c.pieces[0].box.x0) < 3 * height < c.pieces[0].box.x0 - line.box.x0
            and not any(letter.isdigit() for letter in own)
            and grammar.completes(c.text, own) > _CERTAIN
            for c in active
            if r - c.row <= 2
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


def _usual_blank(s: Piece) -> float:
    """The middle one of the blanks in the line of `s`; 0 where there are too few to tell."""
    words = s.span.place.line.words
    blanks = sorted(b.box.x0 - a.box.x1 for a, b in itertools.pairwise(words))
    return blanks[len(blanks) // 2] if len(blanks) > 2 else 0.0


def _is_column(s: Piece, edges: Sequence[float], height: float) -> bool:
    """Whether a stretch's left edge is a column's: it begins a line of its own, or others begin there too."""
    if s.span.start == 0:
        return True
    like = sum(abs(x - s.box.x0) < _ALIGNED * height for x in edges)
    return _gap(s) >= max(_GUTTER * height, 1.3 * _usual_blank(s)) and like >= 2


def _same_cell(
    before: Piece, s: Piece, edges: Sequence[float], height: float, grammar: Grammar, text: str
) -> bool:
    """Whether two stretches side by side are one cell that a reader cut at a wide blank."""
    gap = s.box.x0 - before.box.x1
    if _point_lost(before, s):
        return True
    if s.span.place is before.span.place or grammar.closed(text) or gap > 3 * height:
        return False
    if gap < 1.5 * height and grammar.numbers(text, s.text):
        return True
    like = sum(abs(x - s.box.x0) < _ALIGNED * height for x in edges)
    if (like < 2 or gap < 1.5 * height) and grammar.completes(text, s.text) > _CERTAIN:
        return True
    return gap < height and like < 2 and not grammar.begins(s.text)


_WHOLE = re.compile(r"[0-9๐-๙]{1,3}")
_DECIMALS = re.compile(r"[0-9๐-๙]{2}(?=\s?(?:%|[ก-ฮ]|$))")


def _point_lost(before: Piece, s: Piece) -> bool:
    """Whether two stretches side by side are a number and its decimals, the point between them too pale to be read."""
    gap = s.box.x0 - before.box.x1
    return (
        before.row == s.row
        and 0 <= gap < 1.5 * before.box.height
        and _WHOLE.fullmatch(before.text) is not None
        and _DECIMALS.match(s.text) is not None
    )


def _covered(c: _Open, s: Piece, active: Sequence[_Open], r: int) -> bool:
    """Whether another cell lies between the end of `c` and the stretch `s` in visual row `r`."""
    return any(
        o is not c and c.row < o.row < r and share_columns(o.pieces[-1].box, s.box) > 0.3 for o in active
    )


def _continued(
    s: Piece,
    beside: Sequence[Piece],
    active: Sequence[_Open],
    r: int,
    right: float,
    height: float,
    grammar: Grammar,
) -> _Open | None:
    """The open cell that the stretch goes on, or None where it begins one; `beside` is the rest of its visual row."""
    free = [c for c in active if r - c.row <= 3 and not grammar.closed(c.text)]
    completed = [grammar.completes(c.text, s.text) for c in free]
    if not any(completed) and grammar.begins(s.text):
        return None
    first = all(s.box.x0 <= t.box.x0 for t in beside)
    last_row = max((c.row for c in free), default=-1)
    fresh = any(t.box.x1 <= s.box.x0 and grammar.begins(t.text) for t in beside)
    best: tuple[float, _Open] | None = None
    for c, likely in zip(free, completed, strict=True):
        aligned = min(abs(c.pieces[0].box.x0 - s.box.x0), abs(c.pieces[-1].box.x0 - s.box.x0)) < height
        share = max(share_columns(p.box, s.box) for p in c.pieces[-2:])
        runs_on = (
            first
            and c.row == last_row
            and not any(share_columns(c.pieces[-1].box, t.box) > 0.2 for t in beside)
        )
        if fresh and not likely and not (aligned and not grammar.begins_phrase(s.text)):
            continue  # the cells of a row begin together
        score = 1.0 * aligned + 0.6 * share
        if likely:
            # a column's cell goes on under itself, running text at the line's beginning
            behind = _behind_end(c, s, active, height)
            under = aligned or share > 0.2 or not c.column or behind
            sure = likely > _CERTAIN or behind
            score += 1.5 + 0.3 * sure if under or (runs_on and sure) else 0.2
        if runs_on and (likely > _CERTAIN or c.pieces[-1].box.x1 > right - 3 * height):
            score += 0.6
        score -= 0.05 * (r - c.row - 1)
        if best is None or score > best[0]:
            best = (score, c)
    return best[1] if best is not None and best[0] >= 0.5 else None


def _behind_end(c: _Open, s: Piece, active: Sequence[_Open], height: float) -> bool:
    """Whether `c` began behind the end of a cell that had gone on from the line above, as running text does, and `s`
    stands under that end: then `c` goes on there, wherever else the cells of a column begin.
    """
    first = c.pieces[0]
    return any(
        len(o.pieces) > 1
        and o.pieces[-1].span.place is first.span.place
        and o.pieces[-1].span.end <= first.span.start
        and max(abs(p.box.x0 - s.box.x0) for p in o.pieces[-2:]) < _ALIGNED * height
        for o in active
        if o is not c
    )
