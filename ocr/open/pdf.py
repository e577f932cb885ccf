"""PDF files through pdfium: page counts, and pages as pixels.

A page that shows a scan is rendered on the scan's own pixels (`ocr.open.grid`), so that they come out unchanged
while stamps, notes, masks, crops and turns are still drawn as a viewer draws them. Every other page is rendered at 300 dpi. pdfium is not thread-safe: one thread.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.errors import DamagedFile, EmptyFile, EncryptedFile, SamnaoError, TooLarge
from ocr.open.documents import Limits, readable
from ocr.open.dpi import page_dpi
from ocr.open.glyphs import visible
from ocr.open.grid import covered, drawing_grid, pictures, render, scan_grid, snap
from ocr.open.objects import IDENTITY, Placed, page_matrix, page_objects
from ocr.open.textlayer import read_text_layer
from ocr.types import Page

_SCAN_SHARE = 0.3
"""A page whose area is covered by images to this part is a scan: text over or under it is not trusted."""
_COVERED_SHARE = 0.7
"""From this part on the page is the scan, and print beside it is a stamp or a page number."""
_COARSE_DPI = 150.0
_TAIL = 65_536


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[pdfium.PdfDocument]:
    """The PDF document at `path`, checked for completeness, passwords and number of pages, closed at the end.

    Raises DamagedFile, EncryptedFile, EmptyFile, TooLarge, or ScanError where the disk fails.
    """
    with readable():
        check_end(path)
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError:
        raise _load_error(path) from None
    except OSError:
        with readable():
            raise
    try:
        _check_pages(len(document), limits)
        yield document
    except SamnaoError:
        raise
    except MemoryError:
        raise TooLarge("the page needs more memory than there is: lower the limit on pixels") from None
    except Exception as error:
        raise _damaged() from error
    finally:
        document.close()


def _check_pages(pages: int, limits: Limits) -> None:
    if pages > limits.max_pages:
        raise TooLarge(
            f"the PDF has {pages} pages, the limit is {limits.max_pages}: split it, or raise the limit on pages"
        )


def _load_error(path: Path) -> SamnaoError:
    """Why pypdfium2 could not open the file; its own code is that of an earlier file where there is no page."""
    handle = pdfium_c.FPDF_LoadDocument(os.fsencode(path) + b"\0", None)
    if handle:
        pdfium_c.FPDF_CloseDocument(handle)
        return EmptyFile("the PDF has no pages: scan or export it again")
    if pdfium_c.FPDF_GetLastError() in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
        return EncryptedFile(
            "the PDF asks for a password: open it in a PDF program, save it without a password, and read that"
        )
    return _damaged()


def _damaged() -> DamagedFile:
    return DamagedFile(
        "the PDF is broken inside: copy it again from where it came, or open it in a PDF program and save it again"
    )


def check_end(path: Path) -> None:
    """DamagedFile where the file stops before its cross-reference table: pages at its end would be half empty.

    A wrong table is no damage (pdfium rebuilds it), nor is padding after the end.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        tail = b""
        while end > 0 and not tail:
            start = max(0, end - _TAIL)
            file.seek(start)
            tail = file.read(end - start).rstrip(b"\0 \r\n\t")
            end = start
        if len(tail) < _TAIL and end > 0:
            file.seek(max(0, end - _TAIL))
            tail = file.read(end - max(0, end - _TAIL)) + tail
    last = max(tail.rfind(b"%%EOF"), tail.rfind(b"startxref"))
    if last < 0:
        last = max(tail.rfind(b"\ntrailer"), tail.rfind(b"\rtrailer"), tail.rfind(b"\nxref"))
    if last < 0 or re.search(rb"\d\s+\d+\s+obj\b", tail[last:]):
        raise DamagedFile(
            "the PDF ends too early: it was not copied or scanned completely; copy or scan it again"
        )


def pdf_page_count(path: Path, limits: Limits) -> int:
    """How many pages the PDF has; errors as in `opened`."""
    with opened(path, limits) as document:
        return len(document)


def open_pdf_page(path: Path, number: int, limits: Limits) -> Page | None:
    """Page `number` (from 1) of the PDF, as pixels, with its text where it was born digital; None past the last.

    Raises DamagedFile for a page that cannot be drawn, TooLarge for one with more pixels than the limit.
    """
    with opened(path, limits) as document:
        if number > len(document):
            return None
        with closing(document[number - 1]) as page:
            flattened = pdfium_c.FPDFPage_GetAnnotCount(page) > 0 and (
                pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY) == pdfium_c.FLATTEN_SUCCESS
            )
            if not flattened:
                return _read(document, page, number, limits)
        # What was filled in and stamped counts as content only once the page is opened anew.
        with closing(document[number - 1]) as page:
            return _read(document, page, number, limits)


def _read(document: pdfium.PdfDocument, page: pdfium.PdfPage, number: int, limits: Limits) -> Page:
    objects = page_objects(page)
    shown = page_matrix(page)
    if shown is None:
        image = render(page, drawing_grid(page, limits), limits)
        return Page(number, image, page_dpi(image, None))
    images = list(pictures(objects, shown, limits))
    share = covered(images, *page.get_size())
    grid = scan_grid(page, images, limits) if share >= _SCAN_SHARE else None
    if grid is not None and _lettered(objects, page):
        # Print of the file's own beside or over a picture: the picture's grid may be too coarse for it.
        fine = 72 * min(grid.across, grid.down) >= _COARSE_DPI
        grid = grid if fine and share >= _COVERED_SHARE else None
    if grid is not None:
        snap(images, shown, grid)
        image = render(page, grid, limits)
        return Page(number, image, page_dpi(image, 72 * max(grid.across, grid.down)))
    grid = drawing_grid(page, limits)
    image = render(page, grid, limits)
    text = None
    if share < _SCAN_SHARE:
        text = read_text_layer(page, objects, shown, grid.across, image, number, document)
    claimed = round(72 * grid.across, 2)
    return Page(number, image, claimed if text is not None else page_dpi(image, claimed), text)


def _lettered(objects: list[Placed], page: pdfium.PdfPage) -> bool:
    """Whether the page shows more than two lines of characters."""
    widths = (
        box.width
        for placed in objects
        if placed.kind == pdfium_c.FPDF_PAGEOBJ_TEXT and visible(placed) and (box := placed.bounds(IDENTITY))
    )
    return bool(sum(widths) > 2 * max(page.get_size()))
