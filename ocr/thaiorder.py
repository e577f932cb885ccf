"""Thai marks in the order that Unicode and dictionaries expect: pure, one pass over a line of characters.

Tesseract writes what stands above and below a consonant in the order in which it saw it, has no sara am (it
writes nikhahit and sara aa) and writes two sara e for sara ae. Everything here works on runs of items that
carry a character, so that each character keeps its own confidence and place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

BELOW = frozenset("\u0e38\u0e39\u0e3a")
ABOVE = frozenset("\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47")
TONES = frozenset("\u0e48\u0e49\u0e4a\u0e4b")
SIGNS = frozenset("\u0e4c\u0e4d\u0e4e")
MARKS = BELOW | ABOVE | TONES | SIGNS
NIKHAHIT, SARA_AA, SARA_AM, SARA_E, SARA_AE = "\u0e4d", "\u0e32", "\u0e33", "\u0e40", "\u0e41"


class Glyph(NamedTuple):
    """One character with its probability (0–1) and the left and right edge of its print, in pixels.

    `joint` says whether a blank stands before it.
    """

    char: str
    confidence: float
    x0: float
    x1: float
    joint: bool = False


def is_mark(char: str) -> bool:
    """Whether `char` stands over or under a consonant and takes no room of its own."""
    return char in MARKS


def _rank(char: str) -> int:
    if char in BELOW or char in ABOVE:
        return 0
    return 1 if char in TONES else 2


def ordered(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The same print in legal order: vowel, tone, sign after each consonant; ํ + า → ำ; เ + เ → แ; NFC.

    Doubled marks on one consonant become one. Merged characters take the lower confidence and both places.
    """
    result = list(glyphs)
    for _ in range(8):  # moving one mark may bring another to its neighbour; settled after a round or two
        before, result = result, _ordered_once(result)
        if result == before:
            break
    return result


def _ordered_once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    result: list[Glyph] = []
    cluster: list[Glyph] = []

    def close() -> None:
        seen: dict[str, Glyph] = {}
        for glyph in sorted(cluster, key=lambda g: _rank(g.char)):
            seen.setdefault(glyph.char, glyph)
        result.extend(seen.values())
        cluster.clear()

    for glyph in glyphs:
        for char in unicodedata.normalize("NFC", glyph.char):
            item = glyph._replace(char=char)
            if is_mark(char):
                cluster.append(item)
                continue
            nikhahit = next((g for g in cluster if g.char == NIKHAHIT), None)
            if char == SARA_AA and nikhahit is not None:
                cluster.remove(nikhahit)
                item = _merged(SARA_AM, nikhahit, item)
            close()
            if char == SARA_E and result and result[-1].char == SARA_E:
                result[-1] = _merged(SARA_AE, result[-1], item)
            else:
                result.append(item)
    close()
    return _tones_before_am(result)


def _merged(char: str, first: Glyph, second: Glyph) -> Glyph:
    return Glyph(
        char,
        min(first.confidence, second.confidence),
        min(first.x0, second.x0),
        max(first.x1, second.x1),
        first.joint,
    )


def _tones_before_am(glyphs: list[Glyph]) -> list[Glyph]:
    """Sara am followed by a tone mark (never legal) becomes tone mark and sara am."""
    for i in range(1, len(glyphs)):
        if glyphs[i].char in TONES and glyphs[i - 1].char == SARA_AM:
            glyphs[i - 1], glyphs[i] = glyphs[i], glyphs[i - 1]
    return glyphs
