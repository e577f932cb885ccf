"""Lines that a reader cut inside a printed label, put together again."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.types import Line
from postprocess.forms import Form
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
