"""Rows that repeat: where each begins, and what is its own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.postprocess.layouts import Row, page, record, width_of
from tests.postprocess.locate.reading import records, values, with_line

ROWS: dict[str, list[Row]] = {
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
    rows: list[Row] = list(record("50410000-0001", reports=0))
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


def test_a_column_does_not_slip_to_fill_a_blank_cell() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n, status in enumerate([": เป็นไปตามแผน", "", ": เร็วกว่าแผน", ": เป็นไปตามแผน"], 1):
        rows += [
            [f"รายงานครั้งที่{n}", f":: 0{n}/12/2565 : ซื้อ", status, ": ต่ำกว่าเป้าหมาย"],
            ["", ":: ความก้าวหน้าของงานฯ = 10.00 %"],
            ["", f"งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท"],
        ]
    # of a fifth row, most of it lost, one cell is left
    rows += [["", "", ": เร็วกว่าแผน", ""]]
    found = values(rows, columns=(250, 520, 1800, 2150))["progress_reports"]
    assert [row["plan_status"] for row in found[:4]] == [
        "เป็นไปตามแผน",
        None,
        "เร็วกว่าแผน",
        "เป็นไปตามแผน",
    ]


def test_a_cell_of_two_that_fit_is_that_of_its_column_and_for_a_person() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n, text in enumerate([": ยังไม่ดำเนินการ", ": ซื้อ", ": ซื้อ"], 1):
        rows += [
            [f"รายงานครั้งที่{n}", f"{n}x ก{n} 25", text, ""],
            ["", ":: ความก้าวหน้าของงานฯ = 10.00 %", "", ": เป็นไปตามแผน"],
            ["", f"งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท", "", ": ต่ำกว่าเป้าหมาย"],
        ]
    (found,) = records([page(rows, columns=(250, 520, 1100, 2050))])
    assert [row["plan_status"] for row in found.values["progress_reports"]] == ["เป็นไปตามแผน"] * 3
    doubtful = {
        field.path: [problem.code for problem in field.problems]
        for field in found.fields
        if field.path.endswith("plan_status")
    }
    assert doubtful == {
        "progress_reports[0].plan_status": ["limits_unclear"],
        "progress_reports[1].plan_status": [],
        "progress_reports[2].plan_status": [],
    }


def test_a_cell_that_slipped_and_the_row_it_slipped_to_are_for_a_person() -> None:
    rows = [*record("50410000-0001", reports=0), *ROWS["slipped"]]
    (found,) = records([page(rows, columns=(250, 520, 1800, 2150))])
    doubtful = {
        field.path for field in found.fields if any(p.code == "limits_unclear" for p in field.problems)
    }
    assert {"progress_reports[0].target_status", "progress_reports[1].target_status"} <= doubtful
    assert "progress_reports[1].number" in doubtful
    assert not {"progress_reports[0].number", "progress_reports[0].disbursed"} & doubtful


def test_what_is_printed_where_rows_stand_is_not_passed_over() -> None:
    codes = []
    for lines in ([], ["- ไม่มี -"], ["x ๒ กขคง 7", "ถนน 1 1"]):
        (found,) = records([page([*record("50410000-0001", reports=0), *lines])])
        (field,) = [f for f in found.fields if f.path == "progress_reports"]
        codes.append([problem.code for problem in field.problems])
    assert codes == [[], [], ["passed_over"]]


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


ENTRIES = [
    ["", "ค่าวัสดุ = 4,000.- บาท"],
    ["", "ค่าพาหนะ = 20 บาท"],
    ["", ":: ความก้าวหน้าของงานฯ = 100.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 14,020 บาท"],
]


def _one_row(*lines: Row) -> Any:
    (row,) = values([*record("50410000-0001", reports=0), *lines])["progress_reports"]
    return row


def test_text_before_the_first_entry_stays_whole_wherever_its_lines_end() -> None:
    row = _one_row(
        ["รายงานครั้งที่1", ":: 01/12/2565 : รื้อถอนป้ายผิด"],
        ["", "กฎหมาย จำนวน 99 ป้ายในพื้นที่ของเขตตามที่ได้รับมอบหมาย"],
        ["", "ค่าอาหาร = 10,000.- บาท"],
        *ENTRIES,
    )
    assert row["activity"] == "รื้อถอนป้ายผิดกฎหมาย จำนวน 99 ป้ายในพื้นที่ของเขตตามที่ได้รับมอบหมาย"
    assert [e["item"] for e in row["expenses"]] == ["ค่าอาหาร", "ค่าวัสดุ", "ค่าพาหนะ"]


def test_a_stamps_words_beside_the_entries_begin_no_item() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ"],
        ["", "ค่าถ้วยรางวัล = 9"],
        ["", "บาท", "สำนักงานเขต"],
        ["", "ค่าเงินรางวัลและ"],
        ["", "เกียรติบัตร = 7 บาท"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 16 บาท"],
    ]
    (row,) = values(rows, columns=(250, 520, 1700))["progress_reports"]
    assert [entry["item"] for entry in row["expenses"]] == ["ค่าถ้วยรางวัล", "ค่าเงินรางวัลและเกียรติบัตร"]


def test_an_item_that_begins_otherwise_than_the_others_is_for_a_person() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ"],
        ["", "ค่าวัสดุ = 9 บาท"],
        ["", "ค่าพาหนะ = 7 บาท"],
        ["", "การตัดสิน = 4 บาท"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 20 บาท"],
    ]
    (found,) = records([page(rows)])
    codes = {field.path: [problem.code for problem in field.problems] for field in found.fields}
    items = [codes[f"progress_reports[0].expenses[{n}].item"] for n in range(3)]
    assert items == [[], [], ["limits_unclear"]]
    assert codes["progress_reports[0].expenses[2].amount"] == []


def test_a_first_item_on_two_lines_begins_as_the_others_do() -> None:
    row = _one_row(
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดสัมมนา"],
        ["", "ค่าอาหารเสริม"],
        ["", "(นม) = 10,000.- บาท"],
        *ENTRIES,
    )
    assert row["activity"] == "จัดสัมมนา"
    assert [e["item"] for e in row["expenses"]] == ["ค่าอาหารเสริม (นม)", "ค่าวัสดุ", "ค่าพาหนะ"]


def test_the_end_of_a_torn_label_is_no_entry() -> None:
    row = _one_row(
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดสัมมนา"],
        ["", ":: ความก้าวหน้าของงานฯ = 7.00 %", "(ครั้ง"],
        ["", "ที่ 1) = 1,257,700 บาท"],
    )
    assert (row["activity"], row["disbursed"], row["expenses"]) == ("จัดสัมมนา", 1257700, [])


def test_an_amount_alone_below_its_label_is_no_text() -> None:
    row = _one_row(
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดสัมมนา"],
        ["", ":: ความก้าวหน้าของงานฯ = 7.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) ="],
        ["", "", ": เป็นไปตามแผน"],
        ["", "", "", "0 บาท"],
    )
    assert (row["activity"], row["disbursed"]) == ("จัดสัมมนา", 0)


def test_no_entries_are_not_believed_where_text_ends_with_amounts() -> None:
    rows = [
        *record("50410000-0001", reports=0),
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดสัมมนา"],
        ["", "ค่าอาหาร 10,000.- บาท"],
        ["", ":: ความก้าวหน้าของงานฯ = 7.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 10,000 บาท"],
    ]
    (found,) = records([page(rows)])
    (field,) = [f for f in found.fields if f.path == "progress_reports[0].expenses"]
    assert (field.value, field.status, [p.code for p in field.problems]) == ([], "review", ["passed_over"])


def test_a_digit_read_twice_in_a_date_leaves_the_text_behind_it_clean() -> None:
    rows = with_line("รายงานครั้งที่2", "รายงานครั้งที่2 :: 02/012/2565 : ซื้อหนังสือ")
    assert values(rows)["progress_reports"][1]["activity"] == "ซื้อหนังสือ"


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


def test_words_below_a_rows_values_are_not_its_text() -> None:
    rows = with_line(
        ":: ความก้าวหน้าของงานฯ = 20", ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 9 บาท"
    )
    found = values([*rows, "          สำนักงาน"])["progress_reports"][1]
    assert found["activity"] == "จัดเตรียมข้อมูล"


def test_a_worn_start_label_in_the_first_column_begins_a_row() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n, start in enumerate(("วาบงานดางที่ป", "รายงานครั้งที่2"), 1):
        rows += [
            [start, f":: 0{n}/12/2565 : ซื้อ"],
            ["", f":: ความก้าวหน้าของงานฯ = {n}0.00 % งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท"],
        ]
    found = values(rows)["progress_reports"]
    assert [(row["number"], row["date"]) for row in found] == [(1, "2022-12-01"), (2, "2022-12-02")]


def test_a_unit_alone_on_its_line_is_no_text_of_the_row() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9"],
        ["", "บาท"],
        ["", ": แล้วเสร็จตามแผน"],
    ]
    (row,) = values(rows)["progress_reports"]
    assert (row["activity"], row["disbursed"]) == ("ซื้อ", 9)


def test_a_rows_number_read_apart_from_its_start_label_is_not_its_text() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n in (1, 2):
        rows += [
            ["รายงานครั้งที่", f"{n} :: 0{n}/12/2565 : ซื้อ"],
            f"    :: ความก้าวหน้าของงานฯ = {n}0.00 % งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท",
            "    : แล้วเสร็จตามแผน",
        ]
    found = values(rows, columns=(250, 250 + width_of("รายงานครั้งที่") + 30))["progress_reports"]
    assert [(row["number"], row["activity"]) for row in found] == [(1, "ซื้อ"), (2, "ซื้อ")]


def test_a_start_label_on_two_lines_gives_its_number_to_the_row_and_not_to_the_text() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n, (start, end) in enumerate((("รายงานครั้ง .", "ที่1"), ("รายงาน", "ครั้งที่ 2"), ("รายงานครั้งที่ .", "3")), 1):
        rows += [
            f"{start} :: 0{n}/12/2565 : ซื้อ",
            [end, "หนังสือ"],
            ["", f":: ความก้าวหน้าของงานฯ = {n}0.00 % งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท"],
        ]
    found = values(rows)["progress_reports"]
    assert [(row["number"], row["activity"]) for row in found] == [(n, "ซื้อหนังสือ") for n in (1, 2, 3)]


def test_the_second_line_of_a_start_label_is_known_on_a_page_that_lies_further_right() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        "รายงานครั้งที่ 1 :: 01/12/2565 : ซื้อ",
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9 บาท"],
        ["      ", "รายงานครั้ง:: 02/12/2565 : ซื้อ"],
        ["      ", "ที่2"],
        ["", ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 9 บาท"],
    ]
    found = values(rows)["progress_reports"]
    assert [(row["number"], row["activity"]) for row in found] == [(1, "ซื้อ"), (2, "ซื้อ")]


def test_a_phrase_whose_second_line_is_lost_is_not_the_rows_text() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ยังไม่ถึง"],
        ["", "กำหนดดำเนินการตามแผน"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00", ": เป็นไป"],
        ["", "งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9 บาท"],
    ]
    (row,) = values(rows)["progress_reports"]
    assert row["activity"] == "ยังไม่ถึงกำหนดดำเนินการตามแผน"


def test_two_phrases_in_one_column_of_which_one_is_in_both_vocabularies() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00", ": เป็นไป"],
        ["", "งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9 บาท", "ตามแผน :"],
        ["", "", "ยังไม่"],
        ["", "", "ดำเนินการ"],
    ]
    (row,) = values(rows)["progress_reports"]
    assert (row["activity"], row["plan_status"], row["target_status"]) == (
        "ซื้อ",
        "เป็นไปตามแผน",
        "ยังไม่ดำเนินการ",
    )


def test_a_phrase_of_two_vocabularies_comes_before_a_later_cells_phrase_in_the_next_line() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n in range(1, 5):
        ends = ("ยังไม่ดำเนินการ", "") if n == 4 else ("", "เป็นไปตามแผน ")
        rows += [
            f"รายงานครั้งที่{n} :: 0{n}/12/2565 : ซื้อ",
            f":: ความก้าวหน้าของงานฯ = 10.00 งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท : {ends[0]}",
            f"{ends[1]}: เป็นไปตามเป้าหมาย",
        ]
    row = values(rows)["progress_reports"][3]
    assert (row["plan_status"], row["target_status"]) == ("ยังไม่ดำเนินการ", "เป็นไปตามเป้าหมาย")


def test_a_worn_label_is_no_entry() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ"],
        ["", ":: ความก้าวหน้าของงานฯ = 10.00 งบ"],
        ["", "ประมา", "ที่เบิกใช้ (ครั้งที่ 1) = 9 บาท"],
    ]
    (row,) = values(rows, columns=(250, 600, 600 + width_of("ประมา") + 60))["progress_reports"]
    assert (row["expenses"], row["disbursed"]) == ([], 9)


@pytest.mark.parametrize("end", ["าใช้ (ครั้งที่ 1)", "จรังที่ ๑)", "(ครั้งที่ 1)", "กี 1)"])
def test_the_worn_end_of_a_label_is_no_entry(end: str) -> None:
    row = _one_row(
        "รายงานครั้งที่1 :: 01/12/2565 : ซื้อ",
        ":: ความก้าวหน้าของงานฯ = 10.00 %",
        f"{end} = 9 บาท",
        "ค่าวิทยากร (ครั้งที่ 2) = 9 บาท",
    )
    assert (row["expenses"], row["disbursed"]) == ([{"item": "ค่าวิทยากร (ครั้งที่ 2)", "amount": 9}], 9)


def test_an_expense_of_nothing_is_for_a_person() -> None:
    """What is left of a label whose figure is 0 looks like one."""
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        "รายงานครั้งที่1 :: 01/12/2565 : ซื้อ",
        ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 1,200 บาท",
        "ค่าวิทยากร = 1,200 บาท",
        "งอนาก = 0 บาท",
    ]
    (found,) = records([page(rows)])
    doubtful = {
        field.path: field.value
        for field in found.fields
        if any(problem.code == "limits_unclear" for problem in field.problems)
    }
    entry = "progress_reports[0].expenses[1]"
    assert doubtful == {f"{entry}.item": "งอนาก", f"{entry}.amount": 0}


def test_an_expense_of_a_row_that_lacks_a_labelled_value_is_for_a_person() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        "รายงานครั้งที่1 :: 01/12/2565 : ซื้อ",
        ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9 บาท",
        "ค่าวิทยากร = 9 บาท",
        "รายงานครั้งที่2 :: 01/12/2565 : ซื้อ",
        ":: ความก้าวหน้าของงานฯ = 10.00 %",
        "บนรมนลที่เปิกไช้ กรังหิ = 9 บาท",
    ]
    (found,) = records([page(rows)])
    unclear = {
        field.path
        for field in found.fields
        if any(problem.code == "limits_unclear" for problem in field.problems)
    }
    assert unclear == {f"progress_reports[1].expenses[0].{part}" for part in ("item", "amount")}


def test_a_date_behind_a_figure_without_its_unit_is_the_next_rows() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        "รายงานครั้งที่1 :: 01/12/2565 : ซื้อ",
        ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 0 02/12/2565 : ประชุม",
        ":: ความก้าวหน้าของงานฯ = 20.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 2) = 0 บาท",
    ]
    found = values(rows)["progress_reports"]
    assert [(row["date"], row["disbursed"], row["progress_percent"]) for row in found] == [
        ("2022-12-01", 0, 10),
        ("2022-12-02", 0, 20),
    ]


def test_a_value_stays_behind_its_equals_sign_where_a_label_follows() -> None:
    row = _one_row(
        "รายงานครั้งที่1 :: 01/12/2565 : จัดสัมมนาผ่าน Zoom",
        "‘ ความก้าวหน้าของงานฯ = 00% งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 0 บาท : เป็นไปตามแผน",
    )
    assert (row["activity"], row["progress_percent"], row["expenses"]) == ("จัดสัมมนาผ่าน Zoom", 0, [])


def test_a_label_does_not_begin_with_the_end_of_a_figure() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        ["รายงานครั้งที่1", ":: 01/12/2565 : ซื้อ"],
        ["", ":: ความก้าวหน้าของงานฯ = 43.18 งU"],
        ["", "ประมาณที่เบิกใช้ (ครั้งที่ 1) = 9 บาท"],
    ]
    (row,) = values(rows)["progress_reports"]
    assert (row["progress_percent"], row["disbursed"]) == (43.18, 9)


@pytest.mark.parametrize("second", ["ตามเป้า", "ต่ามเป้า"])
def test_a_status_that_begins_behind_another_ones_end_goes_on_under_it(second: str) -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n in range(1, 5):
        rows += [
            [f"รายงานครั้งที่{n} :: 0{n}/12/2565 : ซื้อ", ""],
            [":: ความก้าวหน้าของงานฯ = 10.00", ": เป็นไปตาม"],
            [f"งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9", "แผน : เป็นไป"],
            ["บาท", second],
            ["", "หมาย"],
        ]
    found = values(rows, columns=(250, 1900))["progress_reports"]
    assert [row["plan_status"] for row in found] == ["เป็นไปตามแผน"] * 4
    assert [row["target_status"] for row in found] == ["เป็นไปตามเป้าหมาย"] * 4


def test_values_behind_specks_and_misread_signs() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    behind = (".= 0 บาท", "% 0.00 บาท", " = 4;522,400.- บาท")
    for n, value in enumerate(behind, 1):
        rows += [
            f"รายงานครั้งที่{n} :: 0{n}/12/2565 : ซื้อ",
            f":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ {n}){value} : เป็นไปตามแผน",
            "ค่าพิมพ์แบบ = 4;522,400.- บาท",
        ]
    found = values(rows)["progress_reports"]
    assert [row["disbursed"] for row in found] == [0, 0, 4522400]
    assert [row["expenses"] for row in found] == [[{"item": "ค่าพิมพ์แบบ", "amount": 4522400}]] * 3


@pytest.mark.parametrize("date", ["02 12 2565", "0✓12/2565", "O1/0472567", "28 17 2S66"])
def test_behind_a_worn_date_stands_the_rows_text_and_no_status(date: str) -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    rows += [
        f"รายงานครั้งที่1 :: {date} : อยู่ระหว่างดำเนินการจัดซื้อจัดจ้าง",
        ":: ความก้าวหน้าของงานฯ = 10.00 % งบประมาณที่เบิกใช้ (ครั้งที่ 1) = 9,000 บาท",
        ": เป็นไปตามแผน",
    ]
    (row,) = values(rows)["progress_reports"]
    assert row["plan_status"] == "เป็นไปตามแผน"


def test_a_status_whose_separator_was_lost_is_no_part_of_the_label_before_it() -> None:
    row = _one_row(
        ["รายงานครั้งที่1", ":: 01/12/2565 : จัดสัมมนา"],
        ["", ":: ความก้าวหน้าของงานฯ = 19.25 % งบประมาณที่ เป็นไปตามแผน"],
        ["", "เบิกใช้ (ครั้งที่ 1) = 0 บาท"],
    )
    assert (row["activity"], row["disbursed"], row["plan_status"]) == ("จัดสัมมนา", 0, "เป็นไปตามแผน")
