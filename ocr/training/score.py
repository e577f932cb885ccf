"""Error rates of OCR text against the truth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from .charset import THAI_DIGITS

_TONE_FIRST = re.compile("([่้๊๋์])([ัิีึืุูํ็])")
_LEADER = re.compile(r"([._\-=*])\1{3,}")
_SPELLINGS = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u200b": None, "\ufeff": None}
)


def comparable(text: str) -> str:
    """A text as it is compared: NFC, ำ composed, เเ as แ, marks in stored order, one kind of quotation mark and dash, no blanks,
    and leaders (four and more dots, dashes, lines to write on) as three, since nobody counts them.
    """
    text = unicodedata.normalize("NFC", text).translate(_SPELLINGS).replace("เเ", "แ")
    text = "".join(text.split())
    text = _LEADER.sub(r"\1\1\1", text)
    text = _TONE_FIRST.sub(r"\2\1", text)
    return re.sub("ํ([่้๊๋]?)า", r"\1ำ", text)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over texts: characters and edits; Thai digits and Latin letters in the truth, and those read right."""

    characters: int = 0
    edits: int = 0
    digits: int = 0
    digits_right: int = 0
    latin: int = 0
    latin_right: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.characters + other.characters, self.edits + other.edits, self.digits + other.digits,
            self.digits_right + other.digits_right, self.latin + other.latin, self.latin_right + other.latin_right,
        )  # fmt: skip

    @property
    def cer(self) -> float:
        """Character error rate, 0..1 and more."""
        return self.edits / max(1, self.characters)

    @property
    def digit_share(self) -> float:
        """Share of Thai digits read right."""
        return self.digits_right / max(1, self.digits)

    @property
    def latin_share(self) -> float:
        """Share of Latin letters read right."""
        return self.latin_right / max(1, self.latin)


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def tally(truth: str, read: str) -> Tally:
    """Compare one text with its truth, both made `comparable` first."""
    truth, read = comparable(truth), comparable(read)
    wrong: set[int] = set()
    edits = Levenshtein.editops(truth, read)
    for edit in edits:
        if edit.tag != "insert":
            wrong.add(edit.src_pos)

    def right(kind: Callable[[str], bool]) -> tuple[int, int]:
        places = [i for i, char in enumerate(truth) if kind(char)]
        return len(places), sum(i not in wrong for i in places)

    digits, latin = right(THAI_DIGITS.__contains__), right(_is_latin)
    return Tally(len(truth), len(edits), *digits, *latin)


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    return sum(tallies, Tally())
