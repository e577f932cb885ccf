"""Amounts of money: what is printed, what OCR makes of it, what the record holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess.kinds import parse
from postprocess.thai import thai_digits
from tests.postprocess.kinds.forms import codes


@pytest.mark.parametrize(
    ("raw", "value", "text"),
    [
        ("26,200 บาท", 26200, "26,200 บาท"),
        ("= 21,200 บาท", 21200, "21,200 บาท"),
        ("10,000.- บาท", 10000, "10,000.- บาท"),
        ("10,000.–บาท", 10000, "10,000.-บาท"),
        ("10,000,- บาท", 10000, "10,000.- บาท"),
        ("๒๖,๒๐๐.๕๐", 26200.5, "๒๖,๒๐๐.๕๐"),
        ("๑๐,oo๐ บาท", 10000, "๑๐,๐๐๐ บาท"),
        ("๑0,๐๐๐ บาท", 10000, "๑๐,๐๐๐ บาท"),
        ("26,2OO บาท", 26200, "26,200 บาท"),
        ("l0,000.- บาท", 10000, "10,000.- บาท"),
        ("12,34S บาท", 12345, "12,345 บาท"),
        ("26. 200 บาท", 26200, "26,200 บาท"),
        ("26 200 บาห", 26200, "26200 บาท"),
        ("26,200 ๒าท", 26200, "26,200 บาท"),
        ("52.94400", 52944, "52,944.00"),
        ("643,.800 บาท", 643800, "643,800 บาท"),
        ("11,931,20 000 บาท", 11931200, "11,931,200.00 บาท"),
        ("26200,50 บาท", 26200.5, "26200.50 บาท"),
        ("4;522,400.- บาท", 4522400, "4,522,400.- บาท"),
        ("0 บาท", 0, "0 บาท"),
        ("O บาท", 0, "0 บาท"),
        ("1 )-- 0 บาท", 0, "0 บาท"),
        ("(ครั้งที่ 5) = 21,200 บาท", 21200, "21,200 บาท"),
        ("21,200บาท", 21200, "21,200บาท"),
        ("จำนวน 5,000 บาท", 5000, "จำนวน 5,000 บาท"),
        ("1.5 ล้านบาท", 1500000, "1.5 ล้านบาท"),
        ("6,932,800O บาท", 6932800, "6,932,800 บาท"),
        ("2 771,900 00 บาท", 2771900, "2,771,900.00 บาท"),
        ("145,1 00.00 บาท", 145100, "145,100.00 บาท"),
        ("26,200 บาท 50 สตางค์", 26200.5, "26,200 บาท 50 สตางค์"),
        ("26,200 บาท (สองหมื่นหกพันสองร้อยบาทถ้วน)", 26200, "26,200 บาท (สองหมื่นหกพันสองร้อยบาทถ้วน)"),
        ("สองหมื่นบาทถ้วน", 20000, "สองหมื่นบาทถ้วน"),
        ("ไม่ใช้งบประมาณ", None, "ไม่ใช้งบประมาณ"),
    ],
)
def test_money(raw: str, value: float | None, text: str) -> None:
    parsed = parse("money", raw, {})
    assert (parsed.value, parsed.text, codes(parsed)) == (value, text, [])


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("2,6200 บาท", None, "money_grouping"),
        ("26,20 บาท", None, "money_grouping"),
        ("15.00 %", 15, "money_other_text"),
        ("เครั้งที่ 1 )", None, "money_unreadable"),
        ("226.7(0 )บาท", 226.7, "money_other_text"),
        ("ฝ่ายการศึกษา", None, "money_unreadable"),
        ("26,201 บาท (สองหมื่นหกพันสองร้อยบาทถ้วน)", 26201, "money_words_differ"),
        ("26,200 บาท : เป็นไปตามแผน", 26200, "money_other_text"),
        ("- 500 บาท", 500, "money_negative"),
    ],
)
def test_money_for_a_person(raw: str, value: float | None, code: str) -> None:
    parsed = parse("money", raw, {})
    assert (parsed.value, codes(parsed)) == (value, [code])
    assert parsed.strength <= 0.5
    assert " / " in parsed.problems[0].message


def test_repairs_are_recorded() -> None:
    changes = parse("money", "26,2OO บาท", {}).changes
    assert [(c.rule, c.before, c.after) for c in changes] == [("digit_lookalike", "26,2OO", "26,200")]
    assert parse("money", "26,200 บาท", {}).strength > parse("money", "26,2OO บาท", {}).strength


def test_bare_figures_are_weak_money() -> None:
    assert parse("money", "40", {}).strength <= 0.5 < parse("money", "40 บาท", {}).strength
    assert parse("percent", "3)", {}).strength <= 0.3


@settings(max_examples=100)
@given(
    st.just(0) | st.integers(10, 10**9),
    st.sampled_from(["{:,} บาท", "{:,}.- บาท", "{} บาท", "{:,}", "= {:,} บาท"]),
    st.booleans(),
)
def test_money_round_trip(amount: int, form: str, thai: bool) -> None:
    printed = form.format(amount)
    parsed = parse("money", thai_digits(printed) if thai else printed, {})
    assert (parsed.value, codes(parsed)) == (amount, [])


@settings(max_examples=100)
@given(st.integers(0, 10**9), st.integers(1, 99))
def test_satang_round_trip(baht: int, satang: int) -> None:
    assert parse("money", f"{baht:,}.{satang:02d} บาท", {}).value == pytest.approx(baht + satang / 100)


@pytest.mark.parametrize(
    ("printed", "value"),
    [("800 00 บาท", 800), ("1,200 50 บาท", 1200.5), ("1 200 บาท", 1200), ("1 2 0 0 บาท", 1200)],
)
def test_two_figures_behind_a_blank_are_satang(printed: str, value: float) -> None:
    assert parse("money", printed, {}).value == value


def test_a_very_small_amount_is_hardly_one() -> None:
    small, fair, exact = (parse("money", raw, {}).strength for raw in ("๑ บาท", "๑๐ บาท", "1.50 บาท"))
    assert small < 0.5 < min(fair, exact)
