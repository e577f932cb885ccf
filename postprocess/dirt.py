"""What is no print of the form: specks, the words of stamps, signs at the sheet's edge, signs that no Thai text has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ocr.types import Line, Text

_EDGE = 0.06
"""The share of the sheet, left and right, in which nothing is printed."""
_SMALL = 0.7
"""What is lower than this share of the print's usual height is not the form's."""
_TINY = 0.3
"""So much where no plain line tells that height: next to lines of all sorts."""
_PLAIN = frozenset("กขคงจดตถทนบผพภมยรลวสหอะาเแ")
"""Letters as high as a consonant, with nothing above or below."""
_READ = 0.7
_ENOUGH = 5
"""So many plain lines tell how high the print is."""
_INSIDE = 0.8
_GUESSED = 0.5
"""Below this confidence of its middle line a page is specks taken for letters: the worst copies are read more surely."""


def without_dirt(texts: Sequence[Text]) -> list[Text]:
    """The texts without lines that are smaller than the form's print, lie inside another line, or are a sign or two at
    the sheet's very edge that the reader was not sure of.
    """
    plain = sorted(height for text in texts for height in _plain_heights(text))
    heights = [line.box.height for text in texts for line in text.lines]
    least = _SMALL * median(plain) if len(plain) >= _ENOUGH else _TINY * median(heights or [0.0])
    found = []
    for text in texts:
        guessed = bool(text.lines) and median(line.confidence for line in text.lines) < _GUESSED
        kept = tuple(
            line
            for line in text.lines
            if not (
                guessed
                or _at_edge(text, line)
                or (_has_letters(line) and line.box.height < least)
                or _is_inside(line, text.lines)
            )
        )
        found.append(replace(text, lines=kept))
    return found


def _plain_heights(text: Text) -> list[float]:
    """The heights of lines without marks, tall letters and long tails: that of a consonant."""
    return [
        line.box.height
        for line in text.lines
        if len(line.text) > 1 and _PLAIN.issuperset(line.text) and line.confidence > _READ
    ]


def _at_edge(text: Text, line: Line) -> bool:
    at_edge = line.box.x1 < _EDGE * text.width or line.box.x0 > (1 - _EDGE) * text.width
    return at_edge and len(line.text) <= 3 and line.confidence < 0.8


def _has_letters(line: Line) -> bool:
    return any(c.isalnum() for c in line.text)


def _is_inside(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line lies in the box of another, longer one: two lines of print never do."""
    box = line.box
    return any(
        (common := box.intersection(other.box)) is not None
        and common.width * common.height > _INSIDE * box.width * box.height
        and other.row != line.row
        and len(other.text) > len(line.text)
        for other in lines
    )


_WRITTEN = r"(?=[ก-ฮ]*[ะ-ูเ-๎])[ก-๎]{4,}"
"""A word written out, with vowels: no abbreviation, which alone has a stop behind it."""
_AT_END = re.compile(rf"({_WRITTEN})[\s.,_…\-–—]*[.,_…]\s*$")
_QUOTE_AT_END = re.compile(r"^([^“”‘’\"'`]*[ก-๎])\s*[‘’'`]+\s*$")
_STOP_INSIDE = re.compile(rf"({_WRITTEN})\.(?=[ก-๎]{{4}})")
_STOP_IN_NAME = re.compile(r"([ก-๎]{4,})\.(?=[ก-๎]{4})")
_DASH_INSIDE = re.compile(r"([ก-๎])–(?=[ก-๎])")


def without_stray_signs(text: str, *, name: bool = False) -> str:
    """`text` without the specks that were read as signs: Thai text ends without a stop, and one quotation mark of two is
    none. A stop between two words is the blank there, a long dash within a word the only one that keyboards have.

    What stays keeps its place, but what is cut off at the end.
    """
    text = (_STOP_IN_NAME if name else _STOP_INSIDE).sub(r"\1 ", text)
    text = _DASH_INSIDE.sub(r"\1-", text)
    return _AT_END.sub(r"\1", _QUOTE_AT_END.sub(r"\1", text))
