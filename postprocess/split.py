"""The stream of lines of a document → its records, free of page furniture.

A record is neither a page nor a file: titles, footers, page numbers and stamps are taken out wherever they fall,
and a record runs on behind them; it may begin in the middle of a page, and one file may hold many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from ocr.types import Box, Line, Text
from postprocess.dirt import without_dirt
from postprocess.forms import Form
from postprocess.labels import letters, likeness, skeleton
from postprocess.locate.sections import Stretch, found_labels, heading_at, parse_document
from postprocess.thai import arabic_digits
from postprocess.types import Place, PlacedMark, Segment

_LEAST_FURNITURE = 0.72
_ONE_HEIGHT = 0.35
"""How far, in line heights, the middles of cells on one height may lie apart."""
_OVERLAP = 0.4
"""Lines that share no more of the narrower one's width stand side by side."""
_MARGIN = 0.09
"""The share of the sheet, above and below, in which a repeated line may be page furniture."""
_WIDE_MARGIN = 0.14
"""The same for a line that says in so many letters that it is."""
_WORDED = 4
_STAMPS = ("สำเนาถูกต้อง", "รับรองสำเนาถูกต้อง")
_LEAST_STAMP = 0.85


def split(texts: Sequence[Text], forms: Sequence[Form]) -> tuple[tuple[Form, Segment], ...]:
    """The records in a document's pages, in order, each with its form; empty where no form is known.

    Where several forms claim the same lines, the one with the most evidence gets them.
    """
    texts = [_in_visual_rows(text) for text in without_dirt([_within_lines(text) for text in texts])]
    claims: list[tuple[Form, Stretch, list[Place]]] = []
    repeated = _repeated(texts)
    for form in forms:
        places = [
            Place(text.page, line)
            for t, text in enumerate(texts)
            for n, line in _down_the_page(text)
            if line.text.strip() and not _is_furniture(texts, t, n, form, repeated)
        ]
        starts = frozenset(i for i, place in enumerate(places) if i and places[i - 1].page != place.page)
        found = parse_document([place.line.text for place in places], form, starts)
        claims += [(form, s, places[s.start : s.end]) for s in found if s.found >= form.least]
    chosen: list[tuple[Form, Stretch, list[Place]]] = []
    for claim in sorted(claims, key=lambda c: -c[1].score):
        if not any(_share_lines(claim[2], other[2]) for other in chosen if other[0] is not claim[0]):
            chosen.append(claim)
    order = {id(line): (t, n) for t, text in enumerate(texts) for n, line in enumerate(text.lines)}
    chosen.sort(key=lambda c: order[id(c[2][0].line)])
    owners = {id(place.line): c for c, (_, _, places) in enumerate(chosen) for place in places}
    return tuple(
        (form, _segment(number, places, texts, _marks(texts, owners, number - 1)))
        for number, (form, _, places) in enumerate(chosen, 1)
    )


_TALL = 1.9
"""A box so many times as high as the lines of the page reaches along a streak that a feeder drew through the print."""
_READ, _READ_SURELY = 0.8, 0.95
"""Such a box ends where a line of the usual height was read; one of a few letters must have been read surely."""


