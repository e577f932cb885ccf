"""The text of born-digital PDF pages: their own characters as lines in reading order, where they can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.open.cells import printed_cells
from ocr.open.glyphs import page_characters
from ocr.open.marks import page_marks
from ocr.open.objects import Affine, Placed, page_matrix, page_objects
from ocr.open.order import reading_order
from ocr.open.trust import trusted
from ocr.open.vectors import page_rules
from ocr.types import Image, Text


def read_text_layer(
    page: pdfium.PdfPage,
    objects: list[Placed],
    shown: Affine,
    scale: float,
    image: Image,
    number: int,
    document: pdfium.PdfDocument,
) -> Text | None:
    """The text that stands on the page as characters; None where there is none or it cannot be trusted.

    `shown` maps the page's points to points as shown, `scale` is pixels to a point, `image` the rendered page.
    Boxes are in pixels of `image`; the sheet frame is the page frame. Confidence is 1 for every character.
    """
    onto = shown.then(Affine(scale, 0, 0, scale, 0, 0))
    characters = page_characters(page, objects, onto)
    if characters is None or not any(glyph.text for glyph in characters.glyphs):
        return None
    rules = page_rules(objects, onto, scale)
    pictures = [
        box
        for placed in objects
        if placed.kind in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING)
        and (box := placed.bounds(onto)) is not None
    ]
    if not trusted(characters, image, scale, rules, pictures, _elsewhere(document, number)):
        return None
    lines = reading_order(printed_cells(characters.glyphs, rules), rules)
    height, width = image.shape[:2]
    letters = [glyph.box for glyph in characters.glyphs if glyph.text]
    marks = page_marks(objects, letters, onto, scale, width, height)
    return Text(number, width, height, lines, rules, marks, origin="text layer")


def _elsewhere(document: pdfium.PdfDocument, number: int) -> Iterator[str]:
    """The characters of the pages next to page `number`, nearest first."""
    for other in (number - 1, number + 1, number - 2, number + 2):
        if 1 <= other <= len(document):
            with closing(document[other - 1]) as page:
                shown = page_matrix(page)
                characters = page_characters(page, page_objects(page), shown) if shown else None
            if characters is not None:
                yield characters.text
