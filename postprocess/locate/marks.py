"""Check boxes with their labels, and signatures: ink found beside print."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from postprocess.forms import Boxes, Signature
from postprocess.kinds import is_blank
from postprocess.kinds.names import TITLE
from postprocess.labels import likeness
from postprocess.locate.labelled import Anchor, Key
from postprocess.pieces import has_text, is_empty, strip_of
from postprocess.types import Place, PlacedMark, Reading, Span

TICKED = re.compile(r"[☑☒✓✔✗✘■◼⬛]|[(\[]\s*[/✓✔xX✗]\s*[)\]]")
EMPTY = re.compile(r"[☐□◻▢]|\(\s*\)|\[\s*\]")


def boxes(
    field: int, item: Boxes, anchors: dict[Key, Anchor], marks: Sequence[PlacedMark], score: float
) -> list[Reading]:
    """One reading for each option that is ticked; one without a place where none is."""
    ticked: list[tuple[Anchor, PlacedMark | None]] = []
    seen = anchors.get((field, 0))
    for o in range(len(item.options)):
        anchor = anchors.get((field, o + 1))
        if anchor is None:
            continue
        score = max(score, anchor.match.score)
        tick, mark = _tick(anchor, marks)
        if tick:
            ticked.append((anchor, mark))
    base = seen.match.score if seen else score
    if not ticked:
        return [Reading(item.path, (), base)]
    if not item.many:
        ticked = ticked[:1]
    readings = []
    for n, (anchor, mark) in enumerate(ticked):
        path = f"{item.path}[{n}]" if item.many else item.path
        readings.append(Reading(path, (_label_span(anchor),), anchor.match.score, mark=mark))
    return readings


def _label_span(anchor: Anchor) -> Span:
    place = anchor.place
    text = place.line.text
    end = anchor.match.end
    while end > anchor.match.start and text[end - 1] in " .:":
        end -= 1
    return Span(place, anchor.match.start, end)


def _tick(anchor: Anchor, marks: Sequence[PlacedMark]) -> tuple[bool, PlacedMark | None]:
    """Whether the box before a label is ticked, by a sign in the text or by ink on the sheet."""
    text = anchor.place.line.text
    before = text[: anchor.match.start].rstrip()
    glyph = re.search(r"(.{1,5})$", before)
    if glyph:
        tick, empty = list(TICKED.finditer(glyph.group())), list(EMPTY.finditer(glyph.group()))
        if tick or empty:
            return bool(tick) and (not empty or tick[-1].start() > empty[-1].start()), None
    box = anchor.label_box
    height = box.height
    near = [
        m
        for m in marks
        if m.page == anchor.place.page
        and m.mark.kind in ("checked", "unchecked")
        and m.mark.box.center[0] < box.x0 + 0.5 * height
        and abs(m.mark.box.center[1] - box.center[1]) < height
    ]
    if not near:
        return False, None
    # boxes stand in columns: of two one over the other, that on the label's own height counts
    nearest = min(
        near, key=lambda m: abs(box.x0 - m.mark.box.x1) + 2 * abs(m.mark.box.center[1] - box.center[1])
    )
    return nearest.mark.kind == "checked" and box.x0 - nearest.mark.box.x1 < 4 * height, nearest


def signature(
    item: Signature, anchor: Anchor | None, places: Sequence[tuple[int, Place]], marks: Sequence[PlacedMark]
) -> list[Reading]:
    """The reading of `signed` (its mark is the ink, its spans the writing, where there is any) and of the name."""
    if anchor is None:
        readings = [Reading(item.signed, (), 0.0)]
        return readings + ([Reading(item.name, (), 0.0)] if item.name else [])
    own = _written(anchor, item)
    readings = [Reading(item.signed, own, anchor.match.score, mark=_ink(anchor, marks))]
    if item.name is not None:
        name, clear = _printed_name(item, anchor, places)
        readings.append(Reading(item.name, name, anchor.match.score, clear=clear))
    return readings


_LEAST_WRITTEN = 2
"""A single letter on a line to sign on is a dot misread."""


def _written(anchor: Anchor, item: Signature) -> tuple[Span, ...]:
    """What is written on the line to sign on, without dots and without the role printed beside it."""
    strip = strip_of(p.span for p in anchor.pieces)
    text = strip.text
    bracket = re.search(r"[(\[{]", text)  # a role or the name under the line, whichever bracket was read
    end = bracket.start() if bracket else len(text)
    begin = 0
    while begin < end and is_blank(text[begin]):
        begin += 1
    while end > begin and is_blank(text[end - 1]):
        end -= 1
    written = text[begin:end]
    if sum(c.isalpha() for c in written) < _LEAST_WRITTEN or is_empty(written) or _is_role(written, item):
        return ()
    return tuple(s for s in strip.spans(begin, end) if has_text(s.text))


def _is_role(text: str, item: Signature) -> bool:
    inner = text.strip(" .()…")
    return any(likeness(role, inner) > 0.7 for role in item.roles)


_BRACKETED = re.compile(r"[(\[{]\s?([^()\[\]{}]{3,80}?)\s?[)\]}|](?![ก-๎])")


_TORN = re.compile(r"[ก-๎]{2,} [ก-๎ ]{3,}[)\]}|]")
"""Two words and the bracket behind a name."""


def _named(spans: Sequence[Span]) -> tuple[Span, ...]:
    """What is written on the line to sign on, where it is a name: with a title or of two words, not one scrawled word."""
    text = strip_of(spans).text
    return tuple(spans) if TITLE.match(text) or " " in text else ()


def _printed_name(
    item: Signature, anchor: Anchor, places: Sequence[tuple[int, Place]]
) -> tuple[tuple[Span, ...], float]:
    """A name under the signature: in brackets, however they were read, or with its title at the row's beginning; and how
    clear it is. One that lost its beginning with the first bracket, under ink, is not clear at all.
    """
    torn: tuple[Span, ...] = ()
    rows: dict[tuple[int, int], list[Place]] = {}
    for index, place in places:
        if anchor.index <= index <= anchor.index + 6:
            rows.setdefault((place.page, place.line.row), []).append(place)
    own = (anchor.place.page, anchor.place.line.row)
    for row, found in itertools.islice(rows.items(), 5):
        found.sort(key=lambda place: place.line.box.x0)
        strip = strip_of(Span(place, 0, len(place.line.text)) for place in found)
        stretches = [match.span(1) for match in _BRACKETED.finditer(strip.text)]
        if not stretches and row != own and _has_bracket(strip.text):
            title = next((m for i in range(3) if (m := TITLE.match(strip.text, i))), None)
            stretches = [(title.start(), len(strip.text.rstrip(")]}| ")))] if title else []
            if not title and not torn and _TORN.fullmatch(strip.text) and not _is_role(strip.text, item):
                torn = strip.spans(0, len(strip.text.rstrip(")]}| ")))
        for start, end in stretches:
            inner = strip.text[start:end]
            if _is_role(inner, item) or is_empty(inner):
                continue
            while start < end and is_blank(strip.text[start]):
                start += 1
            while end > start and is_blank(strip.text[end - 1]):
                end -= 1
            return strip.spans(start, end), 1.0
    return (torn, 0.0) if torn else (_named(_written(anchor, item)), 1.0)


def _has_bracket(text: str) -> bool:
    """Whether one of the two brackets around a name was read."""
    return text.lstrip()[:1] in tuple("([{|") or text.rstrip()[-1:] in tuple(")]}|")


def _ink(anchor: Anchor, marks: Sequence[PlacedMark]) -> PlacedMark | None:
    box = anchor.label_box
    height = max(box.height, 1.0)
    near = [
        m
        for m in marks
        if m.page == anchor.place.page
        and m.mark.kind in ("ink", "lifted")
        and m.mark.box.x1 > box.x0
        and m.mark.box.x0 < box.x1 + 25 * height
        and m.mark.box.y1 > box.y0 - 2.5 * height
        # a signature crosses its line or stands over it; what lies below is a stamp
        and m.mark.box.y0 < box.y1
    ]
    return max(near, key=lambda m: m.mark.box.width) if near else None
