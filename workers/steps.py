"""What the worker processes do: the calls the pool makes, each for one document, page or record.

Texts and prepared sheets pass from call to call as files, never through the parent process, so that its memory stays flat.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.engine import Engine
from ocr.errors import ChangedWhileReading, ScanError
from ocr.open import Document, Limits, fingerprint, open_page, page_count
from ocr.prepare import prepare
from ocr.types import Image, Page, Sheet, Text, Zone
from postprocess.correct.plain import plain_text
from postprocess.forms import Form
from postprocess.split import split
from workers.cache import Texts, write_whole
from workers.crops import crop, picture_name, turn_of
from workers.errors import UnknownForm
from workers.pipeline import extract, look_again, read_opened
from workers.serialise import json_line, record_json
from workers.store.doubt import DOUBTFUL


@dataclass(frozen=True, slots=True)
class Kit:
    """What each call needs beside its own arguments; the same for a whole run."""

    engine: Engine
    limits: Limits
    forms: tuple[Form, ...]
    work: Path
    """A folder for this run only: prepared sheets, segments, temporary files."""
    pictures: Path | None = None
    """Where pictures of doubtful fields go; None: none are wanted."""
    least: float | None = None
    """The confidence from which a field is accepted; None: from where its form's target error says."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What pictures of pages are to be like: at most so many `pixels` wide and high, of this JPEG quality (1–100)."""

    pixels: int
    quality: int


@dataclass(frozen=True, slots=True)
class Scan:
    """One document in work: `texts` is where its texts are kept, `work` its own part of the work folder."""

    document: Document
    sha256: str
    texts: Texts
    work: Path


def set_up(work: Path) -> None:
    """Once in each worker: one thread, one place for temporary files, modest manners."""
    cv2.setNumThreads(1)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    tempfile.tempdir = str(work)


def inspect(document: Document, kit: Kit) -> tuple[str, int]:
    """The digest and the number of pages of a document."""
    digest = fingerprint(document)
    return digest, page_count(document, kit.limits)


def read(scan: Scan, number: int, kit: Kit) -> bool:
    """Read one page and keep its text; the prepared sheet is left for second looks. False for a blank page."""
    return _read(scan, open_page(scan.document, number, kit.limits), number, kit)


def read_with_picture(scan: Scan, number: int, picture: Picture, kit: Kit) -> tuple[bool, int, int]:
    """As `read`, leaving a picture of the page, too; and the width and height of the page as scanned, in pixels."""
    page = open_page(scan.document, number, kit.limits)
    height, width = page.image.shape[:2]
    scan.work.mkdir(parents=True, exist_ok=True)
    write_whole(picture_path(scan, number), _jpeg(page.image, picture))
    return _read(scan, page, number, kit), width, height


def picture_path(scan: Scan, number: int) -> Path:
    """Where `read_with_picture` leaves the picture of a page."""
    return scan.work / f"page-{number}.jpg"


def _jpeg(image: Image, picture: Picture) -> bytes:
    scale = picture.pixels / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    seen = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    done, data = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, picture.quality])
    assert done  # grey or colour, eight bits: always possible
    return data.tobytes()


def _read(scan: Scan, page: Page, number: int, kit: Kit) -> bool:
    text, sheet = read_opened(page, number, kit.engine)
    if sheet is not None and not text.blank:
        _leave(sheet, scan.work, number)
    scan.texts.save(text)
    return not text.blank


def find_records(scan: Scan, pages: Sequence[int], kit: Kit) -> list[tuple[int, ...]]:
    """Divide the texts of `pages` into records; returns the pages of each. UnknownForm where there is none."""
    texts = _texts(scan, pages)
    segments = split(texts, kit.forms)
    if not segments:
        raise UnknownForm(_BLANK if all(text.blank for text in texts) else _UNKNOWN)
    scan.work.mkdir(parents=True, exist_ok=True)
    for index, (form, segment) in enumerate(segments):
        (scan.work / f"segment-{index}").write_bytes(pickle.dumps((kit.forms.index(form), segment)))
    return [segment.pages for _, segment in segments]


