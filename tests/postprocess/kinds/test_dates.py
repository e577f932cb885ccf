"""Dates of both eras, in figures and words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess.kinds import parse
from postprocess.kinds.dates import BE_OFFSET, MONTHS, thai_date
from postprocess.thai import thai_digits
from tests.postprocess.kinds.forms import codes


@pytest.mark.parametrize(
    ("raw", "value", "text"),
    [
        ("27/05/2566", "2023-05-27", "27/05/2566"),
        ("6/9/2566", "2023-09-06", "6/9/2566"),
        ("๓๑/๑๒/๒๕๖๕", "2022-12-31", "๓๑/๑๒/๒๕๖๕"),
        ("27/O5/2566", "2023-05-27", "27/05/2566"),
        ("27/05/25G6", "2023-05-27", "27/05/2566"),
        ("27.05.2566", "2023-05-27", "27.05.2566"),
        ("27-05-2566", "2023-05-27", "27-05-2566"),
        ("27 /05/ 2566", "2023-05-27", "27/05/2566"),
        ("27|05|2566", "2023-05-27", "27/05/2566"),
        ("2705/2566", "2023-05-27", "27/05/2566"),
        ("27052566", "2023-05-27", "27/05/2566"),
        ("31712/2565", "2022-12-31", "31/12/2565"),
        ("27/05/66", "2023-05-27", "27/05/66"),
        ("2021 03-23 00:00:00", "2021-03-23", "2021-03-23 00:00:00"),
        ("2021 03 23 00 00 00", "2021-03-23", "2021-03-23 00:00:00"),
        ("30 กุย. 2566", "2023-09-30", "30 ก.ย. 2566"),
        ("2 0 2 2 - 1 0- 0 1 0 0 : 00 : 0 0", "2022-10-01", "2022-10-01 00:00:00"),
        ("2023-10-0 100:00:00", "2023-10-01", "2023-10-01 00:00:00"),
        ("1 2 / 3 / 2566", "2023-03-12", "12/3/2566"),
        ("2022-10-01 00:00:00", "2022-10-01", "2022-10-01 00:00:00"),
        ("2022-10-01", "2022-10-01", "2022-10-01"),
        ("2022-10-0100:00:00", "2022-10-01", "2022-10-01 00:00:00"),
        ("2022–1O–01 OO:OO:OO", "2022-10-01", "2022-10-01 00:00:00"),
        ("2022-10-01 00.00.00", "2022-10-01", "2022-10-01 00:00:00"),
        ("๒๗ พ.ค. ๒๕๖๖", "2023-05-27", "๒๗ พ.ค. ๒๕๖๖"),
        ("1 ตุลาคม 2565", "2022-10-01", "1 ตุลาคม 2565"),
        ("1 ตลาคม พ.ศ. 2565", "2022-10-01", "1 ตุลาคม พ.ศ. 2565"),
        ("วันที่ 30 กันยายน ๒๕๖๖", "2023-09-30", "วันที่ 30 กันยายน ๒๕๖๖"),
        ("27 พค 66", "2023-05-27", "27 พ.ค. 66"),
        ("1 ด.ค. 2565", "2022-10-01", "1 ต.ค. 2565"),
    ],
)
def test_date(raw: str, value: str, text: str) -> None:
    parsed = parse("date", raw, {})
    assert (parsed.value, parsed.text, codes(parsed)) == (value, text, [])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("31/02/2566", "date_impossible"),
        ("27/13/2566", "date_impossible"),
        ("27/05/9999", "date_impossible"),
        ("เมื่อวาน", "date_unreadable"),
    ],
)
def test_date_for_a_person(raw: str, code: str) -> None:
    parsed = parse("date", raw, {})
    assert (parsed.value, codes(parsed), parsed.strength) == (None, [code], 0.0)


def test_uneven_dates_may_lack_a_digit() -> None:
    parsed = parse("date", "๐๖/๑ /๒๕๖๖", {})
    assert (parsed.value, codes(parsed)) == ("2023-01-06", ["date_digit"])
    assert parse("date", "6/12/2566", {}).problems == ()


def test_blank_date_lines_are_nothing() -> None:
    assert parse("date", ".../..../....", {}).value is None
    assert parse("date", ".../..../....", {}).problems == ()


DAYS = st.dates(date(1957, 1, 1), date(2090, 12, 31))


@settings(max_examples=150)
@given(DAYS, st.integers(0, 5), st.booleans())
def test_date_round_trip(day: date, form: int, thai: bool) -> None:
    full, short = MONTHS[day.month - 1]
    year = day.year + BE_OFFSET
    printed = (
        thai_date(day.isoformat()),
        f"{day.isoformat()} 00:00:00",
        f"{day.day} {full} {year}",
        f"{day.day} {short} {year}",
        f"{day.day} {full} พ.ศ. {year}",
        f"{day.day}/{day.month}/{year}",
    )[form]
    parsed = parse("date", thai_digits(printed) if thai else printed, {})
    assert (parsed.value, codes(parsed), parsed.changes) == (day.isoformat(), [], ())
