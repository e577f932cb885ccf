"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Literal

Kind = Literal["pdf", "tiff", "image", "heic", "djvu", "office"]

HEAD = 1024
"""Bytes that are looked at; the PDF specification (ISO 32000, annex H) lets the header start within them."""

IMAGE_SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".webp",
        ".tif",
        ".tiff",
        ".bmp",
        ".dib",
        ".gif",
        ".jp2",
        ".j2k",
        ".jpx",
        ".jpf",
        ".avif",
        ".pnm",
        ".pbm",
        ".pgm",
        ".ppm",
        ".heic",
        ".heif",
    ]
)

_PREFIXES: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image"),
    (b"\xff\x4f\xff\x51", "image"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0\x08\0\0\0", "tiff"),
    (b"MM\0+\0\x08\0\0", "tiff"),
    (b"AT&TFORM", "djvu"),
    (b"PK\x03\x04", "office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
)

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


def kind_of(head: bytes, suffix: str = "") -> Kind | None:
    """The kind of a file that begins with `head`; None for no kind of scan.

    `suffix` only decides whether junk before a PDF header is forgiven.
    """
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[i : i + 4] for i in range(16, min(len(head), 64), 4))}
        if {b"avif", b"avis"} & brands:
            return "image"
        return "heic" if _HEIC_BRANDS & brands else None
    if _is_bitmap(head) or (head[:1] == b"P" and head[1:2] in b"123456" and head[2:3] in b" \t\r\n#"):
        return "image"
    at = head.find(b"%PDF-")
    if at == 0 or (at > 0 and (suffix == ".pdf" or not head[:at].strip(b" \t\r\n\0\xef\xbb\xbf"))):
        return "pdf"
    return None


def _is_bitmap(head: bytes) -> bool:
    """Whether a Windows bitmap begins here: "BM" alone also begins ordinary text."""
    if len(head) < 18 or head[:2] != b"BM":
        return False
    reserved, offset, header = struct.unpack_from("<III", head, 6)
    return reserved == 0 and header in (12, 40, 52, 56, 64, 108, 124) and header < offset < 1 << 20


def sniff(path: Path) -> Kind | None:
    """The kind of the file at `path`; OSError where it cannot be read."""
    with path.open("rb") as file:
        return kind_of(file.read(HEAD), path.suffix.lower())
