"""Brackets and quotation marks of two kinds around one stretch: the likelier partner tells the other."""

from __future__ import annotations

from postprocess.types import Change

_OPENS = {"(": ")", "[": "]", "{": "}"}
_CLOSES = {close: open_ for open_, close in _OPENS.items()}


def paired(text: str) -> tuple[str, tuple[Change, ...]]:
    """`text` with round brackets for those of another kind whose partner is round, and “ ” for a straight mark whose
    partner is curved; what has no partner, or one of its own kind, stays.
    """
    letters = list(text)
    _round(letters)
    _curved(letters)
    changes = tuple(Change("pair", old, new) for old, new in zip(text, letters, strict=True) if old != new)
    return "".join(letters), changes


def _round(letters: list[str]) -> None:
    waiting: list[int] = []
    for at, letter in enumerate(letters):
        if letter in _OPENS:
            waiting.append(at)
        elif letter in _CLOSES and waiting:
            start = waiting.pop()
            if "(" in (letters[start], _CLOSES[letter]):
                letters[start], letters[at] = "(", ")"


def _curved(letters: list[str]) -> None:
    marks = [at for at, letter in enumerate(letters) if letter in '"“”']
    if len(marks) % 2:
        return
    for start, end in zip(marks[::2], marks[1::2], strict=True):
        if (letters[start], letters[end]) in (('"', "”"), ("“", '"')):
            letters[start], letters[end] = "“", "”"
