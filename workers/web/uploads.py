"""Uploads: multipart forms streamed to disk as they come, under limits on everything; what is refused leaves nothing.

(RFC 7578. FastAPI's own forms are read whole before a route sees them, and know no limits on time, bytes or files.)
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from workers.web.errors import (
    BadName,
    BadRequest,
    DiskFull,
    HalfUpload,
    SlowClient,
    UploadTooLarge,
    WrongContent,
)

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FILES = ("files", "file")
NAME_LETTERS = 255
_FIELD_BYTES = 4_000
_HEADER_BYTES = 32_768
_ROOM = 1_000_000
"""What a form may have besides its files: boundaries, headers, fields."""
_BATCH = 1 << 18
_PREFIX = "upload-"


@dataclass(frozen=True, slots=True)
class Caps:
    """What an upload may be: files, bytes of one and of all, seconds in all."""

    files: int
    file_bytes: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class File:
    """A file that came: where it lies until the request ends, its name as sent, its size."""

    path: Path
    name: str
    size: int


@dataclass(slots=True)
class Upload:
    """A whole form: its fields and its files, in the order sent."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)


@asynccontextmanager
async def received(
    request: Request, folder: Path, caps: Caps, fields: frozenset[str]
) -> AsyncIterator[Upload]:
    """The form that `request` carries, with no other fields than `fields`; its files lie in `folder` until the end.

    Raises WrongContent, UploadTooLarge, SlowClient, HalfUpload, BadName or BadRequest; then, too, nothing is left there.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise WrongContent(
            "this is no form with files", "send the scans as multipart/form-data, each as a part named files"
        )
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > caps.bytes + _ROOM:
        raise _too_large(caps)
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(await run_in_threadpool(tempfile.mkdtemp, prefix=_PREFIX, dir=folder))
    form = _Form(place, caps, fields)
    try:
        try:
            parser = MultipartParser(
                options[b"boundary"], form.callbacks(), max_header_size=_HEADER_BYTES, max_header_count=16
            )
            await _read(request, parser, caps)
        except FormParserError:
            raise BadRequest("this is no proper form with files", "send it as RFC 7578 describes") from None
        if not form.whole:
            raise HalfUpload("the upload ended in the middle", "send it again; nothing of it was kept")
        yield form.upload
    finally:
        form.close()
        await run_in_threadpool(shutil.rmtree, place, ignore_errors=True)


def tidy(folder: Path, older_than: float) -> None:
    """Remove what processes left that were killed in the middle of an upload before `older_than`."""
    for place in folder.glob(f"{_PREFIX}*"):
        if place.stat().st_mtime < older_than:
            shutil.rmtree(place, ignore_errors=True)


def check_disk(folder: Path, keep: int, length: int) -> None:
    """DiskFull where less than `keep` bytes would be free in `folder` after `length` more."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free - length < keep:
        raise DiskFull(
            f"the disk of the data folder is nearly full ({free // 1_000_000} MB free)",
            "make room on it, then send the files again",
            headers={"Retry-After": "300"},
        )


async def _read(request: Request, parser: MultipartParser, caps: Caps) -> None:
    """Feed the body to the parser, which writes to disk, in another thread and in batches of a useful size."""
    until, seen, batch = time.monotonic() + caps.seconds, 0, bytearray()
    async for chunk in request.stream():
        if time.monotonic() > until:
            raise SlowClient(
                f"the upload took longer than {caps.seconds:g} s",
                "send fewer files at a time, or over a better line",
                headers={"Connection": "close"},
            )
        seen += len(chunk)
        if seen > caps.bytes + _ROOM:
            raise _too_large(caps)
        batch += chunk
        if len(batch) >= _BATCH:
            await run_in_threadpool(parser.write, bytes(batch))
            batch.clear()
    await run_in_threadpool(parser.write, bytes(batch))


