"""The cells of rows: where one ends and the next begins, and which of two a phrase stands in."""

from __future__ import annotations

from ocr.types import Box, Line, Text, Word
from tests.postprocess.layouts import Row, page, record, width_of
from tests.postprocess.locate.reading import records, values


def test_a_status_whose_separator_was_lost_is_cut_at_its_column() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
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


def test_figures_whose_point_was_too_pale_to_read_are_not_two_cells() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
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


def test_an_activity_that_reaches_into_the_next_column_does_not_take_what_stands_below() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
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
    rows: list[Row] = list(record("50410000-0001", reports=0))
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
    rows: list[Row] = list(record("50410000-0001", reports=0))
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
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n, status in enumerate((": : ยังไม่ดำเนินการ", ": ยังไม่ดำเนินการ"), 1):
        rows += [
            f"รายงานครั้งที่{n} :: 0{n}/12/2565 : ซื้อ",
            f"  :: ความก้าวหน้าของงานฯ = 10.00 งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท",
            f"  {status}",
        ]
    found = values(rows)["progress_reports"]
    assert [row["plan_status"] for row in found] == [None, "ยังไม่ดำเนินการ"]


def test_decimals_that_lost_their_point_belong_to_their_number() -> None:
    rows: list[Row] = list(record("50410000-0001", reports=0))
    for n in range(1, 5):
        rows += [
            [f"รายงานครั้งที่{n}", f":: 0{n}/12/2565 : ซื้อ"],
            ["", "", ":: ความก้าวหน้าของงานฯ ="],
            ["", "10", f"00 งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 9 บาท"],
        ]
    found = values(rows, columns=(250, 600, 600 + width_of("10") + 50, 2000))["progress_reports"]
    assert [(row["activity"], row["progress_percent"]) for row in found] == [("ซื้อ", 10)] * 4
