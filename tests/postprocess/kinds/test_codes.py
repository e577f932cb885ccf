"""Codes, telephone numbers and the numbers of citizens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postprocess.kinds import parse
from postprocess.kinds.codes import citizen_id_holds
from postprocess.thai import thai_digits
from tests.postprocess.kinds.forms import CODE, codes


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("50410000-6831", "50410000-6831"),
        ("50410000-6831 ...", "50410000-6831"),
        ("50410000–6831", "50410000-6831"),
        ("5041 0000 - 6831", "50410000-6831"),
        ("504I0000-683l", "50410000-6831"),
        ("5O410000-6B31", "50410000-6831"),
        ("504100006831", "50410000-6831"),
        ("50410000 6831", "50410000-6831"),
        ("๕๐๔๑๐๐๐๐-๖๘๓๑", "50410000-6831"),
        ("รหัส 50410000-6831", "50410000-6831"),
    ],
)
def test_code(raw: str, value: str) -> None:
    parsed = parse("code", raw, CODE)
    assert (parsed.value, codes(parsed)) == (value, [])


def test_code_that_does_not_fit_is_kept_for_a_person() -> None:
    parsed = parse("code", "5041000-6831", CODE)
    assert (parsed.value, codes(parsed), parsed.strength) == ("5041000-6831", ["code_pattern"], 0.0)


def test_letters_of_a_code_stay_letters() -> None:
    assert parse("code", "BO-1204", {"pattern": r"[A-Z]{2}-\d{4}"}).value == "BO-1204"
    assert parse("code", "BO-I2O4", {"pattern": r"[A-Z]{2}-\d{4}"}).value == "BO-1204"
    assert parse("code", "80-1204", {"pattern": r"[A-Z]{2}-\d{4}"}).value == "BO-1204"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("โทร.1551", "1551"),
        ("โทร. 0 2000 4567 ต่อ 1551", "0 2000 4567 ต่อ 1551"),
        ("โทรศัพท์ 020004567", "020004567"),
        ("02-000-4567", "02-000-4567"),
        ("0 2000 4567-8", "0 2000 4567-8"),
        ("0 2000 4567, 0 2000 4568", "0 2000 4567, 0 2000 4568"),
        ("080-000-5678", "080-000-5678"),
        ("๐ ๒๐๐๐ ๔๕๖๗ ต่อ ๑๕๕๑", "๐ ๒๐๐๐ ๔๕๖๗ ต่อ ๑๕๕๑"),
        ("O 2000 4567", "0 2000 4567"),
        ("0 2l00 4567", "0 2100 4567"),
        ("๐ ๒๐๐๐ ๔๕o๗ ต่ อ ๑๕๕๑", "๐ ๒๐๐๐ ๔๕๐๗ ต่อ ๑๕๕๑"),
        ("0 2000 4567 ตอ 12", "0 2000 4567 ต่อ 12"),
        ("02 OOO 4567", "02 000 4567"),
        ("๐ ๒๐๐๐.๔๕๖๗ ต่อ ๑๒", "๐ ๒๐๐๐ ๔๕๖๗ ต่อ ๑๒"),
        ("๐ ๒๐๐๐,๔๕๖๗ ต่อ ๑๒", "๐ ๒๐๐๐ ๔๕๖๗ ต่อ ๑๒"),
        ("0-2000-4567 ต่อ 4.187", "0-2000-4567 ต่อ 4187"),
        ("1.129", "1129"),
        ("02.123.4567", "02.123.4567"),
        ("0 2123 4567,68", "0 2123 4567,68"),
        ("0O2 OOO 4567", "02 000 4567"),
        ("0O-–2000-4567 ต่อ 12", "0-2000-4567 ต่อ 12"),
    ],
)
def test_phone(raw: str, value: str) -> None:
    parsed = parse("phone", raw, {})
    assert (parsed.value, codes(parsed)) == (value, [])


@pytest.mark.parametrize("raw", ["02 000 45", "อบต", "12"])
def test_phone_for_a_person(raw: str) -> None:
    assert codes(parse("phone", raw, {})) == ["phone_form"]


def with_check_digit(first: str) -> str:
    return next(first + d for d in "0123456789" if citizen_id_holds(first + d))


@given(st.text(st.sampled_from("0123456789"), min_size=12, max_size=12))
def test_citizen_id_round_trip(first: str) -> None:
    number = with_check_digit(first)
    dashed = f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}"
    for raw in (number, dashed, thai_digits(dashed), dashed.replace("-", " ")):
        parsed = parse("citizen_id", raw, {})
        assert (parsed.value, codes(parsed), parsed.strength) == (number, [], 1.0)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert codes(parse("citizen_id", wrong, {})) == ["citizen_id_check"]


def test_citizen_id_length() -> None:
    assert codes(parse("citizen_id", "12345", {})) == ["citizen_id_length"]
