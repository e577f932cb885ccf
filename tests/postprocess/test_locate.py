"""Where the leaves of a form stand: labels, values, lists, rows, tables, boxes and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.types import Box, Line, Mark, Text, Word
from postprocess.assemble import assemble
from postprocess.forms import load_form, load_forms
from postprocess.labels import find, likeness, skeleton
from postprocess.locate import doubtful, locate
from postprocess.locate.lists import paragraphs
from postprocess.pieces import whole
from postprocess.split import split
from postprocess.types import Place, Reading, Record, Span
from postprocess.understand import understand
from tests.postprocess.layouts import line, page, reference_pages, width_of
from tests.postprocess.test_split import record

FORM = next(form for form in load_forms() if form.name == "bma-project-progress")
REPAIR = load_form(Path(__file__).parents[2] / "samples" / "forms" / "school-repair.toml")


def records(texts: list[Text], form: Any = FORM) -> list[Record]:
    return [assemble(segment, f, locate(segment, f)) for f, segment in split(texts, [form])]


def values(rows: Sequence[str | Sequence[str]], **more: Any) -> dict[str, Any]:
    (found,) = records([page(rows, **more)])
    return found.values


def with_line(before: str, *after: str | Sequence[str]) -> list[str | Sequence[str]]:
    """The rows of a short record with the line that begins with `before` replaced."""
    rows: list[str | Sequence[str]] = []
    for text in record("50410000-0001"):
        rows.extend(after if text.startswith(before) else [text])
    return rows


KEYS = (
    "project_name",
    "project_code",
    "fiscal_year",
    "start_date",
    "end_date",
    "budget_received",
    "budget_used",
    "agency",
    "responsible_person",
    "coordinator_name",
    "coordinator_phone",
    "strategy_issue",
    "strategy_sub_issue",
    "strategy_goal",
    "indicator",
    "progress_reports",
)


def test_reference_gives_four_records_with_equal_key_fields() -> None:
    found = records(reference_pages())
    assert len(found) == 4
    first = found[0].values
    for other in found:
        assert {key: other.values[key] for key in KEYS} == {key: first[key] for key in KEYS}
    assert first["project_code"] == "50410000-6831"
    assert first["budget_received"] == 26200
    assert first["agency"] == ["สำนักงานเขตหลักสี่", "ฝ่ายการศึกษา", "ฝ่ายการศึกษา"]
    assert first["coordinator_name"] == "นายธารา ทองประเสริฐ"
    assert first["coordinator_phone"] == "1234"
    assert first["strategy_sub_issue"] == "**** การปฏิบัติงานประจำของหน่วยงาน ****"
    assert [row["progress_percent"] for row in first["progress_reports"]] == [10, 10, 20, 10, 100]
    assert [row["disbursed"] for row in first["progress_reports"]] == [0, 0, 0, 0, 21200]
    assert [row["date"] for row in first["progress_reports"]][-1] == "2023-09-06"
    assert {row["target_status"] for row in first["progress_reports"]} == {"เป็นไปตามเป้าหมาย"}
    assert [e["amount"] for e in first["progress_reports"][4]["expenses"]] == [10000, 4000, 7200]
    assert len(first["objectives"]) == 4
    assert first["objectives"][2] == "เพื่อยกระดับมาตรฐานของศูนย์วิชาการเขต"
    assert found[3].values["certification"] == {"signed": False, "signer_name": None, "signer_position": None}


@pytest.mark.parametrize(
    "damaged",
    [
        "หน่วยงานที่รับขอ. : สำนักงานเขตหลักสี่",
        "หน่วยงานที่รับชอบ : สำนักงานเขตหลักสี่",
        "หนวยงานทีรับผิดชอบ.. ; สำนักงานเขตหลักสี่",
        "หน่วยงานที่รับผิดชอบ สำนักงานเขตหลักสี่",
        "หน่วยงาน ที่รับ ผิดชอบ . . : สำนักงานเขตหลักสี่",
        "หน่วยงานที่รับผิดชอบ ะ สำนักงานเขตหลักสี่",
    ],
)
def test_damaged_labels_are_found(damaged: str) -> None:
    assert values(with_line("หน่วยงาน", damaged))["agency"] == ["สำนักงานเขตหลักสี่"]


def test_two_pairs_on_one_line_whether_the_reader_parted_them_or_not() -> None:
    joined = with_line("งบประมาณที่ได้รับ", "งบประมาณที่ได้รับ : 26,200 บาท ผู้ประสานงาน สยป : นายธารา ทองประเสริฐ")
    joined = [row for row in joined if not str(row).startswith(("เริ่มต้น", "สิ้นสุด"))]
    joined.insert(5, "เริ่มต้นโครงการ : 2022-10-01 00:00:00 สิ้นสุดโครงการ : 2023-09-30 00:00:00")
    parted = [
        ["เริ่มต้นโครงการ : 2022-10-01 00:00:00", "", "สิ้นสุดโครงการ : 2023-09-30 00:00:00"]
        if str(row).startswith("เริ่มต้น")
        else row
        for row in joined
    ]
    for rows in (joined, parted):
        found = values(rows)
        assert (found["start_date"], found["end_date"]) == ("2022-10-01", "2023-09-30")
        assert (found["budget_received"], found["budget_used"]) == (26200, 21200)


def test_labels_and_values_in_cells_of_their_own() -> None:
    rows = with_line("ชื่อโครงการ", ["ชื่อโครงการ/กิจกรรม", ": จัดซื้อหนังสือเข้า"], ["", "ห้องสมุดประชาชน"])
    assert values(rows)["project_name"] == "จัดซื้อหนังสือเข้าห้องสมุดประชาชน"


def test_missing_label_gives_missing_field_and_no_neighbours_value() -> None:
    rows = [row for row in record("50410000-0001") if not row.startswith("งบประมาณที่ได้รับ")]
    (found,) = records([page(rows)])
    fields = {field.path: field for field in found.fields}
    assert found.values["budget_received"] is None
    assert fields["budget_received"].status == "missing"
    assert found.values["budget_used"] == 21200
    assert found.status == "review"


def test_part_that_is_not_printed_is_null_and_one_whose_label_was_lost_is_missing() -> None:
    for text, missing in (("นายธารา ทองประเสริฐ", False), ("นายธารา ทองประเสริฐ 1234", True)):
        rows = with_line("หน่วยงาน", "หน่วยงานที่รับผิดชอบ : ฝ่ายการศึกษา", "ผู้ประสานงาน สยป : " + text)
        (found,) = records([page(rows)])
        (field,) = [field for field in found.fields if field.path == "coordinator_phone"]
        assert (field.value, field.status == "missing") == (None, missing)


def test_blank_and_dotted_values_are_null_and_empty_lists() -> None:
    rows = with_line("งบประมาณที่ใช้ไป", "งบประมาณที่ใช้ไป : ..................")
    rows = [row for row in rows if not str(row).startswith("๒.๑")]
    found = values(rows)
    assert found["budget_used"] is None
    assert found["objectives"] == []


def test_labels_inside_prose_do_not_mislead() -> None:
    rows = with_line(
        "ห้องสมุด",
        "ด้วยงบประมาณที่ได้รับ : 99 บาท ไม่เพียงพอ งบประมาณที่ใช้ไป จึงสูงกว่าตัวชี้วัด : 5 ครั้ง และ",
        "หน่วยงานที่รับผิดชอบ : กรมสามัญ ได้รายงานครั้งที่ 9 ไว้แล้ว",
    )
    found = values(rows)
    assert (found["budget_received"], found["budget_used"]) == (26200, 21200)
    assert found["agency"][0] == "สำนักงานเขตหลักสี่"
    assert len(found["progress_reports"]) == 2
    assert "ตัวชี้วัด : 5 ครั้ง" in "".join(found["rationale"])


def test_items_lose_their_numbering_and_wrap() -> None:
    rows = with_line(
        "๒.๑",
        "๒.๑ เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นใน",
        "   โรงเรียน",
        "๒.๒ เพื่อส่งเสริมการอ่าน",
        "- เพื่ออื่น",
    )
    found = values(rows)["objectives"]
    assert found[1:] == ["เพื่อส่งเสริมการอ่าน", "เพื่ออื่น"]
    assert found[0].startswith("เพื่อจัดซื้อ")
    assert found[0].endswith("โรงเรียน")


ROWS: dict[str, list[str | Sequence[str]]] = {
    "table": [
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดเตรียมข้อมูล", ": เป็นไปตาม", ": ต่ำกว่า"],
        ["", "และจัดทำโครงการ", "แผน", "เป้าหมาย"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่"],
        ["", "เบิกใช้ (ครั้งที่ 1) = 5,000.- บาท"],
        ["รายงานครั้งที่2", ":: 02/12/2565 : ซื้อ", ": เป็นไปตามแผน", ": สูงกว่าเป้าหมาย"],
        ["", ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 9,000 บาท"],
    ],
    "line by line": [
        "รายงานครั้งที่1 :: 01/12/2565 : จัดเตรียมข้อมูลและจัดทำโครงการ",
        ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 5,000.- บาท",
        ": เป็นไปตามแผน",
        ": ต่ำกว่าเป้าหมาย",
        "รายงานครั้งที่2 :: 02/12/2565 : ซื้อ",
        ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 9,000 บาท : เป็นไปตามแผน : สูงกว่าเป้าหมาย",
    ],
    "damaged": [
        "รายงานครังที1 ะ: 01/12/2565: จัดเตรียมข้อมูลและจัดทำโครงการ",
        ": ความกาวหนาของงานฯ ซ 10.00 % งบประมาณทีเบิกใช (ครังที 1] ๘ 5,000.- บาท : เป็นไปตามแผน ต่ำกว่าเป้าหมาย",
        "รายงานครั้งที่ 2 :: O2/12/2565 : ซื้อ",
        ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 9,000 บาท : เป็นไปตามแผน : สูงกว่าเป้าหมาย",
    ],
    "slipped": [
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดเตรียมข้อมูลและจัดทำโครงการ"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 5,000.- บาท", ": เป็นไปตามแผน"],
        ["รายงานครั้งที่2", ":: 02/12/2565 : ซื้อ", "", ": ต่ำกว่าเป้าหมาย"],
        [
            "",
            ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 9,000 บาท",
            ": เป็นไปตามแผน",
            ": สูงกว่าเป้าหมาย",
        ],
    ],
}


@pytest.mark.parametrize("layout", ROWS)
def test_rows_in_every_order_of_cells(layout: str) -> None:
    rows = list(record("50410000-0001", reports=0))
    first, second = values([*rows, *ROWS[layout]], columns=(250, 520, 1800, 2150))["progress_reports"]
    assert first == {
        "number": 1,
        "date": "2022-12-01",
        "activity": "จัดเตรียมข้อมูลและจัดทำโครงการ",
        "progress_percent": 10,
        "disbursed": 5000,
        "plan_status": "เป็นไปตามแผน",
        "target_status": "ต่ำกว่าเป้าหมาย",
        "expenses": [],
    }
    assert (second["number"], second["activity"], second["disbursed"]) == (2, "ซื้อ", 9000)
    assert second["target_status"] == "สูงกว่าเป้าหมาย"


def test_entries_of_a_row_with_a_wrapped_item() -> None:
    rows = [
        *record("50410000-0001", reports=0),
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดสัมมนา"],
        ["", "ค่าอาหารฯ = 10,000.- บาท"],
        ["", "ค่าวัสดุ อุปกรณ์ และเอกสารประกอบการสัมมนาเชิงปฏิบัติการ"],
        ["", "ของครู = 4,000.- บาท ค่าพาหนะ = 20 บาท"],
        ["", ":: ความก้าวหน้าของงานฯ = 100.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 14,020 บาท"],
    ]
    (row,) = values(rows)["progress_reports"]
    assert row["activity"] == "จัดสัมมนา"
    assert [e["amount"] for e in row["expenses"]] == [10000, 4000, 20]
    assert row["expenses"][1]["item"].startswith("ค่าวัสดุ")
    assert row["expenses"][2]["item"] == "ค่าพาหนะ"


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
    assert values(rows)["certification"]["signed"] is False


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


def test_items_that_are_only_set_in_are_items_where_paragraphs_are_set_in_too() -> None:
    prose = "เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อยและเกิดประโยชน์สูงสุดแก่ประชาชนในพื้นที่ของสำนักงานเขต"
    targets = ["1.5 เป้าหมายของโครงการ", "   ด้านปริมาณ"]
    wide = "        จัดอบรมเชิงปฏิบัติการแก่นักเรียนและผู้ปกครองจำนวนหนึ่งร้อยคนในห้องสมุดของโรงเรียนในสังกัด"
    for set_in, count in (("      ", 2), ("", 1)):
        rows = with_line("ห้องสมุดเป็น", set_in + prose, prose + "กรุงเทพ", "มหานคร")
        rows = [*rows[:-7], *targets, wide, "        หนังสือใหม่ห้าร้อยเล่ม", *rows[-7:]]
        assert len(values(rows)["targets_quantity"]) == count


@pytest.mark.parametrize(
    "printed", ["สำนักงานเขตหลักสี่ ฝ่ายการศึกษา ฝ่ายการศึกษา", "สำนักงานเขตหลักสี่ | ฝ่ายการศึกษา l ฝ่ายการศึกษา"]
)
def test_known_units_that_lost_their_separator_are_parted(printed: str) -> None:
    found = values(with_line("หน่วยงานที่รับ", f"หน่วยงานที่รับผิดชอบ : {printed}"))
    assert found["agency"] == ["สำนักงานเขตหลักสี่", "ฝ่ายการศึกษา", "ฝ่ายการศึกษา"]
    kept = values(with_line("หน่วยงานที่รับ", "หน่วยงานที่รับผิดชอบ : ฝ่ายการศึกษา ชั้นดี"))
    assert kept["agency"] == ["ฝ่ายการศึกษา ชั้นดี"]


def test_a_digit_read_twice_in_a_date_leaves_the_text_behind_it_clean() -> None:
    rows = with_line("รายงานครั้งที่2", "รายงานครั้งที่2 :: 02/012/2565 : ซื้อหนังสือ")
    assert values(rows)["progress_reports"][1]["activity"] == "ซื้อหนังสือ"


def test_a_word_behind_a_narrow_blank_belongs_to_its_line() -> None:
    rows = with_line("หน่วยงานที่รับ", "หน่วยงานที่รับผิดชอบ. : สำนักงานเขตหลักสี่ / ฝ่ายการ")
    pages = page(rows)
    last = next(n for n, found in enumerate(pages.lines) if "ฝ่ายการ" in found.text)
    before = pages.lines[last]
    word = line("ศึกษา", before.box.x1 + 30, before.box.y0, before.row, 900)
    lines = (*pages.lines[: last + 1], word, *pages.lines[last + 1 :])
    (found,) = records([Text(1, pages.width, pages.height, lines)])
    assert found.values["agency"] == ["สำนักงานเขตหลักสี่", "ฝ่ายการศึกษา"]


def test_a_lost_row_number_in_a_label_does_not_hide_its_value() -> None:
    rows = with_line(
        ":: ความก้าวหน้าของงานฯ = 20",
        ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ = 8,000 บาท",
    )
    second = values(rows)["progress_reports"][1]
    assert (second["disbursed"], second["activity"]) == (8000, "จัดเตรียมข้อมูล")


def test_damaged_dates_stay_out_of_the_text_behind_them() -> None:
    for printed in ("๐๒/๑๒๒๕๖๕ :", "0O#/12/2565 :", "02/12/ :", "02 12 2565 :", "02/12/25655 :"):
        rows = with_line("รายงานครั้งที่2", f"รายงานครั้งที่2 :: {printed} ซื้อหนังสือ")
        assert values(rows)["progress_reports"][1]["activity"] == "ซื้อหนังสือ"


def test_a_lost_row_number_follows_from_its_neighbour() -> None:
    rows = with_line("รายงานครั้งที่1", "รายงานครั้งที่ :: 01/12/2565 : จัดเตรียมข้อมูล")
    rows = [str(row).replace("(ครั้งที่ 1)", "(ครั้งที่ ))") for row in rows]
    (found,) = records([page(rows)])
    assert [row["number"] for row in found.values["progress_reports"]] == [1, 2]
    (field,) = [f for f in found.fields if f.path == "progress_reports[0].number"]
    assert field.status == "review"


def test_a_label_that_the_reader_cut_in_two_is_one() -> None:
    strategy = [
        "1.6 สนับสนุนแผนพัฒนา กทม. ระยะ 20 ปี",
        ["ประเด็นยุทธศาสตร์", ": เมืองปลอดภัย"],
        ["ประเด็นยุทธศาสตร์", "ย่อย : ลดอุบัติเหตุ"],
        ["เป้าหม", "ายที่ : ถนน"],
        ["ตัวชี้วั", "ด : ร้อยละ 5"],
    ]
    rows = record("50410000-0001")
    found = values([*rows[:-7], *strategy, *rows[-7:]], columns=(250, 700))
    keys = ("strategy_issue", "strategy_sub_issue", "strategy_goal", "indicator")
    assert [found[key] for key in keys] == ["เมืองปลอดภัย", "ลดอุบัติเหตุ", "ถนน", "ร้อยละ 5"]


def test_a_status_whose_separator_was_lost_is_cut_at_its_column() -> None:
    rows = list(record("50410000-0001", reports=0))
    for n in range(1, 6):
        rows += [
            [f"รายงานครั้งที่{n}", f":: 0{n}/12/2565 : ซื้อ"],
            ["", f":: ความก้าวหน้าของงานฯ = {n}0.00", ": เป็นไปตาม", ": เป็นไปตาม"],
            ["", f"% งบประมาณที่เบิกใช้ (ครั้งที่ {n}) =", "แผน", "เป้าหมาย"],
            ["", "900 บาท"],
        ]
    rows += [
        ["รายงานครั้งที่6", ":: 06/12/2565 : ซื้อ"],
        ["", ":: ความก้าวหน้าของงานฯ = 60.00               ยังไม่", "", ": เป็นไปตาม"],
        ["", "% งบประมาณที่เบิกใช้ (ครั้งที่ 6) =          ดำเนินการ", "", "เป้าหมาย"],
        ["", "900 บาท"],
    ]
    text = page(rows, columns=(250, 520, 1700, 2100))
    lines = [
        spread(found, 1720) if "ยังไม่" in found.text or "ดำเนินการ" in found.text else found
        for found in text.lines
    ]
    (found,) = records([Text(1, text.width, 6000, tuple(lines))])
    last = found.values["progress_reports"][5]
    assert (last["plan_status"], last["progress_percent"], last["disbursed"]) == ("ยังไม่ดำเนินการ", 60, 900)


def spread(found: Line, x: float) -> Line:
    """The line with its last word moved to `x`."""
    last = found.words[-1]
    box = Box(x, last.box.y0, x + last.box.width, last.box.y1)
    return Line((*found.words[:-1], Word(last.text, box, box, last.confidences)), found.row, found.block)


def test_an_empty_cell_that_holds_only_its_separator_ends_the_cell_before() -> None:
    rows = [
        *record("50410000-0001", reports=0),
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ", ": แล้วเสร็จตาม :"],
        ["", "หนังสือ", "แผน"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9 บาท"],
    ]
    (row,) = values(rows)["progress_reports"]
    assert (row["plan_status"], row["target_status"]) == ("แล้วเสร็จตามแผน", None)


def test_words_below_a_rows_values_are_not_its_text() -> None:
    rows = with_line(
        ":: ความก้าวหน้าของงานฯ = 20", ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 9 บาท"
    )
    found = values([*rows, "          สำนักงาน"])["progress_reports"][1]
    assert found["activity"] == "จัดเตรียมข้อมูล"


def test_figures_whose_point_was_too_pale_to_read_are_not_two_cells() -> None:
    rows = list(record("50410000-0001", reports=0))
    percent = ":: ความก้าวหน้าของงานฯ = {}3"
    for n in range(1, 5):
        rows += [
            [f"รายงานครั้งที่{n}", f":: 0{n}/12/2565 : ซื้อ"],
            ["", percent.format(n), "86 % งบ"],
            ["", f"ประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท"],
        ]
    found = values(rows, columns=(250, 520, 550 + width_of(percent.format(1))))["progress_reports"]
    assert [row["progress_percent"] for row in found] == [13.86, 23.86, 33.86, 43.86]
    assert [row["activity"] for row in found] == ["ซื้อ"] * 4


def test_a_worn_start_label_in_the_first_column_begins_a_row() -> None:
    rows = list(record("50410000-0001", reports=0))
    for n, start in enumerate(("วาบงานดางที่ป", "รายงานครั้งที่2"), 1):
        rows += [
            [start, f":: 0{n}/12/2565 : ซื้อ"],
            ["", f":: ความก้าวหน้าของงานฯ = {n}0.00 % งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท"],
        ]
    found = values(rows)["progress_reports"]
    assert [(row["number"], row["date"]) for row in found] == [(1, "2022-12-01"), (2, "2022-12-02")]


def test_paragraphs_that_only_gaps_tell_apart() -> None:
    """Nothing is set in, and lines end where a word would still have fitted; the gap tells."""
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นในโรงเรียน"
    short = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุก"
    lines = [
        line(text, 250, y, n, n)
        for n, (text, y) in enumerate(((wide, 200), (short, 266), (wide, 332), (short, 418), (wide, 484)))
    ]
    pieces = [p for n, found in enumerate(lines) if (p := whole(Place(1, found), n))]
    assert [len(p.spans) for p in paragraphs(pieces, items=False)] == [3, 2]


def test_a_phone_whose_label_is_worn_is_parted_from_the_name() -> None:
    rows = with_line(
        "หน่วยงาน", "หน่วยงานที่รับผิดชอบ : ฝ่ายการศึกษา", "ผู้ประสานงาน สยป : นายธารา ทองประเสริฐ ในร. 1234"
    )
    found = values(rows)
    assert (found["coordinator_name"], found["coordinator_phone"]) == ("นายธารา ทองประเสริฐ", "1234")


def test_an_amount_that_leads_a_line_is_no_numbering() -> None:
    rows = with_line(
        "๒.๑",
        "- เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นไม่น้อยกว่า",
        "  60,045 คน",
        "- เพื่อส่งเสริมการอ่าน",
    )
    assert len(values(rows)["objectives"]) == 2


def test_worn_markers_lead_items_in_the_column_of_the_others() -> None:
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นจำนวน"
    rows = with_line("๒.๑", "๒.๑ เพื่อจัดซื้อหนังสือ", "๓ ๒.๒ เพื่อส่งเสริมการอ่าน", f"1.5.2.] {wide}", "       20 คน")
    found = values(rows)["objectives"]
    assert found[:2] == ["เพื่อจัดซื้อหนังสือ", "เพื่อส่งเสริมการอ่าน"]
    assert found[2].startswith("เพื่อจัดซื้อ")
    assert found[2].endswith("20 คน")


def test_an_item_that_lost_its_marker_begins_where_the_line_before_was_not_full() -> None:
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นในโรงเรียนทุกแห่ง"
    rows = with_line("๒.๑", f"- {wide}", "- เพื่อส่งเสริมการอ่าน", "  เพื่อพัฒนาครู")
    assert values(rows)["objectives"][1:] == ["เพื่อส่งเสริมการอ่าน", "เพื่อพัฒนาครู"]


def test_how_clear_the_limits_of_items_are() -> None:
    text = page(["เพื่อจัดซื้อหนังสือ", "จัดส่งเสริมการอ่าน"])
    pieces = [p for n, found in enumerate(text.lines) if (p := whole(Place(1, found), n))]
    end, word = pieces[0].box.x1, 60.0  # "จัด"
    clear = {
        room: [p.clear for p in paragraphs(pieces, items=True, right=end + room)] for room in (word, 75, 900)
    }
    assert [len(found) for found in clear.values()] == [1, 2, 2]
    assert max(clear[75]) < 0.1
    assert min(clear[900]) > 0.3


def test_an_item_that_begins_like_the_first_is_one_though_the_line_before_is_full() -> None:
    text = page(["เพื่อจัดซื้อหนังสือ", "เพื่อส่งเสริมการอ่าน", "ในโรงเรียน"])
    pieces = [p for n, found in enumerate(text.lines) if (p := whole(Place(1, found), n))]
    right = max(p.box.x1 for p in pieces)
    assert [len(p.spans) for p in paragraphs(pieces[1:], items=True, right=right)] == [2]
    assert [len(p.spans) for p in paragraphs(pieces, items=True, right=pieces[0].box.x1)] == [1, 2]


def test_numbering_whose_five_was_read_as_a_letter_is_no_text() -> None:
    rows = with_line("๒.๑", "ต.๒.๑ จัดซื้อหนังสือ", "ต. ๒.๒ ส่งเสริมการอ่าน")
    assert values(rows)["objectives"] == ["จัดซื้อหนังสือ", "ส่งเสริมการอ่าน"]


def test_a_word_far_right_of_all_lines_beginnings_is_no_running_text() -> None:
    wide = "เพื่อจัดซื้อหนังสือและสื่อการเรียนรู้ที่ทันสมัยให้เพียงพอแก่ความต้องการของนักเรียนทุกระดับชั้นในโรงเรียน"
    rows = with_line("๒.๑", f"- {wide}", " " * 60 + "ฝ่ายการคลัง", "  ทุกแห่ง")
    (found,) = values(rows)["objectives"]
    assert "ฝ่ายการคลัง" not in found
    assert found.endswith("ทุกแห่ง")


def test_a_headings_number_read_by_itself_is_not_the_text_before() -> None:
    rows = list(record("50410000-0001"))
    n = next(n for n, row in enumerate(rows) if row.startswith("1.4 "))
    rows[n : n + 1] = [["1.4", rows[n].removeprefix("1.4 ")]]
    expected = values(list(record("50410000-0001")))["rationale"]
    assert values(rows, columns=(250, 330))["rationale"] == expected


def test_a_unit_alone_on_its_line_is_no_text_of_the_row() -> None:
    rows = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9"],
        ["", "บาท"],
        ["", ": แล้วเสร็จตามแผน"],
    ]
    (row,) = values(rows)["progress_reports"]
    assert (row["activity"], row["disbursed"]) == ("ซื้อ", 9)


def test_a_rows_number_read_apart_from_its_start_label_is_not_its_text() -> None:
    rows = list(record("50410000-0001", reports=0))
    for n in (1, 2):
        rows += [
            ["รายงานครั้งที่", f"{n} :: 0{n}/12/2565 : ซื้อ"],
            f"    :: ความก้าวหน้าของงานฯ = {n}0.00 % งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท",
            "    : แล้วเสร็จตามแผน",
        ]
    found = values(rows, columns=(250, 250 + width_of("รายงานครั้งที่") + 30))["progress_reports"]
    assert [(row["number"], row["activity"]) for row in found] == [(1, "ซื้อ"), (2, "ซื้อ")]


def test_an_activity_that_reaches_into_the_next_column_does_not_take_what_stands_below() -> None:
    rows: list[str | Sequence[str]] = list(record("50410000-0001", reports=0))
    for n in range(1, 5):
        rows += [
            [f"รายงานครั้งที่{n}", f":: 0{n}/12/2565 : จัดซื้อหนังสือผ่าน", "QR Code"]
            if n == 2
            else [f"รายงานครั้งที่{n}", f":: 0{n}/12/2565 : ซื้อ"],
            ["", ":: ความก้าวหน้าของงานฯ = 10.00 งบ", "เป็นไปตาม", ": เป็นไปตาม"],
            ["", f"ประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท", "แผน", "เป้าหมาย"],
        ]
    columns = (250, 650, 650 + width_of(":: 02/12/2565 : จัดซื้อหนังสือผ่าน") + 60, 1900)
    found = values(rows, columns=columns)["progress_reports"]
    assert [row["activity"] for row in found] == ["ซื้อ", "จัดซื้อหนังสือผ่าน QR Code", "ซื้อ", "ซื้อ"]
    assert [row["plan_status"] for row in found] == ["เป็นไปตามแผน"] * 4


def test_the_first_letters_of_a_label_at_a_lines_end_are_no_cell() -> None:
    rows: list[str | Sequence[str]] = list(record("50410000-0001", reports=0))
    figure = ":: ความก้าวหน้าของงานฯ = 43.18"
    for n in range(1, 4):
        rows += [
            [f"รายงานครั้งที่{n}", f":: 0{n}/12/2565 : ซื้อ", "หนังสือ"],
            ["", figure, "งบ"],
            ["", f"ประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท"],
        ]
    found = values(rows, columns=(250, 650, 650 + width_of(figure) + 40, 2000))["progress_reports"]
    assert [row["activity"] for row in found] == ["ซื้อ หนังสือ"] * 3
    assert [row["disbursed"] for row in found] == [9] * 3


def test_a_phrase_of_two_vocabularies_stands_where_its_like_stand_in_other_rows() -> None:
    statuses = [(": เร็วกว่าแผน", ": เป็นไปตามเป้าหมาย"), ("", ": ยังไม่ดำเนินการ"), (": ยังไม่ดำเนินการ", "")]
    rows: list[str | Sequence[str]] = list(record("50410000-0001", reports=0))
    for n, (plan, target) in enumerate(statuses, 1):
        rows += [
            f"รายงานครั้งที่{n} :: 0{n}/12/2565 : ซื้อ",
            f"  :: ความก้าวหน้าของงานฯ = 10.00 งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท",
            f"  {plan}",
            f"  {target}",
        ]
    found = values(rows)["progress_reports"]
    assert [(row["plan_status"], row["target_status"]) for row in found] == [
        ("เร็วกว่าแผน", "เป็นไปตามเป้าหมาย"),
        (None, "ยังไม่ดำเนินการ"),
        ("ยังไม่ดำเนินการ", None),
    ]


def test_two_separators_before_a_phrase_leave_a_cell_empty() -> None:
    rows: list[str | Sequence[str]] = list(record("50410000-0001", reports=0))
    for n, status in enumerate((": : ยังไม่ดำเนินการ", ": ยังไม่ดำเนินการ"), 1):
        rows += [
            f"รายงานครั้งที่{n} :: 0{n}/12/2565 : ซื้อ",
            f"  :: ความก้าวหน้าของงานฯ = 10.00 งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท",
            f"  {status}",
        ]
    found = values(rows)["progress_reports"]
    assert [row["plan_status"] for row in found] == [None, "ยังไม่ดำเนินการ"]


def test_an_item_whose_limits_are_a_close_call_is_for_review() -> None:
    place = Place(1, page(["เพื่อจัดซื้อหนังสือ"]).lines[0])
    for clear, codes in ((0.1, ["limits_unclear"]), (0.9, [])):
        reading = Reading("objectives[0]", (Span(place, 0, len(place.line.text)),), 1.0, clear=clear)
        assert [problem.code for problem in understand(reading, FORM).problems] == codes


def test_one_letter_on_the_line_to_sign_on_is_no_signature() -> None:
    certificate = [
        "ขอรับรองว่า ข้อมูลที่ปรากฏในเอกสารฉบับนี้ หน่วยงานได้จัดพิมพ์จากระบบงานจริง เพื่อเป็นหลักฐานไว้ตรวจสอบ",
        "ลงชื่อ.............................. น.",
        "ตำแหน่ง .................................",
    ]
    assert values([*record("50410000-0001"), *certificate])["certification"]["signed"] is False


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


def test_second_form_defined_in_data_alone() -> None:
    (found,) = records([repair_page()], REPAIR)
    assert found.values == {
        "school": "โรงเรียนบ้านคลองสามพี่น้อง",
        "district": "ประเวศ",
        "request_date": "2025-04-27",
        "phone": "080-000-4351",
        "requester_name": "นางบุษบา ทองเนื้อดี",
        "requester_position": "ครูชำนาญการ",
        "citizen_id": found.values["citizen_id"],
        "repair_types": ["ประปา", "หลังคา"],
        "urgency": "เร่งด่วน",
        "items": [
            {"number": 1, "item": "โถสุขภัณฑ์แบบนั่งราบ", "quantity": 11, "unit_price": None, "amount": 31790},
            {
                "number": 2,
                "item": "เก้าอี้นักเรียนระดับประถมศึกษา",
                "quantity": 4,
                "unit_price": None,
                "amount": 274,
            },
        ],
        "total": 32064,
        "reason": ["ครุภัณฑ์ใช้งานมานานกว่า 10 ปี จึงขอเปลี่ยนใหม่"],
        "certification": {"signed": False, "signer_name": "นางบุษบา ทองเนื้อดี", "signer_position": "ครูชำนาญการ"},
    }


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


# ------------------------------------------------------------------ labels

LABELS = {
    "ชื่อโครงการ/กิจกรรม": "project_name",
    "รหัสโครงการ": "project_code",
    "ปีงบประมาณ พ.ศ.": "fiscal_year",
    "เริ่มต้นโครงการ": "start_date",
    "สิ้นสุดโครงการ": "end_date",
    "งบประมาณที่ได้รับ": "budget_received",
    "งบประมาณที่ใช้ไป": "budget_used",
}
LOST = {"่": "", "้": "", "ั": "", "ิ": "ี", "ี": "ิ", "ด": "ต", "ต": "ด", "ช": "ซ", "ฝ": "ผ", "พ": "ฟ", "บ": "ป"}


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, str]:
    """Each label with up to three OCR confusions."""
    found = {}
    for label in LABELS:
        text = label
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(text) - 1))
            text = text[:at] + LOST.get(text[at], text[at]) + text[at + 1 :]
        found[label] = (
            text
            + draw(st.sampled_from(["", ".", "...", " . ."]))
            + draw(st.sampled_from([" : ", ": ", " :", " ; "]))
        )
    return found


@settings(max_examples=15, deadline=None)
@given(damaged())
def test_ocr_damage_to_labels_never_swaps_values(labels: dict[str, str]) -> None:
    rows = []
    for text in record("50410000-0001"):
        label = next((known for known in LABELS if text.startswith(known)), None)
        rows.append(labels[label] + text.split(" : ", 1)[1] if label else text)
    found = values(rows)
    expected = values(list(record("50410000-0001")))
    for path in LABELS.values():
        assert found[path] == expected[path]


@settings(max_examples=15, deadline=None)
@given(st.sets(st.sampled_from(sorted(LABELS)), min_size=1, max_size=4))
def test_lost_lines_never_give_their_field_a_neighbours_value(lost: set[str]) -> None:
    rows = [text for text in record("50410000-0001") if not text.startswith(tuple(lost))]
    found = values(rows)
    expected = values(list(record("50410000-0001")))
    for label, path in LABELS.items():
        assert found[path] == (None if label in lost else expected[path])


@given(st.text(alphabet="กขคงจดตนบปผฝพมรลวสหอเแโใไาิีึืุู่้ั์. :1๒", max_size=40))
def test_find_stays_inside_its_text(text: str) -> None:
    match = find("งบประมาณที่ได้รับ", text)
    if match is not None:
        assert 0 <= match.start < match.end <= len(text)
        assert 0 < match.score <= 1


def test_likeness_prefers_the_right_label() -> None:
    assert likeness("งบประมาณที่ได้รับ", "งบปะมาณทีได้รบ") > likeness("งบประมาณที่ใช้ไป", "งบปะมาณทีได้รบ")
    assert skeleton("เเผน").bones == skeleton("แผน").bones


def test_doubtful_asks_for_short_leaves_only_and_in_the_sheet_frame() -> None:
    texts = [page(record("50410000-0001"))]
    unsure = line("รหัสโครงการ... : 5041OOOO-0001", 250, texts[0].lines[3].box.y0, 3, 3, confidence=0.4)
    lines = (*texts[0].lines[:3], unsure, *texts[0].lines[4:])
    ((form, segment),) = split([Text(1, texts[0].width, texts[0].height, lines)], [FORM])
    wishes = doubtful(segment, form, locate(segment, form))
    assert "project_code" in {wish.path for wish in wishes}
    assert not any(wish.path.startswith("rationale") for wish in wishes)
    code = next(wish for wish in wishes if wish.path == "project_code")
    assert code.page == 1
    assert code.zone.box.x0 > unsure.box.x0 + 200
    assert code.zone.box.x1 < unsure.box.x1 + 40


def test_of_running_text_only_the_words_with_figures_are_asked_for_and_after_the_fields_of_figures() -> None:
    rows = page(record("50410000-0001")).lines
    at = next(i for i, row in enumerate(rows) if row.text.startswith("ชื่อโครงการ"))
    unsure = line("ชื่อโครงการ/กิจกรรม : จัดอบรมเยาวชน 12 รุ่น ปี 2566", 250, rows[at].box.y0, 3, 3, confidence=0.5)
    lines = (*rows[:at], unsure, *rows[at + 1 :])
    ((form, segment),) = split([Text(1, 1654, 2339, lines)], [FORM])
    asked = doubtful(segment, form, locate(segment, form), "own", sure=1.5, most=10_000)
    mine = [wish.zone.box for wish in asked if wish.path == "project_name"]
    assert len(mine) == 2
    assert all(box.width < 0.3 * unsure.box.width for box in mine) and mine[0].x1 < mine[1].x0
    paths = [wish.path for wish in asked]
    assert paths.index("project_code") < paths.index("project_name")
    assert not any(
        wish.path == "project_name"
        for wish in doubtful(segment, form, locate(segment, form), "other", sure=1.5, most=10_000)
    )
