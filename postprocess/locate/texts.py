"""One labelled text that holds several values: cut at a separator, or at inner labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from postprocess.forms.shapes import Part
from postprocess.kinds import is_blank
from postprocess.labels import find
from postprocess.pieces import strip_of
from postprocess.types import Reading, Span

_FIGURES = 3
"""So many digits in a text with inner labels are a value of their own."""


def separated(spans: Sequence[Span], separator: str) -> list[tuple[Span, ...]]:
    """The items between separators. Where one has a blank beside it, those without are letters of an item."""
    strip = strip_of(spans)
    sign = re.escape(separator)
    cuts = list(re.finditer(rf"\s+{sign}\s*|{sign}\s+", strip.text)) or list(re.finditer(sign, strip.text))
    items: list[tuple[Span, ...]] = []
    begin = 0
    for start, end in [*(m.span() for m in cuts), (len(strip.text), len(strip.text))]:
        if not is_blank(strip.text[begin:start]):
            items.append(strip.spans(begin, start))
        begin = end
    return items


def in_parts(parts: Sequence[Part], spans: Sequence[Span], score: float) -> Iterator[Reading]:
    """One reading for each part of a text with inner labels."""
    strip = strip_of(spans)
    found: list[tuple[int, int, int, float]] = []  # where the label starts and ends, which part, score
    begin = 0
    for n, part in enumerate(parts):
        if n == 0:
            continue
        matches = [m for label in part.labels if (m := find(label, strip.text, begin)) is not None]
        if matches:
            match = max(matches, key=lambda m: (m.evidence, m.end))
            found.append((match.start, match.end, n, match.score))
            begin = match.end
    starts = [start for start, _, _, _ in found] + [len(strip.text)]
    where = {0: (0, starts[0], score)}
    for (_, end, n, likely), stop in zip(found, starts[1:], strict=True):
        where[n] = (end, stop, min(score, likely))
    for n, part in enumerate(parts):
        if n not in where:
            # not printed, unless figures in the text say that its label was lost
            lost = sum(c.isdigit() for c in strip.text) >= _FIGURES or not spans
            yield Reading(part.path, (), 0.0 if lost else 0.8 * score)
            continue
        start, end, likely = where[n]
        blank = is_blank(strip.text[start:end])
        yield Reading(part.path, () if blank else strip.spans(start, end), likely)
