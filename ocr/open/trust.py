"""Whether the text layer of a born-digital page says what the page shows.

Text layers of Thai PDFs lose tone marks, carry private codes of old fonts, put marks where no consonant is, or
hold only part of what is printed. Four measures, each enough to fall back to reading the picture: characters
without a meaning, marks that stand on nothing, the share of tone marks that Thai text has (measured on 31
transcribed official texts: 0.07–0.14 a consonant, 0.13–0.40 an upper vowel), and ink against characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.open.glyphs import Characters, Glyph
from ocr.thaiorder import MARKS
from ocr.types import Box, Image, Rule

_MOST_DOUBTFUL = 0.005
_MOST_SLANTING = 0.2
_MOST_LOOSE = 0.02
_LEAST_TONES = 0.04
_LEAST_TONES_ON_VOWELS = 0.06
_LEAST_THI = 0.4
_ENOUGH = 150
"""Thai consonants that make a share of tone marks worth judging."""
_MOST_UNSEEN = 0.05
_MOST_UNEXPLAINED_MARKS = 0.02
_MOST_UNEXPLAINED_LETTERS = 0.15

_CONSONANTS = re.compile("[ก-ฮ]")
_TONES = re.compile("[่-๋]")
_UPPER = re.compile("[ัิ-ื]")
_TONES_ON_VOWELS = re.compile("[ัิ-ื][่-๋]")
_THI, _TI = re.compile("ที่"), re.compile("ที(?!่)")
_LATIN_FOR_THAI = re.compile("[\u0080-\u009f\u00a1-\u00da\u00df-\u00fb]")


def trusted(
    characters: Characters,
    image: Image,
    scale: float,
    rules: tuple[Rule, ...],
    pictures: list[Box],
    elsewhere: Iterable[str] = (),
) -> bool:
    """Whether what the page shows (`image`, `scale` pixels to a point) and its `characters` agree.

    `rules` and `pictures` are drawn without being text. Where the page has too little Thai to judge by, the text
    of other pages (`elsewhere`, taken one by one until there is enough) is judged along with it.
    """
    glyphs = [glyph for glyph in characters.glyphs if glyph.text]
    if characters.slanting > _MOST_SLANTING * len(glyphs):
        return False
    if sum(glyph.doubtful for glyph in glyphs) > _MOST_DOUBTFUL * len(glyphs):
        return False
    text = characters.text
    if _CONSONANTS.search(text):
        for more in elsewhere:
            if len(_CONSONANTS.findall(text)) >= _ENOUGH:
                break
            text = f"{text}\n{more}"
    if not plausible_thai(text):
        return False
    return _ink_agrees(glyphs, image, scale, rules, pictures)


def plausible_thai(text: str) -> bool:
    """Whether `text` in painting order has its marks on consonants, and as many tone marks as Thai text has."""
    text = re.sub("([่-๋])([ัิ-ฺ])", r"\2\1", text)  # the order of the pen is no fault
    letters = sum(char.isalpha() or char in MARKS for char in text)
    if len(_LATIN_FOR_THAI.findall(text)) > 0.1 * max(letters, 1):
        return False  # Thai bytes of an old font taken for Latin letters
    consonants = len(_CONSONANTS.findall(text))
    loose = len(
        re.findall("(?<![ก-ฮ\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", text)
    )
    loose += len(re.findall("[\u0e31\u0e34-\u0e37]{2}|[่-๋]{2}", text))
    if loose > max(1, _MOST_LOOSE * consonants):
        return False
    if consonants >= _ENOUGH and len(_TONES.findall(text)) < _LEAST_TONES * consonants:
        return False
    upper = len(_UPPER.findall(text))
    if upper >= 60 and len(_TONES_ON_VOWELS.findall(text)) < _LEAST_TONES_ON_VOWELS * upper:
        return False
    thi, ti = len(_THI.findall(text)), len(_TI.findall(text))
    return thi + ti < 6 or thi >= _LEAST_THI * (thi + ti)


def _ink_agrees(
    glyphs: list[Glyph], image: Image, scale: float, rules: tuple[Rule, ...], pictures: list[Box]
) -> bool:
    """Whether every character has ink, and nothing that looks like letters or marks is left without one."""
    shrink = min(1.0, 150 / 72 / scale)
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.uint8)
    unseen = sum(_contrast(small, glyph.box, shrink) < 30 for glyph in glyphs)
    if unseen > _MOST_UNSEEN * len(glyphs):
        return False
    left = cv2.adaptiveThreshold(
        small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, 40
    ).astype(np.uint8)
    em = float(np.median([glyph.em for glyph in glyphs])) * shrink
    for box, margin in (
        *((glyph.box, 0.05 * glyph.em * shrink) for glyph in glyphs),
        *((rule.box, 2.0) for rule in rules),
        *((picture, 2.0) for picture in pictures),
    ):
        x0, y0, x1, y1 = _inside(left, box, shrink, margin)
        left[y0:y1, x0:x1] = 0
    marks, letters = _leftovers(left, em, _heads(glyphs, left.shape, shrink))
    consonants = sum(len(_CONSONANTS.findall(glyph.text)) for glyph in glyphs)
    return marks <= max(2, _MOST_UNEXPLAINED_MARKS * consonants) and letters <= max(
        10, _MOST_UNEXPLAINED_LETTERS * len(glyphs)
    )


def _inside(image: NDArray[np.uint8], box: Box, shrink: float, margin: float) -> tuple[int, int, int, int]:
    height, width = image.shape
    x0, y0, x1, y1 = (
        Box(box.x0 * shrink, box.y0 * shrink, box.x1 * shrink, box.y1 * shrink)
        .padded(margin, margin)
        .rounded()
    )
    return min(max(x0, 0), width), min(max(y0, 0), height), max(min(x1, width), 0), max(min(y1, height), 0)


def _contrast(grey: NDArray[np.uint8], box: Box, shrink: float) -> int:
    x0, y0, x1, y1 = _inside(grey, box, shrink, 1.0)
    part = grey[y0:y1, x0:x1]
    return int(part.max()) - int(part.min()) if part.size else 0


def _heads(glyphs: list[Glyph], shape: tuple[int, ...], shrink: float) -> NDArray[np.bool_]:
    """Where a mark over a Thai consonant would stand: from its head upwards by half an em."""
    heads = np.zeros(shape[:2], bool)
    for glyph in glyphs:
        if _CONSONANTS.search(glyph.text):
            box = Box(
                glyph.box.x0, glyph.box.y0 - 0.5 * glyph.em, glyph.box.x1 + 0.1 * glyph.em, glyph.box.y0
            )
            height, width = shape[:2]
            x0, y0 = max(0, int(box.x0 * shrink)), max(0, int(box.y0 * shrink))
            heads[y0 : min(height, int(box.y1 * shrink)), x0 : min(width, int(box.x1 * shrink))] = True
    return heads


def _leftovers(left: NDArray[np.uint8], em: float, heads: NDArray[np.bool_]) -> tuple[int, int]:
    """How many dark parts without a character look like marks over consonants, and how many like letters."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(left, connectivity=8)
    del labels
    marks = letters = 0
    for i in range(1, count):
        width, height = stats[i, cv2.CC_STAT_WIDTH], stats[i, cv2.CC_STAT_HEIGHT]
        x, y = int(centres[i][0]), int(centres[i][1])
        if 0.08 * em <= height <= 0.4 * em and 0.04 * em <= width <= 0.7 * em and heads[y, x]:
            marks += 1
        elif 0.35 * em <= height <= 1.3 * em and 0.1 * em <= width <= 1.5 * em:
            letters += 1
    return marks, letters
