"""Second looks: parts of a sheet cut out and read again on their own, by the first reader or by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.engine.call import recognise
from ocr.engine.output import pages
from ocr.engine.words import divide
from ocr.layout.crops import line_picture
from ocr.layout.page import analyse_zone
from ocr.thaiorder import ordered
from ocr.types import Reader, Sheet, Zone

RAW_LINE = 13
"""Tesseract's page segmentation mode for a picture of one line, taken as it is."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model as Tesseract names it, and the folder it lies in (None: the distribution's)."""

    language: str
    tessdata: Path | None


def reread(
    sheet: Sheet, zones: Sequence[Zone], models: Mapping[Reader, Model], timeout: float
) -> tuple[str, ...]:
    """The text of each zone by the model of its reader; empty where nothing is seen.

    One process reads all lines that go to one model. Lines of a zone are joined by blanks. No zone is read with its
    characters limited to digits: that makes digits of what is none. Raises what `recognise` does.
    """
    texts = ["" for _ in zones]
    for reader, model in models.items():
        chosen = [(i, analyse_zone(sheet, zone.box)) for i, zone in enumerate(zones) if zone.reader == reader]
        pictures = [
            (i, line_picture(layout.grey, layout.printed, part).image)
            for i, layout in chosen
            for line in layout.lines
            for part in line.parts
            if isinstance(part, int)
        ]
        if not pictures:
            continue
        output = recognise(
            [image for _, image in pictures],
            language=model.language,
            mode=RAW_LINE,
            dpi=sheet.dpi,
            timeout=timeout,
            tessdata=model.tessdata,
        )
        for (i, _), page in zip(pictures, pages(output), strict=True):
            words = (divide(ordered(line.glyphs)) for line in page)
            read = " ".join("".join(g.char for g in word) for line in words for word in line)
            texts[i] = f"{texts[i]} {read}".strip()
    return tuple(texts)
