"""Running text into paragraphs or items: where a printed line begins a new one.

Evidence: printed numbering or a bullet, a first line set in (or the other lines hanging), a line before that ends
where the next word would still have fitted, a wider gap between the lines.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.types import Box, bounding_box
from postprocess.pieces import Piece, has_text
from postprocess.thai import arabic_digits, is_thai, tokens
from postprocess.types import Span

_NUMBER = re.compile(
    r"\(?\d{1,2}(?:[.,]\d{1,2}){0,3}(?:(?<=[.,]\d)\s\d(?=\s[ก-ฮเ-ไ]))?\s?[.)]*(?=\s|[ก-ฮเ-ไA-Za-z(“\"])"
)
"""Printed numbering; the point before its last figure may be lost (``1.4 2``)."""
_BULLET = re.compile(r"[-–—•●▪■◦○*·►➢✓v>+]+(?=\s)|[•●▪◦➢►]|[-–—](?=[ก-ฮเ-ไ])")
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
"""An amount with its commas: no numbering, though it may lead a line that goes on."""
_DAMAGED = re.compile(r"[^\sก-ฮะ-ไ*(“\"]{0,5}[.,)][^\sก-ฮะ-ไ*(“\"]{0,4}(?=\s)")
_POINTED = re.compile(r"(?=\S*\d\S*\d)[\d.,\]|lI]*\.[\d.,\]|lI]*\.[\d.,\]|lI]*(?=\s)")
"""Numbering of three or more figures, one of them misread (``1.5.2.]``)."""
_WORN = re.compile(r"(?:[^\sก-๏(“\"*]{1,8}(?:\s[^\sก-๏(“\"*]{1,6})?|[ก-ฌญ-ฮ])(?=\s)")
"""What may be left of a marker: signs and figures, or a letter that stands alone as no word does (but for ``ณ``)."""


def marker_end(text: str) -> int:
    """The index behind printed numbering or a bullet (or both) at the beginning of `text`; 0 where there is none."""
    first = _marker_end(text)
    return first + _marker_end(text[first:]) if first else 0


def _marker_end(text: str) -> int:
    plain = arabic_digits(text)
    if _FIGURE.match(plain):
        return 0
    match = _NUMBER.match(plain)
    if match and (re.search(r"[.)]", match.group()) or _lone_number(plain, match.end())):
        return _blanks(text, match.end())
    match = _BULLET.match(plain)
    if match and not plain.startswith("**"):
        return _blanks(text, match.end())
    match = _DAMAGED.match(plain)
    if match and match.end() <= 6:
        return _blanks(text, match.end())
    match = _POINTED.match(plain)
    return _blanks(text, match.end()) if match else 0


def _lone_number(plain: str, end: int) -> bool:
    return False if end >= len(plain) else plain[end : end + 2] == "  "


def _blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


@dataclass(frozen=True, slots=True)
class _Line:
    """What stands on one height: usually one piece, more where the reader cut a bullet or a wide blank out."""

    pieces: tuple[Piece, ...]
    box: Box

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.pieces)


def paragraphs(
    pieces: Sequence[Piece],
    *,
    items: bool,
    right: float | None = None,
    set_in: bool = True,
    left: float | None = None,
) -> list[tuple[Span, ...]]:
    """The pieces as paragraphs, or as items without their numbering; each is the spans of its lines.

    `right` is where the column's lines end, sheet frame (default: where the longest of these ends), `left` where the
    lines that go on a paragraph begin, as far as it is known. Without `set_in` left edges say nothing: the first line
    begins somewhere inside its line.
    """
    lines = _lines(pieces)
    if not lines:
        return []
    grouped: list[list[Span]] = []
    markers = _markers(lines) if items else [_NO_MARKER] * len(lines)
    breaks = _breaks(lines, markers, items=items, right=right, set_in=set_in, margin=left)
    for line, marker, begins in zip(lines, markers, breaks, strict=True):
        if begins or not grouped:
            grouped.append([])
        grouped[-1].extend(_unmarked(line, marker.end) if begins else [p.span for p in line.pieces])
    return [tuple(spans) for spans in grouped if _says_something(spans, items=items)]


def _says_something(spans: Sequence[Span], *, items: bool) -> bool:
    """Whether there is text: an item is more than a number, for that is a marker without its item, or dirt."""
    if items:
        return any(c.isalpha() and c not in "ๆฯ" for s in spans for c in s.text)
    return any(has_text(s.text) for s in spans)


def _lines(pieces: Sequence[Piece]) -> list[_Line]:
    rows: dict[tuple[int, int], list[Piece]] = {}
    for p in pieces:
        rows.setdefault(p.row, []).append(p)
    lines = []
    for row in rows.values():
        row.sort(key=lambda p: p.box.x0)
        lines.append(_Line(tuple(row), bounding_box(p.box for p in row)))
    return [line for line in lines if has_text(line.text)]


@dataclass(frozen=True, slots=True)
class _Marker:
    """Printed numbering or a bullet: its `end` in the line (0: there is none), and how much it speaks for an item."""

    end: int
    weight: float


_NO_MARKER = _Marker(0, 0.0)


def _markers(lines: Sequence[_Line]) -> list[_Marker]:
    """The markers of a list. They stand in one column, from which the text is set in, so figures that lead a line
    further right are text, and in that column a stray sign is what is left of a marker.
    """
    height = sorted(line.box.height for line in lines)[len(lines) // 2]
    sure = [marker_end(line.text) for line in lines]
    worn = [_blanks(line.text, m.end()) if (m := _WORN.match(line.text)) else 0 for line in lines]
    columns = [line.box.x0 for line, end in zip(lines, sure, strict=True) if end]
    if not columns and len(lines) > 1 and all(worn):
        columns = [lines[0].box.x0]
    if not columns:
        return [_NO_MARKER] * len(lines)
    away = [(line.box.x0 - columns[0]) / height for line in lines]
    hangs = all(s or w or x > 0.5 for s, w, x in zip(sure, worn, away, strict=True))
    return [
        _Marker(s, 1.0)
        if s and x < 0.8
        else _Marker(w, 0.6)
        if w and hangs and abs(x) < 0.5
        else _NO_MARKER
        for s, w, x in zip(sure, worn, away, strict=True)
    ]


def _unmarked(line: _Line, skip: int) -> list[Span]:
    """The line's spans without its printed numbering or bullet, which may be a piece of its own."""
    spans: list[Span] = []
    at = 0
    for p in line.pieces:
        size = len(p.text)
        start = min(max(skip - at, 0), size)
        if start < size:
            spans.append(Span(p.span.place, p.span.start + start, p.span.end))
        at += size + 1
    return spans


