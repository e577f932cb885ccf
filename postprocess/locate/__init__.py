"""Where each leaf of a form stands in a record's lines.

`locate` first finds the sections (`sections`), then reads each in the way its fields are laid out: labelled values
(`labelled`), running text (`lists`), repeated rows (`groups`), tables (`table`), check boxes and signatures (`marks`).
`doubtful` says which leaves deserve a second look at the scan.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from postprocess.forms import Body, Boxes, Form, Group, Parts, Section, Signature, Split, Table, Value
from postprocess.labels import COLONS, signs
from postprocess.locate.doubt import LOOKS, doubtful
from postprocess.locate.groups import group_rows
from postprocess.locate.labelled import Anchor, Key, labelled
from postprocess.locate.lists import Paragraph, paragraphs, set_in_from
from postprocess.locate.markers import marker_end
from postprocess.locate.marks import boxes, signature
from postprocess.locate.rejoin import whole_entries, whole_labels
from postprocess.locate.sections import Part, parse_record
from postprocess.locate.table import table
from postprocess.locate.texts import in_parts, separated
from postprocess.pieces import Piece, piece, same_row, whole
from postprocess.types import Place, PlacedMark, Reading, Segment, Span

__all__ = ["LOOKS", "doubtful", "locate"]

_UNSEEN_HEADING = 0.5


def locate(segment: Segment, form: Form) -> tuple[Reading, ...]:
    """One reading for each leaf of `form`, in printed order.

    A list has one reading for each item, or one for its own path where it is empty. What is not printed has no
    spans; its `label_score` is 0 where its label was not found either.
    """
    segment = replace(segment, places=whole_entries(whole_labels(segment.places, form), form))
    stretch = parse_record([place.line.text for place in segment.places], form)
    parts: dict[int, list[Part]] = {}
    for part in stretch.parts if stretch else ():
        parts.setdefault(part.section, []).append(part)
    readings: list[Reading] = []
    right = _right_edge(segment)
    headings = {part.start for found in parts.values() for part in found if part.heading}
    within = {
        s: [
            (i, segment.places[i])
            for part in found
            for i in range(part.start + part.heading, part.end)
            if i + 1 not in headings or not _numbers(segment.places[i], segment.places[i + 1])
        ]
        for s, found in parts.items()
    }
    set_in = any(
        set_in_from([p for index, place in within.get(s, []) if (p := whole(place, index))])
        for s, section in enumerate(form.sections)
        if any(isinstance(item, Body) and not item.labels and not item.items for item in section.fields)
    )
    for s, section in enumerate(form.sections):
        places = within.get(s, [])
        score = max((part.score for part in parts.get(s, []) if part.heading), default=_UNSEEN_HEADING)
        heading = max(
            (part.start + part.heading - 1 for part in parts.get(s, []) if part.heading), default=None
        )
        likely = score if s in parts else 0.0
        readings.extend(
            _section(s, section, places, likely, segment.marks, right, set_in, form, segment.places, heading)
        )
    return tuple(
        replace(reading, clear=0.0) if _leaves_out_a_page(reading.spans) else reading for reading in readings
    )


def _leaves_out_a_page(spans: Sequence[Span]) -> bool:
    """Whether a text goes on behind a page on which nothing of it stands: what is there may not have been read."""
    return any(b.place.page - a.place.page > 1 for a, b in itertools.pairwise(spans))


def _right_edge(segment: Segment) -> float:
    """Where the full lines of the record's pages end, sheet frame."""
    ends = sorted(place.line.box.x1 for place in segment.places)
    return ends[int(0.93 * (len(ends) - 1))] if ends else 0.0


