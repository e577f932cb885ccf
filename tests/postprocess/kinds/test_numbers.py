"""Percentages, whole numbers and years."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess.kinds import parse
from tests.postprocess.kinds.forms import codes


@pytest.mark.parametrize(
    ("raw", "value", "text"),
    [
        ("10.00 %", 10, "10.00 %"),
        ("100.0%", 100, "100.0%"),
        ("10.00", 10, "10.00"),
        ("12.50 %", 12.5, "12.50 %"),
        ("1O.OO %", 10, "10.00 %"),
        ("10,00 %", 10, "10.00 %"),
        ("10 .00 %", 10, "10.00 %"),
        ("10.00 96", 10, "10.00 %"),
        ("72.00 ๘", 72, "72.00 %"),
        ("22.00O", 22, "22.00 %"),
        ("79.00 °6", 79, "79.00 %"),
        ("4 76 %", 4.76, "4.76 %"),
        ("10.00 o/o", 10, "10.00 %"),
        ("๒๐.๐๐ %", 20, "๒๐.๐๐ %"),
        ("ร้อยละ ๘๐", 80, "ร้อยละ ๘๐"),
        ("0", 0, "0"),
    ],
)
def test_percent(raw: str, value: float, text: str) -> None:
    parsed = parse("percent", raw, {})
    assert (parsed.value, parsed.text, codes(parsed)) == (value, text, [])


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("101", 101, "percent_range"),
        ("1000 %", 10, "percent_point"),
        ("7927 %", 79.27, "percent_point"),
        ("72.0 4", 72.04, "percent_blank"),
        ("ก", None, "percent_unreadable"),
        ("(ครั้งที่ 4)", None, "percent_unreadable"),
    ],
)
def test_percent_for_a_person(raw: str, value: float | None, code: str) -> None:
    parsed = parse("percent", raw, {})
    assert parsed.value == value
    assert code in codes(parsed)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("integer", "5", 5),
        ("integer", "(๕)", 5),
        ("integer", "1,250", 1250),
        ("integer", "l", 1),
        ("integer", "๑๐๐ คน", 100),
        ("number", "3.5 กม.", 3.5),
        ("number", "-5", -5),
        ("number", "1.250,00", 1250),
        ("be_year", "2566", 2566),
        ("be_year", "พ.ศ. ๒๕๖๖", 2566),
        ("be_year", "25G6", 2566),
        ("be_year", "256 6", 2566),
        ("be_year", "๒๕66", 2566),
    ],
)
def test_whole_numbers_and_years(kind: str, raw: str, value: float) -> None:
    parsed = parse(kind, raw, {})
    assert (parsed.value, codes(parsed)) == (value, [])


@pytest.mark.parametrize(
    ("kind", "raw", "value", "code"),
    [
        ("integer", "5.5", None, "integer_expected"),
        ("integer", "กข", None, "number_unreadable"),
        ("be_year", "2023", 2566, "year_common_era"),
        ("be_year", "1566", None, "year_range"),
        ("be_year", "ปี", None, "year_unreadable"),
    ],
)
def test_numbers_for_a_person(kind: str, raw: str, value: float | None, code: str) -> None:
    parsed = parse(kind, raw, {})
    assert (parsed.value, codes(parsed)) == (value, [code])


@settings(max_examples=100)
@given(st.integers(0, 10000), st.sampled_from(["{:.2f} %", "{:.2f}%", "{:.2f}"]))
def test_percent_round_trip(hundredths: int, form: str) -> None:
    assert parse("percent", form.format(hundredths / 100), {}).value == hundredths / 100
