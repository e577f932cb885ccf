"""Is a scan file whole? Told by its structure, cheaply; only where that leaves a doubt are its pixels read.

A file that is still being written, or whose copy was cut off, begins like a good one: what counts is its end.
"""

from __future__ import annotations

import struct
import threading
from pathlib import Path
from typing import BinaryIO

from ocr.open import Limits, scan_kind
from ocr.open.documents import readable
from ocr.open.image import open_image, readable_image
from ocr.open.pdf import check_end
from ocr.open.tiff import tiff_pages

_TAIL = 65_536
ONE_AT_A_TIME = threading.Lock()
"""Pillow's pixel limit and libtiff's complaints (`ocr.open.image`) are of the whole process: one thread reads an image."""


def check_whole(path: Path, limits: Limits) -> bool:
    """Whether the scan is one loose page (an image), and not a document of its own (PDF, TIFF of several pages).

    Raises ScanError where the file is no scan, is empty, too large, or not all there.
    """
    kind = scan_kind(path, limits)
    if kind == "pdf":
        with readable():
            check_end(path)
        return False
    if kind == "tiff":
        with readable_image(), path.open("rb") as file:
            return len(tiff_pages(file, limits.max_pages)) == 1
    with readable(), path.open("rb") as file:
        ended = _ended(file)
    if not ended:
        with ONE_AT_A_TIME:
            open_image(path, 1, limits)
    return True


def _ended(file: BinaryIO) -> bool:
    """Whether the image ends as its format says; False also where the format does not say."""
    head = file.read(16)
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    if head.startswith(b"\xff\xd8\xff"):
        return b"\xff\xd9" in tail.rstrip(b"\0")[-1024:]
    if head.startswith(b"\x89PNG"):
        return b"IEND\xaeB`\x82" in tail
    if head.startswith(b"RIFF"):
        return int(struct.unpack("<I", head[4:8])[0]) + 8 <= size
    return False
