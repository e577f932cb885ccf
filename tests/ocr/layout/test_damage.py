"""Damage of words: strokes over them and edges through them; none where the print is clean."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.layout.damage import damage
from ocr.layout.page import analyse
from ocr.types import Box, Image, Rule, Sheet
from tests.ocr.layout.test_lines import TEXT, draw


def worst(image: Image, *rules: Rule) -> list[float]:
    """The damage of each run as one word, from above."""
    layout = analyse(Sheet(image, 200, rules=rules))
    runs = sorted(layout.printed.runs, key=lambda run: run.band.y0)
    return [damage(layout, rules, run, run.box) for run in runs]


def test_clean_print_has_none() -> None:
    assert worst(draw(TEXT)) == [0.0, 0.0, 0.0]


def test_a_stamp_harms_the_words_that_it_lies_on() -> None:
    image = draw(TEXT, leading=2.0).copy()
    cv2.circle(image, (330, round(44 * 4.0) - 10), 48, 0, 3)
    first, second, third = worst(image)
    assert (first, third) == (0.0, 0.0)
    assert second > 0.2


def test_the_edge_of_the_sheet_cuts_words() -> None:
    image = np.ascontiguousarray(draw(TEXT)[:, 95:])
    assert all(found >= 1 for found in worst(image))


def test_a_streak_through_a_letter_harms_its_word_and_a_line_under_or_beside_it_does_not() -> None:
    image = draw(TEXT[:1])
    column = 300 + int((image[:, 300:400] < 128).sum(axis=0).argmax())  # a stem
    streak = Rule(Box(column - 2, 0, column + 2, 400), "vertical")
    under = Rule(Box(60, 44 * 1.35 + 2, 700, 44 * 1.35 + 4), "horizontal")
    margin = Rule(Box(60, 0, 63, 400), "vertical")
    assert worst(image, under, margin) == [0.0]
    assert worst(image, streak, under, margin) == [0.5]
