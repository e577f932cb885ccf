"""The lines of a table-like section as cells: the lines of one cell, wrapped, become one strip of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from postprocess.locate.pieces import Piece, Strip, line_height, share_columns, strip_of


@dataclass(frozen=True, slots=True)
class TextCell:
    """The lines of one cell, in order, and their text as one strip."""

    pieces: tuple[Piece, ...]
    strip: Strip

    @property
    def first(self) -> Piece:
        return self.pieces[0]


def cells_of(pieces: Sequence[Piece], begins: Callable[[str], bool]) -> list[TextCell]:
    """`pieces` (in reading order) as cells; `begins` says whether a line's text must begin a cell of its own.

    A line goes on the cell above it where both are of one block, or where it stands right under that cell's last
    line in the same columns.
    """
    height = line_height(pieces)
    cells: list[list[Piece]] = []
    for p in pieces:
        above = None if begins(p.text) else _above(p, cells, height)
        if above is None:
            cells.append([p])
        else:
            above.append(p)
    return [TextCell(tuple(cell), strip_of(q.span for q in cell)) for cell in cells]


def _above(p: Piece, cells: Sequence[list[Piece]], height: float) -> list[Piece] | None:
    same_block = [cell for cell in cells if cell[-1].block == p.block and cell[-1].row != p.row]
    best: tuple[float, list[Piece]] | None = None
    for cell in cells:
        last = cell[-1]
        if last.row == p.row or last.row[0] != p.row[0]:
            continue
        gap = p.box.y0 - last.box.y1
        if not -0.5 * height < gap < 0.9 * height or p.box.center[1] <= last.box.center[1]:
            continue
        if share_columns(last.box, p.box) < 0.5 or abs(last.box.x0 - p.box.x0) > 3 * height:
            continue
        if best is None or gap < best[0]:
            best = (gap, cell)
    if best is not None:
        return best[1]
    if same_block and (not cells or same_block[-1] is cells[-1]):
        return same_block[-1]
    return None
