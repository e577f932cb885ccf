"""Claims: what of a watched folder samnao has in hand, so that a crash at any moment loses nothing and doubles nothing.

    DIR/.working/ID/…           claimed by rename: to be submitted, under the idempotency key ID
    DIR/.working/ID.done/…      accepted: only still to be moved to DIR/done/
    DIR/.working/ID.failed/…    refused: only still to be moved to DIR/failed/, the reason (a file `.reason`) beside it

Each step is one rename. A claim is submitted only after all that belongs to it is in it, and what was submitted is
never taken apart before it is marked, so submitting it again says exactly the same under the same key.
"""

from __future__ import annotations

import errno
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

WORKING, DONE, FAILED = ".working", "done", "failed"
OURS = frozenset({WORKING, DONE, FAILED})
_REASON = ".reason"
_REASON_SUFFIX = ".reason.txt"


def claim(folder: Path, entries: Sequence[Path]) -> Path:
    """Take `entries` (files of `folder`, or one sub-folder) in hand; what is gone meanwhile is left out."""
    taken = folder / WORKING / uuid.uuid4().hex
    taken.mkdir()
    for entry in entries:
        with suppress(FileNotFoundError):
            entry.rename(taken / entry.name)
    return taken


def left(folder: Path) -> Iterator[Path]:
    """Claims that are still to be submitted, the oldest first; what was only to be moved is moved before."""
    claims = [entry for entry in (folder / WORKING).iterdir() if entry.is_dir()]
    for entry in claims:
        if entry.suffix:
            _clear(folder, entry)
    yield from sorted((entry for entry in claims if not entry.suffix), key=lambda path: path.stat().st_mtime)


def contents(taken: Path) -> list[Path]:
    """What was claimed, in order of names."""
    return sorted(entry for entry in taken.iterdir() if entry.name != _REASON)


def accepted(folder: Path, taken: Path) -> None:
    """The claim is submitted: move what it holds to done."""
    _clear(folder, _marked(taken, ".done"))


def refused(folder: Path, taken: Path, reason: str) -> None:
    """Nothing of the claim can be taken: move it to failed, with the reason beside each."""
    (taken / _REASON).write_text(reason, "utf-8-sig", "replace", newline="")
    _clear(folder, _marked(taken, ".failed"))


def refused_part(folder: Path, entry: Path, reason: str) -> None:
    """One file of a claim that is not submitted yet cannot be taken: out of the claim, to failed, with the reason."""
    aside = folder / WORKING / f"{uuid.uuid4().hex}.failed"
    aside.mkdir()
    (aside / _REASON).write_text(reason, "utf-8-sig", "replace", newline="")
    entry.rename(aside / entry.name)
    _clear(folder, aside)


def renamed(taken: Path) -> None:
    """Give the claim another key: somebody has changed what it holds since it was submitted."""
    taken.rename(taken.with_name(uuid.uuid4().hex))


def dropped(taken: Path) -> None:
    """The claim turned out to be empty."""
    with suppress(OSError):
        taken.rmdir()


def _marked(taken: Path, mark: str) -> Path:
    marked = taken.with_name(taken.name + mark)
    taken.rename(marked)
    return marked


def _clear(folder: Path, marked: Path) -> None:
    goal = folder / (DONE if marked.suffix == ".done" else FAILED)
    kept = marked / _REASON
    reason = kept.read_bytes() if kept.exists() else None
    for entry in contents(marked):
        _move(entry, goal, reason)
    kept.unlink(missing_ok=True)
    marked.rmdir()


def _move(entry: Path, goal: Path, reason: bytes | None) -> None:
    """Move a file or folder into `goal` under a name that is free there, its reason first; nothing is overwritten."""
    for free in _names(goal, entry):
        # The same file under both names: a crash came between link and unlink.
        if free.exists() and (entry.is_dir() or not free.samefile(entry)):
            continue
        if reason is not None and not _written(_reason_path(free), reason):
            continue
        if entry.is_dir():
            entry.rename(free)
            return
        try:
            os.link(entry, free)  # unlike a rename it never replaces what has the name already
        except FileExistsError:
            if not free.samefile(entry):
                continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            entry.rename(free)
            return
        entry.unlink()
        return


_NO_LINKS = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL)
"""What file systems without hard links say: shares of Windows, memory sticks."""


def _reason_path(moved: Path) -> Path:
    return moved.with_name(_shortened(moved.name, 255 - len(_REASON_SUFFIX)) + _REASON_SUFFIX)


def _written(path: Path, reason: bytes) -> bool:
    """Whether the reason is at `path` now; False where another one is."""
    try:
        with path.open("xb") as file:
            file.write(reason)
    except FileExistsError:
        return path.read_bytes() == reason
    return True


def _names(goal: Path, entry: Path) -> Iterator[Path]:
    yield goal / entry.name
    suffix = "" if entry.is_dir() else re.sub(r"[^.\w-]", "", entry.suffix)[:20]
    stem = _shortened(entry.name.removesuffix(suffix), 255 - 12 - len(suffix.encode()))
    number = 2
    while True:
        yield goal / f"{stem} ({number}){suffix}"
        number += 1


def _shortened(name: str, most: int) -> str:
    """The beginning of `name` within `most` bytes; a name that fits stays as it is, whatever its bytes are."""
    raw = os.fsencode(name)
    return name if len(raw) <= most else raw[:most].decode("utf-8", "ignore")
