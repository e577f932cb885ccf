"""Lines that a reader cut inside a printed label or an entry, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.types import Line
from postprocess.forms import Entries, Form, Group
from postprocess.labels import COLONS
from postprocess.locate.sections import found_labels
from postprocess.types import Place

_SURE = 0.8
"""How well the label must fit for two lines to be one."""
_ENOUGH = 3
"""With so many letters on the second line it ends a label; with fewer only where the label fits better with them."""


def whole_labels(places: Sequence[Place], form: Form) -> tuple[Place, ...]:
    """The places, two on one visual row made one where a label begins on the left one and ends on the right one.

    A blank inside a label that happens to stand over others looks like the gap between two columns.
    """
    found: list[Place] = []
    for place in places:
        if found and _side_by_side(found[-1], place) and _share_label(found[-1].line, place.line, form):
            before = found.pop()
            words = (*before.line.words, *place.line.words)
            place = Place(place.page, Line(words, place.line.row, before.line.block))
        found.append(place)
    return tuple(found)


_NEAR = 3.0
"""How wide, in line heights, the blank inside an entry is at most."""
_AMOUNT_GOES_ON = re.compile(r"[0-9๐-๙.,\s]*[.,\-–—~\s]*")


def whole_entries(places: Sequence[Place], form: Form) -> tuple[Place, ...]:
    """The places, those on one visual row made one where an entry (``item = amount unit``) runs through them.

    The blanks around its equals sign may stand over others, so that its parts were read as columns, one below the other.
    """
    shapes = [
        cell
        for section in form.sections
        for group in section.fields
        if isinstance(group, Group)
        for cell in group.cells
        if isinstance(cell, Entries)
    ]
    rows: dict[tuple[int, int], list[int]] = {}
    for n, place in enumerate(places):
        rows.setdefault((place.page, place.line.row), []).append(n)
    whole: dict[int, Place] = dict(enumerate(places))
    for row in rows.values():
        last, *others = sorted(row, key=lambda n: places[n].line.box.x0)
        for n in others:
            left, right = whole[last].line, whole[n].line
            if any(_goes_on(left, right, shape) for shape in shapes):
                joined = Line((*left.words, *right.words), left.row, left.block)
                whole[last] = Place(whole.pop(n).page, joined)
            else:
                last = n
    return tuple(whole[n] for n in sorted(whole))


def _goes_on(left: Line, right: Line, entry: Entries) -> bool:
    """Whether an entry that begins in `left` goes on in `right`, beside it."""
    if not 0 <= right.box.x0 - left.box.x1 < _NEAR * left.box.height:
        return False
    before, after = left.text.rstrip(), right.text.lstrip()
    if after.startswith(entry.equals):
        return entry.equals not in before and not before[-1:].isdigit()
    if _AMOUNT_GOES_ON.sub("", after, count=1) not in ("", entry.unit):
        return False
    return before.endswith(entry.equals) or (
        entry.equals in before and (before[-1:].isdigit() or before[-1:] in ".,-–—")
    )


def _side_by_side(a: Place, b: Place) -> bool:
    return (a.page, a.line.row) == (b.page, b.line.row) and a.line.box.x1 <= b.line.box.x0


def _share_label(a: Line, b: Line, form: Form) -> bool:
    """Whether a label runs from `a` into `b`, where a colon ends it."""
    alone = {label: match.score for label, match in found_labels(a.text, form)}
    border = len(a.text)
    for label, match in found_labels(f"{a.text} {b.text}", form):
        inside = b.text[: max(0, match.end - border - 1)].rstrip()
        if match.start >= border or match.score < _SURE or inside[-1:] not in tuple(COLONS):
            continue
        letters = sum(c.isalpha() for c in inside)
        if letters >= _ENOUGH or (letters and match.score > alone.get(label, 0.0)):
            return True
    return False
