"""Which leaves deserve a further look, by whom, and where on the sheet to look."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.types import Box, Line, Reader, Zone
from postprocess.assemble import checked
from postprocess.confidence import confidence
from postprocess.evidence import FAMILIES
from postprocess.forms import Form, Leaf
from postprocess.labels import COLONS
from postprocess.looks import figure_words, figures
from postprocess.pieces import span_box
from postprocess.types import Reading, Reread, Segment, Span
from postprocess.understand import understand

LOOKS: tuple[Reader, ...] = ("own", "other")
"""Who looks, in turn: each is asked for what is not sure after the one before."""

SURE = 0.9985
"""From this confidence on, a further look is not worth its time."""

MOST: dict[Reader, int] = {"own": 12, "other": 4}
"""The most zones of one page that a reader is asked for, the least sure first."""

BUDGET = 27.0
"""What the looks for a record may cost for each of its pages: 15 % of the time of a page, in hundredths of a second on
the machine where `COSTS` were measured too (only the ratio counts; the bench shows what it comes to).
"""
COSTS: dict[Reader, tuple[float, float]] = {"own": (14.0, 1.5), "other": (13.0, 2.5)}
"""What one call of a reader costs, whatever is in it, and what each zone adds."""


def doubtful(
    segment: Segment,
    form: Form,
    readings: Sequence[Reading],
    reader: Reader = "own",
    sure: float = SURE,
    most: int | None = None,
) -> tuple[Reread, ...]:
    """The figures and names whose reading is unsure, cannot be understood or fails a check, each with its zones.

    Of running text the first reader looks again at the figures in it, which no spelling can prove; the words are left
    alone: what it misread there it misreads again in two of three cases.
    Zones are in the sheet frame; a leaf on several lines has one zone for each, in order. No leaf is looked at
    twice by one reader.
    """
    wishes: list[tuple[bool, float, list[Reread]]] = []
    for draft in checked([understand(reading, form, spelling=False) for reading in readings], form):
        reading = draft.reading
        if not _worth_a_look(reading, form, reader) or any(look.reader == reader for look in reading.looks):
            continue
        likely = confidence(draft.evidence)
        if likely >= sure and not draft.evidence.failed:
            continue
        if reader == "other" and draft.evidence.own > 0 and sure <= 1:
            continue  # one more that agrees adds little
        zones = [zone for span in reading.spans for zone in _zone(reading, span, form, reader)]
        if zones:
            wishes.append((draft.evidence.family == "words", likely, zones))
    wishes.sort(key=lambda wish: wish[:2])  # fields of figures first: a look proves most there
    room = 10_000 if most else _room(segment, readings, reader)
    most = MOST[reader] if most is None else most
    left: dict[int, int] = {}
    chosen: list[Reread] = []
    for *_, zones in wishes:
        pages = [zone.page for zone in zones]
        fits = len(chosen) + len(zones) <= room
        if fits and all(left.setdefault(page, most) >= pages.count(page) for page in pages):
            for page in pages:
                left[page] -= 1
            chosen += zones
    return tuple(chosen)


def _room(segment: Segment, readings: Sequence[Reading], reader: Reader) -> int:
    """How many zones `reader` can be asked for within the budget of the record, after what was looked at already."""
    left = BUDGET * len(segment.pages)
    for done, (call, zone) in COSTS.items():
        looked = [r for r in readings if any(look.reader == done for look in r.looks)]
        left -= bool(looked) * call + zone * sum(len(r.spans) for r in looked)
    call, zone = COSTS[reader]
    return int((left - call) / zone)


def _worth_a_look(reading: Reading, form: Form, reader: Reader) -> bool:
    leaf = _leaf(reading, form)
    if not reading.spans or leaf is None:
        return False
    if leaf.kind == "text":
        return reader == "own" and any(figure_words(span.text) for span in reading.spans)
    return FAMILIES[leaf.kind] == "figures" or leaf.kind == "name"


def _leaf(reading: Reading, form: Form) -> Leaf | None:
    try:
        leaf = form.leaf(reading.path)
    except KeyError:
        return None
    return leaf if isinstance(leaf, Leaf) else None


def _zone(reading: Reading, span: Span, form: Form, reader: Reader) -> list[Reread]:
    leaf = _leaf(reading, form)
    parts = [(0, len(span.text))]
    if leaf is not None and leaf.kind == "text":
        parts = figure_words(span.text)
    elif len(reading.spans) == 1 and leaf is not None and leaf.kind != "name":
        parts = [figures(span.text)]
    line = span.place.line
    boxes = [
        span_box(line, _with_sign(line.text, span.start + start), span.start + end) for start, end in parts
    ]
    return [
        Reread(reading.path, span.place.page, Zone(_roomy(box, span.place.line), reader))
        for box in boxes
        if box is not None
    ]


def _with_sign(text: str, start: int) -> int:
    """`start`, or where the colon glued before it begins: it is narrower than a digit, a cut by the share of letters
    would go through the first one.
    """
    return start - 1 if start and text[start - 1] in COLONS else start


def _roomy(box: Box, line: Line) -> Box:
    """`box` with some paper around it, but nothing of the words beside it: half a letter is read as a digit."""
    beside = [word.box for word in line.words if word.box.x1 <= box.x0 + 1 or word.box.x0 >= box.x1 - 1]
    left = min((box.x0 - b.x1 for b in beside if b.x1 <= box.x0 + 1), default=box.height)
    right = min((b.x0 - box.x1 for b in beside if b.x0 >= box.x1 - 1), default=box.height)
    room = 0.25 * box.height
    return Box(
        box.x0 - min(room, max(0.0, left / 2 - 0.08 * box.height)),
        box.y0 - 0.15 * box.height,
        box.x1 + min(room, max(0.0, right / 2 - 0.08 * box.height)),
        box.y1 + 0.15 * box.height,
    )
