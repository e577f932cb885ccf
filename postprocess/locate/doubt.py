"""Which leaves deserve a second look, and where on the sheet to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ocr.types import Zone
from postprocess.assemble import checked
from postprocess.confidence import confidence
from postprocess.forms import Form
from postprocess.forms.shapes import Leaf
from postprocess.pieces import span_box
from postprocess.types import Reading, Reread, Segment
from postprocess.understand import understand

SURE = 0.97
"""From this confidence on, a second look is not worth its time."""
MOST = 24
"""The most leaves of one record to look at again, the least sure first."""

_NUMBERS = ("phone", "integer", "be_year", "money", "number", "percent", "citizen_id")


def doubtful(segment: Segment, form: Form, readings: Sequence[Reading]) -> tuple[Reread, ...]:  # noqa: ARG001
    """The short leaves whose reading is unsure, cannot be understood or fails a check, each with its zones.

    Running text is left alone: a second look at it costs as much as the first, and spelling is the better help.
    Zones are in the sheet frame; a leaf on several lines has one zone for each, in order.
    """
    wishes: list[tuple[float, list[Reread]]] = []
    for draft in checked([understand(reading, form, spelling=False) for reading in readings], form):
        reading = draft.reading
        kind = _kind(reading, form)
        if kind is None or not reading.spans:
            continue
        likely = confidence(draft.signs)
        if likely >= SURE and not draft.signs.failed:
            continue
        zones = []
        for span in reading.spans:
            box = span_box(span.place.line, span.start, span.end)
            if box is not None:
                zone = Zone(box.padded(0.25 * box.height, 0.15 * box.height), _mode(kind))
                zones.append(Reread(reading.path, span.place.page, zone))
        if zones:
            wishes.append((likely, zones))
    wishes.sort(key=lambda wish: wish[0])
    return tuple(zone for _, zones in wishes[:MOST] for zone in zones)


def _mode(kind: str) -> Literal["line", "digits"]:
    return "digits" if kind in _NUMBERS else "line"


def _kind(reading: Reading, form: Form) -> str | None:
    """The kind of a short leaf; None for running text, marks and lists."""
    try:
        leaf = form.leaf(reading.path)
    except KeyError:
        return None
    return leaf.kind if isinstance(leaf, Leaf) and leaf.kind not in ("text", "choice") else None
