"""The two output files, ``records.jsonl`` and ``failures.jsonl``: whole lines only, in the order of the scans.

A first run writes straight into them, so that they can be watched. A later run writes beside them and puts the new files
in place at its end; when it is interrupted, the old lines of the scans it did not reach are kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.cache import FOLDER
from workers.serialise import json_line

RECORDS, FAILURES = "records.jsonl", "failures.jsonl"

Lines = tuple[Sequence[str], Sequence[dict[str, Any]]]
"""The record lines and the failures of one scan."""


class LineFile:
    """A growing file of lines; each write is whole lines, and what a full disk cut off is taken back."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        self._size = 0

    def write(self, lines: Iterable[str]) -> None:
        """Append `lines`, all or none; OSError where the disk refuses."""
        data = b"".join(line.encode() + b"\n" for line in lines)
        try:
            sent = 0
            while sent < len(data):
                sent += os.write(self._handle, data[sent:])
        except BaseException:
            with suppress(OSError):
                os.ftruncate(self._handle, self._size)
                os.lseek(self._handle, self._size, os.SEEK_SET)
            raise
        self._size += len(data)

    def close(self) -> None:
        with suppress(OSError):
            os.fsync(self._handle)
        os.close(self._handle)


@dataclass(slots=True)
class Journal:
    """Writes what the scans gave, in the order of `sources`, whatever the order in which they are done.

    `recall(n)` gives the lines of scan n back once it is done; nothing else of it is held in memory.
    """

    out: Path
    sources: Sequence[str]
    recall: Callable[[int], Lines]
    names: Sequence[str] = (RECORDS, FAILURES)
    _done: set[int] = field(default_factory=set)
    _next: int = 0
    _files: dict[str, LineFile] = field(default_factory=dict)
    _fresh: bool = True

    def __post_init__(self) -> None:
        self._fresh = not any((self.out / name).exists() for name in self.names)
        for name in self.names:
            self._files[name] = LineFile(self._path(name))

    def _path(self, name: str) -> Path:
        return self.out / name if self._fresh else self.out / FOLDER / f"{name}.new"

    def done(self, index: int) -> None:
        """Scan `index` is done: write it, once all before it are written."""
        self._done.add(index)
        while self._next in self._done:
            self._write(self._next)
            self._done.discard(self._next)
            self._next += 1

    def _write(self, index: int) -> None:
        records, failures = self.recall(index)
        if RECORDS in self._files:
            self._files[RECORDS].write(records)
        self._files[FAILURES].write(json_line(failure) for failure in failures)

    def close(self) -> None:
        """Write what is done behind a gap, keep the old lines of scans not reached, put the files in place."""
        reached = {self.sources[i] for i in range(self._next)} | {self.sources[i] for i in self._done}
        unreached = {source for source in self.sources if source not in reached}
        for index in sorted(self._done):
            self._write(index)
        self._done.clear()
        for name, file in self._files.items():
            if not self._fresh:
                file.write(_lines_of(self.out / name, unreached))
            file.close()
            if not self._fresh:
                self._path(name).replace(self.out / name)


def _lines_of(path: Path, sources: set[str]) -> Iterator[str]:
    if not sources or not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            with suppress(ValueError, AttributeError):
                if line.endswith("\n") and json.loads(line).get("source") in sources:
                    yield line.rstrip("\n")
