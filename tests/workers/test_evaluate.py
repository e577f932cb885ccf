"""Evaluation: known differences are counted as what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.open import Limits
from postprocess.alignment import align
from postprocess.forms import load_forms
from tests.workers.fakes import write_scan
from workers.errors import InputError
from workers.evaluate.command import compare_files, crops_of, write_report
from workers.evaluate.compare import compare, same
from workers.evaluate.report import page, tables, worst

FORMS = load_forms()
PROSE = "โครงการนี้จัดขึ้นเพื่อส่งเสริมการเรียนรู้ของนักเรียนในโรงเรียนสังกัดกรุงเทพมหานครทุกแห่ง"
VALUES: dict[str, Any] = {
    "project_name": "อบรมครู",
    "project_code": "50410000-6831",
    "budget_received": 26200,
    "budget_used": None,
    "rationale": [PROSE, "ย่อหน้าที่สอง"],
    "progress_reports": [
        {"number": 1, "disbursed": 0, "expenses": []},
        {"number": 2, "disbursed": 900.5, "expenses": [{"item": "ค่าวัสดุ", "amount": 900.5}]},
    ],
    "certification": {"signed": True},
}


def expected(
    values: dict[str, Any], source: str = "a.pdf", kind: str = "fax", record: int = 1
) -> dict[str, Any]:
    return {"source": source, "kind": kind, "record": record, "pages": [1], "values": values}


def found(
    values: dict[str, Any], source: str = "a.pdf", record: int = 1, status: str = "accepted"
) -> dict[str, Any]:
    def leaves(value: Any, path: str) -> list[dict[str, Any]]:
        if isinstance(value, dict):
            return [leaf for key in value for leaf in leaves(value[key], f"{path}.{key}" if path else key)]
        if isinstance(value, list):
            return [leaf for i, item in enumerate(value) for leaf in leaves(item, f"{path}[{i}]")]
        return [
            {
                "path": path,
                "value": value,
                "confidence": 0.9,
                "status": status,
                "page": 1,
                "box": [1, 2, 3, 4],
            }
        ]

    name = FORMS[0].name
    return {"source": source, "record": record, "form": name, "values": values, "fields": leaves(values, "")}


def changed(**values: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps({**VALUES, **values}))
    return copy


def test_equal_records_are_all_right() -> None:
    result = compare([expected(VALUES)], [found(VALUES)], FORMS)
    total = result.total()
    assert (total.expected, total.missed, total.invented) == (1, 0, 0)
    assert total.exact == total.leaves
    assert (total.edits, total.extra, total.wrong_accepted) == (0, 0, 0)
    assert total.accepted == total.fields
    assert all(leaf.right for leaf in result.leaves)
    assert "unknown" not in total.leaves
    assert total.leaves["prose"] == 1


def test_blanks_and_marks_in_another_order_do_not_count() -> None:
    assert same("ค่า วัสดุ  (ชุด)", "ค่าวัสดุ (ชุด)")
    assert same("น้ำ", "น้ํา")
    assert not same("ที่", "ที")
    assert same(26200, 26200.0)
    assert not same(True, 1)
    assert not same(None, "")


def test_one_wrong_letter_costs_one_field_and_one_edit() -> None:
    result = compare([expected(VALUES)], [found(changed(project_name="อบรมคร"))], FORMS)
    total = result.total()
    assert (total.leaves["short text"] - total.exact["short text"], total.edits, total.wrong_accepted) == (
        1,
        1,
        1,
    )
    (wrong,) = [leaf for leaf in result.leaves if not leaf.right]
    assert (wrong.path, wrong.scan_kind, wrong.status) == ("project_name", "fax", "accepted")


def test_a_lost_paragraph_costs_one_leaf_and_its_letters() -> None:
    result = compare([expected(VALUES)], [found(changed(rationale=["ย่อหน้าที่สอง"]))], FORMS)
    wrong = [leaf for leaf in result.leaves if not leaf.right]
    assert [(leaf.path, leaf.found) for leaf in wrong] == [("rationale[0]", None)]
    assert result.total().edits == len(PROSE)


def test_what_is_left_of_a_worn_row_is_compared_with_its_row() -> None:
    reports = [
        {"number": n, "date": f"2023-0{n}-05", "activity": "ประชุม", "plan_status": "ตามแผน", "disbursed": 9}
        for n in (1, 2)
    ]
    worn = {"number": 2, "date": None, "activity": "x7", "plan_status": None, "disbursed": None}
    result = compare(
        [expected(changed(progress_reports=reports))],
        [found(changed(progress_reports=[reports[0], worn]))],
        FORMS,
    )
    (number,) = [leaf for leaf in result.leaves if leaf.path == "progress_reports[1].number"]
    assert (number.expected, number.found) == (2, 2)
    assert result.total().extra == 0


def test_what_is_left_of_a_spoilt_record_is_compared_with_its_record() -> None:
    whole = changed(**{f"field_{n}": "ข้อความ" for n in range(20)}, project_code="50410000-6831")
    spoilt = dict.fromkeys(whole) | {
        "project_code": whole["project_code"],
        "certification": {"signed": True},
        "budget_received": 26200,
    }
    result = compare([expected(whole)], [found(spoilt)], FORMS)
    assert (result.missed, result.invented) == ([], [])
    right = {leaf.path for leaf in result.leaves if leaf.right and leaf.found is not None}
    assert right == {"project_code", "budget_received", "certification.signed"}


def test_an_invented_value_is_extra_and_wrong() -> None:
    result = compare([expected(VALUES)], [found(changed(budget_used=5))], FORMS)
    assert (result.total().extra, result.total().wrong_accepted) == (1, 1)


def test_records_are_paired_in_order_by_likeness() -> None:
    other = changed(
        project_name="สร้างสะพานลอย", project_code="50999999-0001", rationale=[], progress_reports=[]
    )
    wanted = [expected(VALUES, record=1), expected(other, record=2), expected(VALUES, "b.pdf", "phone")]
    result = compare(wanted, [found(other, record=1), found(VALUES, "b.pdf"), found(VALUES, "c.pdf")], FORMS)
    assert result.missed == [("a.pdf", 1)]
    assert result.invented == [("c.pdf", 1)]
    assert result.by_kind["phone"].missed == 0
    assert result.by_kind["not expected"].invented == 1


@given(st.lists(st.integers(0, 5), max_size=7), st.lists(st.integers(0, 5), max_size=7))
@settings(max_examples=80)
def test_alignment_keeps_order_and_uses_everything_once(left: list[int], right: list[int]) -> None:
    pairs = align(left, right, lambda a, b: 1.0 if a == b else 0.0, least=0.5)
    assert [i for i, _ in pairs if i is not None] == list(range(len(left)))
    assert [j for _, j in pairs if j is not None] == list(range(len(right)))
    assert all(left[i] == right[j] for i, j in pairs if i is not None and j is not None)


def test_the_report_stands_alone_and_escapes(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>"
    result = compare([expected(VALUES)], [found(changed(project_name=name))], FORMS)
    text = page(result, "Evaluation of <b>")
    assert "<script" not in text
    assert "&lt;script" in text
    assert "http" not in text
    assert "<svg" in text
    assert all(view.row_count for view in tables(result))
    report = write_report(result, tmp_path / "new", "set", {})
    assert report.read_text().startswith("<!doctype html>")
    (mistake,) = (tmp_path / "new" / "mistakes.jsonl").read_text().splitlines()
    assert json.loads(mistake)["path"] == "project_name"


def test_the_report_shows_wrong_fields_on_their_scans(tmp_path: Path) -> None:
    write_scan(tmp_path / "a.tif", 1, 2).rename(tmp_path / "a.pdf")
    result = compare([expected(VALUES)], [found(changed(project_name="อบรมคร"))], FORMS)
    crops = crops_of(worst(result), tmp_path, Limits())
    assert [leaf.path for leaf in crops] == ["project_name"]
    assert page(result, "Set", crops).count("data:image/jpeg;base64,") == 1


def test_files_that_hold_no_records_are_named(tmp_path: Path) -> None:
    (tmp_path / "expected.jsonl").write_text(json.dumps(expected(VALUES)) + "\n{half")
    with pytest.raises(InputError, match="line 2"):
        compare_files(tmp_path / "expected.jsonl", tmp_path / "records.jsonl", FORMS)
    with pytest.raises(InputError, match="cannot be read"):
        compare_files(tmp_path / "none.jsonl", tmp_path / "records.jsonl", FORMS)
