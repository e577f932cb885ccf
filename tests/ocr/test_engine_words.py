"""Glyphs in legal order, glyphs to words, hOCR to glyphs: what must hold for any reading."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.engine.output import pages, probability
from ocr.engine.words import divide, extents, is_text
from ocr.thaiorder import Glyph, is_mark, ordered


def glyphs(text: str, pitch: float = 10.0) -> list[Glyph]:
    return [Glyph(char, 0.9, i * pitch, i * pitch + 8) for i, char in enumerate(text)]


def legal(text: str) -> str:
    return "".join(g.char for g in ordered(glyphs(text)))


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("นำ้", "น้ำ"),
        ("ทํางาน", "ทำงาน"),
        ("เเก่", "แก่"),
        ("ท่ี", "ที่"),
        ("ก้ั", "กั้"),
        ("ผู้", "ผู้"),
        ("สิทธ์ิ", "สิทธิ์"),
        ("ดีี", "ดี"),
        ("26,200 บาท", "26,200 บาท"),
        ("Smart ๒๕๖๗", "Smart ๒๕๖๗"),
        ("เป็น", "เป็น"),
        ("", ""),
    ],
)
def test_marks_come_in_legal_order(read: str, expected: str) -> None:
    assert legal(read) == unicodedata.normalize("NFC", expected)


def test_merged_glyphs_keep_the_lower_confidence_and_both_places() -> None:
    first, second = Glyph("\u0e4d", 0.4, 10, 14), Glyph("า", 0.8, 15, 22)
    assert ordered([first, second]) == [Glyph("ำ", 0.4, 10, 22)]


thai = st.text(st.sampled_from("กนทมเแำาิีืุู่้๊์ํ็ญ12๕aB ."), max_size=20)


@settings(max_examples=200)
@given(thai)
def test_legal_order_is_settled_at_once(text: str) -> None:
    once = legal(text)
    assert legal(once) == once
    assert [c for c in once if c.isascii()] == [c for c in text if c.isascii()]
    assert "\u0e4d\u0e32" not in once
    assert "เเ" not in once


@settings(max_examples=200)
@given(thai, st.sets(st.integers(0, 20)))
def test_dividing_loses_nothing_and_no_mark_begins_a_word(text: str, joints: set[int]) -> None:
    line = ordered(g._replace(joint=i in joints) for i, g in enumerate(glyphs(text)))
    words = divide(line)
    assert [g for word in words for g in word] == line
    assert all(words)
    assert not any(is_mark(word[0].char) for word in words[1:])


spans = st.lists(
    st.tuples(st.floats(0, 200), st.floats(1, 30)).map(lambda p: (p[0], p[0] + p[1])), min_size=1, max_size=8
)


@settings(max_examples=200)
@given(thai.filter(bool), st.sets(st.integers(0, 20)), spans, st.floats(0, 20))
def test_words_stand_side_by_side_on_the_ink(
    text: str, joints: set[int], ink: list[tuple[float, float]], reach: float
) -> None:
    words = divide(ordered(g._replace(joint=i in joints) for i, g in enumerate(glyphs(text))))
    places = extents(words, np.array(ink), reach)
    assert len(places) == len(words)
    assert all(x0 < x1 for x0, x1 in places)
    assert all(a[1] <= b[0] for a, b in pairwise(places))


def test_words_end_at_the_gap_in_the_ink_near_their_blank() -> None:
    line = [Glyph(c, 0.9, x, x + 9, c == "ค") for c, x in (("ก", 0), ("ข", 10), ("ค", 40), ("ง", 50))]
    words = divide(line)
    assert ["".join(g.char for g in word) for word in words] == ["กข", "คง"]
    ink = np.array([[0.0, 9.0], [10.0, 17.0], [30.0, 38.0], [39.0, 48.0]])
    assert extents(words, ink, 8) == [(0.0, 17.0), (30.0, 48.0)]


def test_dirt_is_told_from_text() -> None:
    assert is_text(glyphs("ลับ"))
    assert not is_text([])
    assert not is_text([Glyph("-", 0.2, 0, 5)])
    assert not is_text([Glyph("ฐ", 0.1, 0, 5), Glyph("๙", 0.2, 5, 9)])


def test_certainties_become_probabilities() -> None:
    assert probability(100) == 1
    assert 0 < probability(0) < probability(90) < probability(99) <= 1


HOCR = """<html><body>
<div class='ocr_page' title='ppageno 0'><span class='ocr_line' title='bbox 5 6 70 40'>
<span class='ocrx_word' title='bbox 5 6 70 40; x_wconf 90'><span class='ocrx_cinfo'
 title='x_bboxes 5 6 20 40; x_conf 98.5'>ก</span><span class='ocrx_cinfo' title='x_bboxes 21 6 40 40; x_conf 60'>&amp;</span>
</span></span></div>
<div class='ocr_page' title='ppageno 1'></div></body></html>"""


def test_hocr_gives_lines_of_glyphs_for_every_page() -> None:
    (line,), nothing = pages((HOCR, "ก &\n\f\f"))
    assert nothing == []
    assert (line.box.x0, line.box.y1) == (5, 40)
    assert [g.char for g in line.glyphs] == ["ก", "&"]
    assert [g.joint for g in line.glyphs] == [True, True]
    assert line.glyphs[0].confidence > line.glyphs[1].confidence
    ((together,), _) = pages((HOCR, "ก&\n\f\f"))
    assert [g.joint for g in together.glyphs] == [True, False]
