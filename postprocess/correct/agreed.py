"""Words put right where another reader and the language both say otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from postprocess.correct import misread
from postprocess.correct.opinion import Opinion
from postprocess.correct.protect import protected
from postprocess.types import Change

RULE = "other reader"
_LEAST_ODDS = 10.0
"""So many times likelier must what the other reader saw be: from here on it was right 66 times and wrong once, from half
as much on 8 times and 6 (532 documents).
"""
_UNTOLD = (frozenset("ิีึื"), frozenset("ุู"))
"""Marks that the other reader does not tell apart well enough: among these it was right 8 times and wrong 11."""


def agreed(text: str, confidences: Sequence[float], heard: Opinion) -> tuple[str, tuple[Change, ...]]:
    """`text` with every letter, read otherwise or lost, for which the words around it speak as well as the other reader.

    Numbers, Latin words and names of people are never touched.
    """
    changes: list[Change] = []
    kept = {at for start, end in protected(text) for at in range(start, end)}
    for at, likely in reversed(list(enumerate(misread(text, confidences, heard)))):
        letter, length = _seen(heard, at)
        if likely < _LEAST_ODDS or letter is None or at in kept:
            continue
        if any({letter, text[at : at + length]} <= marks for marks in _UNTOLD):
            continue
        put = text[:at] + letter + text[at + length :]
        changes.append(Change(RULE, _word(text, at), _word(put, at)))
        text = put
    return text, tuple(reversed(changes))


def _seen(heard: Opinion, at: int) -> tuple[str | None, int]:
    """The one letter that the other reader saw at `at` (empty: none), and how many letters of the text it stands for;
    None where it saw nothing else, or more.
    """
    instead = heard.instead[at] if at < len(heard.instead) else None
    if instead is not None:
        return instead, 1
    return (heard.between[at] if len(heard.between[at]) == 1 else None), 0


def _word(text: str, at: int) -> str:
    """What stands between blanks around letter `at`."""
    start = text.rfind(" ", 0, at) + 1
    end = text.find(" ", at)
    return text[start : end if end >= 0 else len(text)]
