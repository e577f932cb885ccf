"""Sections of `label : value` pairs: which match is which field's label, and which letters are its value.

The labels of one section are assigned together: of all ways to give each field at most one place and each place
at most one field, the one with the most evidence (search over sets). A field whose label is not printed gets
nothing, for every place it could take is a better one's.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.types import Box
from postprocess.forms import Form
from postprocess.labels import Match
from postprocess.locate.sections import Label, found_labels
from postprocess.pieces import Piece, is_empty, line_height, piece, same_row, share_columns, span_box
from postprocess.types import Place

Key = tuple[int, int]
"""Field and part of a label within its section."""

_OUT_OF_ORDER = 0.04
_WORD_GAP = 1.0
"""A blank before a piece that is narrower than this, in line heights, is one inside a line: no column begins there."""
_DOTS = 8
"""So many dots behind a label are a line to write on: where it is empty, what stands under it is something else."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A label found: where, how well, and the pieces of text that belong to it, from left to right and down."""

    key: Key
    index: int
    place: Place
    match: Match
    pieces: tuple[Piece, ...] = ()

    @property
    def label_box(self) -> Box:
        """The box of the label's own letters, sheet frame."""
        return span_box(self.place.line, self.match.start, self.match.end) or self.place.line.box


def labelled(places: Sequence[tuple[int, Place]], section: int, form: Form) -> dict[Key, Anchor]:
    """The labels of `section` in its lines (index in the segment, place), each with the text that belongs to it."""
    chosen = _assign(places, section, form)
    return _give_text(places, chosen)


def _assign(places: Sequence[tuple[int, Place]], section: int, form: Form) -> list[Anchor]:
    clusters: list[list[tuple[int, Place, Label, Match]]] = []
    for index, place in places:
        found = [
            (index, place, la, m) for la, m in found_labels(place.line.text, form) if la.section == section
        ]
        found.sort(key=lambda entry: entry[3].start)
        for entry in found:
            if (
                clusters
                and clusters[-1][0][0] == index
                and any(entry[3].overlaps(o[3]) for o in clusters[-1])
            ):
                clusters[-1].append(entry)
            else:
                clusters.append([entry])
    # state: keys used and the last key; value: evidence and what was chosen
    states: dict[tuple[frozenset[Key], Key], tuple[float, tuple[Anchor, ...]]] = {
        (frozenset(), (-1, 0)): (0.0, ())
    }
    for cluster in clusters:
        following = dict(states)
        for (used, last), (value, anchors) in states.items():
            for index, place, label, match in cluster:
                key = (label.field, label.part)
                if key in used:
                    continue
                gained = value + match.evidence - 0.4 - (_OUT_OF_ORDER if key < last else 0.0)
                state = (used | {key}, key)
                if state not in following or following[state][0] < gained:
                    following[state] = (gained, (*anchors, Anchor(key, index, place, match)))
        states = _best(following)
    return list(max(states.values(), key=lambda entry: entry[0])[1])


def _best(
    states: dict[tuple[frozenset[Key], Key], tuple[float, tuple[Anchor, ...]]], keep: int = 400
) -> dict[tuple[frozenset[Key], Key], tuple[float, tuple[Anchor, ...]]]:
    if len(states) <= keep:
        return states
    return dict(sorted(states.items(), key=lambda entry: -entry[1][0])[:keep])


def _give_text(places: Sequence[tuple[int, Place]], anchors: Sequence[Anchor]) -> dict[Key, Anchor]:
    by_line: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        by_line.setdefault(anchor.index, []).append(anchor)
    owned: list[
        tuple[Piece, Key | None, bool]
    ] = []  # piece, owner, whether it is the label with its own text
    values: dict[Key, list[Piece]] = {anchor.key: [] for anchor in anchors}
    unfilled: dict[Key, Piece] = {}  # labels before a dotted line on which nothing is written
    loose: list[Piece] = []
    for index, place in places:
        cuts = sorted(by_line.get(index, []), key=lambda a: a.match.start)
        text = place.line.text
        lead = piece(place, index, 0, cuts[0].match.start if cuts else len(text))
        if lead is not None and not is_empty(lead.text):
            loose.extend([lead] if cuts else _under_labels(lead, anchors))
        for n, anchor in enumerate(cuts):
            end = cuts[n + 1].match.start if n + 1 < len(cuts) else len(text)
            run = piece(place, index, anchor.match.start, end)
            if run is not None:
                owned.append((run, anchor.key, True))
            own = piece(place, index, anchor.match.end, end)
            if own is not None and not is_empty(own.text):
                values[anchor.key].append(own)
            elif run is not None and sum(c in ".…" for c in run.text) >= _DOTS:
                unfilled[anchor.key] = run
    height = line_height([p for p, _, _ in owned] + loose)
    for lead in sorted(loose, key=lambda p: (p.row_top, p.box.x0)):
        owner = _owner(lead, owned, values, height)
        if owner in unfilled and not same_row(lead, unfilled[owner]):
            owner = None
        owned.append((lead, owner, False))
        if owner is not None:
            values[owner].append(lead)
    return {anchor.key: replace(anchor, pieces=tuple(values[anchor.key])) for anchor in anchors}


def _under_labels(line: Piece, anchors: Sequence[Anchor]) -> list[Piece]:
    """A line without labels, cut where a word stands under the beginning of a label above: two values wrapped side
    by side under their labels.
    """
    height = line.box.height
    edges = [a.label_box.x0 for a in anchors if a.place.page == line.span.place.page and a.index < line.index]
    at = [0]
    text = line.text
    for n in range(1, len(text)):
        if text[n - 1] != " " or text[n] == " ":
            continue
        before = piece(line.span.place, line.index, line.span.start, line.span.start + n)
        word = piece(line.span.place, line.index, line.span.start + n, line.span.end)
        if before is None or word is None or word.box.x0 - before.box.x1 < 0.5 * height:
            continue
        if any(abs(word.box.x0 - x) < 0.6 * height for x in edges):
            at.append(n)
    parts = (
        piece(line.span.place, line.index, line.span.start + a, line.span.start + b)
        for a, b in itertools.pairwise([*at, len(text)])
    )
    return [p for p in parts if p is not None]


def _owner(
    lead: Piece,
    owned: Sequence[tuple[Piece, Key | None, bool]],
    values: dict[Key, list[Piece]],
    height: float,
) -> Key | None:
    """Whose text a piece without a label is: its left neighbour's where that has none, else that of the text above."""
    left = [
        (p, key)
        for p, key, _ in owned
        if same_row(p, lead) and p.box.x1 <= lead.box.x0 + height and p.index != lead.index
    ]
    if left:
        nearest, key = max(left, key=lambda entry: entry[0].box.x1)
        if key is not None and (not values[key] or lead.box.x0 - nearest.box.x1 < _WORD_GAP * height):
            return key
    above = [
        (p, key)
        for p, key, _ in owned
        if p.box.center[1] < lead.box.center[1] - 0.3 * height and share_columns(p.box, lead.box) > 0.3
    ]
    if above:
        p, key = max(above, key=lambda entry: (entry[0].row_top, -abs(entry[0].box.x0 - lead.box.x0)))
        gap = lead.box.y0 - p.box.y1
        if gap < 2.0 * height or p.row[0] != lead.row[0]:
            return key
    if left:
        return max(left, key=lambda entry: entry[0].box.x1)[1]
    before = [(p, key) for p, key, _ in owned if p.index < lead.index]
    return max(before, key=lambda entry: entry[0].index)[1] if before and not above else None
