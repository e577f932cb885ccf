"""What is typed, understood; values as they are typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess.forms import form_from_text
from postprocess.forms.shapes import Leaf
from workers.web.review.typed import alternatives, gloss, leaf_of, shown, understood

FORM = form_from_text(
    """
name = "t"
title = "t"
least = 2
vocabularies = { states = ["ยังไม่ดำเนินการ", "ดำเนินการแล้ว"] }
[[sections]]
headings = ["หัวข้อ"]
fields = [
  { path = "day", kind = "date", labels = ["วันที่"], required = true },
  { path = "sum", kind = "money", labels = ["เงิน"] },
  { path = "code", kind = "code", pattern = '\\\\d{4}', labels = ["รหัส"] },
  { path = "state", kind = "choice", vocabulary = "states", labels = ["สถานะ"] },
  { path = "note", labels = ["หมายเหตุ"] },
  { path = "share", kind = "percent", labels = ["ร้อยละ"] },
  { path = "box", shape = "boxes", labels = ["เลือก"], options = [{ value = "ก", labels = ["กก"] }, { value = "ข", labels = ["ขข"] }] },
  { shape = "signature", labels = ["ลงชื่อ"], signed = "signed" },
]
""",
    "t.toml",
)


def parsed(path: str, text: str) -> tuple[object, list[str]]:
    found = understood(FORM, leaf_of(FORM, path), text)
    return found.value, [problem.code for problem in found.problems]


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
@settings(max_examples=50)
def test_dates_come_back(day: date) -> None:
    leaf = leaf_of(FORM, "day")
    assert parsed("day", shown(leaf, day.isoformat(), "th")) == (day.isoformat(), [])


@given(st.integers(0, 10**12))
@settings(max_examples=50)
def test_money_comes_back(satang: int) -> None:
    value = satang / 100 if satang % 100 else satang // 100
    assert parsed("sum", shown(leaf_of(FORM, "sum"), value, "th"))[0] == value


@pytest.mark.parametrize("path", ["day", "sum", "code", "state", "note", "share", "box", "signed", "unknown"])
@given(st.text(max_size=40))
@settings(max_examples=30)
def test_nothing_typed_is_an_exception(path: str, text: str) -> None:
    value, _ = parsed(path, text)
    leaf = leaf_of(FORM, path)
    shown(leaf, value, "th")
    gloss(leaf, value, "en")
    alternatives(FORM, leaf, value, [text], "th")


def test_a_person_means_what_they_type() -> None:
    assert parsed("state", "ดำเนินการ แล้ว") == ("ดำเนินการแล้ว", [])
    assert parsed("state", "ดำเนินการแลัว") == ("ดำเนินการแลัว", ["choice_unknown"])  # no correction by likeness
    assert parsed("box", "กก") == ("ก", [])
    assert parsed("box", "ค") == ("ค", ["choice_unknown"])
    assert parsed("signed", "มีลายเซ็น") == (True, [])
    assert parsed("signed", "not signed") == (False, [])
    assert parsed("day", "") == (None, ["blank"])
    assert parsed("sum", "") == (None, [])
    assert parsed("code", "12a")[1] == ["code_pattern"]
    assert parsed("sum", "9" * 400) == (None, ["money_grouping"])
    assert parsed("day", "30/02/2566")[1] == ["date_impossible"]


def test_both_eras_and_groups() -> None:
    assert gloss(leaf_of(FORM, "day"), "2023-05-27", "th") == "27 พฤษภาคม พ.ศ. 2566 (ค.ศ. 2023)"
    assert gloss(leaf_of(FORM, "day"), "2023-05-27", "en") == "27 May 2023 (B.E. 2566)"
    assert shown(leaf_of(FORM, "sum"), 26200.5, "th") == "26,200.50"
    assert gloss(leaf_of(FORM, "sum"), 26200, "en") == "26,200.00 baht"


def test_alternatives_are_other_values_at_most_nine() -> None:
    leaf = leaf_of(FORM, "sum")
    assert alternatives(FORM, leaf, 1500, ["1.500 00", "150000", "1,500"], "th") == ("150,000",)
    many = [f"ข้อ {n}" for n in range(20)]
    assert len(alternatives(FORM, Leaf(path="note"), "x", many, "th")) == 9
    assert alternatives(FORM, leaf_of(FORM, "signed"), True, [], "en") == ("signed", "not signed")
