"""Thai text: the record contract's text form, digits, joined lines, words and their frequency.

The only caller of PyThaiNLP. Its corpora are read from the installed package on first use and kept; nothing is
downloaded and importing this module loads none of them.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# PyThaiNLP would make a folder in the user's home and fetch corpora into it; what ships with it is all we use.
os.environ.setdefault("PYTHAINLP_OFFLINE", "1")
if "PYTHAINLP_READ_MODE" not in os.environ:
    os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
TONES = "่้๊๋"
UPPER = "ัิีึืํ็์๎"
LOWER = "ฺุู"
MARKS = TONES + UPPER + LOWER
"""Marks above or below a letter: they cannot stand alone."""

LETTERS = frozenset(chr(c) for c in range(0x0E01, 0x0E4F) if chr(c) not in "ฯ฿ๆ\u0e3b\u0e3c\u0e3d\u0e3e")
"""Thai consonants, vowels and marks, without signs and digits."""

_TO_ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)

# Windows fonts keep shifted forms of the marks in the private use area; text layers of old PDFs leak them.
_PRIVATE_FORMS = str.maketrans(
    {
        0xF700: "ฐ",
        0xF701: "ิ",
        0xF702: "ี",
        0xF703: "ึ",
        0xF704: "ื",
        0xF705: "่",
        0xF706: "้",
        0xF707: "๊",
        0xF708: "๋",
        0xF709: "์",
        0xF70A: "่",
        0xF70B: "้",
        0xF70C: "๊",
        0xF70D: "๋",
        0xF70E: "์",
        0xF70F: "ญ",
        0xF710: "ั",
        0xF711: "ํ",
        0xF712: "็",
        0xF713: "่",
        0xF714: "้",
        0xF715: "๊",
        0xF716: "๋",
        0xF717: "์",
        0xF718: "ุ",
        0xF719: "ู",
        0xF71A: "ฺ",
    }
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"\s+")
_SPACE_BEFORE_MARK = re.compile(f"(?<=[ก-ฮ{MARKS}]) (?=[{MARKS}ำ])")
_MARK_RUN = re.compile(f"[{MARKS}]{{2,}}")
_NIKHAHIT_AA = re.compile(f"ํ ?([{TONES}]*) ?า")
_AM_TONE = re.compile(f"([ะาำ])([{TONES}])")
_LAKKHANGYAO = re.compile("(?<![ฤฦ])ๅ")
_REPEATED = re.compile("([ะาำเแโใไ็])\\1+")
_IRREGULAR = re.compile(f"[^ก-๎]|เเ|ํ|ๅ|[ะาำ][{TONES}]|[{MARKS}]{{2}}|([ะาำเแโใไ])\\1")
_DANGLING = re.compile(f"(^|(?<=[^ก-ฮ{MARKS}]))[{MARKS}]+")


def normalize(text: str) -> str:
    """Any text → the record contract's text form: NFC, ำ composed, marks in legal order and not repeated,
    เเ as แ, runs of blanks (line breaks too) made one space, none at the ends. Thai digits stay.
    """
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text.translate(_PRIVATE_FORMS)))
    text = _SPACES.sub(" ", text).strip()
    if text.isascii():
        return text
    previous = ""
    while text != previous:
        # What one rule takes away can bring the marks of two others together.
        previous = text
        text = text.replace("เเ", "แ")
        text = _SPACE_BEFORE_MARK.sub("", text)
        text = _LAKKHANGYAO.sub("า", text)
        text = _AM_TONE.sub(r"\2\1", text)
        text = _NIKHAHIT_AA.sub(r"\1ำ", text)
        text = _MARK_RUN.sub(_legal_marks, text)
        text = _REPEATED.sub(r"\1", text)
        text = _DANGLING.sub("", text)
        text = _SPACES.sub(" ", text).strip()
    return text


def _legal_marks(run: re.Match[str]) -> str:
    """One vowel above or below, then one tone mark or silencer: what a Thai letter can carry.

    The last tone mark wins: Tesseract writes a wrong one before the right one more often than after it.
    """
    marks = run.group()
    vowels = [m for m in marks if m in UPPER + LOWER and m not in "์๎"]
    tones = [m for m in marks if m in TONES + "์๎"]
    return "".join(vowels[-1:]) + "".join(tones[-1:])


def arabic_digits(text: str) -> str:
    """Thai digits as Arabic ones; everything else, and the length, stays."""
    return text.translate(_TO_ARABIC)


def thai_digits(text: str) -> str:
    """Arabic digits as Thai ones; everything else, and the length, stays."""
    return text.translate(_TO_THAI)


def is_thai(text: str) -> bool:
    """Whether there is a Thai letter or mark in `text` (digits and ฿ do not count)."""
    return any("ก" <= c <= "ฺ" or "เ" <= c <= "๎" for c in text)


def join_lines(lines: Iterable[str]) -> str:
    """Printed lines of one running text → one line, in the contract's text form.

    Thai breaks between words without a blank, so nothing is put between two Thai letters. Latin words and numbers
    are set apart by blanks, so one goes between them and their neighbours. A line that ends in ``-``, ``/`` or an
    opening bracket right behind its word, or begins with ``/`` or a closing bracket right before its word, was
    broken inside and is joined as it stands.
    """
    joined = ""
    for line in map(normalize, lines):
        if not line:
            continue
        if joined and not _joins_tightly(joined, line):
            joined += " "
        joined += line
    return normalize(joined)


_OPENING, _CLOSING = "([{“‘«", ")]}”’»,;.%ๆฯ"


def _joins_tightly(before: str, after: str) -> bool:
    last, first = before[-1], after[0]
    if last in LETTERS and first in LETTERS:
        return True
    if last in _OPENING or first in MARKS or first in "ะาำๅ":
        return True
    if first in _CLOSING:
        return first != "." or after[1:2] in ("", " ")
    if last in "-/‐" and len(before) > 1 and before[-2] not in " -/":
        return True
    return first == "/" and after[1:2] not in ("", " ", "/")


def tokens(text: str) -> list[str]:
    """The words of `text` (PyThaiNLP's newmm over its dictionary); blanks and marks are tokens too."""
    from pythainlp.tokenize import word_tokenize

    return list(word_tokenize(text, engine="newmm", keep_whitespace=True))


_LONGEST_RARE_WORD = 10


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """PyThaiNLP's dictionary of about 62,000 Thai words, each in the contract's text form."""
    from pythainlp.corpus.common import thai_words

    return frozenset(map(_word_form, thai_words()))


@lru_cache(maxsize=1)
def rare_words() -> frozenset[str]:
    """The Volubilis dictionary's words and phrases of up to ten letters: modern and technical words that `words` lacks."""
    from pythainlp.corpus.volubilis import thai_volubilis_words

    return frozenset(_word_form(word) for word in thai_volubilis_words() if len(word) <= _LONGEST_RARE_WORD)


def _word_form(word: str) -> str:
    """`normalize` for word lists: nearly all entries are in the text form already, so look before working."""
    return normalize(word) if _IRREGULAR.search(word) else word


@lru_cache(maxsize=1)
def frequencies() -> dict[str, int]:
    """How often each word stands in the Thai National Corpus and the Thai Textbook Corpus together."""
    from pythainlp.corpus import tnc, ttc

    counts: dict[str, int] = {}
    for word, count in (*tnc.word_freqs(), *ttc.word_freqs()):
        if word.isascii():
            continue
        clean = _word_form(word)
        if is_thai(clean):
            counts[clean] = counts.get(clean, 0) + count
    return counts


@lru_cache(maxsize=1)
def web_frequencies() -> dict[str, int]:
    """How often each word of the dictionary stands in the Phupha list, counted on the web: it knows words younger than
    the corpora, but was cut by machine, so that parts of words are counted as words.
    """
    from pythainlp.corpus import phupha

    counts: dict[str, int] = {}
    for word, count in phupha.word_freqs():
        if len(word) > 1 and count > 0 and is_thai(word):
            clean = _word_form(word)
            counts[clean] = counts.get(clean, 0) + count
    return counts


@lru_cache(maxsize=1)
def known_names() -> frozenset[str]:
    """Thai given names and family names, about 22,000."""
    from pythainlp.corpus import common

    return frozenset(
        _word_form(name)
        for names in (common.thai_male_names(), common.thai_female_names(), common.thai_family_names())
        for name in names
    )


def is_name(token: str) -> bool:
    """Whether `token` is a known given or family name."""
    return token in known_names()


def number_in_words(text: str) -> int | None:
    """A number written in Thai words (``สองหมื่นหกพันสองร้อย``) as an integer; None where it is not one."""
    from pythainlp.util import thaiword_to_num

    try:
        value = thaiword_to_num(text.replace(" ", ""))
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return int(value) if isinstance(value, int) else None
