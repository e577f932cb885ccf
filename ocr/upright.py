"""A page read the right way up: where its print is too blurred, pale or grainy to show which way that is, reading tells.

Print on its head or on its side is read, too, but as letters of no word, of which the reader is unsure.
"""

from __future__ import annotations

from ocr.engine import Engine
from ocr.errors import PageMemory, PageTimeout
from ocr.prepare import prepare
from ocr.types import Page, Sheet, Text

_UNSURE = 0.65
"""A mean confidence in the letters of a page that scans as they come do not fall under (0.9 at least), nor damaged ones that
are upright (0.73, but for pages of which nothing can be read); those the wrong way up reach 0.6.
"""

_FEWEST = 60
"""Fewer letters than this tell nothing: a page with a stamp on it."""


def read_upright(page: Page, number: int, engine: Engine) -> tuple[Text, Sheet]:
    """The text of `page`, which is page `number` (from 1) of its document, and its sheet: upright as the print shows it or,
    where hardly a letter is sure so, as it is read best. Raises what `Engine.read` does.
    """
    sheet = prepare(page)
    text = engine.read(sheet, number)
    if _letters(text) < _FEWEST or _sureness(text) >= _UNSURE:
        return text, sheet
    first = sheet.turn or 0
    for turn in ((first + 2) % 4, (first + 1) % 4, (first + 3) % 4):
        turned = prepare(page, turn)
        try:
            found = engine.read(turned, number)
        except (PageTimeout, PageMemory):
            continue
        if _letters(found) >= _FEWEST and _sureness(found) > _sureness(text):
            text, sheet = found, turned
        if _sureness(text) >= _UNSURE:
            break
    return text, sheet


def _letters(text: Text) -> int:
    return sum(len(word.text) for line in text.lines for word in line.words)


def _sureness(text: Text) -> float:
    """The mean confidence of the letters."""
    sure = [c for line in text.lines for word in line.words for c in word.confidences]
    return sum(sure) / max(len(sure), 1)
