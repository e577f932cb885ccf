"""What lies in a watched folder, and which of it has been quiet long enough to be taken."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ocr.errors import EmptyFile, SamnaoError, ScanError
from ocr.open import Document, Limits, find_documents
from workers.intake.claims import OURS
from workers.intake.whole import check_whole

_TEMPORARY = re.compile(
    r"^[.~]|~$|^(thumbs\.db|desktop\.ini|__macosx)$|\.(tmp|temp|part|partial|crdownload|filepart|swp|lock|lnk)$",
    re.IGNORECASE,
)

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or sub-folder that waits: what it looked like, since when, and what is wrong with it so far."""

    path: Path
    folder: bool
    stamp: Stamp
    since: float
    looked: float | None = None
    """When it was last tried to open."""
    bad: tuple[tuple[str, SamnaoError], ...] = ()

    def quiet(self, now: float) -> float:
        """Seconds for which nothing has changed."""
        return now - self.since


def temporary(name: str) -> bool:
    """Whether a file is hidden, or of a program that has not finished with it."""
    return _TEMPORARY.search(name) is not None


def look(folder: Path, before: Mapping[str, Entry], now: float) -> dict[str, Entry]:
    """The entries of `folder` by name, each with the time since which it looks as it does now.

    Hidden and temporary files, links and empty sub-folders are none. `now` in seconds of any steady clock. OSError where
    the folder cannot be listed.
    """
    found: dict[str, Entry] = {}
    with os.scandir(folder) as entries:
        for one in entries:
            if one.name in OURS or temporary(one.name) or one.is_symlink():
                continue
            path = Path(one.path)
            try:
                is_folder = one.is_dir(follow_symlinks=False)
                if not is_folder and not one.is_file(follow_symlinks=False):
                    continue
                stamp = _tree(path) if is_folder else (_stamp(path, path.parent),)
            except FileNotFoundError:
                continue
            if not stamp:
                continue
            known = before.get(one.name)
            same = known is not None and known.stamp == stamp and known.folder == is_folder
            found[one.name] = known if same and known else Entry(path, is_folder, stamp, now)
    return found


def opened(entry: Entry, limits: Limits, now: float) -> Entry:
    """`entry` with what is wrong with its files, if anything."""
    return replace(entry, looked=now, bad=tuple(wrong(entry.path, entry.folder, limits)))


def wrong(path: Path, is_folder: bool, limits: Limits) -> list[tuple[str, SamnaoError]]:
    """What keeps a file, or a sub-folder as a whole, from being taken."""
    if not is_folder:
        return _wrong(path, path.name, limits)
    try:
        linked = any(part.is_symlink() for part in path.rglob("*"))
        documents = find_documents([path])
    except OSError as error:
        return [(path.name, ScanError(_denied(error)))]
    if linked:
        return [
            (path.name, ScanError("the folder holds links to other places: put the scans themselves into it"))
        ]
    if not documents:
        return [
            (path.name, EmptyFile("there is no scan in the folder: put PDF, TIFF, JPEG or PNG files into it"))
        ]
    return [
        problem
        for document in documents
        for file in document.files
        for problem in _wrong(file, file.name, limits)
    ]


def documents_in(path: Path) -> list[Document]:
    """The documents that a file or sub-folder holds."""
    return find_documents([path])


def _wrong(path: Path, name: str, limits: Limits) -> list[tuple[str, SamnaoError]]:
    try:
        check_whole(path, limits)
    except ScanError as error:
        return [(name, error)]
    return []


def _denied(error: OSError) -> str:
    return (
        f"the folder could not be read ({error.strerror or 'input/output error'}): give samnao's user the right to "
        "read it, or check the network share"
    )


def _stamp(path: Path, root: Path) -> tuple[str, int, int]:
    status = path.lstat()
    return os.fspath(path.relative_to(root)), status.st_size, status.st_mtime_ns


def _tree(folder: Path) -> Stamp:
    """The stamps of all files below `folder`; empty where there is none that counts."""
    stamps = []
    counts = False
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            status = path.lstat()
            stamps.append((os.fspath(path.relative_to(folder)), status.st_size, status.st_mtime_ns))
            counts = counts or not temporary(name) or stat.S_ISLNK(status.st_mode)
    return tuple(sorted(stamps)) if counts else ()