def _too_large(caps: Caps) -> UploadTooLarge:
    return UploadTooLarge(
        f"one submission may have {caps.bytes // 1_000_000} MB", "send the files in several submissions"
    )


@dataclass(slots=True)
class _Form:
    """What the parser's events add up to."""

    place: Path
    caps: Caps
    known: frozenset[str]
    upload: Upload = field(default_factory=Upload)
    whole: bool = False
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _name: str = ""
    _file_name: str | None = None
    _file: BinaryIO | None = None
    _size: int = 0
    _bytes: int = 0
    _text: bytearray = field(default_factory=bytearray)

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": lambda data, start, end: self._data(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._whole,
        }

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self._disposition, self._size = b"", 0
        self._text.clear()

    def _header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        if b"\0" in self._disposition:
            raise _bad_name("with a NUL character")
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise BadRequest("a part of the form has no name", "send it as RFC 7578 describes")
        self._name = options[b"name"].decode("utf-8", "replace")
        given = options.get(b"filename")
        self._file_name = None if given is None else given.decode("utf-8", "replace")
        if self._file_name is None:
            self._check_field()
        else:
            self._open(self._file_name)

    def _check_field(self) -> None:
        if self._name not in self.known:
            raise BadRequest(
                f"the form has a field {self._name[:40]!r} that is not known here",
                f"files are parts named files, with a file name; known fields are {', '.join(sorted(self.known))}",
            )
        if self._name in self.upload.fields:
            raise BadRequest(f"the field {self._name} came twice", "send it once")

    def _open(self, name: str) -> None:
        if self._name not in FILES:
            raise BadRequest(f"a file came as {self._name[:40]!r}", "send scans as parts named files")
        if len(self.upload.files) >= self.caps.files:
            raise UploadTooLarge(
                f"one submission may have {self.caps.files} files", "send them in several submissions"
            )
        check_name(name)
        self._file = (self.place / str(len(self.upload.files))).open("wb")

    def _data(self, data: bytes) -> None:
        self._size += len(data)
        if self._file is None:
            if self._size > _FIELD_BYTES:
                raise BadRequest(f"the field {self._name} is too long", f"it may have {_FIELD_BYTES} bytes")
            self._text.extend(data)
            return
        self._bytes += len(data)
        if self._size > self.caps.file_bytes:
            raise UploadTooLarge(
                f"one scan may have {self.caps.file_bytes // 1_000_000} MB",
                "split it, or scan at a lower resolution",
            )
        if self._bytes > self.caps.bytes:
            raise _too_large(self.caps)
        self._file.write(data)

    def _end(self) -> None:
        if self._file is None:
            try:
                self.upload.fields[self._name] = self._text.decode("utf-8")
            except UnicodeDecodeError:
                raise BadRequest(f"the field {self._name} is not UTF-8", "send text as UTF-8") from None
            return
        path = Path(self._file.name)
        self.close()
        if self._file_name == "" and self._size == 0:  # what browsers send where no file was chosen
            path.unlink()
        else:
            self.upload.files.append(File(path, self._file_name or "", self._size))

    def _whole(self) -> None:
        self.whole = True


_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing: with them a name can look like another one (Unicode TR 36, 2.5)."""


def check_name(name: str) -> None:
    """BadName where a file's name is meant to deceive, or nobody could save a file under it."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts:
        raise _bad_name("with .. in its path")
    if "\0" in name:
        raise _bad_name("with a NUL character")
    if not _TURNS.isdisjoint(name):
        raise _bad_name("with marks that turn the direction of writing")
    if any(letter < " " or letter == "\x7f" for letter in name):
        raise _bad_name("with control characters")
    if len(parts[-1]) > NAME_LETTERS or len(name) > 4 * NAME_LETTERS:
        raise _bad_name(f"of {len(name)} letters; a name may have {NAME_LETTERS}")


def _bad_name(what: str) -> BadName:
    return BadName(f"a file has a name {what}", "give the file a plain name, then send it again")
