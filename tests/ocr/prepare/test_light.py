"""Uneven light and pale print."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ocr.prepare.ink import ink, print_grey
from ocr.prepare.light import even_light
from ocr.types import Image, Sheet

Draw = Callable[..., Image]


def test_a_white_page_with_dark_print_keeps_its_pixels(thai_page: Draw) -> None:
    for dpi in (100, 150, 200):
        sheet = Sheet(thai_page(dpi=dpi), dpi)
        assert even_light(sheet) is sheet


def test_a_shadow_is_divided_out(thai_page: Draw) -> None:
    page = thai_page()
    slope = np.linspace(0.4, 0.95, page.shape[1])[None] * np.linspace(1, 0.8, page.shape[0])[:, None]
    sheet = even_light(Sheet((page * slope).astype(np.uint8), 150))
    assert len(sheet.steps) == 1
    assert sheet.steps[0].startswith("evened light")
    assert np.mean(sheet.image[page == 255] > 240) > 0.99
    assert np.mean(sheet.image[page < 60] < 90) > 0.99


def test_grey_paper_becomes_white(thai_page: Draw) -> None:
    page = np.minimum(thai_page(), 240)
    sheet = even_light(Sheet(page, 150))
    assert sheet.steps == ("whitened paper 240",)
    assert np.median(sheet.image) == 255


def test_pale_print_is_darkened_and_the_grain_of_the_paper_is_not(thai_page: Draw) -> None:
    page = thai_page()
    noise = np.random.default_rng(1).normal(0, 3, page.shape)
    pale = np.clip(235 - 0.28 * (255 - page.astype(float)) + noise, 0, 255).astype(np.uint8)
    assert print_grey(pale) > 150
    sheet = even_light(Sheet(pale, 150))
    assert any(step.startswith("darkened pale print") for step in sheet.steps)
    assert np.mean(ink(sheet.image)[page < 40] > 0) > 0.97
    assert np.mean(ink(sheet.image)[cv2.erode(page, np.ones((5, 5), np.uint8)) == 255] > 0) < 0.001


def test_print_that_faded_more_on_one_side_is_as_dark_as_the_rest_but_dirt_beside_print_stays_pale(
    thai_page: Draw,
) -> None:
    page = thai_page()
    left = np.linspace(0.28, 0.08, page.shape[1])[None]
    ghost = 0.04 * (255 - cv2.GaussianBlur(np.roll(page, (9, 40), (0, 1)), (0, 0), 1.5).astype(float))
    noise = np.random.default_rng(1).normal(0, 2, page.shape)
    pale = np.clip(250 - np.maximum(left * (255 - page.astype(float)), ghost) + noise, 0, 255)
    found = ink(even_light(Sheet(pale.astype(np.uint8), 150)).image) > 0
    right = np.arange(page.shape[1])[None] > 0.7 * page.shape[1]
    assert np.mean(found[(page < 40) & right]) > 0.9
    assert np.mean(found[(cv2.erode(page, np.ones((5, 5), np.uint8)) == 255)]) < 0.002


def test_show_through_is_not_taken_for_pale_print(thai_page: Draw) -> None:
    back = cv2.GaussianBlur(thai_page()[:, ::-1], (0, 0), 1.5)
    ghost = (255 - 0.12 * (255 - back.astype(float))).astype(np.uint8)
    assert not any("darkened" in step for step in even_light(Sheet(ghost, 150)).steps)
