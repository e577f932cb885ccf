"""The pixels on which a PDF page is drawn: those of the scan it shows, or 300 dpi.

pdfium copies an image one to one where its pixels are those of the page: then a scan comes out unchanged.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image as Pillow

from ocr.errors import TooLarge
from ocr.open.documents import Limits
from ocr.open.image import check_pixels, grey_if_grey, readable_image
from ocr.open.objects import Affine, Placed
from ocr.types import Box, Image

RENDER_DPI = 300.0
_BEST_DPI = 600.0
"""A small image on a page does not push the whole page past this resolution."""
_MOST_RENDERED = 35_000_000
"""Pixels of A3 at 300 dpi: drawings and posters larger than that are rendered more coarsely."""
_LEAST_DPI = 50.0
_HAIR = 0.01
"""Pixels: more than the rounding errors of pdfium's 32-bit matrices, less than anybody sees."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels of a page to be rendered: how many to a point, how many in all, how far the page is shifted."""

    across: float
    down: float
    width: int
    height: int
    shift_x: float = 0.0
    shift_y: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on the page: its box in points as shown, its pixels as shown, whether it stands straight."""

    placed: Placed
    box: Box
    columns: int
    rows: int
    across: float
    down: float
    straight: bool


def pictures(objects: list[Placed], shown: Affine, limits: Limits) -> Iterator[Picture]:
    """The images among `objects`; `shown` maps page points to points as shown.

    Raises TooLarge for one with more pixels than the limit, DamagedFile for a JPEG that is cut off.
    """
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
        yield Picture(placed, m.box(0, 0, 1, 1), columns, rows, across, down, straight)


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


def scan_grid(page: pdfium.PdfPage, pictures: list[Picture], limits: Limits) -> Grid:
    """The pixel grid of the scan that the page shows: that of its largest image, or of a finer one over it."""
    width, height = page.get_size()
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
        return Grid(across, down, int(width * across), int(height * down))
    return Grid(across, down, columns, rows, shift_x, shift_y)


def _aligned(start: float, end: float, length: float, scale: float) -> tuple[int, float]:
    """Along one axis: the page's pixels, and the shift that puts the scan from `start` to `end` on whole pixels.

    A page that ends within two pixels of the scan is the scan.
    """
    first, last, whole = start * scale, end * scale, length * scale
    if abs(first) < 2 and abs(whole - last) < 2:
        return max(1, round(last - first)), -first
    return max(1, round(whole)), round(first) - first


def snap(pictures: list[Picture], shown: Affine, grid: Grid) -> None:
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


def _area(picture: Picture, width: float, height: float) -> float:
    seen = picture.box.intersection(Box(0, 0, width, height))
    return seen.width * seen.height if seen else 0.0


def covered(pictures: list[Picture], width: float, height: float) -> float:
    """The part of the page that lies under images, measured on a raster of 100 × 100."""
    raster = np.zeros((100, 100), bool)
    for picture in pictures:
        x0, x1 = (np.clip(round(100 * x / width), 0, 100) for x in (picture.box.x0, picture.box.x1))
        y0, y1 = (np.clip(round(100 * y / height), 0, 100) for y in (picture.box.y0, picture.box.y1))
        raster[int(y0) : int(y1), int(x0) : int(x1)] = True
    return float(raster.mean())


def drawing_grid(page: pdfium.PdfPage, limits: Limits) -> Grid:
    """The grid of a page without a scan: 300 dpi, coarser where the page is larger than A3."""
    width, height = page.get_size()
    most = 0.999 * min(_MOST_RENDERED, limits.max_pixels)
    scale = min(RENDER_DPI / 72, math.sqrt(most / max(width * height, 1e-6)))
    if 72 * scale < _LEAST_DPI:
        raise TooLarge(
            f"a page of the PDF measures {width / 72:.0f} × {height / 72:.0f} inches, too large to be drawn "
            "legibly: scale it to A3 or smaller in a PDF program"
        )
    return Grid(scale, scale, max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5)))


def render(page: pdfium.PdfPage, grid: Grid, limits: Limits) -> Image:
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
        return grey_if_grey(pixels[..., ::-1])
