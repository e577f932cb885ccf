"""Labels too worn to be found, told from the items of a list by how labels end."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from postprocess.forms import Cell, Group
from postprocess.labels import skeleton
from postprocess.locate.grammar import head

_LEAST_TAIL = 0.75
_TAIL, _TAIL_IN_BRACKETS, _TAIL_UNOPENED = 8, 5, 3
"""So many bones of a label's end are told from an item of a list; fewer where both end in brackets, fewest where only
the label opens them.
"""


def worn_label(item: str, group: Group) -> tuple[int, float] | None:
    """The slot whose label `item` is, too worn to be found, or whose end it is, and how likely.

    Nothing that money is spent on is called as a label ends, nor ends in the bracket that only a label opens.
    """
    own = skeleton(re.sub(r"[0-9]", "", item)).bones
    unopened = item.rstrip().endswith(")") and "(" not in item
    for slot, cell in enumerate(group.cells):
        for label in cell.labels if isinstance(cell, Cell) else ():
            if unopened and "(" in label and 0 < len(own) < _TAIL_UNOPENED:
                return slot, _LEAST_TAIL
            if len(own) > 1 and skeleton(head(label)).bones.endswith(own):
                return slot, _LEAST_TAIL
    if item.lstrip()[:1] in "([" and (aside := _aside_label(own, group)):
        return aside
    scored = [
        (Levenshtein.normalized_similarity(skeleton(head(label)).bones[-len(own) :], own), slot)
        for slot, cell in enumerate(group.cells)
        if isinstance(cell, Cell)
        for label in cell.labels
        if len(own) >= _least_tail(item, label)
    ]
    score, slot = max(scored, default=(0.0, -1))
    return (slot, score) if score >= _LEAST_TAIL else None


def _least_tail(item: str, label: str) -> int:
    """How many bones of the end of `label` tell it from an `item`."""
    if "(" not in label or not item.rstrip().endswith(")"):
        return _TAIL
    return _TAIL_IN_BRACKETS if "(" in item else _TAIL_UNOPENED


def _aside_label(own: str, group: Group) -> tuple[int, float] | None:
    """The slot whose label has the bones `own` in brackets at its end: in brackets no item of a list stands."""
    scored = [
        (Levenshtein.normalized_similarity(skeleton(head(label)[head(label).rfind("(") :]).bones, own), slot)
        for slot, cell in enumerate(group.cells)
        if isinstance(cell, Cell)
        for label in cell.labels
        if "(" in head(label)
    ]
    score, slot = max(scored, default=(0.0, -1))
    return (slot, score) if score >= _LEAST_TAIL else None
