"""Reading: a sheet's print as `Text`. The only room that calls pytesseract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.engine.call import recognise
from ocr.engine.doubled import once
from ocr.engine.looks import RAW_LINE, Model, reread
from ocr.engine.output import pages
from ocr.engine.stops import without_dirt
from ocr.engine.words import divide, extents, is_text
from ocr.layout.crops import line_picture
from ocr.layout.damage import damage
from ocr.layout.lines import Print
from ocr.layout.page import Layout, Sign, analyse
from ocr.layout.runs import Run
from ocr.thaiorder import Glyph, ordered
from ocr.transform import Transform
from ocr.types import Box, Line, Mark, Sheet, Text, Word, Zone

MODELS = Path(__file__).parents[1] / "models"
"""The folder of samnao's own model."""


class Engine(Protocol):
    """What the pipeline needs of a reader; `ocr.testing` has scripted ones."""

    def read(self, sheet: Sheet, number: int) -> Text:
        """The text of `sheet`, which is page `number` (from 1) of its document."""
        ...

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:
        """A second, differently configured look: for each sheet the text of each zone, in order; empty where none is seen."""
        ...


@dataclass(frozen=True, slots=True)
class TesseractEngine:
    """Tesseract behind our own layout analysis.

    `language` names the model as Tesseract does, `tessdata` the folder it lies in (None: the distribution's); the
    default is samnao's own model. `second` names the distribution's model, the
    other reader of second looks. `timeout` in seconds holds for each call of the program.
    """

    language: str = "samnao"
    tessdata: Path | None = MODELS
    second: str = "tha+eng"
    timeout: float = 120.0

    def read(self, sheet: Sheet, number: int) -> Text:
        """The text of `sheet` in reading order; raises PageTimeout, PageMemory, EngineMissing, LanguageMissing."""
        height, width = sheet.image.shape[:2]
        if sheet.blank:
            return Text(number, width, height, rules=sheet.rules, blank=True, steps=sheet.steps)
        layout = analyse(sheet)
        readings = self._glyphs(layout, sheet.dpi)
        lines = []
        for line in layout.lines:
            words: list[Word] = []
            for part in line.parts:
                if isinstance(part, Sign):
                    place = page_box(part.box, sheet.to_page)
                    words.append(Word(part.text, part.box, place, (1.0,) * len(part.text)))
                elif is_text(readings[part]):
                    words += _words(layout, part, readings[part], sheet)
            if words:
                lines.append(Line(tuple(words), row=line.row, block=line.block))
        marks = tuple(Mark(kind, box, page_box(box, sheet.to_page)) for kind, box in layout.marks)
        return Text(
            number,
            width,
            height,
            tuple(lines),
            rules=sheet.rules,
            marks=marks,
            blank=not lines and not marks,
            steps=sheet.steps,
            turn=sheet.turn,
            legibility=sheet.legibility,
        )

    def _glyphs(self, layout: Layout, dpi: float) -> list[list[Glyph]]:
        """For every run of `layout` what Tesseract reads, in legal order, x in the sheet frame."""
        pictures = [line_picture(layout.grey, layout.printed, i) for i in range(len(layout.printed.runs))]
        if not pictures:
            return []
        output = recognise(
            [picture.image for picture in pictures],
            language=self.language,
            mode=RAW_LINE,
            dpi=dpi,
            timeout=self.timeout,
            tessdata=self.tessdata,
        )
        found = []
        for run, picture, page in zip(layout.printed.runs, pictures, pages(output), strict=True):
            glyphs = ordered(
                g._replace(x0=g.x0 + picture.left, x1=g.x1 + picture.left)
                for line in page
                for g in line.glyphs
            )
            glyphs = once(glyphs, _spans(layout.printed, run, 0.6), run.consonant)
            found.append(without_dirt(glyphs, layout.printed.ink, run))
        return found

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:
        """The text of each zone of each sheet, cut out and read on its own; raises as `read` does.

        See `ocr.engine.looks`.
        """
        own, other = Model(self.language, self.tessdata), Model(self.second, None)
        return reread(asked, {"own": own, "other": other}, self.timeout)


def _spans(printed: Print, run: Run, least: float = 0.0) -> NDArray[np.float64]:
    """The left and right edges of the ink of a run, of what is at `least` so many consonants high."""
    boxes = printed.ink.boxes[run.components].astype(np.float64)
    spans: NDArray[np.float64] = boxes[boxes[:, 3] - boxes[:, 1] >= least * run.consonant][:, [0, 2]]
    return spans


def _words(layout: Layout, index: int, glyphs: Sequence[Glyph], sheet: Sheet) -> tuple[Word, ...]:
    """The words of run `index`, its glyphs divided at their blanks, with boxes from its ink."""
    run = layout.printed.runs[index]
    parts = divide(glyphs)
    words = []
    for part, (x0, x1) in zip(
        parts, extents(parts, _spans(layout.printed, run), 0.8 * run.consonant), strict=True
    ):
        box = Box(x0, run.box.y0, x1, run.box.y1)
        text = "".join(g.char for g in part)
        sure = tuple(g.confidence for g in part)
        words.append(
            Word(text, box, page_box(box, sheet.to_page), sure, damage(layout, sheet.rules, run, box))
        )
    return tuple(words)


def page_box(box: Box, to_page: Transform) -> Box:
    """The page-frame box around the corners of a sheet-frame `box`."""
    corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]], np.float64)
    points = to_page.apply(corners)
    return Box(*(float(v) for v in (*points.min(axis=0), *points.max(axis=0))))
