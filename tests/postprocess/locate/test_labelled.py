"""Labels and their values: worn, cut in two, joined to others, lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.types import Box, Line, Text, Word
from tests.postprocess.layouts import Row, line, page, record
from tests.postprocess.locate.reading import records, values, with_line


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


@pytest.mark.parametrize(
    "printed", ["สำนักงานเขตหลักสี่ ฝ่ายการศึกษา ฝ่ายการศึกษา", "สำนักงานเขตหลักสี่ | ฝ่ายการศึกษา l ฝ่ายการศึกษา"]
)
def test_known_units_that_lost_their_separator_are_parted(printed: str) -> None:
    found = values(with_line("หน่วยงานที่รับ", f"หน่วยงานที่รับผิดชอบ : {printed}"))
    assert found["agency"] == ["สำนักงานเขตหลักสี่", "ฝ่ายการศึกษา", "ฝ่ายการศึกษา"]
    kept = values(with_line("หน่วยงานที่รับ", "หน่วยงานที่รับผิดชอบ : ฝ่ายการศึกษา ชั้นดี"))
    assert kept["agency"] == ["ฝ่ายการศึกษา ชั้นดี"]


def test_a_word_behind_a_narrow_blank_belongs_to_its_line() -> None:
    rows = with_line("หน่วยงานที่รับ", "หน่วยงานที่รับผิดชอบ. : สำนักงานเขตหลักสี่ / ฝ่ายการ")
    pages = page(rows)
    last = next(n for n, found in enumerate(pages.lines) if "ฝ่ายการ" in found.text)
    before = pages.lines[last]
    word = line("ศึกษา", before.box.x1 + 30, before.box.y0, before.row, 900)
    lines = (*pages.lines[: last + 1], word, *pages.lines[last + 1 :])
    (found,) = records([Text(1, pages.width, pages.height, lines)])
    assert found.values["agency"] == ["สำนักงานเขตหลักสี่", "ฝ่ายการศึกษา"]


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


def test_a_phone_whose_label_is_worn_is_parted_from_the_name() -> None:
    rows = with_line(
        "หน่วยงาน", "หน่วยงานที่รับผิดชอบ : ฝ่ายการศึกษา", "ผู้ประสานงาน สยป : นายธารา ทองประเสริฐ ในร. 1234"
    )
    found = values(rows)
    assert (found["coordinator_name"], found["coordinator_phone"]) == ("นายธารา ทองประเสริฐ", "1234")


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


@settings(max_examples=15)
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


@settings(max_examples=15)
@given(st.sets(st.sampled_from(sorted(LABELS)), min_size=1, max_size=4))
def test_lost_lines_never_give_their_field_a_neighbours_value(lost: set[str]) -> None:
    rows = [text for text in record("50410000-0001") if not text.startswith(tuple(lost))]
    found = values(rows)
    expected = values(list(record("50410000-0001")))
    for label, path in LABELS.items():
        assert found[path] == (None if label in lost else expected[path])


STRATEGY = ["1.6 สนับสนุนแผนพัฒนา กทม. ระยะ 20 ปี", "เป้าหมายที่ : อาหารปลอดภัย", "ตัวชี้วัด : ร้อยละของโครงการที่"]


def test_a_line_under_a_tall_one_goes_on_the_value_right_above() -> None:
    text = page(with_line("๒.๑", "๒.๑ เพื่อจัดซื้อหนังสือ", *STRATEGY, "สำเร็จตามเป้าหมาย"))
    n = next(n for n, found in enumerate(text.lines) if found.text.startswith("เป้าหมายที่"))
    tall, below = text.lines[n], text.lines[n + 1].box.y1
    words = []
    for word in tall.words:
        box = Box(word.box.x0, word.box.y0, word.box.x1, below)
        words.append(Word(word.text, box, box, word.confidences))
    lines = (*text.lines[:n], Line(tuple(words), tall.row, tall.block), *text.lines[n + 1 :])
    (found,) = records([Text(1, text.width, text.height, lines)])
    assert found.values["indicator"] == "ร้อยละของโครงการที่สำเร็จตามเป้าหมาย"


@pytest.mark.parametrize(("between", "codes"), [([], []), ([[]], ["limits_unclear"])])
def test_a_text_that_goes_on_behind_a_page_without_it_is_for_review(
    between: list[list[Row]], codes: list[str]
) -> None:
    rows = with_line("๒.๑", "๒.๑ เพื่อจัดซื้อหนังสือ", *STRATEGY)
    n = rows.index(STRATEGY[-1]) + 1
    pages: list[list[Row]] = [rows[:n], *between, ["สำเร็จตามเป้าหมาย", *rows[n:]]]
    (found,) = records([page(part, number) for number, part in enumerate(pages, 1)])
    (indicator,) = [field for field in found.fields if field.path == "indicator"]
    assert indicator.value == "ร้อยละของโครงการที่สำเร็จตามเป้าหมาย"
    assert [problem.code for problem in indicator.problems] == codes
