"""PDF files through pdfium: page counts, and pages as pixels.

A page that shows a scan is rendered on the scan's own pixel grid, so that its pixels come out unchanged
(pdfium copies an image one to one where the grids agree) while stamps, notes, masks, crops and turns are still
drawn as a viewer draws them. Every other page is rendered at 300 dpi. pdfium is not thread-safe: one thread.
"""

from __future__ import annotations

import ctypes
import math
import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image as Pillow

from ocr.errors import DamagedFile, EmptyFile, EncryptedFile, SamnaoError, TooLarge
from ocr.open.documents import Limits, readable
from ocr.open.dpi import page_dpi
from ocr.open.image import check_pixels, grey_if_grey, readable_image
from ocr.open.objects import Affine, Placed, page_matrix, page_objects
from ocr.open.textlayer import read_text_layer
from ocr.types import Box, Image, Page

RENDER_DPI = 300.0
_BEST_DPI = 600.0
"""A small image on a page does not push the whole page past this resolution."""
_MOST_RENDERED = 35_000_000
"""Pixels of A3 at 300 dpi: drawings and posters larger than that are rendered more coarsely."""
_LEAST_DPI = 50.0
_SCAN_SHARE = 0.3
"""A page whose area is covered by images to this part is a scan: text over or under it is not trusted."""
_TAIL = 65_536
_HAIR = 0.01
"""Pixels: more than the rounding errors of pdfium's 32-bit matrices, less than anybody sees."""


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[pdfium.PdfDocument]:
    """The PDF document at `path`, checked for completeness, passwords and number of pages, closed at the end.

    Raises DamagedFile, EncryptedFile, EmptyFile, TooLarge, or ScanError where the disk fails.
    """
    with readable():
        _check_end(path)
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


