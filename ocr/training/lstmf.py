"""Tesseract's training document (`.lstmf`): many line images with their text in one file.

Layout after ccstruct/imagedata.cpp of Tesseract 5 (vector of pointers to ImageData); verified by `lstmeval` and
`lstmtraining`, which read these files as their own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path


def _text(value: str | bytes) -> bytes:
    raw = value.encode("utf-8") if isinstance(value, str) else value
    return struct.pack("<I", len(raw)) + raw


def page_bytes(png: bytes, size: tuple[int, int], text: str, name: str, number: int) -> bytes:
    """One line as an ImageData record: `size` is (width, height) in pixels, the only box is the whole image."""
    box = struct.pack("<I", 1) + struct.pack("<4h", 0, 0, min(size[0], 32767), min(size[1], 32767))
    return (
        _text(name)
        + struct.pack("<i", number)
        + _text(png)
        + _text("samnao")
        + _text(text)
        + box
        + struct.pack("<I", 1)
        + _text(text)
        + b"\0"
    )


def document_bytes(pages: Sequence[bytes]) -> bytes:
    """A document of the records that `page_bytes` made."""
    return struct.pack("<I", len(pages)) + b"".join(b"\1" + page for page in pages)


def write_documents(
    lines: Iterable[tuple[bytes, tuple[int, int], str]], folder: Path, pages: int
) -> list[Path]:
    """Write lines (PNG, (width, height), text) as documents of `pages` lines each; returns their paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    held: list[bytes] = []

    def flush() -> None:
        path = folder / f"{len(paths):04d}.lstmf"
        path.write_bytes(document_bytes(held))
        paths.append(path)
        held.clear()

    for png, size, text in lines:
        held.append(page_bytes(png, size, text, f"{len(paths):04d}", len(held)))
        if len(held) == pages:
            flush()
    if held:
        flush()
    return paths
