"""Check boxes and signatures."""

from __future__ import annotations

import pytest

from ocr.types import Box, Mark, Text
from tests.postprocess.layouts import line, page, record
from tests.postprocess.locate.reading import REPAIR, records, repair_page, values


def test_signature_name_and_position() -> None:
    certificate = [
        "ขอรับรองว่า ข้อมูลที่ปรากฏในเอกสารฉบับนี้ หน่วยงานได้จัดพิมพ์จากระบบงานจริง เพื่อเป็นหลักฐานไว้ตรวจสอบ",
        "ลงชื่อ..............................(ผู้รับผิดชอบโครงการ)",
        "( นายธารา ทองประเสริฐ )",
        "ตำแหน่ง นักวิชาการศึกษา",
    ]
    rows = [*record("50410000-0001"), *certificate]
    y = 200 + 66 * (len(rows) - 3)
    ink = Mark("ink", Box(450, y - 60, 800, y + 40), Box(450, y - 60, 800, y + 40))
    assert values(rows, marks=(ink,))["certification"] == {
        "signed": True,
        "signer_name": "นายธารา ทองประเสริฐ",
        "signer_position": "นักวิชาการศึกษา",
    }
    # large, over the name: the print is still there
    lifted = Mark("lifted", ink.box.padded(0, 90), ink.page_box)
    assert values(rows, marks=(lifted,)) == values(rows, marks=(ink,))
    assert values(rows)["certification"]["signed"] is False
    stamp = Box(450, y + 60, 800, y + 160)
    assert values(rows, marks=(Mark("ink", stamp, stamp),))["certification"]["signed"] is False


@pytest.mark.parametrize(
    "printed",
    ["( นายธารา ทองประเสริฐ ]", "[ นายธารา ทองประเสริฐ )", "ฬนายธารา ทองประเสริฐ)", "(นายธารา ทองประเสริฐ"],
)
def test_name_under_a_signature_whose_brackets_are_misread(printed: str) -> None:
    certificate = [
        "ขอรับรองว่า ข้อมูลที่ปรากฏในเอกสารฉบับนี้ หน่วยงานได้จัดพิมพ์จากระบบงานจริง เพื่อเป็นหลักฐานไว้ตรวจสอบ",
        "ลงชื่อ..............................(ผู้รับผิดชอบโครงการ)",
        printed,
        "ตำแหน่ง .................................",
        "จ่ายเงินแล้ว",
    ]
    assert values([*record("50410000-0001"), *certificate])["certification"] == {
        "signed": False,
        "signer_name": "นายธารา ทองประเสริฐ",
        "signer_position": None,
    }


def test_one_letter_on_the_line_to_sign_on_is_no_signature() -> None:
    certificate = [
        "ขอรับรองว่า ข้อมูลที่ปรากฏในเอกสารฉบับนี้ หน่วยงานได้จัดพิมพ์จากระบบงานจริง เพื่อเป็นหลักฐานไว้ตรวจสอบ",
        "ลงชื่อ.............................. น.",
        "ตำแหน่ง .................................",
    ]
    assert values([*record("50410000-0001"), *certificate])["certification"]["signed"] is False


def test_a_role_whose_bracket_was_misread_is_no_signature() -> None:
    certificate = [CERTIFIED, "ลงชื่อ.............................. [ผู้รับผิดชอบโครงการ)[ นายธารา", "ตำแหน่ง ครู"]
    assert values([*record("50410000-0001"), *certificate])["certification"]["signed"] is False


def test_no_box_ticked() -> None:
    (found,) = records([repair_page(ticked=False)], REPAIR)
    assert found.values["repair_types"] == []
    assert found.values["urgency"] is None


def test_signs_in_the_text_tick_boxes_too() -> None:
    text = repair_page(ticked=False)
    lines = [
        line("☑ ประปา ☐ ไฟฟ้า ( ) หลังคา (/) อาคารเรียน", 250, at.box.y0, at.row, at.block)
        if "ประปา" in at.text
        else at
        for at in text.lines
        if at.text not in ("ไฟฟ้า", "อาคารเรียน", "หลังคา")
    ]
    (found,) = records([Text(1, text.width, text.height, tuple(lines))], REPAIR)
    assert sorted(found.values["repair_types"]) == ["ประปา", "อาคารเรียน"]


CERTIFIED = "ขอรับรองว่า ข้อมูลที่ปรากฏในเอกสารฉบับนี้ หน่วยงานได้จัดพิมพ์จากระบบงานจริง เพื่อเป็นหลักฐานไว้ตรวจสอบ"


def test_a_name_that_lost_its_beginning_under_a_signature_is_for_a_person() -> None:
    signed = [
        CERTIFIED,
        "ลงชื่อ..............................",
        "(ผู้รับผิดชอบโครงการ)",
        "ยธารา ทองประเสริฐ )",
        "ตำแหน่ง ครู",
    ]
    (found,) = records([page([*record("50410000-0001"), *signed])])
    (name,) = [field for field in found.fields if field.path == "certification.signer_name"]
    assert (name.value, name.status) == ("ยธารา ทองประเสริฐ", "review")
    assert [problem.code for problem in name.problems] == ["limits_unclear"]


def test_one_word_scrawled_on_the_line_to_sign_on_is_no_printed_name() -> None:
    for written, name in (("มาลา", None), ("นายธารา ทองประเสริฐ", "นายธารา ทองประเสริฐ")):
        signed = [CERTIFIED, f"ลงชื่อ.................. {written} ........ (ผู้รับผิดชอบโครงการ)", "ตำแหน่ง ครู"]
        found = values([*record("50410000-0001"), *signed])["certification"]
        assert (found["signed"], found["signer_name"]) == (True, name)