def _check_end(path: Path) -> None:
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
    pictures = list(_pictures(objects, shown, limits)) if shown else []
    grid = _scan_grid(page, pictures, limits)
    if grid is not None and shown is not None:
        _snap(pictures, shown, grid)
        image = _render(page, grid, limits)
        return Page(number, image, page_dpi(image, 72 * max(grid.across, grid.down)))
    grid = _drawing_grid(page, limits)
    image = _render(page, grid, limits)
    claimed = 72 * grid.across
    text = read_text_layer(page, objects, shown, grid.across, image, number, document) if shown else None
    return Page(number, image, claimed if text is not None else page_dpi(image, claimed), text)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The pixels of a page to be rendered: how many to a point, how many in all, how far the page is shifted."""

    across: float
    down: float
    width: int
    height: int
    shift_x: float = 0.0
    shift_y: float = 0.0


@dataclass(frozen=True, slots=True)
class _Picture:
    """An image on the page: its box in points as shown, its pixels as shown, whether it stands straight."""

    placed: Placed
    box: Box
    columns: int
    rows: int
    across: float
    down: float
    straight: bool


def _pictures(objects: list[Placed], shown: Affine, limits: Limits) -> Iterator[_Picture]:
    for placed in objects:
        if placed.kind != pdfium_c.FPDF_PAGEOBJ_IMAGE:
            continue
        width, height = ctypes.c_uint(), ctypes.c_uint()
        if not pdfium_c.FPDFImageObj_GetImagePixelSize(placed.handle, width, height):
            continue
        check_pixels(width.value, height.value, limits)
        _check_jpeg(placed)
        m = placed.matrix().then(shown)
        long_u, long_v = math.hypot(m.a, m.b), math.hypot(m.c, m.d)
        if min(long_u, long_v) < 1e-3:
            continue
        turned = abs(m.b) > abs(m.a)
        slant = max(abs(m.a), abs(m.d)) if turned else max(abs(m.b), abs(m.c))
        columns, rows = (height.value, width.value) if turned else (width.value, height.value)
        across, down = columns / (long_v if turned else long_u), rows / (long_u if turned else long_v)
        straight = slant * max(across, down) < 0.5
        yield _Picture(placed, m.box(0, 0, 1, 1), columns, rows, across, down, straight)


def _check_jpeg(placed: Placed) -> None:
    """DamagedFile for an embedded JPEG that stops early: pdfium would fill the rest of the page with grey."""
    name = ctypes.create_string_buffer(32)
    if pdfium_c.FPDFImageObj_GetImageFilterCount(placed.handle) != 1:
        return
    pdfium_c.FPDFImageObj_GetImageFilter(placed.handle, 0, name, 32)
    if name.value not in (b"DCTDecode", b"DCT"):
        return
    length = pdfium_c.FPDFImageObj_GetImageDataRaw(placed.handle, None, 0)
    data = (ctypes.c_ubyte * max(1, length))()
    pdfium_c.FPDFImageObj_GetImageDataRaw(placed.handle, data, length)
    jpeg = bytes(data)
    if b"\xff\xd9" not in jpeg[-1024:]:
        with readable_image(), Pillow.open(BytesIO(jpeg), formats=("JPEG",)) as image:
            image.load()


def _scan_grid(page: pdfium.PdfPage, pictures: list[_Picture], limits: Limits) -> _Grid | None:
    """The pixel grid of the scan that the page shows; None where images cover too little of it."""
    width, height = page.get_size()
    if _covered(pictures, width, height) < _SCAN_SHARE:
        return None
    main = max(pictures, key=lambda p: (_area(p, width, height), p.across * p.down))
    for other in pictures:
        finer = other.across > 1.02 * main.across and other.down > 1.02 * main.down
        large = _area(other, width, height) >= 0.1 * _area(main, width, height)
        if finer and large and 72 * other.across <= _BEST_DPI:
            main = other
    across, down = main.across, main.down
    if not 0.98 < across / down < 1.02:
        across = down = max(across, down)
    columns, shift_x = _aligned(main.box.x0, main.box.x1, width, across)
    rows, shift_y = _aligned(main.box.y0, main.box.y1, height, down)
    if columns * rows > limits.max_pixels:
        # A small picture in a fine resolution, or a scan with wide borders: give up the grid, keep the page.
        shrink = math.sqrt(limits.max_pixels / (columns * rows)) * 0.999
        across, down = across * shrink, down * shrink
        return _Grid(across, down, int(width * across), int(height * down))
    return _Grid(across, down, columns, rows, shift_x, shift_y)


def _aligned(start: float, end: float, length: float, scale: float) -> tuple[int, float]:
    """Along one axis: the page's pixels, and the shift that puts the scan from `start` to `end` on whole pixels.

    A page that ends within two pixels of the scan is the scan.
    """
    first, last, whole = start * scale, end * scale, length * scale
    if abs(first) < 2 and abs(whole - last) < 2:
        return max(1, round(last - first)), -first
    return max(1, round(whole)), round(first) - first


def _snap(pictures: list[_Picture], shown: Affine, grid: _Grid) -> None:
    """Move every image that has the grid's resolution exactly on the grid, a hair inside its pixels.

    pdfium draws an image on all pixels that it touches: a scan that sticks out by a rounding error would be
    stretched by a pixel.
    """
    to_pixels = shown.then(Affine(grid.across, 0, 0, grid.down, grid.shift_x, grid.shift_y))
    for picture in pictures:
        frame = picture.placed.to_page.then(to_pixels)
        now = picture.placed.matrix().then(to_pixels)
        box = now.box(0, 0, 1, 1)
        off = max(abs(box.width - picture.columns), abs(box.height - picture.rows))
        if not picture.straight or off > 0.6:
            continue
        left, top = round(box.x0) + _HAIR, round(box.y0) + _HAIR
        across = (picture.columns - 2 * _HAIR) / box.width
        down = (picture.rows - 2 * _HAIR) / box.height
        place = Affine(across, 0, 0, down, left - box.x0 * across, top - box.y0 * down)
        new = now.then(place).then(frame.inverse())
        pdfium_c.FPDFPageObj_SetMatrix(picture.placed.handle, pdfium_c.FS_MATRIX(*new))


def _area(picture: _Picture, width: float, height: float) -> float:
    seen = picture.box.intersection(Box(0, 0, width, height))
    return seen.width * seen.height if seen else 0.0


def _covered(pictures: list[_Picture], width: float, height: float) -> float:
    """The part of the page that lies under images, measured on a raster of 100 × 100."""
    raster = np.zeros((100, 100), bool)
    for picture in pictures:
        x0, x1 = (np.clip(round(100 * x / width), 0, 100) for x in (picture.box.x0, picture.box.x1))
        y0, y1 = (np.clip(round(100 * y / height), 0, 100) for y in (picture.box.y0, picture.box.y1))
        raster[int(y0) : int(y1), int(x0) : int(x1)] = True
    return float(raster.mean())


def _drawing_grid(page: pdfium.PdfPage, limits: Limits) -> _Grid:
    """The grid of a page without a scan: 300 dpi, coarser where the page is larger than A3."""
    width, height = page.get_size()
    most = 0.999 * min(_MOST_RENDERED, limits.max_pixels)
    scale = min(RENDER_DPI / 72, math.sqrt(most / max(width * height, 1e-6)))
    if 72 * scale < _LEAST_DPI:
        raise TooLarge(
            f"a page of the PDF measures {width / 72:.0f} × {height / 72:.0f} inches, too large to be drawn "
            "legibly: scale it to A3 or smaller in a PDF program"
        )
    return _Grid(scale, scale, max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5)))


def _render(page: pdfium.PdfPage, grid: _Grid, limits: Limits) -> Image:
    """The page on `grid`, grey where it has no colour."""
    check_pixels(grid.width, grid.height, limits)
    with closing(pdfium.PdfBitmap.new_native(grid.width, grid.height, pdfium_c.FPDFBitmap_BGR)) as bitmap:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, grid.width, grid.height)
        pdfium_c.FPDF_RenderPageBitmapWithMatrix(
            bitmap,
            page,
            pdfium_c.FS_MATRIX(grid.across, 0, 0, grid.down, grid.shift_x, grid.shift_y),
            pdfium_c.FS_RECTF(0, 0, grid.width, grid.height),
            pdfium_c.FPDF_ANNOT,
        )
        pixels = bitmap.to_numpy()
        return np.array(grey_if_grey(pixels[..., ::-1]))
