"""The door: the one way in for scans of every channel.

Names are cleaned, files looked at, loose pages packed; then the bytes go to the blob store, the rows into the
database in one transaction, and the bell is rung. In this order a crash leaves at worst bytes that no row names,
which the sweep removes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ocr.errors import SamnaoError, ScanError
from ocr.open import Limits
from workers import setup
from workers.errors import Busy, Refused
from workers.intake.pack import in_page_order, pack
from workers.intake.whole import check_whole
from workers.service import Service
from workers.store.connect import reading, transaction
from workers.store.room import unfinished
from workers.store.submissions import BULK, NORMAL, URGENT, Accepted, Incoming, accept

__all__ = ["BULK", "NORMAL", "URGENT", "Accepted", "Channel", "Sent", "check_room", "clean_name", "submit"]

Channel = Literal["http", "folder", "scanner", "command"]

_NAME_BYTES = 255
_PATIENCE = 30
"""Seconds after which a sender may try again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on this machine that is to be taken in, and what its sender calls it.

    The file stays where it is, unless it is `ours`: then it is moved into the blob store, and gone from its place.
    Loose page images with the same `group` become one document, whose name is the last part of the group's.
    """

    path: Path
    name: str
    ours: bool = False
    group: str | None = None


def submit(
    service: Service,
    files: Sequence[Sent],
    *,
    channel: Channel,
    sender: str,
    name: str = "",
    office: str | None = None,
    priority: int = NORMAL,
    idempotency_key: str | None = None,
    together: bool = False,
    now: float | None = None,
) -> Accepted:
    """Take the files in as one submission.

    With `together` all loose page images are one group, called `name`. A group's pages are in natural order of names.
    All of them are taken or none: Refused names each that cannot be. Busy where too much is waiting;
    IdempotencyConflict where the key was used for something else.
    """
    check_room(service)
    clean = [
        Sent(file.path, clean_name(file.name), file.ours, name if together else file.group) for file in files
    ]
    limits = setup.limits(service.settings)
    _check_count(service, clean)
    loose = _check_files(clean, limits)
    title = clean_name(name, "") or (clean[0].name if len(clean) == 1 else f"{clean[0].name} …")
    scratch = service.settings.data / "work"
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="door-", dir=scratch) as folder:
        documents = _grouped(clean, loose, Path(folder), limits)
        incoming = [_stored(service, file, Path(folder)) for file in documents]
    moment = time.time() if now is None else now
    with transaction(service.engine) as session:
        accepted = accept(
            session,
            incoming,
            channel=channel,
            sender=sender,
            name=title,
            office=office,
            priority=priority,
            idempotency_key=idempotency_key,
            request_digest=_digest(incoming, name, office, priority),
            now=moment,
        )
    service.ring(accepted.bells)
    return accepted


def check_room(service: Service) -> None:
    """Busy where more documents wait than the settings allow, or the disk of the data folder is nearly full."""
    with reading(service.engine) as session:
        waiting = unfinished(session, service.settings.max_waiting)
    if waiting >= service.settings.max_waiting:
        raise Busy(
            f"{waiting} documents or more are waiting, no more are taken just now: try again in {_PATIENCE} seconds, "
            "or add workers",
            _PATIENCE,
        )
    service.settings.data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(service.settings.data).free
    if free < service.settings.min_free_bytes:
        raise Busy(
            f"the disk of the data folder is nearly full ({free // 1_000_000} MB free): make room on it, "
            "then send the files again",
            _PATIENCE,
        )


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def clean_name(name: str, fallback: str = "scan") -> str:
    """The last part of a file's name as it can be shown, stored and saved anywhere: NFC, at most 255 bytes of UTF-8.

    Parts of a path, control characters, marks of writing direction and other unseen characters are left out; what
    then is no name becomes `fallback`.
    """
    last = re.split(r"[/\\]", _decoded(name[-100_000:]))[-1]
    # Normal forms can bring out characters that were composed, so unseen ones are taken out afterwards as well.
    seen = "".join(one for one in last if unicodedata.category(one) not in _UNSEEN)
    seen = re.sub(r"\s+", " ", unicodedata.normalize("NFC", seen)).strip()
    if seen.strip(". ") == "":
        return fallback
    suffix = match.group() if (match := _SUFFIX.search(seen)) and match.start() > 0 else ""
    stem = _cut(seen.removesuffix(suffix), _NAME_BYTES - len(suffix.encode()))
    return stem + suffix


def _decoded(name: str) -> str:
    """`name` with the bytes that are no UTF-8 (PEP 383) read as TIS-620, as old shares and archives write Thai names."""
    try:
        return os.fsencode(name).decode("utf-8")
    except UnicodeEncodeError:
        return name
    except UnicodeDecodeError:
        return os.fsencode(name).decode("cp874", "replace")


def _cut(text: str, most: int) -> str:
    """The longest beginning of `text` within `most` bytes of UTF-8 that parts no letter from its marks."""
    if len(text.encode()) <= most:
        return text
    short = text.encode()[:most].decode("utf-8", "ignore")
    while short and unicodedata.category(text[len(short)]).startswith("M"):
        short = short[:-1]
    return short.rstrip()


def _with_suffix(name: str, suffix: str) -> str:
    return _cut(_SUFFIX.sub("", name), _NAME_BYTES - len(suffix)) + suffix


def _check_count(service: Service, files: Sequence[Sent]) -> None:
    if not files:
        raise Refused([("", ScanError("nothing was sent: choose at least one scan"))])
    if len(files) > service.settings.upload_files:
        raise Refused(
            [
                (
                    files[0].name,
                    ScanError(
                        f"{len(files)} files in one submission are too many, the limit is "
                        f"{service.settings.upload_files}: send them in several submissions"
                    ),
                )
            ]
        )


def _check_files(files: Sequence[Sent], limits: Limits) -> list[bool]:
    """For each file whether it is a loose page; Refused names all that cannot be taken."""
    loose, bad = [], []
    for file in files:
        try:
            loose.append(check_whole(file.path, limits))
        except ScanError as error:
            bad.append((file.name, error))
    if bad:
        raise Refused(bad)
    return loose


def _grouped(files: Sequence[Sent], loose: Sequence[bool], folder: Path, limits: Limits) -> list[Sent]:
    """The documents that `files` are: each group's loose pages packed, where its first page stood."""
    groups: dict[str, list[Sent]] = {}
    for file, alone in zip(files, loose, strict=True):
        if alone and file.group is not None:
            groups.setdefault(file.group, []).append(file)
    documents: list[Sent] = []
    for file, alone in zip(files, loose, strict=True):
        pages = groups.get(file.group, []) if alone and file.group is not None else []
        if len(pages) < 2:
            documents.append(file)
        elif file is pages[0]:
            documents.append(_packed(pages, folder / f"{len(documents)}.pdf", limits))
    return documents


