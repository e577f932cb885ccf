"""Printed numbering and bullets: what leads the items of a list, whole or worn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.types import Box, bounding_box
from postprocess.pieces import Piece, has_text
from postprocess.thai import arabic_digits

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
_LETTERED = re.compile(r"[ตคด](?:\s?\.\s?\d{1,2}){1,3}\.?(?=\s)")
"""Numbering whose first figure, a Thai five or four, was read as the letter like it (``ต.๑.๒``)."""
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
    match = _POINTED.match(plain) or _LETTERED.match(plain)
    return _blanks(text, match.end()) if match else 0


def _lone_number(plain: str, end: int) -> bool:
    return False if end >= len(plain) else plain[end : end + 2] == "  "


def _blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


@dataclass(frozen=True, slots=True)
class TextLine:
    """What stands on one height: usually one piece, more where the reader cut a bullet or a wide blank out."""

    pieces: tuple[Piece, ...]
    box: Box

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.pieces)


def text_lines(pieces: Sequence[Piece]) -> list[TextLine]:
    rows: dict[tuple[int, int], list[Piece]] = {}
    for p in pieces:
        rows.setdefault(p.row, []).append(p)
    lines = []
    for row in rows.values():
        row.sort(key=lambda p: p.box.x0)
        lines.append(TextLine(tuple(row), bounding_box(p.box for p in row)))
    return [line for line in lines if has_text(line.text)]


@dataclass(frozen=True, slots=True)
class Marker:
    """Printed numbering or a bullet: its `end` in the line (0: there is none), and how much it speaks for an item."""

    end: int
    weight: float


NO_MARKER = Marker(0, 0.0)


def markers_of(lines: Sequence[TextLine]) -> list[Marker]:
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
        return [NO_MARKER] * len(lines)
    away = [(line.box.x0 - columns[0]) / height for line in lines]
    hangs = all(s or w or x > 0.5 for s, w, x in zip(sure, worn, away, strict=True))
    return [
        Marker(s, 1.0) if s and x < 0.8 else Marker(w, 0.6) if w and hangs and abs(x) < 0.5 else NO_MARKER
        for s, w, x in zip(sure, worn, away, strict=True)
    ]
