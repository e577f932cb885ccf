"""The model's character set, and printed Thai text as the model's targets write it."""

from __future__ import annotations

import re
import unicodedata

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"

# What the stock model lacks: five digits, rare Thai letters and signs, Latin letters, symbols of office paper.
ADDED = (
    "๔๖๗๘๙"
    + "ฃฅๅ฿๏๚๛"
    + "abcdefghijklmnopqrstuvwxyz"
    + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    + ";&$_\\~{}^"
    + "–•°±×÷²½‘’✓☐☑"
    + "ฌฦ"
)

_LETTERS = "ก-ฮ"
_UPPER = "ัิีึื็ํ"
_LOWER = "ุู"
_TONES = "่้๊๋์"
# A cluster in the order in which Thai is stored: letter, vowel above or below, tone; sara am after an optional tone.
_CLUSTER = re.compile(
    f"[{_LETTERS}](?:[{_UPPER}{_LOWER}]?[{_TONES}]?ํ?)|[เแโใไะาๅฤฦฯๆ฿๏๚๛{THAI_DIGITS}]"
)  # ํ before า is what is left of ำ
_THAI = re.compile("[\u0e00-\u0e7f]")
_BULLETS = str.maketrans("●▪■", "•••")  # one bullet, whatever its shape
_BLANKS = re.compile(r"\s+")


def stock_order(stock: list[str]) -> list[str]:
    """The characters of samnao's unicharset (without the three special ones): the stock ones first, then `ADDED`."""
    kept = stock[3:]
    return kept + [char for char in ADDED if char not in kept]


def to_target(text: str) -> str:
    """What the model is to write for a printed text: NFC, ำ as ํ + า, one kind of bullet, runs of blanks as one."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text).translate(_BULLETS).replace("ำ", "ํา")).strip()


def from_model(text: str) -> str:
    """The model's text in normal spelling: ํ + า becomes ำ."""
    return text.replace("ํา", "ำ").replace("ํ้า", "้ำ").replace("ํ่า", "่ำ")


def marks_are_legal(text: str) -> bool:
    """Whether every Thai mark in a target text stands on a letter, vowel before tone."""
    return not _THAI.search(_CLUSTER.sub("", text))
