"""What samnao keeps beside the records, in ``DIR/.samnao``: the texts of pages read, and the results of documents.

Every file is written whole or not at all. A text is kept under the digest of its scan and of all that reads it, a result
under its source and the digest of its scan: so a second run finds what is still true and reads only the rest.
"""

from __future__ import annotations

import errno
import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr.types import Text, Zone
from workers.errors import OutputError
from workers.serialise import dump_text, load_text

FOLDER = ".samnao"


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn the system's complaints about `folder` into an OutputError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutputError(
                f"the disk of {folder} is full; free some space and run the same command again"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise OutputError(
                f"{folder} cannot be written; change its permissions or choose another --out"
            ) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise OutputError(f"{folder} is a file; choose a folder for --out") from error
        if error.errno == errno.EISDIR:
            raise OutputError(
                f"a folder is in the way of {error.filename2 or error.filename}; move it or choose another --out"
            ) from error
        raise


@contextmanager
def locked(out: Path) -> Iterator[Path]:
    """Make `out` ready and hold it for this run alone; yields an empty work folder that is gone afterwards."""
    with explained(out):
        folder = out / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        work = folder / "work"
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OutputError(
                    f"another samnao is writing to {out}; wait for it or choose another --out"
                ) from error
            except OSError:  # a network share that knows no locks
                pass
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Texts:
    """The kept texts of one document; `folder` is named by the digests of the scan and of its reader."""

    folder: Path

    def path(self, page: int) -> Path:
        return self.folder / f"{page:05d}.json.gz"

    def load(self, page: int) -> Text | None:
        """The text of `page`, or None where it is not kept or no longer understood."""
        try:
            return load_text(self.path(page).read_bytes())
        except (OSError, ValueError):
            return None

    def save(self, text: Text) -> None:
        write_whole(self.path(text.page), dump_text(text))

    def _second(self, page: int, zones: Sequence[Zone]) -> Path:
        return self.folder / f"{page:05d}-{hashlib.sha256(repr(zones).encode()).hexdigest()[:16]}.json"

    def load_second(self, page: int, zones: Sequence[Zone]) -> tuple[str, ...] | None:
        """What a second look at `zones` of `page` read, or None where it is not kept."""
        try:
            return tuple(json.loads(self._second(page, zones).read_bytes()))
        except (OSError, ValueError):
            return None

    def save_second(self, page: int, zones: Sequence[Zone], texts: Sequence[str]) -> None:
        write_whole(self._second(page, zones), json.dumps(list(texts), ensure_ascii=False).encode())

    def keep(self, texts: Mapping[int, bytes], looks: Mapping[tuple[int, str], Sequence[str]]) -> None:
        """Put here what is kept elsewhere: texts by page, second looks as `second_looks` gives them."""
        for page, data in texts.items():
            write_whole(self.path(page), data)
        for (page, zones), found in looks.items():
            write_whole(self.folder / f"{page:05d}-{zones}.json", json.dumps(list(found)).encode())

    def second_looks(self) -> dict[tuple[int, str], tuple[str, ...]]:
        """All second looks that are kept: (page, digest of the zones) → texts."""
        found = {}
        for path in self.folder.glob("*-*.json"):
            page, _, zones = path.stem.partition("-")
            found[int(page), zones] = tuple(json.loads(path.read_bytes()))
        return found

    def forget(self) -> None:
        """Drop them all."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Store:
    """The kept texts and results of one output folder.

    `reader` and `extractor` are digests of all that makes texts out of scans, and records out of texts; `results` is the
    name of the folder of results.
    """

    folder: Path
    reader: str
    extractor: str
    results: str = "results"

    def texts(self, sha256: str) -> Texts:
        """The kept texts of the scan with this digest."""
        return Texts(self.folder / "texts" / sha256[:2] / f"{sha256[:32]}-{self.reader[:16]}")

    def forget_outdated(self, sha256: str) -> None:
        """Drop the texts of this scan that another reader made: nobody would ask for them again."""
        current = self.texts(sha256).folder
        for folder in current.parent.glob(f"{sha256[:32]}-*"):
            if folder != current:
                shutil.rmtree(folder, ignore_errors=True)

    def _result(self, source: str, sha256: str) -> Path:
        key = hashlib.sha256(f"{source}\0{sha256}".encode()).hexdigest()
        return self.folder / self.results / key[:2] / f"{key[:32]}.json.gz"

    def load(self, source: str, sha256: str) -> dict[str, Any] | None:
        """The kept result of a document: None where there is none or it is out of date."""
        try:
            result: dict[str, Any] = json.loads(gzip.decompress(self._result(source, sha256).read_bytes()))
        except (OSError, EOFError, ValueError):
            return None
        return result if result.get("made_by") == [self.reader, self.extractor] else None

    def save(self, source: str, sha256: str, result: dict[str, Any]) -> None:
        """Keep the `result` of a document."""
        data = json.dumps({**result, "made_by": [self.reader, self.extractor]}, ensure_ascii=False)
        write_whole(self._result(source, sha256), gzip.compress(data.encode(), compresslevel=3))
