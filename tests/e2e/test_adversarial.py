"""Pages made to deceive: a field whose print was tampered with, smudged, swapped or lost is never accepted wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocr.engine import TesseractEngine
from ocr.open import Limits, find_documents, open_page
from ocr.prepare import prepare
from ocr.types import Image, Page, Text
from postprocess.assemble import assemble
from postprocess.forms import load_forms
from postprocess.locate import locate
from postprocess.split import split
from postprocess.types import Record
from postprocess.understand import understand
from tests.postprocess.layouts import page
from workers.pipeline import extract, look_again

GOLDEN = Path(__file__).parents[1] / "golden"
FORM = next(form for form in load_forms() if form.name == "bma-project-progress")
ENGINE = TesseractEngine()
BOX = tuple[int, int, int, int]


@dataclass(frozen=True)
class Scan:
    """The first page of the reference, with where its values stand and what they are."""

    page: Page
    boxes: dict[str, BOX]
    values: dict[str, Any]


def read(scanned: Page) -> Record | None:
    sheet = prepare(scanned)
    found = split([ENGINE.read(sheet, 1)], [FORM])
    return extract(FORM, found[0][1], partial(look_again, ENGINE, lambda _: sheet)) if found else None


@pytest.fixture(scope="module")
def scan() -> Scan:
    (document,) = find_documents([GOLDEN / "reference.pdf"])
    first = open_page(document, 1, Limits())
    record = read(first)
    assert record is not None
    boxes = {f.path: f.box for f in record.fields if f.box is not None}
    values = {f.path: f.value for f in record.fields}
    assert values["budget_received"] == 26200
    return Scan(first, boxes, values)


def accepted(record: Record | None) -> dict[str, Any]:
    return {f.path: f.value for f in record.fields if f.status == "accepted"} if record else {}


def with_image(scanned: Page, image: Image) -> Page:
    return Page(scanned.number, image, scanned.dpi)


def part(box: BOX, start: float, end: float) -> tuple[slice, slice]:
    """The stretch of a box from the share `start` to the share `end` of its width."""
    x0, y0, x1, y1 = box
    width = x1 - x0
    return slice(y0, y1), slice(int(x0 + start * width), int(x0 + end * width))


@pytest.mark.parametrize(("path", "at"), [("project_code", 0.02), ("budget_received", 0.25)])
def test_a_stroke_through_a_digit(scan: Scan, path: str, at: float) -> None:
    image = scan.page.image.copy()
    rows, columns = part(scan.boxes[path], at, at + 0.07)
    middle = (rows.start + rows.stop) // 2
    image[middle - 1 : middle + 2, columns] = 40
    found = accepted(read(with_image(scan.page, image)))
    assert found.get(path, scan.values[path]) == scan.values[path]


@pytest.mark.parametrize(("path", "at"), [("budget_received", 0.05), ("fiscal_year", 0.55)])
def test_a_smudge_over_a_digit(scan: Scan, path: str, at: float) -> None:
    image = scan.page.image.copy()
    rows, columns = part(scan.boxes[path], at, at + 0.1)
    centre = ((columns.start + columns.stop) // 2, (rows.start + rows.stop) // 2)
    cv2.ellipse(image, centre, (9, 15), 0, 0, 360, (90, 90, 90), -1)
    found = accepted(read(with_image(scan.page, image)))
    assert found.get(path, scan.values[path]) == scan.values[path]


def test_two_budgets_swapped(scan: Scan) -> None:
    image = scan.page.image.copy()
    one, other = (scan.boxes[path] for path in ("budget_received", "budget_used"))
    width = max(one[2] - one[0], other[2] - other[0])
    height = min(one[3] - one[1], other[3] - other[1])
    a, b = ((slice(y, y + height), slice(x, x + width)) for x, y, _, _ in (one, other))
    image[a], image[b] = scan.page.image[b].copy(), scan.page.image[a].copy()
    found = accepted(read(with_image(scan.page, image)))
    assert "budget_received" not in found
    assert "budget_used" not in found


def test_a_label_missing(scan: Scan) -> None:
    image = scan.page.image.copy()
    x0, y0, _, y1 = scan.boxes["budget_received"]
    image[y0:y1, 100 : x0 - 4] = np.median(image)
    found = accepted(read(with_image(scan.page, image)))
    assert "budget_received" not in found
    assert found.get("budget_used", 21200) == 21200


def lookalike(replacing: dict[str, str]) -> Text:
    """A page of another form whose labels are much like ours."""
    rows = [
        "แบบเสนอขออนุมัติโครงการและงบประมาณประจำปี",
        "1. ชื่อโครงการและหน่วยงานที่เสนอโครงการ",
        "ชื่อโครงการที่เสนอ : จัดซื้อหนังสือเข้าห้องสมุด",
        "รหัสหน่วยงาน : 50410000-0001",
        "ปีงบประมาณที่ขอ : 2566",
        "งบประมาณที่ขอรับ : 26,200 บาท",
        "งบประมาณที่ได้รับปีก่อน : 21,200 บาท",
        "วันที่เสนอโครงการ : 2022-10-01 00:00:00",
        "ผู้เสนอโครงการ : นายตัวอย่าง ทดสอบ",
        "เหตุผลและความจำเป็น",
        "ห้องสมุดเป็นแหล่งเรียนรู้ของนักเรียน",
    ]
    return page([replacing.get(row, row) for row in rows])


@pytest.mark.parametrize(
    "replacing",
    [
        {},
        {
            "ปีงบประมาณที่ขอ : 2566": "ปีงบประมาณ พ.ศ. : 2566",
            "รหัสหน่วยงาน : 50410000-0001": "รหัสโครงการ : 50410000-0001",
        },
    ],
)
def test_an_unknown_form_that_resembles_ours(replacing: dict[str, str]) -> None:
    right = {"project_code": "50410000-0001", "fiscal_year": 2566} if replacing else {}
    for form, segment in split([lookalike(replacing)], [FORM]):
        record = assemble(segment, form, [understand(r, form) for r in locate(segment, form)])
        for path, value in accepted(record).items():
            assert value in (None, [], False) or right.get(path) == value, path
