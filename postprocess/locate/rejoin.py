"""Lines that a reader cut inside a printed label, put together again."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.types import Line
from postprocess.forms import Form
from postprocess.labels import COLONS, Match
from postprocess.locate.sections import found_labels
from postprocess.types import Place

_SURE = 0.9
"""How well the label must fit for two lines to be one."""
_LEAST_LETTERS = 3
"""The least of the label that stands on the second line: less may be the misread beginning of a value."""


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
    """Whether a label runs from `a` into `b`, where a colon ends it, and fits better than any that `a` holds alone."""
    border = len(a.text)
    spanning = [m for _, m in found_labels(f"{a.text} {b.text}", form) if _crosses(m, b.text, border)]
    return bool(spanning) and max(m.score for m in spanning) >= _SURE


def _crosses(match: Match, right: str, border: int) -> bool:
    inside = right[: match.end - border - 1]
    return (
        match.start < border
        and sum(c.isalpha() for c in inside) >= _LEAST_LETTERS
        and inside.rstrip().endswith(tuple(COLONS))
        and inside.rstrip().count(":") == 1
    )
