"""Which leaves deserve a further look, by whom, and where on the sheet to look."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ocr.types import Box, Line, Reader, Zone
from postprocess.assemble import checked
from postprocess.confidence import confidence
from postprocess.correct import misread
from postprocess.evidence import FAMILIES
from postprocess.forms import Form, Leaf
from postprocess.labels import COLONS
from postprocess.looks import Draft, figure_words, figures
from postprocess.pieces import span_box
from postprocess.thai import is_thai
from postprocess.types import Reading, Reread, Segment, Span
from postprocess.understand import joined

LOOKS: tuple[Reader, ...] = ("own", "other")
"""Who looks, in turn: each is asked for what is not sure after the one before."""

SURE = 0.995
"""From this confidence on, a further look is not worth its time: none of 5,900 surer figures was wrong."""

_DECISIVE = 4.6
"""The log-odds of 0.99: there words are accepted or not."""

_BLURRED = 0.9
"""A letter less sure than this is worth another reader's look."""

_LEAST_ODDS = 0.003
"""So likely must a word be misread, by what others like it say, to be worth another reader's look."""

_NEXT = 0.15
_NEARLY = 0.15
"""What is so much less doubtful than the worst in a text, as a share of the odds or in the letters' confidence, decides nothing."""

_WORD = re.compile(r"\S+")

MOST: dict[Reader, int] = {"own": 12, "other": 12}
"""The most zones of one page that a reader is asked for, the least sure first."""

BUDGET = 25.0
"""What the looks for a record may cost for each of its pages: 15 % of the time of a page, in hundredths of a second on
the machine where `COSTS` were measured too (only the ratio counts; the bench shows what it comes to).
"""
COSTS: dict[Reader, tuple[float, float]] = {"own": (8.0, 1.0), "other": (9.0, 2.2)}
"""What one call of a reader costs, whatever is in it, and what each zone adds."""


def doubtful(
    segment: Segment,
    form: Form,
    drafts: Sequence[Draft],
    reader: Reader = "own",
    sure: float = SURE,
    most: int | None = None,
) -> tuple[Reread, ...]:
    """The figures, names and words whose reading is unsure, cannot be understood or fails a check, each with its zones.

    Of running text the first reader looks again at the figures in it, which no spelling can prove; the other reader at
    the words that others like them speak against, or that are blurred: what the first one misread there it misreads again
    in two of three cases. Zones are in the sheet frame, those of a leaf in the order of its text. No leaf is looked at
    twice by one reader.
    """
    wishes: list[tuple[bool, float, Draft]] = []
    for draft in checked(segment, form, drafts):
        reading = draft.reading
        if not _worth_a_look(reading, form, reader) or any(look.reader == reader for look in reading.looks):
            continue
        likely = confidence(draft.evidence)
        if likely >= sure and not draft.evidence.failed:
            continue
        words = draft.evidence.family == "words"
        if reader == "other" and draft.evidence.own > 0 and sure <= 1 and not words:
            continue  # one more that agrees adds little
        wishes.append((words, _urgency(likely) if reader == "other" and words else likely, draft))
    wishes.sort(key=lambda wish: wish[:2])  # fields of figures first: a look proves most there
    room = 10_000 if most else _room(segment, drafts, reader)
    most = MOST[reader] if most is None else most
    left: dict[int, int] = {}
    chosen: list[Reread] = []
    for *_, draft in wishes:
        if len(chosen) >= room:
            break  # which words are doubtful takes time to find
        zones = _zones(draft, form, reader)
        pages = [zone.page for zone in zones]
        fits = len(chosen) + len(zones) <= room
        if fits and all(left.setdefault(page, most) >= pages.count(page) for page in pages):
            for page in pages:
                left[page] -= 1
            chosen += zones
    return tuple(chosen)


def _urgency(likely: float) -> float:
    """How far words are from where they are accepted, in log-odds: there a look decides most."""
    return abs(math.log(max(likely, 1e-6) / max(1 - likely, 1e-6)) - _DECISIVE)


def _room(segment: Segment, drafts: Sequence[Draft], reader: Reader) -> int:
    """How many zones `reader` can be asked for within the budget of the record, after what was looked at already."""
    left = BUDGET * len(segment.pages)
    for done, (call, zone) in COSTS.items():
        looked = [look for draft in drafts for look in draft.reading.looks if look.reader == done]
        left -= bool(looked) * call + zone * sum(len(look.parts) for look in looked)
    call, zone = COSTS[reader]
    return int((left - call) / zone)


def _worth_a_look(reading: Reading, form: Form, reader: Reader) -> bool:
    leaf = _leaf(reading, form)
    if not reading.spans or leaf is None:
        return False
    if leaf.kind == "text":
        return reader == "other" or any(figure_words(span.text) for span in reading.spans)
    return FAMILIES[leaf.kind] == "figures" or leaf.kind == "name"


def _leaf(reading: Reading, form: Form) -> Leaf | None:
    try:
        leaf = form.leaf(reading.path)
    except KeyError:
        return None
    return leaf if isinstance(leaf, Leaf) else None


def _parts(draft: Draft, form: Form, reader: Reader) -> list[tuple[Span, int, int]]:
    """The stretches of a leaf to look at: spans, and from where to where in their texts."""
    reading, leaf = draft.reading, _leaf(draft.reading, form)
    if leaf is not None and leaf.kind == "text":
        if reader == "other":
            return _doubtful_words(reading.spans)
        return [(span, *part) for span in reading.spans for part in figure_words(span.text)]
    if len(reading.spans) == 1 and leaf is not None and leaf.kind != "name":
        return [(reading.spans[0], *figures(reading.spans[0].text))]
    return [(span, 0, len(span.text)) for span in reading.spans]


def _doubtful_words(spans: Sequence[Span]) -> list[tuple[Span, int, int]]:
    """The words between blanks that others like them speak against most, or that have the most blurred letters."""
    raw, characters = joined(spans)
    doubts = misread(raw, characters)
    least = max(_LEAST_ODDS, _NEXT * max(doubts))
    blurred = min(_BLURRED, min(characters) + _NEARLY)
    found = []
    done = 0
    for span in spans:
        for word in _WORD.finditer(span.text):
            start = raw.find(word.group(), done)
            if start < 0:
                continue
            done = end = start + len(word.group())
            doubtful = max(doubts[start : end + 1]) >= least or min(characters[start:end]) < blurred
            if doubtful and is_thai(word.group()):
                found.append((span, *word.span()))
    return found


def _zones(draft: Draft, form: Form, reader: Reader) -> list[Reread]:
    found = []
    for span, start, end in _parts(draft, form, reader):
        line = span.place.line
        box = span_box(line, _with_sign(line.text, span.start + start), span.start + end)
        if box is not None:
            zone = Zone(_roomy(box, line), reader)
            found.append(Reread(draft.reading.path, span.place.page, zone, span.text[start:end]))
    return found


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
