"""What parsing a printed value gives, and what every kind of field needs for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from postprocess.thai import THAI_DIGITS, arabic_digits, thai_digits
from postprocess.types import Change, Problem


@dataclass(frozen=True, slots=True)
class Parsed:
    """A printed value understood.

    `value` is what the record holds (None where nothing is printed or nothing can be made of it), `text` the
    normalised and repaired print (None where nothing is printed), `changes` the repairs in order, `problems` what a
    person should look at. `strength` 0–1 says how much the value's own form speaks for it: a code that fits its
    pattern 1, free text 0.5, what could not be parsed 0.
    """

    value: Any
    text: str | None
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    strength: float = 0.5


NOTHING_PRINTED = Parsed(None, None, strength=0.5)

_BLANK = re.compile(r"[\s.…‥·•:;,_‗\-‐-―−=~'\"|]*")


def is_blank(text: str) -> bool:
    """Whether `text` is only blanks, dots, dashes and underscores: a line to write on that nobody wrote on."""
    return _BLANK.fullmatch(text) is not None


def problem(code: str, thai: str, english: str) -> Problem:
    """A problem with its message in both languages, ``ไทย / English``."""
    return Problem(code, f"{thai} / {english}")


def unreadable(text: str, code: str, thai: str, english: str, changes: tuple[Change, ...] = ()) -> Parsed:
    """Print that could not be understood: no value, the text kept for the reviewer."""
    return Parsed(None, text, changes, (problem(code, thai, english),), 0.0)


LOOKALIKES = {
    **dict.fromkeys("OoQDÖ°ºоО", "0"),
    **dict.fromkeys("lIi|!][", "1"),
    **dict.fromkeys("Zz", "2"),
    **dict.fromkeys("Ss$", "5"),
    **dict.fromkeys("Gb", "6"),
    **dict.fromkeys("?", "7"),
    **dict.fromkeys("B", "8"),
    **dict.fromkeys("gq", "9"),
}
"""Characters that OCR writes where an Arabic digit is printed."""

_LOOKALIKE_TABLE = str.maketrans(LOOKALIKES)


def repair_digits(number: str) -> tuple[str, tuple[Change, ...]]:
    """Letters that look like digits as digits, and one script for all digits of one number: the commoner one."""
    repaired = number.translate(_LOOKALIKE_TABLE)
    changes: tuple[Change, ...] = ()
    if repaired != number:
        changes = (Change("digit_lookalike", number, repaired),)
    thai = sum(c in THAI_DIGITS for c in repaired)
    arabic = sum(c in "0123456789" for c in repaired)
    if thai and arabic:
        uniform = thai_digits(repaired) if thai >= arabic else arabic_digits(repaired)
        changes += (Change("mixed_digits", repaired, uniform),)
        repaired = uniform
    return repaired, changes


_DOUBLED = re.compile(r"(?<=[0๐])[OoQ]|[OoQ](?=[0๐])|(?<=1)[lI|]|[lI|](?=1)|(?<=5)S|S(?=5)|(?<=8)B|B(?=8)")


def without_doubles(number: str) -> str:
    """`number` without the letters that stand beside the digit they look like: one digit read twice."""
    return _DOUBLED.sub("", number)


def merge_changes(before: str, after: str, rule: str) -> tuple[Change, ...]:
    """One change under `rule` where `before` and `after` differ, else none."""
    return (Change(rule, before, after),) if before != after else ()
