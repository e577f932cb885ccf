"""Names of people."""

from __future__ import annotations

import pytest

from postprocess.kinds import parse
from tests.postprocess.kinds.forms import codes


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
