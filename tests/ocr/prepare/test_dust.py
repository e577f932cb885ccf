"""Dust over the whole page is taken out of the letters too; print is never taken for dust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.prepare.dust import clear_dust
from ocr.prepare.ink import blobs, scattered
from ocr.prepare.strokes import thicken_strokes
from ocr.types import Image, Sheet

Draw = Callable[..., Image]


def dusty(page: Image, share: float, largest: int = 3, seed: int = 3) -> Image:
    """`page` with black and white grains, so many of its pixels begin one."""
    rng = np.random.default_rng(seed)
    out = page.copy()
    count = int(share * page.size)
    places = zip(rng.integers(0, page.shape[0], count), rng.integers(0, page.shape[1], count), strict=True)
    for y, x in places:
        size = int(rng.integers(1, largest + 1))
        out[y : y + size, x : x + size] = 0 if rng.random() < 0.65 else 255
    return out


@pytest.mark.parametrize("share", [0.002, 0.004, 0.01])
def test_grains_go_and_letters_stay(thai_page: Draw, share: float) -> None:
    page = thai_page(dpi=300)
    spoilt = dusty(page, share)
    sheet = clear_dust(Sheet(spoilt, 300))
    assert sheet.steps and sheet.steps[0].startswith("cleared dust")
    before = np.abs(spoilt.astype(int) - page).mean()
    after = np.abs(sheet.image.astype(int) - page).mean()
    assert after < 0.6 * before


def test_a_storm_of_grains_is_smoothed(thai_page: Draw) -> None:
    page = thai_page(font="Loma-Bold", dpi=300)
    spoilt = dusty(page, 0.03)
    sheet = clear_dust(Sheet(spoilt, 300))
    assert np.abs(sheet.image.astype(int) - page).mean() < 0.5 * np.abs(spoilt.astype(int) - page).mean()


@pytest.mark.parametrize("font", ["Laksaman", "Norasi", "Umpush-Light", "TlwgTypist"])
@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_clean_print_stays_as_it_is(thai_page: Draw, font: str, dpi: int) -> None:
    page = thai_page(font=font, dpi=dpi)
    for image in (page, np.where(page < 140, 0, 255).astype(np.uint8)):
        sheet = Sheet(image, dpi)
        assert clear_dust(sheet) is sheet


def test_dust_over_strokes_as_thin_as_grains_is_left_alone(thai_page: Draw) -> None:
    sheet = Sheet(dusty(thai_page(font="Umpush-Light", dpi=150), 0.004), 150)
    assert clear_dust(sheet) is sheet


def test_where_marks_are_as_small_as_grains_all_is_left_alone(thai_page: Draw) -> None:
    sheet = Sheet(dusty(thai_page(font="Loma-Bold", dpi=120, points=20), 0.004), 120)
    assert clear_dust(sheet) is sheet
    assert clear_dust(replace(sheet, dpi=240)) is not sheet


@pytest.mark.parametrize("dpi", [120, 200])
def test_dust_blacker_than_faded_print_goes_whatever_the_size_of_marks(thai_page: Draw, dpi: int) -> None:
    soft = cv2.GaussianBlur(thai_page(font="Loma-Bold", dpi=dpi, points=20), (0, 0), 1.0)
    page = (240 - 0.4 * (255 - soft.astype(float))).astype(np.uint8)
    assert clear_dust(Sheet(page, dpi)).image is page
    spoilt = dusty(page, 0.003)
    sheet = clear_dust(Sheet(spoilt, dpi))
    assert np.mean(sheet.image < 100) < 0.1 * np.mean(spoilt < 100)
    assert np.abs(sheet.image.astype(int) - page)[soft < 40].mean() < 3  # white grains stay


def test_leaders_are_no_dust(thai_page: Draw) -> None:
    text = ("ชื่อ ................................ ตำแหน่ง ..........................",)
    sheet = Sheet(thai_page(dpi=100, text=text), 100)
    assert clear_dust(sheet) is sheet


def test_a_few_specks_are_left_to_the_step_for_specks(thai_page: Draw) -> None:
    sheet = Sheet(dusty(thai_page(dpi=200), 0.0001), 200)
    assert clear_dust(sheet) is sheet


def test_dust_is_not_taken_for_broken_strokes(thai_page: Draw) -> None:
    page = np.where(thai_page(dpi=200) < 140, 0, 255).astype(np.uint8)
    sheet = Sheet(dusty(page, 0.03, largest=5), 200)
    assert thicken_strokes(sheet) is sheet


def test_scatter_tells_lines_from_anywhere(thai_page: Draw) -> None:
    rng = np.random.default_rng(2)
    anywhere = np.zeros((900, 900), np.uint8)
    anywhere[rng.integers(0, 900, 3000), rng.integers(0, 900, 3000)] = 255
    parts = blobs(anywhere)
    assert scattered(parts, np.ones(len(parts.stats), np.bool_), 20.0) > 0.3
    in_lines = anywhere.copy()
    in_lines[(np.arange(900) // 20) % 3 != 0] = 0
    parts = blobs(in_lines)
    assert scattered(parts, np.ones(len(parts.stats), np.bool_), 20.0) < 0.05
    assert scattered(parts, np.zeros(len(parts.stats), np.bool_), 20.0) == 0.0