def _within_lines(text: Text) -> Text:
    """The text with each box that is too high and runs into the lines above or below cut to what is between these."""
    heights = sorted(line.box.height for line in text.lines)
    usual = heights[len(heights) // 2] if heights else 0.0
    plain = [
        line.box
        for line in text.lines
        if line.box.height <= _TALL * usual
        and line.confidence > (_READ if len(line.text) > _WORDED else _READ_SURELY)
    ]
    return replace(
        text,
        lines=tuple(
            _cut_to(line, _free_height(line.box, plain)) if line.box.height > _TALL * usual else line
            for line in text.lines
        ),
    )


def _free_height(box: Box, others: Sequence[Box]) -> tuple[float, float]:
    """The highest stretch of `box`, top and bottom, into which no line of `others` reaches with its middle half."""
    taken = sorted(
        (o.y0 + o.height / 4, o.y1 - o.height / 4) for o in others if o.x0 < box.x1 and box.x0 < o.x1
    )
    best, top = (box.y0, box.y0), box.y0
    for y0, y1 in [*taken, (box.y1, box.y1)]:
        if y1 <= box.y0 or y0 > box.y1:
            continue
        best = max(best, (top, y0), key=lambda free: free[1] - free[0])
        top = max(top, y1)
    return best


def _cut_to(line: Line, height: tuple[float, float]) -> Line:
    y0, y1 = height
    if y1 <= y0:
        return line
    words = tuple(
        replace(word, box=Box(word.box.x0, max(word.box.y0, y0), word.box.x1, min(word.box.y1, y1)))
        if word.box.y0 < y1 and y0 < word.box.y1
        else word
        for word in line.words
    )
    return replace(line, words=words)


def _in_visual_rows(text: Text) -> Text:
    """The text with its rows numbered down the page; rows on one height, side by side, become one."""
    rows: dict[int, list[Line]] = {}
    for line in text.lines:
        rows.setdefault(line.row, []).append(line)
    if not rows:
        return text
    heights = sorted(line.box.height for line in text.lines)
    reach = _ONE_HEIGHT * heights[len(heights) // 2]
    numbers: dict[int, int] = {}
    last: list[Line] = []
    for row, lines in sorted(rows.items(), key=lambda entry: _height(entry[1])):
        if last and _height(lines) - _height(last) < reach and not _collide(last, lines):
            last = [*last, *lines]
        else:
            last = lines
        numbers[row] = len(numbers) if last is lines else max(numbers.values())
    return replace(text, lines=tuple(replace(line, row=numbers[line.row]) for line in text.lines))


def _height(lines: Sequence[Line]) -> float:
    return sum(line.box.center[1] for line in lines) / len(lines)


def _collide(a: Sequence[Line], b: Sequence[Line]) -> bool:
    """Whether lines of two rows stand over each other: a stamp may draw out a box over the end of its neighbour."""
    return any(
        min(p.box.x1, q.box.x1) - max(p.box.x0, q.box.x0) > _OVERLAP * min(p.box.width, q.box.width)
        for p in a
        for q in b
    )


def _down_the_page(text: Text) -> list[tuple[int, Line]]:
    """The lines (each with its index) visual row by visual row, for a reader may give a table cell by cell."""
    heights: dict[int, list[float]] = {}
    for line in text.lines:
        heights.setdefault(line.row, []).append(line.box.center[1])
    tops = {row: sum(centers) / len(centers) for row, centers in heights.items()}
    return sorted(
        enumerate(text.lines), key=lambda entry: (tops[entry[1].row], entry[1].row, entry[1].box.x0)
    )


def _segment(
    number: int, places: list[Place], texts: Sequence[Text], marks: tuple[PlacedMark, ...]
) -> Segment:
    pages = tuple(sorted({place.page for place in places}))
    worst = min(text.legibility for text in texts if text.page in pages)
    return Segment(number, tuple(places), pages, marks, worst)


def _share_lines(a: Sequence[Place], b: Sequence[Place]) -> bool:
    lines = {id(place.line) for place in a}
    return any(id(place.line) in lines for place in b)


def _marks(texts: Sequence[Text], owners: dict[int, int], record: int) -> tuple[PlacedMark, ...]:
    """The marks whose nearest line is the record's."""
    found: list[PlacedMark] = []
    for text in texts:
        lines = [line for line in text.lines if id(line) in owners]
        for mark in text.marks:
            if not lines:
                continue
            y = mark.box.center[1]
            nearest = min(lines, key=lambda line: abs(line.box.center[1] - y))
            if owners[id(nearest)] == record:
                found.append(PlacedMark(text.page, mark))
    return tuple(found)


def _is_furniture(texts: Sequence[Text], t: int, n: int, form: Form, repeated: set[tuple[int, int]]) -> bool:
    text, line = texts[t], texts[t].lines[n]
    printed = line.text
    beside = sorted((other for other in text.lines if other.row == line.row), key=lambda other: other.box.x0)
    # a reader may give a title in parts
    for whole in (printed, " ".join(other.text for other in beside)):
        for title in form.furniture.lines:
            if (
                0.5 < len(letters(whole)) / max(1, len(letters(title))) < 1.6
                and likeness(title, whole) >= _LEAST_FURNITURE
            ):
                return True
    if _is_stamped(printed):
        return True
    plain = arabic_digits(printed).strip()
    worded = sum(c.isalpha() for c in plain) >= _WORDED
    if _in_margin(text, n, _WIDE_MARGIN if worded else _MARGIN):
        for pattern in form.furniture.patterns:
            if re.fullmatch(pattern, plain, re.IGNORECASE):
                return True
    if _in_stamp(text, line) and not _belongs(printed, form):
        return True
    return (t, n) in repeated and not _belongs(printed, form)


def _is_stamped(printed: str) -> bool:
    """Whether a line is what Thai offices stamp on copies, wherever there is room."""
    return any(likeness(stamp, printed) >= _LEAST_STAMP for stamp in _STAMPS)


def _in_stamp(text: Text, line: Line) -> bool:
    """Whether a line stands inside ink that is no print and larger than it each way: the words of a stamp."""
    box = line.box
    return any(
        mark.kind in ("ink", "stamp")
        and mark.box.x0 <= box.x0
        and box.x1 <= mark.box.x1
        and mark.box.y0 <= box.y0
        and box.y1 <= mark.box.y1
        and mark.box.height >= 2 * box.height
        for mark in text.marks
    )


def _belongs(printed: str, form: Form) -> bool:
    """Whether a line says something of the form: then it is no furniture, however often it comes."""
    if any(match.score > 0.8 for _, match in found_labels(printed, form)):
        return True
    if any(heading_at([printed], 0, section)[0] for section in form.sections):
        return True
    return any(likeness(phrase, printed) > 0.8 for name in form.vocabularies for phrase in form.phrases(name))


def _in_margin(text: Text, n: int, share: float = _MARGIN) -> bool:
    center = text.lines[n].box.center[1]
    return not share * text.height < center < (1 - share) * text.height


def _repeated(texts: Sequence[Text]) -> set[tuple[int, int]]:
    """Lines in the margins that stand at the same place, alike but for their digits, on most pages."""
    pages = [t for t, text in enumerate(texts) if text.lines]
    if len(pages) < 2:
        return set()
    margins: list[tuple[int, int, str, float, float]] = []
    for t in pages:
        text = texts[t]
        for n, line in enumerate(text.lines):
            if _in_margin(text, n) and _stands_off(text, n):
                x, y = line.box.x0 / max(1, text.width), line.box.center[1] / max(1, text.height)
                margins.append((t, n, re.sub(r"\d+", "0", skeleton(line.text).bones), x, y))
    found: set[tuple[int, int]] = set()
    for t, n, bones, x, y in margins:
        like = {
            other
            for other, _, b, ox, oy in margins
            if abs(ox - x) < 0.05 and abs(oy - y) < 0.02 and fuzz.ratio(bones, b) > 75
        }
        if len(like) >= 2 and len(like) >= 0.6 * len(pages):
            found.add((t, n))
    return found


def _stands_off(text: Text, n: int) -> bool:
    """Whether a line is set apart from the body: by a gap, or with nothing between it and the sheet's edge but furniture."""
    line = text.lines[n]
    below_half = line.box.center[1] > text.height / 2
    gaps = [
        (line.box.y0 - other.box.y1) if below_half else (other.box.y0 - line.box.y1)
        for other in text.lines
        if other is not line
        and (other.box.center[1] < line.box.y0 if below_half else other.box.center[1] > line.box.y1)
    ]
    return not gaps or min(gaps) > 0.8 * line.box.height