def _packed(pages: Sequence[Sent], out: Path, limits: Limits) -> Sent:
    ordered = [pages[place] for place in in_page_order([page.name for page in pages])]
    name = _with_suffix(clean_name(pages[0].group or "", ordered[0].name), ".pdf")
    try:
        pack([page.path for page in ordered], out, limits, [page.name for page in ordered])
    except ScanError as error:
        raise Refused([(name, error)]) from None
    return Sent(out, name, ours=True)


def _stored(service: Service, file: Sent, folder: Path) -> Incoming:
    """The file in the blob store. What is not ours goes there from a copy: its owner may change it meanwhile."""
    path = file.path
    if not file.ours:
        path = folder / "copy"
        try:
            shutil.copyfile(file.path, path)
        except OSError as error:
            raise Refused([(file.name, _unreadable(error))]) from None
    size = path.stat().st_size
    suffix = match.group().lower() if (match := _SUFFIX.search(file.name)) else ""
    return Incoming(file.name, service.blobs.put(path, move=True), size, suffix)


def _unreadable(error: OSError) -> SamnaoError:
    return ScanError(
        f"the file could not be copied ({error.strerror or 'input/output error'}): check the disk and the right "
        "to read it, then send it again"
    )


def _digest(incoming: Sequence[Incoming], name: str, office: str | None, priority: int) -> str:
    """Of what was asked: the same key with another digest is refused."""
    asked = [[(one.source, one.sha256) for one in incoming], name, office, priority]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
