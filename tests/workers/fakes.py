"""A small form, pages that say what they are told, and an engine with faults on order."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ocr.errors import EngineMissing, PageError
from ocr.open import Limits
from ocr.types import Box, Line, Sheet, Text, Word, Zone
from postprocess.forms import Form, form_from_text
from workers.steps import Kit

SLIP = """
name = "test-slip"
title = "A slip"
least = 3
[[sections]]
headings = ["ใบเบิกพัสดุประจำเดือน"]
[[sections.fields]]
path = "code"
kind = "code"
labels = ["รหัสพัสดุ"]
pattern = '\\d{4}'
[[sections.fields]]
path = "amount"
kind = "money"
labels = ["จำนวนเงินทั้งสิ้น"]
[[sections.fields]]
path = "place"
labels = ["สถานที่จัดส่ง"]
"""


def slip_form() -> Form:
    return form_from_text(SLIP, "slip.toml")


def text_of(lines: Sequence[str], page: int) -> Text:
    """A page with these lines, one under the other, each read without doubt."""
    made = []
    for row, line in enumerate(lines):
        y, words, x = 100.0 + 40 * row, [], 100.0
        for run in line.split(" "):
            box = Box(x, y, x + 14 * len(run), y + 28)
            words.append(Word(run, box, box, (0.99,) * len(run)))
            x = box.x1 + 14
        made.append(Line(tuple(words), row=row, block=row))
    return Text(page, 1654, 2339, tuple(made), blank=not made)


def slip_lines(code: int, amount: int = 1200) -> list[str]:
    return [
        "ใบเบิกพัสดุประจำเดือน",
        f"รหัสพัสดุ : {code:04d}",
        f"จำนวนเงินทั้งสิ้น : {amount:,} บาท",
        "สถานที่จัดส่ง : อาคารเรียน",
    ]


@dataclass(frozen=True, slots=True)
class FaultyEngine:
    """Reads each page as a slip whose code is the page's width less 60 pixels; `faults` by that number.

    Each call leaves a line in `log`, and each fault of kind "die once" happens once for each log.
    """

    log: Path
    faults: Mapping[int, str] = field(default_factory=dict)

    def read(self, sheet: Sheet, number: int) -> Text:
        value = sheet.image.shape[1] - 60
        with self.log.open("a") as log:
            log.write(f"{value} {os.getpid()}\n")
        match self.faults.get(value):
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "die once":
                if not (marker := self.log.with_suffix(".died")).exists():
                    marker.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                time.sleep(600)
            case "swallow":
                held = bytearray(os.urandom(2**20)) * 600
                time.sleep(600)
                del held
            case "refuse":
                raise PageError("this page cannot be read")
            case "missing":
                raise EngineMissing("install it")
            case "empty":
                return text_of([], number)
            case "letter":
                return text_of(["เรียน ผู้อำนวยการ", "ขอแสดงความนับถือ"], number)
        return text_of(slip_lines(value), number)

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:
        return [("",) * len(zones) for _, zones in asked]

    def calls(self) -> list[int]:
        return sorted(int(line.split()[0]) for line in self._lines())

    def readers(self) -> set[str]:
        """The processes that read pages."""
        return {line.split()[1] for line in self._lines()}

    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


def page_image(value: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((120, 60 + value), 250, np.uint8)


def write_scan(path: Path, *values: int) -> Path:
    """A TIFF with one empty page for each of `values`, which its width tells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwritemulti(str(path), [page_image(value) for value in values])
    return path


def kit_for(engine: FaultyEngine) -> Kit:
    return Kit(engine, Limits(), (slip_form(),), engine.log.parent)
