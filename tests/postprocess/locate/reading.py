"""Records found in laid-out texts, of the two forms that tests know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ocr.types import Box, Mark, Text
from postprocess.assemble import assemble
from postprocess.forms import load_form, load_forms
from postprocess.locate import locate
from postprocess.split import split
from postprocess.types import Record
from postprocess.understand import understand
from tests.postprocess.layouts import Row, page, record

FORM = next(form for form in load_forms() if form.name == "bma-project-progress")
REPAIR = load_form(Path(__file__).parents[3] / "samples" / "forms" / "school-repair.toml")


def records(texts: list[Text], form: Any = FORM) -> list[Record]:
    return [
        assemble(segment, f, [understand(r, f) for r in locate(segment, f)])
        for f, segment in split(texts, [form])
    ]


def values(rows: Sequence[Row], **more: Any) -> dict[str, Any]:
    (found,) = records([page(rows, **more)])
    return found.values


def with_line(before: str, *after: Row) -> list[Row]:
    """The rows of a short record with the line that begins with `before` replaced."""
    rows: list[str | Sequence[str]] = []
    for text in record("50410000-0001"):
        rows.extend(after if text.startswith(before) else [text])
    return rows


def repair_page(ticked: bool = True) -> Text:
    rows: list[str | Sequence[str]] = [
        "แบบขอซ่อมแซมอาคารสถานที่และครุภัณฑ์โรงเรียน",
        ["ชื่อโรงเรียน", "โรงเรียนบ้านคลองสามพี่น้อง", "สำนักงานเขต", "ประเวศ"],
        ["วันที่แจ้ง", "27/04/2568", "โทรศัพท์", "080-000-4351"],
        ["ชื่อผู้แจ้ง", "นางบุษบา ทองเนื้อดี", "ตำแหน่ง", "ครูชำนาญการ"],
        "เลขประจำตัวประชาชน : 0-3190-06752-03-2",
        "1. ประเภทงานที่ขอซ่อม",
        ["   ไฟฟ้า", "   ประปา", "   อาคารเรียน", "   หลังคา"],
        "2. ความเร่งด่วน",
        ["   ปกติ", "   เร่งด่วน", "   ฉุกเฉิน"],
        "3. รายการที่ขอซ่อม",
        ["ลำดับ", "รายการ", "จำนวน", "จำนวนเงิน (บาท)"],
        ["1", "โถสุขภัณฑ์แบบนั่งราบ", "11", "31,790.00"],
        ["2", "เก้าอี้นักเรียน", "4", "274.00"],
        ["", "ระดับประถมศึกษา"],
        ["รวมเป็นเงินทั้งสิ้น", "", "", "32,064.00"],
        "4. เหตุผลความจำเป็น",
        "   ครุภัณฑ์ใช้งานมานานกว่า 10 ปี จึงขอเปลี่ยนใหม่",
        "ลงชื่อ..............................ผู้แจ้ง",
        "( นางบุษบา ทองเนื้อดี )",
        "ตำแหน่ง ครูชำนาญการ",
    ]

    def box(column: float, row: int, kind: Any) -> Mark:
        place = Box(column, 205 + 66 * row, column + 40, 245 + 66 * row)
        return Mark(kind, place, place)

    tick = "checked" if ticked else "unchecked"
    columns = (250, 750, 1400, 1900)
    marks = [box(x, 6, tick if n in (1, 3) else "unchecked") for n, x in enumerate(columns)]
    marks += [box(x, 8, tick if n == 1 else "unchecked") for n, x in enumerate(columns[:3])]
    return page(rows, marks=tuple(marks), columns=columns)
