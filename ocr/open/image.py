"""Image files through Pillow: one page of JPEG, PNG, TIFF, WebP, BMP, GIF, JPEG 2000 … as grey or RGB pixels.

The page frame is the image as a viewer shows it: a turn noted in EXIF is applied. Transparent parts are white.
Pixels that are not square (fax at 204 × 98) are stretched to the finer of the two resolutions.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import ExifTags, UnidentifiedImageError
from PIL import Image as Pillow

from ocr.errors import DamagedFile, SamnaoError, ScanError, TooLarge
from ocr.open.documents import Limits, readable
from ocr.open.dpi import page_dpi
from ocr.open.sniff import sniff
from ocr.open.tiff import tiff_pages
from ocr.types import Image, Page

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "DIB", "GIF", "JPEG2000", "PPM", "AVIF")
_Turn = Pillow.Transpose
_ORIENTATIONS = {
    2: _Turn.FLIP_LEFT_RIGHT,
    3: _Turn.ROTATE_180,
    4: _Turn.FLIP_TOP_BOTTOM,
    5: _Turn.TRANSPOSE,
    6: _Turn.ROTATE_270,
    7: _Turn.TRANSVERSE,
    8: _Turn.ROTATE_90,
}
"""What puts an image of each EXIF orientation upright."""
_QUARTER_TURNS = frozenset({_Turn.TRANSPOSE, _Turn.ROTATE_270, _Turn.TRANSVERSE, _Turn.ROTATE_90})
_LOST_LINES = re.compile(r"Fax4Decode: (Bad code word|Uncompressed data|Premature EOF)")
_PHOTOMETRIC, _BITS = 262, 258


def open_image(path: Path, number: int, limits: Limits, position: int | None = None) -> Page:
    """The image in `path` as page `number`; `position` in the chain of a TIFF file (None: its first page).

    Raises DamagedFile, TooLarge, EmptyFile, or ScanError where the disk fails.
    """
    with readable_image(), path.open("rb") as file:
        if position is None:
            position = tiff_pages(file, limits.max_pages)[0] if sniff(path) == "tiff" else 0
            file.seek(0)
        with Pillow.open(file, formats=_FORMATS) as image:
            if position:
                image.seek(position)
            check_pixels(*image.size, limits)
            across, down = _resolution(image)
            turn = _orientation(image)
            with _libtiff_complaints() as complaints:
                image.load()
            if image.format == "TIFF" and _LOST_LINES.search("".join(complaints)):
                raise _damaged()
            if image.format == "JPEG2000" and _cut_short(file):
                raise _damaged()
            # Pillow itself turns TIFF images while it loads them.
            upright = image if image.format == "TIFF" or turn is None else image.transpose(turn)
            pixels = _pixels(upright)
    if turn in _QUARTER_TURNS:
        across, down = down, across
    if across and down:
        pixels, across = _square(pixels, across, down, limits)
    return Page(number, pixels, page_dpi(pixels, across))


def _cut_short(file: BinaryIO) -> bool:
    """Whether the codestream of a JPEG 2000 file has no end: its decoder leaves black what is missing, and says nothing.

    No packet holds the two bytes of the end marker (ISO/IEC 15444-1, annex A and B.10.1).
    """
    file.seek(0)
    data = file.read()
    return data.find(b"\xff\xd9", max(0, data.find(b"\xff\x4f\xff\x51"))) < 0


@contextmanager
def readable_image() -> Iterator[None]:
    """Let no error of Pillow and no warning out; Pillow's own pixel limit gives way to ours meanwhile."""
    before = Pillow.MAX_IMAGE_PIXELS
    Pillow.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except SamnaoError:
        raise
    except UnidentifiedImageError:
        raise DamagedFile(
            "the image is broken at its beginning: open it in an image program and save it again, or scan it again"
        ) from None
    except MemoryError:
        raise TooLarge(
            "the image needs more memory than there is: scan it at 300 dpi, or lower the limit on pixels"
        ) from None
    except OSError as error:
        if error.errno is not None:
            with readable():
                raise
        raise _damaged() from None
    except Exception as error:
        raise _damaged() from error
    finally:
        Pillow.MAX_IMAGE_PIXELS = before


