"""The chain of images in a TIFF file, walked without decoding: how many pages, and is any of them cut off.

TIFF 6.0 (Adobe, 1992), section 2; BigTIFF (Adobe/AWare, 2007).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from ocr.errors import DamagedFile, EmptyFile, TooLarge

_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_FORMATS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_SUBFILE, _STRIP_AT, _STRIP_BYTES, _TILE_AT, _TILE_BYTES = 254, 273, 279, 324, 325
_WANTED = frozenset({_SUBFILE, _STRIP_AT, _STRIP_BYTES, _TILE_AT, _TILE_BYTES})
_NOT_A_PAGE = 0b101
"""Bits of NewSubfileType: a reduced copy (thumbnail) of another image, a transparency mask."""

CUT_OFF = "the TIFF file ends too early: it was not copied or scanned completely; copy or scan it again"
BROKEN = "the TIFF file is broken inside: open it in an image program and save it again, or scan it again"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How offsets and counts are written in this file."""

    endian: str
    big: bool

    def unpack(self, code: str, data: bytes) -> tuple[int, ...]:
        try:
            return struct.unpack(self.endian + code, data)
        except struct.error:
            raise DamagedFile(CUT_OFF) from None


def tiff_pages(file: BinaryIO, max_pages: int) -> tuple[int, ...]:
    """Positions in the chain (from 0) of the images that are pages, thumbnails and masks left out.

    Raises DamagedFile where the chain or the bytes of a page's image lead outside the file, EmptyFile where
    there is no page, TooLarge past `max_pages`.
    """
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(16)
    endian = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    layout = _Layout(endian, big)
    (offset,) = layout.unpack("Q" if big else "I", head[8:16] if big else head[4:8])
    seen: set[int] = set()
    pages: list[int] = []
    position = 0
    while offset:
        if offset in seen:
            raise DamagedFile(BROKEN)
        seen.add(offset)
        tags, offset = _directory(file, offset, size, layout)
        if not (tags.get(_SUBFILE, (0,))[0] & _NOT_A_PAGE):
            _check_inside(tags, size)
            pages.append(position)
        position += 1
        if len(pages) > max_pages or position > 3 * max_pages:
            raise TooLarge(
                f"the TIFF file has more than {max_pages} pages: split it, or raise the limit on pages"
            )
    if not pages:
        raise EmptyFile("the TIFF file holds no page: scan it again")
    return tuple(pages)


def _directory(
    file: BinaryIO, offset: int, size: int, layout: _Layout
) -> tuple[dict[int, tuple[int, ...]], int]:
    """The wanted tags of the image directory at `offset`, and the offset of the next one."""
    if offset >= size:
        raise DamagedFile(CUT_OFF)
    file.seek(offset)
    (count,) = layout.unpack("Q" if layout.big else "H", file.read(8 if layout.big else 2))
    entry, word = (20, 8) if layout.big else (12, 4)
    if count > 4096:
        raise DamagedFile(BROKEN)
    data = file.read(count * entry + word)
    if len(data) < count * entry + word:
        raise DamagedFile(CUT_OFF)
    tags: dict[int, tuple[int, ...]] = {}
    for i in range(count):
        raw = data[i * entry : (i + 1) * entry]
        tag, kind = layout.unpack("HH", raw[:4])
        if tag in _WANTED and kind in _FORMATS:
            tags[tag] = _values(file, raw, kind, size, layout)
    (following,) = layout.unpack("Q" if layout.big else "I", data[count * entry :])
    return tags, following


def _values(file: BinaryIO, entry: bytes, kind: int, size: int, layout: _Layout) -> tuple[int, ...]:
    (count,) = layout.unpack("Q" if layout.big else "I", entry[4:12] if layout.big else entry[4:8])
    inline = entry[12:] if layout.big else entry[8:]
    length = count * _SIZES[kind]
    if length > len(inline):
        (at,) = layout.unpack("Q" if layout.big else "I", inline)
        if at + length > size:
            raise DamagedFile(CUT_OFF)
        here = file.tell()
        file.seek(at)
        inline = file.read(length)
        file.seek(here)
    return layout.unpack(f"{count}{_FORMATS[kind]}", inline[:length]) or (0,)


def _check_inside(tags: dict[int, tuple[int, ...]], size: int) -> None:
    for at, length in ((_STRIP_AT, _STRIP_BYTES), (_TILE_AT, _TILE_BYTES)):
        ends = (a + n for a, n in zip(tags.get(at, ()), tags.get(length, ()), strict=False))
        if any(end > size for end in ends):
            raise DamagedFile(CUT_OFF)
