"""Whole forms: every leaf, and none of a neighbour's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.postprocess.layouts import page, record, reference_pages
from tests.postprocess.locate.reading import REPAIR, records, repair_page

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


@pytest.mark.parametrize(("blank", "codes"), [(0, []), (8, ["passed_over"])])
def test_a_list_is_not_believed_to_be_blank_where_text_has_room(blank: int, codes: list[str]) -> None:
    rows: list[str | Sequence[str]] = []
    for line in record("50410000-0001"):
        if "เพื่อ" in line and rows and "วัตถุประสงค์" in str(rows[-1]):
            rows += [""] * blank
        else:
            rows.append(line)
    (found,) = records([page(rows)])
    (field,) = [f for f in found.fields if f.path == "objectives"]
    assert (field.value, [problem.code for problem in field.problems]) == ([], codes)
