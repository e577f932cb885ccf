"""What no find of a row took, though it is not the row's free text: parts of labels and phrases that were torn apart."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from postprocess.forms import Cell, Form, Group
from postprocess.labels import COLONS, signs, skeleton
from postprocess.locate.grammar import head
from postprocess.pieces import Piece
from postprocess.thai import arabic_digits

_NUMBER = re.compile(r"(\D{0,24}?)\s?(\d{1,3})\D{0,2}")
_LEAST_END = 0.7
_LEAST_MIDDLE = 3
_LEAST_HALF = 4
"""So many bones of a phrase are more than a word that it shares with other text."""


def number_at_end(text: str, group: Group) -> tuple[int, int] | None:
    """Where the number stands in `text` that is the end of a start label, its first line elsewhere, or a number alone."""
    match = _NUMBER.fullmatch(arabic_digits(text))
    if match is None:
        return None
    bones = skeleton(match.group(1)).bones
    likely = max(
        Levenshtein.normalized_similarity(skeleton(head(start)).bones[-len(bones) :], bones)
        for start in group.start
    )
    return match.span(2) if not bones or likely >= (_LEAST_END if len(bones) > 1 else 1.0) else None


def torn_off(left: Piece, group: Group, form: Form) -> bool:
    """Whether what was `left` of a line is the beginning of a label or phrase that goes on elsewhere, or the middle of
    a label.

    Behind a separator at the line's end one word is enough.
    """
    own = skeleton(left.text).bones
    line = left.span.place.line.text
    behind_sign = (
        signs(line[: left.span.start]).rstrip().endswith(tuple(COLONS)) and not line[left.span.end :].strip()
    )
    if len(own) >= _LEAST_MIDDLE and any(
        own in skeleton(head(label)).bones
        for cell in group.cells
        if isinstance(cell, Cell)
        for label in cell.labels
    ):
        return True
    return any(
        len(own) < 0.8 * len(bones) and bones.startswith(own)
        for cell in group.cells
        if isinstance(cell, Cell)
        for least, known in (
            (2, map(head, cell.labels)),
            (
                2 if behind_sign else _LEAST_HALF,
                form.phrases(cell.vocabulary) if cell.kind == "choice" and cell.vocabulary else (),
            ),
        )
        if len(own) >= least
        for bones in (skeleton(words).bones for words in known)
    )
