"""Reading: a sheet's print as `Text`. The only room that calls pytesseract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from ocr.engine.call import recognise
from ocr.engine.output import pages
from ocr.engine.words import split_at_gaps
from ocr.thaiorder import Glyph, ordered
from ocr.transform import Transform
from ocr.types import Box, Image, Line, Sheet, Text, Word, Zone


class Engine(Protocol):
    """What the pipeline needs of a reader; `ocr.testing` has scripted ones."""

    def read(self, sheet: Sheet, number: int) -> Text:
        """The text of `sheet`, which is page `number` (from 1) of its document."""
        ...

    def reread(self, sheet: Sheet, zones: Sequence[Zone]) -> tuple[str, ...]:
        """A second, differently configured look: the text of each zone, in order; empty where none is seen."""
        ...


@dataclass(frozen=True, slots=True)
class TesseractEngine:
    """Tesseract behind our own layout analysis.

    `language` names the model as Tesseract does, `tessdata` the folder it lies in (None: the distribution's).
    `timeout` in seconds holds for each call of the program.
    """

    language: str = "tha+eng"
    tessdata: Path | None = None
    timeout: float = 120.0

    def read(self, sheet: Sheet, number: int) -> Text:
        """The text of `sheet` in reading order; raises PageTimeout, PageMemory, EngineMissing, LanguageMissing."""
        height, width = sheet.image.shape[:2]
        if sheet.blank:
            return Text(number, width, height, rules=sheet.rules, blank=True, steps=sheet.steps)
        hocr = recognise(
            [sheet.image],
            language=self.language,
            mode=6,
            dpi=sheet.dpi,
            timeout=self.timeout,
            tessdata=self.tessdata,
        )
        lines = []
        for row, line in enumerate(pages(hocr)[0]):
            runs = split_at_gaps(ordered(line.glyphs), 0.3 * line.box.height)
            words = tuple(_word(run, line.box, sheet.to_page) for run in runs)
            lines.append(Line(words, row=row, block=row))
        return Text(
            number, width, height, tuple(lines), rules=sheet.rules, blank=not lines, steps=sheet.steps
        )

    def reread(self, sheet: Sheet, zones: Sequence[Zone]) -> tuple[str, ...]:
        """The text of each zone on its own, all in one process; raises as `read` does."""
        crops = [_crop(sheet.image, zone.box) for zone in zones]
        if not crops:
            return ()
        hocr = recognise(
            crops, language=self.language, mode=6, dpi=sheet.dpi, timeout=self.timeout, tessdata=self.tessdata
        )
        texts = []
        for page in pages(hocr):
            rows = (split_at_gaps(ordered(line.glyphs), 0.3 * line.box.height) for line in page)
            texts.append(" ".join("".join(g.char for g in run) for runs in rows for run in runs))
        return tuple(texts)


def _crop(image: Image, box: Box) -> Image:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box.padded(4, 4).rounded()
    part = image[max(0, y0) : min(height, y1), max(0, x0) : min(width, x1)]
    part = part if part.size else np.full((8, 8), 255, np.uint8)
    padding = ((8, 8), (8, 8)) + ((0, 0),) * (part.ndim - 2)
    return np.pad(part, padding, constant_values=255)


def _word(run: Sequence[Glyph], line: Box, to_page: Transform) -> Word:
    box = Box(min(g.x0 for g in run), line.y0, max(g.x1 for g in run), line.y1)
    return Word("".join(g.char for g in run), box, page_box(box, to_page), tuple(g.confidence for g in run))


def page_box(box: Box, to_page: Transform) -> Box:
    """The page-frame box around the corners of a sheet-frame `box`."""
    corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]], np.float64)
    points = to_page.apply(corners)
    return Box(*(float(v) for v in (*points.min(axis=0), *points.max(axis=0))))
