"""Lines that are no print of the form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr.types import Box, Line, Text, Word
from postprocess.dirt import without_dirt, without_stray_signs
from tests.postprocess.layouts import line, page

PRINT = ["แผน", "บาท", "ราคา", "รวม", "ตาราง", "ลงชื่อ ธารา"]


def small(text: str, x: float, y: float, height: float, row: int = 90, confidence: float = 0.97) -> Line:
    box = Box(x, y, x + 100, y + height)
    return Line((Word(text, box, box, (confidence,) * len(text)),), row, 90)


def with_line(added: Line, rows: list[str] = PRINT) -> list[str]:
    text = page(rows)
    (found,) = without_dirt([replace(text, lines=(*text.lines, added))])
    return [line.text for line in found.lines]


def test_the_small_words_of_a_stamp_are_dropped() -> None:
    assert with_line(small("สา", 1000, 1000, 20)) == PRINT
    assert with_line(small("ตก", 1000, 1000, 48)) == [*PRINT, "ตก"]


def test_how_high_print_is_must_be_known() -> None:
    assert with_line(small("สา", 1000, 1000, 25), PRINT[:3]) == [*PRINT[:3], "สา"]
    assert with_line(small("1", 1000, 1000, 12), PRINT[:3]) == PRINT[:3]


def test_a_line_inside_another_is_dropped() -> None:
    outer = page(PRINT).lines[-1].box
    assert with_line(small("กต", outer.x0 + 20, outer.y0 + 5, 40)) == PRINT


def test_a_sign_at_the_edge_is_dropped_where_it_is_unsure() -> None:
    assert with_line(small("1", 5, 1000, 50, confidence=0.5)) == PRINT
    assert with_line(small("1", 5, 1000, 50)) == [*PRINT, "1"]


def test_a_page_that_is_guessed_holds_nothing() -> None:
    specks = Text(2, 2480, 3508, tuple(line("รร4 7", 300, 100 * n, n, n, 0.3) for n in range(1, 9)))
    first, second = without_dirt([page(PRINT), specks])
    assert [found.text for found in first.lines] == PRINT
    assert second.lines == ()


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("ปลอดภัยต่อการดำรงชีวิต.", "ปลอดภัยต่อการดำรงชีวิต"),
        ("อย่างต่อเนื่อง ..", "อย่างต่อเนื่อง"),
        ("ต่อการดำรงชีวิต-----.....", "ต่อการดำรงชีวิต"),
        ("แก้วกาญจน์ ใจดีมีสุข’", "แก้วกาญจน์ ใจดีมีสุข"),
        ("ต่อการยังชีพ.กรุงเทพมหานคร", "ต่อการยังชีพ กรุงเทพมหานคร"),
        ("หาบเร่–แผงลอย", "หาบเร่-แผงลอย"),
    ],
)
def test_specks_read_as_signs_go(read: str, printed: str) -> None:
    assert without_stray_signs(read) == printed


@pytest.mark.parametrize(
    "text",
    ["ร่วมกับ สน.", "ภายในเดือน เม.ย.", "งบประมาณพ.ศ. 2566", "ค่าย “รักษ์คลอง”", "2565 – 2567", "ห้องประชุม อปพร."],
)
def test_signs_that_print_has_stay(text: str) -> None:
    assert without_stray_signs(text) == text


def test_a_stop_between_given_and_family_name_is_a_blank() -> None:
    assert without_stray_signs("นายดวงกมล.ใจดีมีสุข", name=True) == "นายดวงกมล ใจดีมีสุข"
    assert without_stray_signs("ว่าที่ร.ต.หญิง สมมติ ใจดี", name=True) == "ว่าที่ร.ต.หญิง สมมติ ใจดี"