def set_in_from(pieces: Sequence[Piece]) -> bool:
    """Whether the pieces are paragraphs whose first lines are set in from the lines that go on."""
    lines = _lines(pieces)
    if len(lines) < 3:
        return False
    height = sorted(line.box.height for line in lines)[len(lines) // 2]
    left = _edge([line.box.x0 for line in lines], high=False)
    set_in = [line.box.x0 for line in lines if line.box.x0 > left + 0.8 * height]
    return lines[0].box.x0 in set_in and max(set_in) - min(set_in) < 0.5 * height


def _breaks(
    lines: Sequence[_Line],
    markers: Sequence[_Marker],
    *,
    items: bool,
    right: float | None,
    set_in: bool,
    margin: float | None,
) -> list[bool]:
    height = sorted(line.box.height for line in lines)[len(lines) // 2]
    own = _edge([line.box.x1 for line in lines], high=True)
    right = own if right is None else max(own, right)
    left = _edge([line.box.x0 for line in lines], high=False)
    numbered = any(marker.end for marker in markers)
    if margin is not None and all(abs(line.box.x0 - lines[0].box.x0) < 0.5 * height for line in lines):
        left = min(left, margin)  # not one line goes on: all are set in alike
    justified = sum(right - line.box.x1 < 0.25 * height for line in lines) >= max(3, 0.6 * len(lines))
    first_set_in = lines[0].box.x0 > left + 0.8 * height
    pitch = _pitch(lines, height)
    breaks = [True]
    for n in range(1, len(lines)):
        before, here = lines[n - 1], lines[n]
        score = _short(before, here, right, height, justified=justified)
        if markers[n].end:
            score += markers[n].weight
        elif numbered:
            score -= 0.45
        if not numbered and set_in:
            score += _indent(before, here, left, height, first_set_in=first_set_in)
        elif set_in and here.box.x0 < before.box.x0 - 0.7 * height:
            score += 0.3  # back from a hanging line
        elif set_in and here.box.x0 > before.box.x0 + 0.7 * height:
            score -= 0.3
        same_page = before.pieces[0].row[0] == here.pieces[0].row[0]
        step = (here.box.center[1] - before.box.center[1]) / pitch if same_page else 0.0
        if step > 1.2:
            score += 0.5 if step > 1.35 else 0.3
        breaks.append(score >= 0.5)
    return breaks


def _short(before: _Line, here: _Line, right: float, height: float, *, justified: bool) -> float:
    """How much a line's end speaks for a paragraph's end: the next word would still have fitted on it."""
    room = right - before.box.x1
    if justified:
        return 0.7 if room > 1.2 * height else -0.2
    word = _first_word(here)
    if room > 1.2 * word + 0.6 * height:
        return 0.7
    if room > word + 0.4 * height:
        return 0.5
    return -0.2 if room < 0.8 * word else 0.0


def _first_word(line: _Line) -> float:
    """The width of the line's first word, where it could have been broken from the rest."""
    text = line.text
    run = text.split(" ")[0]
    first = next((t for t in tokens(run) if t.strip()), run) if is_thai(run) else run
    return line.box.width * len(first) / max(1, len(text))


def _indent(before: _Line, here: _Line, left: float, height: float, *, first_set_in: bool) -> float:
    """How much a line's left edge speaks for a paragraph's beginning.

    Where the first line of all is set in and others are not, that is how paragraphs begin here.
    """
    set_in = here.box.x0 > left + 0.8 * height
    if first_set_in:
        return 0.8 if set_in else -0.6
    return 0.6 if set_in and here.box.x0 > before.box.x0 + 0.6 * height else 0.0


def _edge(values: Sequence[float], *, high: bool) -> float:
    ordered = sorted(values, reverse=high)
    return ordered[min(len(ordered) - 1, len(ordered) // 10)]


def _pitch(lines: Sequence[_Line], height: float) -> float:
    steps = [
        b.box.center[1] - a.box.center[1]
        for a, b in itertools.pairwise(lines)
        if a.pieces[0].row[0] == b.pieces[0].row[0] and b.box.center[1] - a.box.center[1] > 0.3 * height
    ]
    steps.sort()
    return steps[len(steps) // 2] if steps else 1.3 * height
