"""Running text into paragraphs or items: where a printed line begins a new one.

Evidence: printed numbering or a bullet, a first line set in (or the other lines hanging), a line before that ends
where the next word would still have fitted, a wider gap between the lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from postprocess.locate.pieces import Piece, line_height
from postprocess.thai import arabic_digits
from postprocess.types import Span

_NUMBER = re.compile(r"\(?\d{1,2}(?:[.,]\d{1,2}){0,3}\s?[.)]*(?=\s|[ก-ฮเ-ไA-Za-z(“\"])")
_BULLET = re.compile(r"[-–—•●▪■◦○*·►➢✓v>+]+(?=\s)|[•●▪◦➢►]|[-–—](?=[ก-ฮเ-ไ])")
_DAMAGED = re.compile(r"[^\sก-ฮะ-ไ*(“\"]{0,5}[.,)][^\sก-ฮะ-ไ*(“\"]{0,4}(?=\s)")


def marker_end(text: str) -> int:
    """The index behind printed numbering or a bullet at the beginning of `text`; 0 where there is none."""
    plain = arabic_digits(text)
    match = _NUMBER.match(plain)
    if match and (re.search(r"[.)]", match.group()) or _lone_number(plain, match.end())):
        return _blanks(text, match.end())
    match = _BULLET.match(plain)
    if match and not plain.startswith("**"):
        return _blanks(text, match.end())
    match = _DAMAGED.match(plain)
    if match and match.end() <= 6:
        return _blanks(text, match.end())
    return 0


def _lone_number(plain: str, end: int) -> bool:
    return False if end >= len(plain) else plain[end : end + 2] == "  "


def _blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def paragraphs(pieces: Sequence[Piece], *, items: bool) -> list[tuple[Span, ...]]:
    """The pieces as paragraphs, or as items without their numbering; each is the spans of its lines."""
    if not pieces:
        return []
    breaks = _breaks(pieces, items=items)
    grouped: list[list[Piece]] = []
    for p, begins in zip(pieces, breaks, strict=True):
        if begins or not grouped:
            grouped.append([])
        grouped[-1].append(p)
    found: list[tuple[Span, ...]] = []
    for group in grouped:
        spans = [p.span for p in group]
        if items:
            spans[0] = Span(spans[0].place, spans[0].start + marker_end(spans[0].text), spans[0].end)
        kept = tuple(s for s in spans if s.start < s.end)
        if kept:
            found.append(kept)
    return found


def _breaks(pieces: Sequence[Piece], *, items: bool) -> list[bool]:
    height = line_height(pieces)
    right = _edge([p.box.x1 for p in pieces], high=True)
    marked = [items and marker_end(p.text) > 0 for p in pieces]
    numbered = sum(marked)
    lefts = [p.box.x0 for p in pieces]
    left = _edge(lefts, high=False)
    width = max(right - left, height)
    breaks = [True]
    pitch = _pitch(pieces, height)
    for n in range(1, len(pieces)):
        before, here = pieces[n - 1], pieces[n]
        room = right - before.box.x1
        score = 0.0
        if marked[n]:
            score += 1.0
        elif numbered >= 1 and items:
            score -= 0.45
        if room > max(0.18 * width, 4 * height):
            score += 0.7
        elif room > max(0.1 * width, 2.5 * height):
            score += 0.3
        elif room < 1.5 * height:
            score -= 0.3
        if not items or not numbered:
            score += _indent(before, here, left, height)
        elif here.box.x0 < before.box.x0 - 0.7 * height:
            score += 0.3  # back from a hanging line
        elif here.box.x0 > before.box.x0 + 0.7 * height:
            score -= 0.3
        same_page = before.row[0] == here.row[0]
        if same_page and here.box.center[1] - before.box.center[1] > 1.35 * pitch:
            score += 0.5
        if before.block != here.block and same_page:
            score += 0.1
        breaks.append(score >= 0.5)
    return breaks


def _indent(before: Piece, here: Piece, left: float, height: float) -> float:
    step = here.box.x0 - left
    if step > 0.8 * height and here.box.x0 > before.box.x0 + 0.6 * height:
        return 0.6
    if step > 0.8 * height and abs(here.box.x0 - before.box.x0) <= 0.6 * height:
        return 0.2
    return 0.0


def _edge(values: Sequence[float], *, high: bool) -> float:
    ordered = sorted(values, reverse=high)
    return ordered[min(len(ordered) - 1, len(ordered) // 10)]


def _pitch(pieces: Sequence[Piece], height: float) -> float:
    steps = [
        b.box.center[1] - a.box.center[1]
        for a, b in zip(pieces, pieces[1:], strict=False)
        if a.row[0] == b.row[0] and b.box.center[1] - a.box.center[1] > 0.3 * height
    ]
    steps.sort()
    return steps[len(steps) // 2] if steps else 1.3 * height
