"""A letter read twice is kept once; letters that have ink of their own are all kept."""

from __future__ import annotations

import numpy as np

from ocr.engine.doubled import once
from ocr.thaiorder import Glyph

INK = np.array([[707.0, 733.0], [741.0, 762.0]])


def read(glyphs: list[Glyph], ink: np.ndarray = INK) -> str:
    return "".join(g.char for g in once(glyphs, ink, 29.0))


def test_two_readings_of_one_piece_of_ink_become_the_surer_one() -> None:
    twice = [Glyph("ช", 0.3, 722, 733), Glyph("ซ", 0.4, 731, 742), Glyph("ย", 0.8, 741, 762)]
    assert read(twice) == "ซย"


def test_a_nought_beside_a_digit_is_no_letter() -> None:
    assert read([Glyph("0", 0.2, 722, 733), Glyph("O", 0.7, 731, 742), Glyph("6", 0.8, 741, 762)]) == "06"
    assert read([Glyph("0", 0.2, 722, 733), Glyph("O", 0.7, 731, 742), Glyph("N", 0.8, 741, 762)]) == "ON"


def test_letters_with_ink_of_their_own_stay() -> None:
    two = [Glyph("ช", 0.3, 707, 722), Glyph("ซ", 0.4, 722, 742), Glyph("ย", 0.8, 742, 762)]
    assert read(two, np.array([[707.0, 718.0], [721.0, 739.0], [741.0, 762.0]])) == "ชซย"


def test_sure_letters_that_touch_stay() -> None:
    assert read([Glyph("ช", 0.9, 722, 733), Glyph("ซ", 0.8, 731, 742), Glyph("ย", 0.8, 741, 762)]) == "ชซย"


def test_a_wide_piece_of_ink_may_be_two_letters() -> None:
    two = [Glyph("ช", 0.3, 707, 722), Glyph("ซ", 0.4, 722, 742)]
    assert read(two, np.array([[700.0, 745.0]])) == "ชซ"


def test_marks_over_a_letter_are_no_second_reading() -> None:
    assert read([Glyph("ช", 0.3, 722, 733), Glyph("ี", 0.4, 731, 742)]) == "ชี"
