"""Loose page images that belong together → one PDF, without loss, so that they are one document.

JPEG, PNG and bilevel TIFF go in as they are (img2pdf); all else (transparency, 16 bits, CMYK, mirrored EXIF turns,
WebP, GIF …) goes in as the pixels that samnao reads it as. The same images give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import img2pdf
import numpy as np
import pikepdf
from PIL import ExifTags, UnidentifiedImageError
from PIL import Image as Pillow

from ocr.errors import SamnaoError, ScanError, TooLarge
from ocr.open import Limits, natural_key
from ocr.open.documents import check_size, readable
from ocr.open.image import check_pixels, open_image, readable_image
from workers.intake.whole import ONE_AT_A_TIME

_UPRIGHT_BY_PDF = frozenset({0, 1, 3, 6, 8})
"""EXIF orientations that a PDF page can express: turns, no mirror images."""
_PART_BYTES, _PART_PAGES = 8_000_000, 50
"""What is put together in memory at one time."""
_DPI = (30, 2400)
"""Resolutions outside are no scanner's, and would make pages that viewers refuse (PDF: 3 to 14,400 points)."""


def in_page_order(names: Sequence[str]) -> list[int]:
    """The places of `names` in natural order: 2.jpg before 10.jpg; equal names stay as they came."""
    return sorted(range(len(names)), key=lambda place: (natural_key(names[place]), place))


def pack(images: Sequence[Path], out: Path, limits: Limits, names: Sequence[str] | None = None) -> None:
    """Write the `images` (in page order) as the pages of the PDF `out`; a few of them in memory at one time.

    Raises the ScanError of the first image that cannot be a page, with its name in front (`names`, or that of the
    file), and TooLarge for too many pages or bytes; `out` is then not written.
    """
    if len(images) > limits.max_pages:
        raise TooLarge(
            f"there are {len(images)} page images, the limit is {limits.max_pages}: send them in several parts, "
            "or raise the limit on pages"
        )
    with TemporaryDirectory(prefix="samnao-pack-", dir=out.parent) as folder:
        parts: list[str] = []
        size = 0
        for number, pages in enumerate(_parts(images, Path(folder), limits, names)):
            part = Path(folder) / f"part{number}.pdf"
            with ONE_AT_A_TIME, readable_image(), part.open("wb") as file:
                img2pdf.convert(*pages, outputstream=file, **_OPTIONS)
            size += part.stat().st_size
            if size > limits.max_bytes:
                raise TooLarge(
                    f"the page images have more than {limits.max_bytes // 1_000_000} MB together: "
                    "send them in several parts, or raise the limit on file size"
                )
            parts.append(str(part))
        done = Path(folder) / "whole.pdf"
        # qpdf copies the images from file to file.
        pikepdf.Job(["qpdf", "--deterministic-id", "--empty", "--pages", *parts, "--", str(done)]).run()
        done.replace(out)


def _parts(
    images: Sequence[Path], folder: Path, limits: Limits, names: Sequence[str] | None
) -> Iterator[list[Path]]:
    """The files to put into the PDF, as many at a time as go into memory; the next ask may remove them."""
    pages: list[Path] = []
    size = 0
    for place, image in enumerate(images):
        spare = folder / f"{place}.png"
        try:
            with ONE_AT_A_TIME:
                pages.append(_page(image, spare, limits))
        except ScanError as error:
            raise type(error)(f"{names[place] if names else image.name}: {error}") from None
        size += pages[-1].stat().st_size
        if size > _PART_BYTES or len(pages) == _PART_PAGES or place == len(images) - 1:
            yield pages
            for page in pages:
                if page.parent == folder:
                    page.unlink()
            pages, size = [], 0


def _page(image: Path, spare: Path, limits: Limits) -> Path:
    """The file to put into the PDF for `image`: itself, or `spare` with its pixels as PNG."""
    check_size(image, limits)
    if _goes_as_it_is(image, limits):
        return image
    page = open_image(image, 1, limits)
    pixels = Pillow.fromarray(np.ascontiguousarray(page.image))
    if page.image.ndim == 2 and not ((page.image > 0) & (page.image < 255)).any():
        pixels = pixels.convert("1", dither=Pillow.Dither.NONE)
    with readable():
        pixels.save(spare, "PNG", dpi=(page.dpi, page.dpi), compress_level=6)
    return spare


def _goes_as_it_is(path: Path, limits: Limits) -> bool:
    """Whether img2pdf takes the file unchanged, and a viewer then shows what samnao would read."""
    with readable_image():
        try:
            opened = Pillow.open(path, formats=("JPEG", "PNG", "TIFF"))
        except UnidentifiedImageError:
            return False
        with opened as image:
            check_pixels(*image.size, limits)
            kind, mode = image.format, image.mode
            turn = image.getexif().get(ExifTags.Base.Orientation, 1)
            interlaced = bool(image.info.get("interlace"))
            one = getattr(image, "n_frames", 1) == 1
            plain = "transparency" not in image.info and "gamma" not in image.info
        if kind in ("JPEG", "MPO"):
            good = mode in ("L", "RGB") and turn in _UPRIGHT_BY_PDF
        elif kind == "PNG":
            good = mode in ("1", "L", "P", "RGB") and not interlaced and plain and turn == 1
        else:
            good = kind == "TIFF" and mode == "1" and one and turn == 1
        if not good:
            return False
        try:
            img2pdf.convert(path, outputstream=BytesIO(), **_OPTIONS)
        except (SamnaoError, MemoryError):
            raise
        except Exception:  # img2pdf has many errors of its own, and lets those of others through
            return False
        return True


def _layout(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """The size of a page of `width` × `height` pixels in points, twice: the image fills its page."""
    across, down = (min(max(float(one), _DPI[0]), _DPI[1]) for one in dpi)
    size = width * 72 / across, height * 72 / down
    return (*size, *size)


_OPTIONS: Any = {
    "engine": img2pdf.Engine.internal,
    "nodate": True,
    "first_frame_only": True,
    "layout_fun": _layout,
}
