"""Tesseract's hOCR as plain values: pages of lines of glyphs."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import NamedTuple

from ocr.thaiorder import Glyph
from ocr.types import Box

_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_OFFSET = 0.085


def probability(confidence: float) -> float:
    """The network's probability for a symbol from hOCR's ``x_conf``.

    Tesseract writes 100 + 5 · (ln p − 0.085) (`LTRResultIterator::Confidence`, `RecodeBeamSearch::kCertOffset`).
    """
    return min(1.0, math.exp(max(-20.0, (confidence - 100.0) / 5.0 + _OFFSET)))


class ReadLine(NamedTuple):
    """What Tesseract saw as one line: its box and its glyphs in the order read, in pixels of the image given."""

    box: Box
    glyphs: tuple[Glyph, ...]


def pages(output: tuple[str, str]) -> list[list[ReadLine]]:
    """The lines of every image from Tesseract's hOCR and text, in its order; lines without glyphs are left out.

    hOCR has the places and certainties but calls nearly every Thai letter a word; the text has the blanks.
    """
    hocr, text = output
    root = ElementTree.fromstring(_printable(hocr))  # noqa: S314 (our own child process wrote it)
    found = [page for page in root.iter() if _kind(page) == "ocr_page"]
    texts = [*text.split("\f"), *([""] * len(found))]
    return [
        _divided([line for line in map(_line, page.iter()) if line is not None], plain)
        for page, plain in zip(found, texts, strict=False)
    ]


def _divided(lines: list[ReadLine], text: str) -> list[ReadLine]:
    """The lines with each glyph told whether it begins a word, as the blanks of `text` say."""
    rest = iter(text)
    divided: list[ReadLine] = []
    for line in lines:
        glyphs: list[Glyph] = []
        for glyph in line.glyphs:
            joint = not glyphs
            for _ in glyph.char:
                while (char := next(rest, "")) and char.isspace():
                    joint = True
            glyphs.append(glyph._replace(joint=joint))
        divided.append(line._replace(glyphs=tuple(glyphs)))
    return divided


_LINES = frozenset({"ocr_line", "ocr_caption", "ocr_textfloat", "ocr_header"})


def _kind(element: ElementTree.Element) -> str:
    return element.get("class", "")


def _line(element: ElementTree.Element) -> ReadLine | None:
    if _kind(element) not in _LINES:
        return None
    glyphs = tuple(_glyphs(element))
    x0, y0, x1, y1 = (float(n) for n in _NUMBERS.findall(element.get("title", ""))[:4])
    return ReadLine(Box(x0, y0, x1, y1), glyphs) if glyphs else None


def _glyphs(line: ElementTree.Element) -> Iterator[Glyph]:
    for element in line.iter():
        text = (element.text or "").strip()
        if _kind(element) != "ocrx_cinfo" or not text:
            continue
        box, _, confidence = element.get("title", "").partition(";")
        x0, _, x1, _ = (float(n) for n in _NUMBERS.findall(box)[:4])
        (value,) = _NUMBERS.findall(confidence)[:1]
        yield Glyph(text, probability(float(value)), x0, x1, joint=False)


def _printable(text: str) -> str:
    """Without the control characters that XML does not allow (Tesseract passes on what it read)."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
