"""One of the entries of a word list."""

from __future__ import annotations

import pytest

from postprocess import vocab
from postprocess.kinds import parse
from tests.postprocess.kinds.forms import STATUS, codes


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("เป็นไปตามแผน", "เป็นไปตามแผน"),
        (": เป็นไป ตามแผน", "เป็นไปตามแผน"),
        ("เปนไปตานแผน", "เป็นไปตามแผน"),
        ("ไมเป็นไปตามแผน", "ไม่เป็นไปตามแผน"),
        ("ซ้ากว่าแผน", "ช้ากว่าแผน"),
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


def test_what_is_only_like_an_option_is_for_a_person() -> None:
    far = parse("choice", "เบนไตามแผน", STATUS)
    assert (far.value, codes(far)) == ("เป็นไปตามแผน", ["choice_misread"])
    near_two = {"vocabulary": ["เป็นไปตามเป้าหมาย", "ไม่เป็นไปตามเป้าหมาย"], "open": True}
    assert codes(parse("choice", "ไป็นีไปตามเป้าหมาย", near_two)) == ["choice_misread"]
    assert codes(parse("choice", "ขยายเวลา", near_two)) == []


def test_an_option_that_another_begins_with_may_be_that_one_cut_off() -> None:
    options = {"vocabulary": ["แล้วเสร็จ", "แล้วเสร็จตามแผน", "ช้ากว่าแผน"]}
    short, long, other = (parse("choice", raw, options) for raw in options["vocabulary"])
    assert (short.value, codes(short)) == ("แล้วเสร็จ", [])
    assert short.strength < 0.6 < other.strength == long.strength


def test_districts_are_found_through_misreadings() -> None:
    assert len(vocab.entries("districts")) == 50
    for entry in vocab.entries("districts"):
        worn = entry.translate(str.maketrans("", "", "่้ั์"))
        assert parse("choice", worn, {"vocabulary": "districts"}).value == entry
