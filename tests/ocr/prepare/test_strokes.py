"""Print broken by a threshold is made whole; whole print, leaders and specks change nothing."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.prepare import prepare
from ocr.prepare.ink import blobs
from ocr.prepare.strokes import broken, thicken_strokes
from ocr.types import Image, Page, Sheet

Draw = Callable[..., Image]


def thresholded(page: Image, level: int) -> Image:
    return np.where(page < level, 0, 255).astype(np.uint8)


def in_pieces(page: Image) -> float:
    return broken(255 - page, blobs(255 - page), 200)[0]


@pytest.fixture(scope="module")
def light_copy(thai_page: Draw) -> Image:
    """A light face at 200 dpi on uneven paper, through a threshold so low that its strokes fall into pieces."""
    page = thai_page(font="Umpush-Light", dpi=200, points=13)
    grain = np.random.default_rng(5).normal(0, 22, page.shape)
    soft = cv2.GaussianBlur(page, (0, 0), 1.0) + cv2.GaussianBlur(grain, (0, 0), 0.6)
    return thresholded(soft.clip(0, 255).astype(np.uint8), 105)


def test_broken_strokes_are_thickened(light_copy: Image) -> None:
    sheet = thicken_strokes(Sheet(light_copy, 200))
    assert len(sheet.steps) == 1
    assert np.all(sheet.image[light_copy == 0] == 0)
    assert in_pieces(sheet.image) < 0.5 * in_pieces(light_copy)


def test_a_broken_page_upside_down_is_put_right(light_copy: Image) -> None:
    sheet = prepare(Page(1, np.ascontiguousarray(light_copy[::-1, ::-1]), 200))
    assert "turned 180°" in sheet.steps


@pytest.mark.parametrize("font", ["Laksaman", "Norasi", "Garuda", "Umpush-Light", "TlwgTypist", "Loma-Bold"])
@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_whole_print_stays_as_it_is(thai_page: Draw, font: str, dpi: int) -> None:
    sheet = Sheet(thresholded(thai_page(font=font, dpi=dpi), 160), dpi)
    assert thicken_strokes(sheet) is sheet


def test_leaders_and_specks_are_no_broken_print(thai_page: Draw) -> None:
    text = ("ชื่อ ................................ ตำแหน่ง ..........................",)
    page = thresholded(thai_page(dpi=200, text=text), 160)
    random = np.random.default_rng(4)
    for y, x in zip(
        random.integers(0, page.shape[0], 900), random.integers(0, page.shape[1], 900), strict=True
    ):
        page[y : y + 2, x : x + 2] = 0
    sheet = Sheet(page, 200)
    assert thicken_strokes(sheet) is sheet


def test_a_storm_of_specks_over_bold_print_is_no_broken_print(thai_page: Draw) -> None:
    page = thresholded(thai_page(font="Loma-Bold", dpi=200, lines=10), 160)
    random = np.random.default_rng(6)
    rows, columns = (random.normal(0.4 * n, 0.1 * n, 6000).astype(int).clip(0, n - 4) for n in page.shape)
    for y, x, size in zip(rows, columns, random.integers(1, 5, 6000), strict=True):
        page[y : y + size, x : x + size] = 0
    assert in_pieces(page) > 0.05
    sheet = Sheet(page, 200)
    assert thicken_strokes(sheet) is sheet


def test_grey_pages_are_left_alone(light_copy: Image) -> None:
    sheet = Sheet(cv2.GaussianBlur(light_copy, (0, 0), 1.0).astype(np.uint8), 200)
    assert thicken_strokes(sheet) is sheet
