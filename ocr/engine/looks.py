"""Second looks: parts of a sheet cut out and read again on their own, by the first reader or by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.engine.call import recognise
from ocr.engine.output import pages
from ocr.engine.words import divide
from ocr.layout.crops import black_and_white, line_picture
from ocr.layout.page import analyse_zone
from ocr.thaiorder import ordered
from ocr.types import Image, Reader, Sheet, Zone

RAW_LINE = 13
"""Tesseract's page segmentation mode for a picture of one line, taken as it is."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model as Tesseract names it, and the folder it lies in (None: the distribution's)."""

    language: str
    tessdata: Path | None


def reread(
    asked: Iterable[tuple[Sheet, Sequence[Zone]]], models: Mapping[Reader, Model], timeout: float
) -> list[tuple[str, ...]]:
    """For each sheet the text of each zone by the model of its reader; empty where nothing is seen.

    Sheets are taken one after the other; one process reads all lines that go to one model, for starting it costs as much
    as ten figures. Lines of a zone are joined by blanks. The first reader gets them in black and white: what it misread
    in grey it repeats less often so. No zone is read with its characters limited to digits: that makes digits of what is
    none. Raises what `recognise` does.
    """
    texts: list[list[str]] = []
    pictures: dict[Reader, list[tuple[int, int, Image]]] = {reader: [] for reader in models}
    dpi = 0.0
    for number, (sheet, zones) in enumerate(asked):
        texts.append([""] * len(zones))
        dpi = max(dpi, sheet.dpi)
        for i, zone in enumerate(zones):
            layout = analyse_zone(sheet, zone.box)
            parts = (part for line in layout.lines for part in line.parts if isinstance(part, int))
            for part in parts:
                picture = line_picture(layout.grey, layout.printed, part).image
                seen = black_and_white(picture) if zone.reader == "own" else picture
                pictures[zone.reader].append((number, i, seen))
    for reader, model in models.items():
        if not pictures[reader]:
            continue
        output = recognise(
            [image for _, _, image in pictures[reader]],
            language=model.language,
            mode=RAW_LINE,
            dpi=dpi,
            timeout=timeout,
            tessdata=model.tessdata,
        )
        for (number, i, _), page in zip(pictures[reader], pages(output), strict=True):
            words = (divide(ordered(line.glyphs)) for line in page)
            read = " ".join("".join(g.char for g in word) for line in words for word in line)
            texts[number][i] = f"{texts[number][i]} {read}".strip()
    return [tuple(found) for found in texts]
