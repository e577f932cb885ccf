"""Phrases of closed vocabularies between the separators of a row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from postprocess.forms import Cell, Form, Group
from postprocess.labels import COLONS, likeness
from postprocess.locate.grammar import ends_in_date

_LEAST_PHRASE = 0.72
_LEAD = COLONS + " "
_BEHIND_DATE = re.compile(rf"[{COLONS}]\s*$")
Phrase = tuple[float, int, int, int, tuple[int, ...]]
"""Score, slot, start, end, other slots that the phrase fits as well."""


def phrases(
    text: str, taken: Sequence[tuple[int, int]], dated: int | None, group: Group, form: Form
) -> list[Phrase]:
    """Stretches between separators that are phrases of a vocabulary, or hold one of a cell's cues."""
    choices = [
        (slot, cell, form.phrases(cell.vocabulary))
        for slot, cell in enumerate(group.cells)
        if isinstance(cell, Cell) and cell.kind == "choice" and cell.vocabulary is not None
    ]
    if not choices:
        return []
    found: list[Phrase] = []
    for a, b in _stretches(text, taken):
        if dated is not None and re.fullmatch(rf"\s*[{COLONS}]?\s*", text[dated:a]):
            continue  # what stands right behind the date is the row's free text
        if dated is None and _BEHIND_DATE.search(text[:a]) and ends_in_date(text[:a].rstrip(_LEAD)):
            continue
        led = text[:a].rstrip()[-1:] in tuple(COLONS)
        best = _best_phrase(text[a:b], choices, cued=led and b - a < 40)
        pair = _two_phrases(text, a, b, choices) if best[0] < 0.9 else []
        if pair and sum(p[0] for p in pair) / 2 > best[0]:
            found.extend(pair)
        elif best[0] >= (0.6 if led else _LEAST_PHRASE):
            found.append((best[0], best[1], a, b, best[2]))
    return sorted(found, reverse=True)


def _best_phrase(
    stretch: str, choices: Sequence[tuple[int, Cell, tuple[str, ...]]], *, cued: bool
) -> tuple[float, int, tuple[int, ...]]:
    scores: list[tuple[float, int]] = []
    for slot, cell, phrases in choices:
        score = max(likeness(phrase, stretch) for phrase in phrases)
        if cued and score < _LEAST_PHRASE and cell.cues:
            near = max(fuzz.partial_ratio(cue, stretch[-len(cue) - 3 :]) / 100 for cue in cell.cues)
            score = max(score, 0.6 if near > 0.85 else 0.0)
        scores.append((score, slot))
    score, slot = max(scores, key=lambda entry: entry[0])
    return score, slot, tuple(other for s, other in scores if other != slot and s > score - 0.02)


def _two_phrases(
    text: str, a: int, b: int, choices: Sequence[tuple[int, Cell, tuple[str, ...]]]
) -> list[Phrase]:
    """Two phrases of different cells that lost the separator between them."""
    best: tuple[float, list[Phrase]] = (1.6, [])
    for cut in [i for i in range(a + 4, b - 3) if text[i] == " "]:
        pair: list[Phrase] = []
        for x, y in ((a, cut), (cut + 1, b)):
            score, slot, others = _best_phrase(text[x:y], choices, cued=False)
            pair.append((score, slot, x, y, others))
        if pair[0][0] + pair[1][0] > best[0] and (pair[0][1] != pair[1][1] or pair[0][4] or pair[1][4]):
            best = (pair[0][0] + pair[1][0], pair)
    return best[1]


def _stretches(text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is not taken, cut at separators, without blanks around."""
    cuts = [(m.start(), m.end()) for m in re.finditer(rf"(?<![0-9])[{COLONS}]+|[{COLONS}]+(?![0-9])", text)]
    cuts += list(taken)
    cuts.sort()
    found: list[tuple[int, int]] = []
    begin = 0
    for a, b in [*cuts, (len(text), len(text))]:
        if a > begin:
            x, y = begin, a
            while x < y and text[x].isspace():
                x += 1
            while y > x and text[y - 1].isspace():
                y -= 1
            if x < y:
                found.append((x, y))
        begin = max(begin, b)
    return found
