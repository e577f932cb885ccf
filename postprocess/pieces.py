"""Stretches of lines with their boxes, and strings made of several of them that know where each letter stands.

Boxes are in the sheet frame, shifted down by `PAGE` for each page, so that the pages of a record lie one below
the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocr.types import Box, Line
from postprocess.kinds import is_blank
from postprocess.thai import MARKS
from postprocess.types import Place, Span

PAGE = 100_000.0


def span_box(line: Line, start: int, end: int) -> Box | None:
    """The box around characters `start` to `end` of `line.text`, sheet frame; a word cut in two is cut by its
    share of letters. None where the stretch holds no letter.
    """
    boxes: list[Box] = []
    offset = 0
    for word in line.words:
        size = len(word.text)
        a, b = max(start - offset, 0), min(end - offset, size)
        if a < b:
            step = word.box.width / size
            boxes.append(Box(word.box.x0 + a * step, word.box.y0, word.box.x0 + b * step, word.box.y1))
        offset += size + 1
    if not boxes:
        return None
    return Box(
        min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes)
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line without blanks at its ends; `index` is the line's place in its segment."""

    span: Span
    box: Box
    index: int

    @property
    def text(self) -> str:
        return self.span.text

    @property
    def row(self) -> tuple[int, int]:
        """The visual row: cells printed side by side share it."""
        return self.span.place.page, self.span.place.line.row

    @property
    def row_top(self) -> float:
        """A number that orders visual rows down the record."""
        return self.span.place.page * PAGE + self.span.place.line.row

    @property
    def block(self) -> tuple[int, int]:
        """The running text, column or cell."""
        return self.span.place.page, self.span.place.line.block


def piece(place: Place, index: int, start: int, end: int) -> Piece | None:
    """Characters `start` to `end` of a line without blanks around; None where nothing else is there."""
    text = place.line.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    box = span_box(place.line, start, end)
    if box is None:
        return None
    down = place.page * PAGE
    return Piece(Span(place, start, end), Box(box.x0, box.y0 + down, box.x1, box.y1 + down), index)


def whole(place: Place, index: int) -> Piece | None:
    """The whole line as a piece."""
    return piece(place, index, 0, len(place.line.text))


def has_text(text: str) -> bool:
    """Whether there is a letter or digit, or a mark that stands for a value such as ``****`` or ``-``."""
    return any(c.isalnum() for c in text) or "**" in text


def is_empty(text: str) -> bool:
    """Whether `text` is no value: nothing, or a dotted line, also one that OCR took for stray letters here and there."""
    if is_blank(text) or not has_text(text):
        return True
    if text.lstrip().startswith("**"):
        return False
    signs = [c for c in text if not c.isspace()]
    leaders = sum(c in ".…·_-•*«»,‚'" for c in signs)
    written = sum(c.isalpha() or c in MARKS for c in signs)
    return leaders >= max(5, 0.5 * len(signs)) and written < 0.4 * len(signs)


@dataclass(frozen=True, slots=True)
class Strip:
    """Several stretches as one string; `origins` says for each character which span and which index it is of."""

    text: str
    parts: tuple[Span, ...]
    origins: tuple[tuple[int, int], ...]

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The spans of characters `start` to `end`, without blanks at their ends."""
        found: list[Span] = []
        for p, part in enumerate(self.parts):
            inside = [i for n, i in self.origins[start:end] if n == p and i >= 0]
            if not inside:
                continue
            a, b = inside[0], inside[-1] + 1
            text = part.place.line.text
            while a < b and text[a].isspace():
                a += 1
            while b > a and text[b - 1].isspace():
                b -= 1
            if a < b:
                found.append(Span(part.place, a, b))
        return tuple(found)


def strip_of(spans: Iterable[Span]) -> Strip:
    """The spans as one string, with a blank between two of them."""
    text: list[str] = []
    origins: list[tuple[int, int]] = []
    parts = tuple(spans)
    for p, span in enumerate(parts):
        if p:
            text.append(" ")
            origins.append((p, -1))
        for i in range(span.start, span.end):
            text.append(span.place.line.text[i])
            origins.append((p, i))
    return Strip("".join(text), parts, tuple(origins))


def line_height(pieces: Sequence[Piece]) -> float:
    """The median height of the pieces; 1 where there are none."""
    heights = sorted(p.box.height for p in pieces)
    return max(1.0, heights[len(heights) // 2]) if heights else 1.0


def share_columns(a: Box, b: Box) -> float:
    """How much of the narrower box lies in the same columns as the other, 0–1."""
    common = min(a.x1, b.x1) - max(a.x0, b.x0)
    return max(0.0, common) / max(1.0, min(a.width, b.width))


def same_row(a: Piece, b: Piece) -> bool:
    """Whether two pieces are printed side by side."""
    if a.row == b.row:
        return True
    common = min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0)
    return common > 0.6 * min(a.box.height, b.box.height)
