"""Page images: scaled for the screen, upright for the reader, and kept by the browser."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image as Pillow

from workers.crops import A4_INCHES

INCH = 190.0
"""Screen pixels for an inch of paper at reading size: print of 16 points is about 42 pixels high."""
WIDTHS = (900, 1400, 2000)
"""Widths in which pages are served; others are refused, so that nobody can fill the memory."""
_QUALITY = 80
_KEPT_BYTES = 96_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a record: its size as scanned (page frame), how far it must be turned to be read (degrees, clockwise:
    0, 90, 180 or 270), and whether there is a picture of it.
    """

    document: int
    number: int
    width: int
    height: int
    turn: int
    digest: str

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height after turning."""
        return (self.height, self.width) if self.turn in (90, 270) else (self.width, self.height)

    @property
    def matrix(self) -> str:
        """The SVG transform from the page frame to the upright page."""
        w, h = self.width, self.height
        return {
            0: "matrix(1 0 0 1 0 0)",
            90: f"matrix(0 1 -1 0 {h} 0)",
            180: f"matrix(-1 0 0 -1 {w} {h})",
            270: f"matrix(0 -1 1 0 0 {w})",
        }[self.turn]

    def turned(self, box: tuple[int, ...]) -> tuple[float, float, float, float]:
        """`box` of the page frame on the upright page."""
        x0, y0, x1, y1 = box
        w, h = self.width, self.height
        return {
            0: (x0, y0, x1, y1),
            90: (h - y1, x0, h - y0, x1),
            180: (w - x1, h - y1, w - x0, h - y0),
            270: (y0, w - x1, y1, w - x0),
        }[self.turn]


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of an upright page at reading size: the part (x, y, width, height in page pixels), its size on screen."""

    x: int
    y: int
    w: int
    h: int
    width: int
    height: int


def crop_of(sheet: Sheet, box: tuple[int, ...]) -> Crop:
    """The print at `box` (page frame) with a little around it."""
    x0, y0, x1, y1 = sheet.turned(box)
    width, height = sheet.upright
    dot = min(width, height) / A4_INCHES  # dots per inch of an A4 sheet
    dx, dy = 0.5 * dot, 0.07 * dot
    left, top = max(0.0, x0 - dx), max(0.0, y0 - dy)
    w, h = min(width, x1 + dx) - left, min(height, y1 + dy) - top
    scale = INCH / dot
    return Crop(
        round(left), round(top), round(w), round(h), max(1, round(w * scale)), max(1, round(h * scale))
    )


class PictureCache:
    """The pictures asked for last, at most so many bytes of them; safe for threads."""

    def __init__(self, most: int = _KEPT_BYTES) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The picture `key`, made where it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._size += len(made)
            while self._size > self._most and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
        return made


def scaled(data: bytes, width: int) -> bytes:
    """The picture `data` as a JPEG of at most `width` pixels across; a JPEG small enough as it is."""
    with Pillow.open(io.BytesIO(data)) as image:
        if image.width <= width and image.format == "JPEG":
            return data
        size = (width, round(image.height * width / image.width)) if image.width > width else image.size
        image.draft(
            "RGB" if image.mode not in ("L", "1") else "L", size
        )  # decodes JPEG at a half or a quarter
        flat = image.convert("L" if image.mode in ("L", "1", "I;16") else "RGB")
        if flat.size != size:
            flat = flat.resize(
                size, Pillow.Resampling.BOX if flat.width > 2 * size[0] else Pillow.Resampling.BILINEAR
            )
        return jpeg(flat)


def jpeg(image: Pillow.Image) -> bytes:
    """`image` as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=False, progressive=False)
    return out.getvalue()


def allowed(width: int, widths: Iterable[int] = WIDTHS) -> bool:
    """Whether pages are served so wide."""
    return width in widths
