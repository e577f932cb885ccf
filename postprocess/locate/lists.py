"""Running text into paragraphs or items: where a printed line begins a new one.

Evidence: printed numbering or a bullet, a first line set in (or the other lines hanging), a line before that ends
where the next word would still have fitted, a wider gap between the lines.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from postprocess.locate.markers import NO_MARKER, Marker, TextLine, markers_of, text_lines
from postprocess.pieces import Piece, has_text
from postprocess.thai import is_thai, tokens
from postprocess.types import Span

_BREAK = 0.5
"""With this much evidence a line begins something new."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or an item: the `spans` of its lines, and how `clear` its limits are (0–1): how far the evidence at
    its lines was from speaking as much for the other decision.
    """

    spans: tuple[Span, ...]
    clear: float


def paragraphs(
    pieces: Sequence[Piece],
    *,
    items: bool,
    right: float | None = None,
    set_in: bool = True,
    left: float | None = None,
) -> list[Paragraph]:
    """The pieces as paragraphs, or as items without their numbering.

    `right` is where the column's lines end, sheet frame (default: where the longest of these ends), `left` where the
    lines that go on a paragraph begin, as far as it is known. Without `set_in` left edges say nothing: the first line
    begins somewhere inside its line.
    """
    lines = text_lines(pieces)
    if not lines:
        return []
    if set_in:
        lines = _without_stray(lines)
    markers = markers_of(lines) if items else [NO_MARKER] * len(lines)
    evidence = _evidence(lines, markers, right=right, set_in=set_in, margin=left)
    doubted = [False] * len(lines)
    if any(line.box.height >= _TALL * _usual_height(lines) for line in lines):
        wary = _evidence(lines, markers, right=right, set_in=set_in, margin=left, wary=True)
        doubted = [(a >= _BREAK) != (b >= _BREAK) for a, b in zip(evidence, wary, strict=True)]
    if items:
        evidence = [
            score + _ALIKE * alike for score, alike in zip(evidence, _alike(lines, markers), strict=True)
        ]
    begins = [n for n, score in enumerate(evidence) if score >= _BREAK]
    found = []
    for first, after in itertools.pairwise([*begins, len(lines)]):
        spans = _unmarked(lines[first], markers[first].end)
        spans += [p.span for line in lines[first + 1 : after] for p in line.pieces]
        close = min(abs(score - _BREAK) for score in evidence[first : after + 1])
        if (items and after > first + 1 and _nothing_tells(lines, markers)) or any(
            doubted[first : after + 1]
        ):
            close = 0.0
        if _says_something(spans, items=items):
            found.append(Paragraph(tuple(spans), min(1.0, close / _BREAK)))
    return found


_STRAY = 3.0


def _nothing_tells(lines: Sequence[TextLine], markers: Sequence[Marker]) -> bool:
    """Whether lines have neither markers nor indents: then a full line says nothing of what follows (all 7 such pairs
    of lines in 231 generated documents were two items).
    """
    height = _usual_height(lines)
    return not any(marker.end for marker in markers) and all(
        abs(line.box.x0 - lines[0].box.x0) < 0.5 * height for line in lines
    )


def _without_stray(lines: list[TextLine]) -> list[TextLine]:
    """The lines without one that begins, in line heights, so far right of where all others do: a word of a stamp."""
    *others, last = sorted(range(len(lines)), key=lambda n: lines[n].box.x0)
    height = _usual_height(lines)
    if not last or lines[last].box.x0 < lines[others[-1]].box.x0 + _STRAY * height:
        return lines
    return [line for n, line in enumerate(lines) if n != last]


def _says_something(spans: Sequence[Span], *, items: bool) -> bool:
    """Whether there is text: an item is more than a number, for that is a marker without its item, or dirt."""
    if items:
        return any(c.isalpha() and c not in "ๆฯ" for s in spans for c in s.text)
    return any(has_text(s.text) for s in spans)


def _unmarked(line: TextLine, skip: int) -> list[Span]:
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
    lines = text_lines(pieces)
    if len(lines) < 3:
        return False
    height = _usual_height(lines)
    left = _edge([line.box.x0 for line in lines], high=False)
    set_in = [line.box.x0 for line in lines if line.box.x0 > left + 0.8 * height]
    return lines[0].box.x0 in set_in and max(set_in) - min(set_in) < 0.5 * height


_ALIKE = 0.8


def _alike(lines: Sequence[TextLine], markers: Sequence[Marker]) -> list[bool]:
    """Which lines begin with the word that the first one begins with: items are worded alike (390 lines of generated
    lists do, of which one went on an item).
    """
    words = [_opening(line.text[marker.end :]) for line, marker in zip(lines, markers, strict=True)]
    return [n > 0 and word == words[0] for n, word in enumerate(words)]


def _opening(text: str) -> str:
    run = text.split(" ")[0]
    return next((t for t in tokens(run) if t.strip()), run) if is_thai(run) else run


_GAP = 1.2
"""A step to the next line that is wider than this, in usual ones, is a gap."""
_WIDE = 4.0
"""So many line heights, beside the next word's width, left free behind a line show that it was not full."""