@contextmanager
def _libtiff_complaints() -> Iterator[list[str]]:
    """What libtiff prints to standard error meanwhile, kept off the terminal; filled in at the end.

    libtiff leaves the rest of a Group 4 strip white after a bad code and only prints that it did (libtiff 4.7,
    tif_fax3.c): Pillow does not notice.
    """
    complaints: list[str] = []
    try:
        terminal = os.dup(2)
    except OSError:  # a service without standard error
        yield complaints
        return
    with TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield complaints
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            file.seek(0)
            complaints.append(file.read(65_536).decode("utf-8", "replace"))


def _damaged() -> ScanError:
    return DamagedFile(
        "the image is cut off or broken inside: copy it again from where it came, or scan it again"
    )


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """TooLarge where a page has more pixels than the limit, DamagedFile where it has none."""
    if width * height > limits.max_pixels:
        raise TooLarge(
            f"a page has {width} × {height} pixels, the limit is {limits.max_pixels // 1_000_000} million: "
            "scan it at 300 dpi, or raise the limit on pixels"
        )
    if width < 1 or height < 1:
        raise DamagedFile("the image has no pixels: scan it again")


def _orientation(image: Pillow.Image) -> Pillow.Transpose | None:
    """The turn that EXIF (or the TIFF tag) asks for; broken EXIF asks for none."""
    try:
        return _ORIENTATIONS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return None


def _square(pixels: Image, across: float, down: float, limits: Limits) -> tuple[Image, float]:
    """`pixels` stretched to the finer of the two resolutions where they differ, and that resolution."""
    finest = max(across, down)
    if 0.98 < across / down < 1.02 or not 0.2 < across / down < 5:
        return pixels, finest
    width, height = round(pixels.shape[1] * finest / across), round(pixels.shape[0] * finest / down)
    check_pixels(width, height, limits)
    stretched = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
    return stretched.astype(np.uint8), finest


def _resolution(image: Pillow.Image) -> tuple[float | None, float | None]:
    """Dots per inch across and down as the file gives them; None where it does not."""
    value: Any = image.info.get("dpi")
    try:
        across, down = (float(v) for v in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None, None
    if not (np.isfinite(across) and np.isfinite(down) and across > 1 and down > 1):
        return None, None
    return across, down


def _pixels(image: Pillow.Image) -> Image:
    """8-bit grey or RGB pixels of any mode that Pillow knows, alpha over white."""
    mode = image.mode
    if mode == "1" or (mode == "L" and "transparency" not in image.info):
        return np.array(image.convert("L"), np.uint8)
    if mode.startswith("I") or mode == "F":
        return _deep(image)
    if mode == "LAB":
        return np.asarray(image.getchannel(0))
    if mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = _over_white(image)
    rgb = np.asarray(image.convert("RGB"))
    return grey_if_grey(rgb)


def _over_white(image: Pillow.Image) -> Pillow.Image:
    rgba = image.convert("RGBA")
    white = Pillow.new("RGBA", rgba.size, "white")
    white.alpha_composite(rgba)
    return white


def grey_if_grey(rgb: Image) -> Image:
    """A copy of an RGB image, of its one channel where all three are equal everywhere."""
    # Colour shows in a few pixels already; only grey has to be looked at as a whole.
    for part in (rgb[::16, ::16], rgb):
        if not (np.array_equal(part[..., 0], part[..., 1]) and np.array_equal(part[..., 1], part[..., 2])):
            return np.array(rgb, np.uint8, order="C")
    return np.array(rgb[..., 0], np.uint8, order="C")


def _deep(image: Pillow.Image) -> Image:
    """Grey of 16 or 32 bits or floating point on 8 bits; the brightest value of the format becomes white."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(values.max(initial=0.0))
    bits = 16
    tags = getattr(image, "tag_v2", None)
    if tags is not None:
        bits = int((tags.get(_BITS) or (16,))[0])
    if image.mode == "F" and top <= 1.0:
        white = 1.0
    elif bits < 16:
        white = float((1 << bits) - 1)
    elif top <= 255.0 and image.mode != "I;16":
        white = 255.0
    elif top <= 65535.0:
        white = 65535.0
    else:
        white = top
    grey = np.clip(values * (255.0 / white) + 0.5, 0, 255).astype(np.uint8)
    if tags is not None and tags.get(_PHOTOMETRIC) == 0:
        grey = np.invert(grey)
    return np.asarray(grey, np.uint8)
