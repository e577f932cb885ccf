from __future__ import annotations

import csv
import io
import re
import string
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from postprocess.forms import load_forms
from tests.workers.export.views import repair_form, repair_values, view
from workers.export.csv import csv_bytes, guarded, plain, written
from workers.export.tables import RECORDS, Table, cell, tables, tidy
from workers.export.xlsx import shown, write_xlsx

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+66 81 000 0000",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    " =1+1",
    "\r\n=1+1",
    "＝1+1",
    "'quoted",
    '"; DROP TABLE record; --',
    "a,b;c\td",
    "บรรทัดแรก\nบรรทัดที่สอง",
    "<script>alert(1)</script>&amp;",
    "_x0041_ _x000D_",
    "๑๒๓",
    "0812345678",
    "1-2",
    "ก" * 40_000,
    "\U0001f600" * 20_000,
    "\ud800 lone",
    "nul\0 bell\x07 \x1b[31m \ufffe\uffff",
]
REACHES = re.compile(r"^[\s'\t]*[=+\-@＝＋－＠]")


def _tables(name: str = "") -> dict[str, Table]:
    form = next((form for form in load_forms() if form.name == name), None) or repair_form()
    return {table.name: table for table in tables(form)}


def _read(rows: list[list[Any]]) -> list[list[str]]:
    data = b"".join(csv_bytes(rows))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data[3:].decode("utf-8"), newline="")))


def test_tables_come_from_the_form_alone() -> None:
    bangkok = _tables("bma-project-progress")
    assert list(bangkok) == [RECORDS, "progress_reports", "progress_reports.expenses"]
    assert [column.path for column in bangkok["progress_reports.expenses"].own] == ["item", "amount"]
    assert [column.type for column in bangkok["progress_reports"].own][:3] == ["integer", "date", "text"]
    repair = _tables()
    assert list(repair) == [RECORDS, "items"]
    headers = [column.header for column in repair[RECORDS].columns]
    assert {"ชื่อโรงเรียน", "วันที่แจ้ง", "เหตุผลความจำเป็น"} <= set(headers)
    for table in (*bangkok.values(), *repair.values()):
        headers = [column.header for column in table.columns]
        assert len(set(headers)) == len(headers)
        assert all(headers)


def test_the_rows_of_a_record() -> None:
    found = _tables()
    record = view(7, repair_values())
    (row,) = found[RECORDS].rows(record)
    named = dict(zip((column.header for column in found[RECORDS].columns), row, strict=True))
    assert named["เลขระเบียน"] == 7
    assert named["หน้า"] == "1–2"
    assert named["บันทึกเมื่อ"] == datetime(2023, 11, 15, 5, 13, 20)
    assert named["ประเภทงานที่ขอซ่อม"] == "ไฟฟ้า\nประปา"
    assert named["โทรศัพท์"] == "020000001"
    assert [row[:4] for row in found["items"].rows(record)] == [
        [7, "สแกน 7.pdf", 1, 1],
        [7, "สแกน 7.pdf", 2, 2],
    ]
    assert list(found["items"].rows(view(1, {}, form="another"))) == []
    assert list(found["items"].rows(view(1, {}))) == []


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "text", None),
        ("2566", "integer", "2566"),
        ("ไม่ทราบ", "number", "ไม่ทราบ"),
        ("31/02/2566", "date", "31/02/2566"),
        (True, "integer", True),
        ([], "text", None),
        (["ก", None], "text", "ก"),
        ({"odd": 1}, "text", "{'odd': 1}"),
    ],
)
def test_a_value_of_another_type_stays_as_it_is(value: object, kind: Any, expected: object) -> None:
    assert cell(value, kind) == expected


def test_labels_become_headers() -> None:
    assert tidy("1.3 หลักการและเหตุผล :") == "หลักการและเหตุผล"
    assert tidy("งบประมาณที่เบิกใช้ (ครั้งที่ )") == "งบประมาณที่เบิกใช้"
    assert tidy("ราคาต่อหน่วย (บาท)") == "ราคาต่อหน่วย (บาท)"
    assert tidy("๓) เป้าหมาย") == "เป้าหมาย"


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_acts_in_a_spreadsheet(text: str) -> None:
    ((back,),) = _read([[text]])
    assert back[:1] == "'" or not REACHES.match(back)
    assert back[:1] not in "=+-@\r"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
@example("=1").via("formula")
@settings(max_examples=400)
def test_text_comes_back_from_csv(text: str) -> None:
    ((back,),) = _read([[text]])
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(one for one in clean if one in "\t\n" or not (ord(one) < 32 or ord(one) == 127))
    assert plain(back) == clean
    assert back[:1] == "'" or not REACHES.match(back)


@pytest.mark.parametrize(
    "text",
    [
        "0812345678",
        "1234567890123",
        "๐๒๑๒๓",
        "1e5",
        "(02)",
        "1/2",
        "12-2566",
        "1 ม.ค. 66",
        "5 มกราคม 2566",
        "10:30",
        "TRUE",
        "50%",
        "1.20",
    ],
)
def test_texts_that_excel_would_change_are_kept_as_text(text: str) -> None:
    assert guarded(text) == f"\t{text}"


