"""Field kinds: what is printed, what OCR makes of it, what the record holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess import vocab
from postprocess.kinds import KIND_NAMES, Parsed, parse
from postprocess.kinds.codes import citizen_id_holds
from postprocess.kinds.dates import BE_OFFSET, MONTHS, thai_date
from postprocess.thai import normalize, thai_digits

CODE = {"pattern": r"\d{8}-\d{4}"}
STATUS = {"vocabulary": "plan_statuses"}


def codes(parsed: Parsed) -> list[str]:
    return [p.code for p in parsed.problems]


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


@pytest.mark.parametrize("kind", sorted(KIND_NAMES - {"code", "choice", "integer"}))
@pytest.mark.parametrize(
    "raw", ["", "   ", "....................", "…………", "____", "-", "–", " : .......... "]
)
def test_nothing_printed_is_nothing(kind: str, raw: str) -> None:
    parsed = parse(kind, raw, {})
    assert (parsed.value, parsed.text, parsed.problems) == (None, None, ())


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


def test_bare_figures_are_weak_money() -> None:
    assert parse("money", "4", {}).strength <= 0.5 < parse("money", "4 บาท", {}).strength
    assert parse("percent", "3)", {}).strength <= 0.3


def test_blank_date_lines_are_nothing() -> None:
    assert parse("date", ".../..../....", {}).value is None
    assert parse("date", ".../..../....", {}).problems == ()


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


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("นายทดสอบ ตัวอย่าง", "นายทดสอบ ตัวอย่าง"),
        ("นงทดสอบ ตัวอย่าง", "นงทดสอบ ตัวอย่าง"),
        ("(นายทดสอบ ตัวอย่าง)", "นายทดสอบ ตัวอย่าง"),
        ("......นางสาวทดสอบ  ตัวอย่าง.....", "นางสาวทดสอบ ตัวอย่าง"),
        ("ว่าที่ ร.ต. ทดสอบ ตัวอย่าง", "ว่าที่ ร.ต. ทดสอบ ตัวอย่าง"),
        ("น.ส.ทดสอบ ตัวอยาง", "น.ส.ทดสอบ ตัวอยาง"),
        ("ฝ่ายการศึกษา", "ฝ่ายการศึกษา"),
        ("(...............)", None),
        ("( )", None),
    ],
)
def test_name_is_never_corrected(raw: str, value: str | None) -> None:
    parsed = parse("name", raw, {})
    assert (parsed.value, parsed.changes, parsed.problems) == (value, (), ())


@pytest.mark.parametrize(("raw", "title"), [("ตร.ทดสอบ ตัวอย่าง", "ดร."), ("น ส.ทดสอบ ตัวอย่าง", "น.ส.")])
def test_the_title_before_a_name_is_put_right(raw: str, title: str) -> None:
    parsed = parse("name", raw, {})
    assert parsed.value == title + "ทดสอบ ตัวอย่าง"
    assert [change.rule for change in parsed.changes] == ["title"]


def test_digits_in_a_name_are_for_a_person() -> None:
    assert codes(parse("name", "นาย5มชาย", {})) == ["name_characters"]


def test_known_names_are_stronger() -> None:
    known, unknown = parse("name", "นายสมชาย ใจดี", {}), parse("name", "นายสมซาย ใจคี", {})
    assert known.strength > unknown.strength


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("เป็นไปตามแผน", "เป็นไปตามแผน"),
        (": เป็นไป ตามแผน", "เป็นไปตามแผน"),
        ("เปนไปตานแผน", "เป็นไปตามแผน"),
        ("ไมเป็นไปตามแผน", "ไม่เป็นไปตามแผน"),
        ("ซ้ากว่าแผน", "ช้ากว่าแผน"),
        ("เบนไตามแผน", "เป็นไปตามแผน"),
    ],
)
def test_choice(raw: str, value: str) -> None:
    parsed = parse("choice", raw, STATUS)
    assert (parsed.value, codes(parsed)) == (value, [])


def test_choice_without_a_clear_winner_is_for_a_person() -> None:
    assert codes(parse("choice", "เป็นไปตามเป้าหมาย", STATUS)) == ["choice_unknown"]
    assert codes(parse("choice", "กวาแผน", STATUS)) == ["choice_unknown"]
    options = {"vocabulary": ["แผน ก", "แผน ข"]}
    assert codes(parse("choice", "แผน ค", options)) == ["choice_unknown"]
    assert codes(parse("choice", "แผน ค", {**options, "open": True})) == []


def test_districts_are_found_through_misreadings() -> None:
    assert len(vocab.entries("districts")) == 50
    for entry in vocab.entries("districts"):
        worn = entry.translate(str.maketrans("", "", "่้ั์"))
        assert parse("choice", worn, {"vocabulary": "districts"}).value == entry


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


@settings(max_examples=100)
@given(
    st.integers(0, 10**9),
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


@settings(max_examples=100)
@given(st.integers(0, 10000), st.sampled_from(["{:.2f} %", "{:.2f}%", "{:.2f}"]))
def test_percent_round_trip(hundredths: int, form: str) -> None:
    assert parse("percent", form.format(hundredths / 100), {}).value == hundredths / 100


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


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(KIND_NAMES)),
    st.text(st.sampled_from("0123๔๕OlSB.,-–/:% กบาท่้โร()ต่อ\n"), max_size=24),
)
def test_no_print_is_too_odd(kind: str, raw: str) -> None:
    options: dict[str, Any] = {"code": CODE, "choice": STATUS}.get(kind, {})
    parsed = parse(kind, raw, options)
    assert 0 <= parsed.strength <= 1
    assert parsed.text is None or parsed.text == normalize(parsed.text)
    assert parsed.value is None or parsed.text is not None
    assert all(" / " in p.message for p in parsed.problems)


def test_unknown_kind_names_the_known() -> None:
    with pytest.raises(ValueError, match="known are be_year, choice"):
        parse("colour", "แดง", {})


def test_unknown_word_list_names_the_known() -> None:
    with pytest.raises(ValueError, match="districts"):
        vocab.entries("planets")


@pytest.mark.parametrize(
    ("printed", "value"),
    [("800 00 บาท", 800), ("1,200 50 บาท", 1200.5), ("1 200 บาท", 1200), ("1 2 0 0 บาท", 1200)],
)
def test_two_figures_behind_a_blank_are_satang(printed: str, value: float) -> None:
    assert parse("money", printed, {}).value == value