def _usual_height(lines: Sequence[TextLine]) -> float:
    return sorted(line.box.height for line in lines)[len(lines) // 2]


def _evidence(
    lines: Sequence[TextLine],
    markers: Sequence[Marker],
    *,
    right: float | None,
    set_in: bool,
    margin: float | None,
    wary: bool = False,
) -> list[float]:
    """For each line, how much speaks for something new that begins with it; the first one does for certain.

    If `wary`, steps to and from boxes that reach over ink of others say as little as they may.
    """
    height = _usual_height(lines)
    own = _edge([line.box.x1 for line in lines], high=True)
    right = own if right is None else max(own, right)
    left = _edge([line.box.x0 for line in lines], high=False)
    numbered = any(marker.end for marker in markers)
    flush = all(abs(line.box.x0 - lines[0].box.x0) < 0.5 * height for line in lines)
    if margin is not None and flush and left > margin + 0.4 * height:
        left = min(margin, left - height)  # not one line goes on: all are set in alike
    justified = sum(right - line.box.x1 < 0.25 * height for line in lines) >= max(3, 0.6 * len(lines))
    first_set_in = lines[0].box.x0 > left + 0.8 * height
    steps = _steps(lines, height, wary=wary)
    # nothing set in, no markers: if there are gaps at all, they tell where something new begins
    block = not numbered and all(line.box.x0 < left + 0.8 * height for line in lines)
    gapped = block and any(step > _GAP for step in steps)
    found = [1.0]
    for n in range(1, len(lines)):
        before, here = lines[n - 1], lines[n]
        score = _short(before, here, right, height, justified=justified)
        if markers[n].end:
            score += markers[n].weight
        elif numbered:
            score -= 0.45
        if not numbered and set_in:
            score += _indent(before, here, left, height, first_set_in=first_set_in)
        elif numbered and right - before.box.x1 > _first_word(here) + _WIDE * height:
            score += 0.3  # a marker is lost more often than a line is broken off early
        elif set_in and here.box.x0 < before.box.x0 - 0.7 * height:
            score += 0.3  # back from a hanging line
        elif set_in and here.box.x0 > before.box.x0 + 0.7 * height:
            score -= 0.3
        step = steps[n - 1]
        if step > _GAP:
            score += 0.5 if step > 1.35 else 0.3
        if gapped and step > 0:
            score += 0.6 if step > 1.15 else -0.4 if step < 1.1 else 0.0
        found.append(score)
    return found


def _short(before: TextLine, here: TextLine, right: float, height: float, *, justified: bool) -> float:
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


def _first_word(line: TextLine) -> float:
    """The width of the line's first word, where it could have been broken from the rest."""
    return line.box.width * len(_opening(line.text)) / max(1, len(line.text))


def _indent(before: TextLine, here: TextLine, left: float, height: float, *, first_set_in: bool) -> float:
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


_LOW = frozenset("ฺุูฤฦญฐฎฏๅ,;()gjpqy")
_DEPTH = 0.21
"""How far letters reach below the baseline, in heights of lines: measured on 182 pairs of lines."""


def _height(line: TextLine, height: float) -> float:
    """Where a line stands: midway between the middle of its box, which marks above and below shift, and its baseline,
    which one speck or crumpled letter shifts.
    """
    baseline = line.box.y1 - (_DEPTH * height if _LOW.intersection(line.text) else 0.0)
    return (line.box.center[1] + baseline) / 2


_TALL = 1.3
"""A box so many times as high as others reaches over ink that is not its line's: its other edge may tell where it stands."""


def _steps(lines: Sequence[TextLine], height: float, *, wary: bool) -> list[float]:
    """From each line to the next, in usual steps; 0 where that is on another page."""
    steps = [
        _height(b, height) - _height(a, height) if a.pieces[0].row[0] == b.pieces[0].row[0] else 0.0
        for a, b in itertools.pairwise(lines)
    ]
    printed = sorted(step for step in steps if step > 0.3 * height)
    pitch = printed[len(printed) // 2] if printed else 1.3 * height
    return [
        step / pitch
        if not wary or not step or max(a.box.height, b.box.height) < _TALL * height
        else min((step, b.box.y0 - a.box.y0, b.box.y1 - a.box.y1), key=lambda other: abs(other - pitch))
        / pitch
        for step, (a, b) in zip(steps, itertools.pairwise(lines), strict=True)
    ]
