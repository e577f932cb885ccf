"""Open scans: files and folders in, documents and their pages out.

`find_documents` says which documents there are, `page_count` whether one can be used, `open_page` gives one
page. The page frame is the page as a viewer shows it: turns noted in EXIF or in the PDF are applied. Errors of
one scan are ScanErrors (`ocr.errors`); nothing else escapes.
"""

from __future__ import annotations

from pathlib import Path

from ocr.errors import DamagedFile, TooLarge, UnsupportedFile
from ocr.open.documents import (
    Document,
    Limits,
    Stamp,
    check_size,
    find_documents,
    fingerprint,
    natural_key,
    readable,
    stamp,
    unchanged,
)
from ocr.open.image import open_image, readable_image
from ocr.open.pdf import open_pdf_page, pdf_page_count
from ocr.open.sniff import Kind, sniff
from ocr.open.tiff import tiff_pages
from ocr.types import Page

__all__ = [
    "Document",
    "Limits",
    "Stamp",
    "find_documents",
    "fingerprint",
    "natural_key",
    "open_page",
    "page_count",
    "scan_kind",
    "stamp",
    "unchanged",
]

DEFAULT_LIMITS = Limits()


def page_count(document: Document, limits: Limits = DEFAULT_LIMITS) -> int:
    """How many pages the document has; ScanError where it cannot be used as a whole.

    In a folder of page images each file is a page, also one that cannot be read: `open_page` says so then.
    """
    if len(document.files) > limits.max_pages:
        raise TooLarge(
            f"the folder has {len(document.files)} page images, the limit is {limits.max_pages}: "
            "divide it into several folders, or raise the limit on pages"
        )
    if len(document.files) > 1:
        return len(document.files)
    with unchanged(document):
        (path,) = document.files
        kind = scan_kind(path, limits)
        if kind == "pdf":
            return pdf_page_count(path, limits)
        if kind == "tiff":
            with readable_image(), path.open("rb") as file:
                return len(tiff_pages(file, limits.max_pages))
    return 1


def open_page(document: Document, number: int, limits: Limits = DEFAULT_LIMITS) -> Page:
    """Page `number` (from 1) of the document; only that page is read.

    Raises ScanError where the page cannot be had, ChangedWhileReading where its file changed meanwhile, and
    IndexError for a number below 1 or past the last page.
    """
    several = len(document.files) > 1
    if number < 1 or (several and number > len(document.files)):
        raise IndexError(f"the document has no page {number}")
    path = document.files[number - 1 if several else 0]
    with unchanged(Document(document.source, (path,))):
        kind = scan_kind(path, limits)
        if kind == "pdf":
            page = open_pdf_page(path, number, limits)
        elif several or kind == "image":
            page = open_image(path, number, limits) if several or number == 1 else None
        else:
            with readable_image(), path.open("rb") as file:
                positions = tiff_pages(file, limits.max_pages)
            page = (
                open_image(path, number, limits, positions[number - 1]) if number <= len(positions) else None
            )
    if page is None:
        raise IndexError(f"the document has no page {number}")
    return page


def scan_kind(path: Path, limits: Limits) -> Kind:
    """What the file is, by its first bytes; ScanError with a remedy for what is no scan, empty or too large."""
    check_size(path, limits)
    with readable():
        kind = sniff(path)
    if kind in ("pdf", "tiff", "image"):
        return kind
    if kind == "heic":
        raise UnsupportedFile(
            "HEIC photos cannot be read: set the camera to the most compatible format, or save them as JPEG or PNG"
        )
    if kind == "djvu":
        raise UnsupportedFile("DjVu files cannot be read: convert the file to PDF or TIFF")
    if kind == "office":
        raise UnsupportedFile(
            "this is an office document or an archive, not a scan: export it as PDF, or unpack it"
        )
    if path.suffix.lower() == ".pdf":
        raise DamagedFile(
            "the file is named as a PDF but does not begin as one: copy it again from where it came"
        )
    raise UnsupportedFile(
        "this is neither an image nor a PDF, whatever its name says: scan to PDF, TIFF, JPEG or PNG"
    )