_PACK_BITS = 32773
_BLANK = "every page of this scan is blank; was it put in the wrong way up?"
_UNKNOWN = "no known form is on this scan; see `samnao forms list`, or read it with `samnao read`"


def page_texts(scan: Scan, pages: Sequence[int], kit: Kit) -> list[str]:  # noqa: ARG001 (as find_records)
    """The plain text of each of `pages`, in reading order, misread words put right."""
    return [plain_text(text) for text in _texts(scan, pages)]


def _texts(scan: Scan, pages: Sequence[int]) -> list[Text]:
    """The kept texts; where the scan changed meanwhile they are dropped, and ChangedWhileReading says so."""
    if fingerprint(scan.document) != scan.sha256:
        scan.texts.forget()
        raise ChangedWhileReading(
            "the scan changed while it was read: wait until it is complete, then run the same command again"
        )
    texts = [text for number in pages if (text := scan.texts.load(number)) is not None]
    if len(texts) < len(pages):
        scan.texts.forget()
        raise ScanError("the kept texts of this scan were damaged: run the same command again")
    return texts


@dataclass(frozen=True, slots=True)
class Made:
    """A record as a `line` of JSON, and the CPU seconds that second looks took for it."""

    line: str
    looks_cpu: float


def make_record(scan: Scan, index: int, incomplete: bool, kit: Kit) -> Made:
    """The record of one segment; `incomplete`, where a page of it is unread, makes it one for review."""
    which, segment = pickle.loads((scan.work / f"segment-{index}").read_bytes())  # noqa: S301 (written above)

    spent = 0.0

    def look(zones: Mapping[int, Sequence[Zone]]) -> dict[int, tuple[str, ...]]:
        nonlocal spent
        start = sum(os.times()[:4])
        kept = {page: scan.texts.load_second(page, asked) for page, asked in zones.items()}
        found = {page: texts for page, texts in kept.items() if texts is not None}
        missing = {page: asked for page, asked in zones.items() if page not in found}
        for page, texts in look_again(kit.engine, lambda page: _sheet(scan, page, kit), missing).items():
            scan.texts.save_second(page, zones[page], texts)
            found[page] = texts
        spent += sum(os.times()[:4]) - start
        return found

    record = extract(kit.forms[which], segment, look, kit.least)
    line = record_json(record, scan.document.source, scan.sha256)
    if kit.pictures is not None:
        _picture_doubts(scan, line, kit.pictures, kit.limits)
    return Made(json_line({**line, "status": "review"} if incomplete else line), spent)


def _picture_doubts(scan: Scan, line: Mapping[str, Any], pictures: Path, limits: Limits) -> None:
    """Leave a picture of every field that waits for a person and whose place is known."""
    boxed = [
        (position, field)
        for position, field in enumerate(line["fields"])
        if field["status"] in DOUBTFUL and field["box"]
    ]
    for number in sorted({field["page"] for _, field in boxed}):
        image, turn = open_page(scan.document, number, limits).image, turn_of(scan.texts.load(number))
        for position, field in boxed:
            if field["page"] == number:
                name = picture_name(scan.sha256, line["record"], position)
                write_whole(pictures / name, crop(image, field["box"], turn))


def _leave(sheet: Sheet, folder: Path, number: int) -> None:
    """Keep the prepared sheet for second looks: its dpi, and its image run-length coded, which costs hardly any time."""
    done, data = cv2.imencode(".tif", sheet.image, [cv2.IMWRITE_TIFF_COMPRESSION, _PACK_BITS])
    if done:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"sheet-{number}").write_bytes(pickle.dumps((sheet.dpi, data)))


def _sheet(scan: Scan, number: int, kit: Kit) -> Sheet | None:
    """The sheet that `read` left; where its text was kept by an earlier run, the page is prepared anew."""
    try:
        dpi, data = pickle.loads((scan.work / f"sheet-{number}").read_bytes())  # noqa: S301 (written above)
    except FileNotFoundError:
        page, text = open_page(scan.document, number, kit.limits), scan.texts.load(number)
        return prepare(page, text.turn if text else None) if page.text is None else None
    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    assert image is not None  # written by `_leave`
    return Sheet(image=image.astype(np.uint8, copy=False), dpi=dpi)