@pytest.mark.parametrize(
    "text", ["50920000-6836", "02-000-4567", "สังคม", "เดือน 5 ครั้ง", "ป.4/1", "มกราคม", "3 คน", "1–2"]
)
def test_texts_that_excel_leaves_alone_are_left_alone(text: str) -> None:
    assert guarded(text) == text


def test_numbers_and_dates_are_written_plainly() -> None:
    assert [written(value) for value in (1, -2.5, None, False, datetime(2023, 1, 2, 3, 4))] == [
        "1",
        "-2.5",
        "",
        "FALSE",
        "2023-01-02 03:04:00",
    ]
    assert b"".join(csv_bytes([["ก", 1], ["x,y", None]])) == '\ufeffก,1\r\n"x,y",\r\n'.encode()


# ---------------------------------------------------------------- XLSX


def _sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path)
    found = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    book.close()
    return found


def test_a_workbook_has_real_numbers_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_xlsx([view(1, repair_values()), view(2, repair_values("=1+1"))], list(_tables().values()), path)
    book = openpyxl.load_workbook(path)
    sheet = book["ระเบียน"]
    assert sheet.freeze_panes == "B2"
    head = [one.value for one in sheet[1]]
    row = dict(zip(head, sheet[2], strict=True))
    assert row["วันที่แจ้ง"].value == datetime(2023, 11, 26)
    assert row["วันที่แจ้ง"].is_date
    assert "107041E" in row["วันที่แจ้ง"].number_format
    assert row["รวมเป็นเงินทั้งสิ้น"].value == 2801.5
    assert (row["โทรศัพท์"].value, row["โทรศัพท์"].data_type) == ("020000001", "s")
    assert row["เลขประจำตัวประชาชน"].value == "0635014082976"
    assert row["ลงชื่อแล้ว"].value is True
    assert dict(zip(head, sheet[3], strict=True))["ชื่อโรงเรียน"].data_type == "s"
    items = list(book["รายการที่ขอซ่อม"].iter_rows(values_only=True))
    assert items[1:3] == [
        (1, "สแกน 1.pdf", 1, 1, "หลังคารั่ว", 2, 1250.75, 2501.5),
        (1, "สแกน 1.pdf", 2, 2, "ประตู", None, None, 300),
    ]
    assert len(items) == 5
    book.close()


def test_hostile_text_comes_back_from_a_workbook(tmp_path: Path) -> None:
    texts = [*HOSTILE, *string.punctuation, "  ", "\n", "http://example.org/ภาษาไทย", "{=A1}"]
    write_xlsx(
        [view(n, repair_values(text)) for n, text in enumerate(texts)],
        [_tables()["items"]],
        tmp_path / "x.xlsx",
    )
    rows = _sheets(tmp_path / "x.xlsx")["รายการที่ขอซ่อม"][1::2]
    for text, row in zip(texts, rows, strict=True):
        # Excel reads _x005F_ as the underline that it stands for (ECMA-376, 22.9.2.19); openpyxl leaves it.
        assert (row[4] or "").replace("_x005F_", "_") == shown(text)


@given(st.text(max_size=30))
@settings(max_examples=200)
def test_what_a_sheet_shows_is_clean(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff\r]", shown(text))
    assert len(shown(text * 3000).encode("utf-16-le")) // 2 <= 32_767


def test_a_full_sheet_goes_on_in_another(tmp_path: Path) -> None:
    records = [view(n, repair_values()) for n in range(1, 6)]
    write_xlsx(records, list(_tables().values()), tmp_path / "x.xlsx", most_rows=4)
    sheets = _sheets(tmp_path / "x.xlsx")
    assert {name: len(rows) for name, rows in sheets.items()} == {
        "ระเบียน": 4,
        "ระเบียน (2)": 3,
        "รายการที่ขอซ่อม": 4,
        "รายการที่ขอซ่อม (2)": 4,
        "รายการที่ขอซ่อม (3)": 4,
        "รายการที่ขอซ่อม (4)": 2,
    }
    assert [row[0] for name in ("ระเบียน", "ระเบียน (2)") for row in sheets[name][1:]] == [1, 2, 3, 4, 5]
    assert sheets["ระเบียน (2)"][0] == sheets["ระเบียน"][0]


def test_odd_numbers_and_dates_of_a_workbook(tmp_path: Path) -> None:
    values = repair_values() | {"total": 10**17, "request_date": "1899-12-31"}
    values["items"] = [{"number": 1.5, "amount": "สามร้อย", "quantity": -1}]
    write_xlsx([view(1, values)], list(_tables().values()), tmp_path / "x.xlsx")
    sheets = _sheets(tmp_path / "x.xlsx")
    row = dict(zip(*sheets["ระเบียน"], strict=True))
    assert row["รวมเป็นเงินทั้งสิ้น"] == "100000000000000000"
    assert row["วันที่แจ้ง"] == "1899-12-31"
    assert sheets["รายการที่ขอซ่อม"][1][3:] == (1.5, None, -1, None, "สามร้อย")
