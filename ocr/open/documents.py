"""Which scans there are: files and folders in, documents out; and is a document still what it was.

A file is a document. A folder is walked; the loose page images in one folder (JPEG, PNG, WebP, TIFF of one
page …) are the pages of one document in natural order of their names. PDF files and TIFF files of several
pages are documents of their own. A lone image with other documents beside it is a document of its own, too.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import ChangedWhileReading, EmptyFile, ScanError, TooLarge
from ocr.open.sniff import IMAGE_SUFFIXES, Kind, sniff
from ocr.open.tiff import tiff_pages

_CHUNK = 1 << 20
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a scan may ask for: bytes of a file, pages of a document, pixels of a page."""

    max_bytes: int = 500 * _MEGABYTE
    max_pages: int = 2_000
    max_pixels: int = 100 * 1_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """One document: a file, or a folder of loose page images (`files` in page order).

    `source` names it relative to the input it was found under, with "/" between folders.
    """

    source: str
    files: tuple[Path, ...]


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A sort key that counts: "2.jpg" before "10.jpg", in Thai digits as well; no two names share a key."""
    parts = re.split(r"(\d+)", name)
    return tuple(
        (0, int(part[:4000]), "") if i % 2 else (1, 0, part.casefold())
        for i, part in enumerate(parts)
        if part
    ), name


def find_documents(inputs: Sequence[Path], skip: Collection[Path] = ()) -> list[Document]:
    """The documents among `inputs` (files and folders), in the order given, each once.

    Within a folder its loose images come first, then all else in natural order. Hidden files, folders in `skip` and files
    that are no scans are passed over; a file given by name is always a document. What looks like a scan but
    cannot be read is returned too, so that reading it reports why. Raises ScanError for an input that does
    not exist.
    """
    skipped = {path.resolve() for path in skip}
    found: dict[tuple[Path, ...], Document] = {}
    for path in inputs:
        if not path.exists():
            raise ScanError(f"{printable(path)} does not exist: check the name and the folder")
        documents: Iterator[Document]
        if path.is_dir():
            documents = _walk(path, path, skipped, set())
        else:
            documents = iter([Document(printable(Path(path.name)), (path,))])
        for document in documents:
            found.setdefault(tuple(file.resolve() for file in document.files), document)
    return list(found.values())


def printable(path: Path) -> str:
    """The path with "/" between folders, as text that can be written anywhere (odd bytes become U+FFFD)."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _source(path: Path, root: Path) -> str:
    if path == root:
        return printable(Path(root.name if root.name not in ("", "..") else root.resolve().name or "/"))
    return printable(path.relative_to(root))


def _walk(folder: Path, root: Path, skipped: set[Path], seen: set[Path]) -> Iterator[Document]:
    real = folder.resolve()
    if real in seen or real in skipped:
        return
    seen.add(real)
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: natural_key(entry.name))
    except OSError:
        yield Document(_source(folder, root), (folder,))
        return
    images: list[Path] = []
    whole: list[Path] = []
    folders: list[Path] = []
    for entry in entries:
        if entry.name.startswith(".") or entry.name == "__MACOSX":
            continue
        if entry.is_dir():
            folders.append(entry)
        elif entry.is_file():
            part = _part(entry)
            if part == "page":
                images.append(entry)
            elif part == "document":
                whole.append(entry)
    if len(images) == 1 and whole:
        whole, images = [*whole, *images], []
    if images:
        yield Document(_source(folder, root), tuple(images))
    for entry in sorted([*whole, *folders], key=lambda entry: natural_key(entry.name)):
        if entry in folders:
            yield from _walk(entry, root, skipped, seen)
        else:
            yield Document(_source(entry, root), (entry,))


def _part(path: Path) -> str | None:
    """Whether a file in a walked folder is a "page", a "document" of its own, or nothing to read (None)."""
    suffix = path.suffix.lower()
    kind: Kind | None = None
    try:
        kind = sniff(path)
        if kind == "tiff":
            with path.open("rb") as file:
                return "document" if len(tiff_pages(file, max_pages=2)) > 1 else "page"
    except TooLarge:
        return "document"
    except ScanError:
        return "page"
    except OSError:
        pass
    if kind in ("pdf", "djvu"):
        return "document"
    if kind in ("image", "heic") or suffix in IMAGE_SUFFIXES:
        return "page"
    return "document" if suffix == ".pdf" else None


Stamp = tuple[tuple[int, int, int], ...]


def stamp(document: Document) -> Stamp:
    """Size, time of change and identity of each file: equal as long as the document stays untouched.

    Raises ScanError where a file cannot be looked at.
    """
    return tuple(_stamp(path) for path in document.files)


def _stamp(path: Path) -> tuple[int, int, int]:
    with readable():
        status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


@contextmanager
def unchanged(document: Document) -> Iterator[None]:
    """Guard the reading of a document: ChangedWhileReading where its files change meanwhile.

    That error takes the place of any ScanError from inside: a file that is still being written looks damaged.
    """
    before = stamp(document)
    try:
        yield
    except ScanError:
        if _changed(document, before):
            raise _changed_error() from None
        raise
    if _changed(document, before):
        raise _changed_error()


def _changed(document: Document, before: Stamp) -> bool:
    try:
        return stamp(document) != before
    except ScanError:
        return True


def _changed_error() -> ChangedWhileReading:
    return ChangedWhileReading(
        "the file changed while it was read: wait until it is completely copied or scanned, then read it again"
    )


@contextmanager
def readable() -> Iterator[None]:
    """Turn the system's errors on opening and reading a file into a ScanError with its remedy."""
    try:
        yield
    except FileNotFoundError:
        raise ScanError(
            "the file is not there any more: check that it was not moved or renamed, then read it again"
        ) from None
    except PermissionError:
        raise ScanError("the file may not be read: give your user the right to read it") from None
    except IsADirectoryError:
        raise ScanError("the folder may not be read: give your user the right to open it") from None
    except OSError as error:
        raise ScanError(
            f"the file could not be read from its disk ({error.strerror or 'input/output error'}): "
            "check the disk or the network share, then read it again"
        ) from None


def _ordinary(path: Path) -> os.stat_result:
    """What the system says about a file; ScanError for what is none (opening a pipe would wait for ever)."""
    with readable():
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            os.scandir(path).close()
            raise ScanError("this is a folder, not a scan: give the folder itself to read what is in it")
        if not stat.S_ISREG(status.st_mode):
            raise ScanError("this is not an ordinary file: give a scan saved as a file")
    return status


def check_size(path: Path, limits: Limits) -> None:
    """Raise for what is no file, holds no bytes, or holds more than the limit."""
    status = _ordinary(path)
    if status.st_size == 0:
        raise EmptyFile("the file is empty: copy or scan it again")
    if status.st_size > limits.max_bytes:
        raise TooLarge(
            f"the file has {status.st_size // _MEGABYTE} MB, the limit is {limits.max_bytes // _MEGABYTE} MB: "
            "split it, or raise the limit on file size"
        )


def fingerprint(document: Document) -> str:
    """SHA-256 (hex) over the bytes of the document's files in page order; ScanError where they cannot be read."""
    digest = hashlib.sha256()
    with unchanged(document):
        for path in document.files:
            _ordinary(path)
            with readable(), path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
    return digest.hexdigest()
