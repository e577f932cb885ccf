"""One labelled text that holds several values: cut at a separator, or at inner labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from postprocess.forms.shapes import Part
from postprocess.kinds import is_blank
from postprocess.labels import find, likeness
from postprocess.pieces import strip_of
from postprocess.types import Reading, Span

_FIGURES = 3
"""So many digits in a text with inner labels are a value of their own."""


def separated(spans: Sequence[Span], separator: str, phrases: Sequence[str] = ()) -> list[tuple[Span, ...]]:
    """The items between separators. Where one has a blank beside it, those without are letters of an item.

    An item that is several of the known `phrases` one after another has lost the separators between them.
    """
    strip = strip_of(spans)
    sign = re.escape(separator)
    cuts = list(re.finditer(rf"\s+{sign}\s*|{sign}\s+", strip.text)) or list(re.finditer(sign, strip.text))
    items: list[tuple[Span, ...]] = []
    begin = 0
    for start, end in [*(m.span() for m in cuts), (len(strip.text), len(strip.text))]:
        for a, b in _phrases_in(strip.text, begin, start, phrases):
            if not is_blank(strip.text[a:b]):
                items.append(strip.spans(a, b))
        begin = end
    return items


_SURE = 0.9
_MOST_WORDS = 8
_LOST_SIGNS = " |/\\lI1:;,.-"
"""What is left of a separator that was misread."""


def _phrases_in(text: str, start: int, end: int, phrases: Sequence[str]) -> list[tuple[int, int]]:
    """Characters `start` to `end` cut into known phrases at blanks, where all of it is two or more of them."""
    blanks = [i for i in range(start, end) if text[i] == " "]
    if not phrases or not blanks or len(blanks) >= _MOST_WORDS:
        return [(start, end)]
    places = [start, *blanks, end]
    best: dict[int, list[tuple[int, int]]] = {0: []}
    for j in range(1, len(places)):
        for i in range(j):
            stretch = text[places[i] : places[j]].strip(_LOST_SIGNS)
            if i not in best or (i, j) == (0, len(places) - 1):
                continue
            if max(likeness(phrase, stretch) for phrase in phrases) >= _SURE:
                best[j] = [*best[i], (places[i], places[j])]
                break
    whole = best.get(len(places) - 1, [])
    return [_trimmed(text, a, b) for a, b in whole] or [(start, end)]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _LOST_SIGNS:
        start += 1
    while end > start and text[end - 1] in _LOST_SIGNS:
        end -= 1
    return start, end


_LEAST_WORN = 0.3


def _worn_label(part: Part, text: str, begin: int) -> tuple[int, int, float] | None:
    """Where a label too damaged to be found starts and ends, and its likeness: the word before the figures, where only
    this part has figures.
    """
    match = re.compile(r"(\S*[^\s0-9๐-๙]{2,6}\.?)\s?(?=[0-9๐-๙])").search(text, begin)
    if part.kind in ("text", "name") or match is None:
        return None
    score = max((likeness(label, match.group(1)) for label in part.labels), default=0.0)
    return (match.start(), match.end(), score) if score >= _LEAST_WORN else None


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
        elif worn := _worn_label(part, strip.text, begin):
            found.append((*worn[:2], n, worn[2]))
            begin = worn[1]
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