def _section(
    s: int,
    section: Section,
    places: Sequence[tuple[int, Place]],
    score: float,
    marks: Sequence[PlacedMark],
    right: float,
    set_in: bool,
    form: Form,
    lines: Sequence[Place],
    heading: int | None,
) -> Iterator[Reading]:
    anchors = labelled(places, s, form)
    for f, item in enumerate(section.fields):
        anchor = anchors.get((f, 0))
        if isinstance(item, Value):
            yield Reading(item.path, _value(item.kind, anchor), _score(anchor))
        elif isinstance(item, Split):
            known = form.phrases(item.vocabulary) if item.vocabulary else ()
            items = separated(_value("text", anchor), item.separator, known)
            yield from _list(item.path, [Paragraph(spans, 1.0) for spans in items], _score(anchor))
        elif isinstance(item, Parts):
            yield from in_parts(item.parts, _value("text", anchor), _score(anchor))
        elif isinstance(item, Body):
            pieces = _body(places, anchors, (f, 0) if item.labels else None)
            left = anchor.label_box.x0 if anchor and set_in and item.items else None
            found = paragraphs(pieces, items=item.items, right=right, left=left)
            likely = _score(anchor) if item.labels else score
            above = anchor.index if anchor else places[0][0] - 1 if places else heading
            if not found and above is not None and _room_below(lines, above):
                yield Reading(item.path, (), likely, clear=0.0)
            else:
                yield from _list(item.path, found, likely)
        elif isinstance(item, Group):
            yield from group_rows(places, item, form, score)
        elif isinstance(item, Table):
            yield from table(f, item, anchors, places)
        elif isinstance(item, Boxes):
            yield from boxes(f, item, anchors, marks, score)
        elif isinstance(item, Signature):
            yield from signature(item, anchor, places, marks)


_ROOM = 4.0
"""So many line heights between a heading and what follows it are room for text: nothing else keeps so much blank."""


def _room_below(lines: Sequence[Place], index: int) -> bool:
    """Whether so much of the sheet lies below a line before the next text that more may stand there, too pale to be read."""
    after = next((p for p in lines[index + 1 :] if any(map(str.isalpha, p.line.text))), None)
    if after is None or after.page != lines[index].page:
        return False
    here = lines[index].line.box
    return after.line.box.y0 - here.y1 > _ROOM * here.height


def _score(anchor: Anchor | None) -> float:
    return anchor.match.score if anchor else 0.0


def _list(path: str, items: Sequence[Paragraph], score: float) -> Iterator[Reading]:
    if not items:
        yield Reading(path, (), score)
    for n, item in enumerate(items):
        yield Reading(f"{path}[{n}]", item.spans, score, clear=item.clear)


_WRAPPING = ("text", "name", "choice", "phone")


def _value(kind: str, anchor: Anchor | None) -> tuple[Span, ...]:
    """The spans of a labelled value; a number or date does not wrap, so only what stands on its first line counts."""
    if anchor is None:
        return ()
    pieces = anchor.pieces
    if kind not in _WRAPPING:
        pieces = tuple(p for p in pieces if same_row(p, pieces[0]))
    return tuple(_without_sign(p.span) for p in pieces)


def _without_sign(span: Span) -> Span:
    """The span without a colon at its beginning: a reader may give label and value as two lines."""
    text = signs(span.text)
    skip = len(text) - len(text.lstrip(COLONS + " "))
    return Span(span.place, span.start + skip, span.end) if skip < len(text) else span


def _body(places: Sequence[tuple[int, Place]], anchors: dict[Key, Anchor], key: Key | None) -> list[Piece]:
    """The lines of running text: all of the section up to its first label, or those behind the label `key`."""
    if key is not None and key not in anchors:
        return []
    begin = anchors[key] if key else None
    later = sorted(
        (a.index, a.match.start)
        for k, a in anchors.items()
        if k != key and (begin is None or (a.index, a.match.start) > (begin.index, begin.match.start))
    )
    stop = later[0] if later else (10**9, 0)
    later_place = next((place for index, place in places if index == stop[0]), None)
    pieces: list[Piece] = []
    for index, place in places:
        text = place.line.text
        start, end = 0, len(text)
        if begin is not None:
            if index < begin.index:
                continue
            start = begin.match.end if index == begin.index else 0
        if index > stop[0]:
            break
        if index == stop[0]:
            end = _before_marker(text, stop[1])
        elif index == stop[0] - 1 and later_place and _numbers(place, later_place):
            continue
        found = piece(place, index, start, end) if (start, end) != (0, len(text)) else whole(place, index)
        if found is not None:
            pieces.append(found)
    return pieces


def _numbers(place: Place, after: Place) -> bool:
    """Whether a line is the printed number before a heading or label in its visual row, read by itself."""
    return (
        (place.page, place.line.row) == (after.page, after.line.row)
        and place.line.box.x1 <= after.line.box.x0
        and any(c.isdigit() for c in place.line.text)
        and re.search(r"[^\W\d_]{2}", place.line.text) is None
    )


def _before_marker(text: str, at: int) -> int:
    """The end of what stands before a sub-label at `at`: its own numbering is not text."""
    return 0 if marker_end(text[:at] + "ก") >= at - 1 else at
