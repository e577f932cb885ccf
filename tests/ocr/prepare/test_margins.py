"""Dark edges and punch holes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.prepare.margins import clean_margins
from ocr.types import Image, Sheet

Draw = Callable[..., Image]


def test_clean_pages_and_letters_at_the_edge_stay(thai_page: Draw, write: Draw) -> None:
    page = thai_page()
    sheet = Sheet(page, 150)
    assert clean_margins(sheet) is sheet
    cropped = np.ascontiguousarray(page[:, 140:])
    sheet = clean_margins(Sheet(cropped, 150))
    assert np.mean(sheet.image[cropped < 128] < 128) > 0.99
    heading = write(page, (60, 30), "0O๐ โครงการ O", points=22)
    assert clean_margins(Sheet(heading, 150)).steps == ()


@pytest.mark.parametrize("side", ["left", "bottom", "all"])
def test_dark_edges_go_and_the_print_stays(thai_page: Draw, side: str) -> None:
    page = thai_page()
    dark = page.copy()
    ragged = np.random.default_rng(2).integers(8, 26, max(page.shape))
    for k in range(max(page.shape)):
        if side in ("left", "all") and k < page.shape[0]:
            dark[k, : ragged[k]] = 10
        if side in ("bottom", "all") and k < page.shape[1]:
            dark[-ragged[k] :, k] = 10
    sheet = clean_margins(Sheet(dark, 150))
    assert sheet.steps == ("dark edges removed",)
    assert np.mean(sheet.image[(dark < 128) & (page == 255)] > 200) > 0.94
    assert np.mean(sheet.image[page < 128] < 128) > 0.999


@pytest.mark.parametrize("turns", range(4))
def test_a_hair_of_an_edge_goes_with_its_band_and_what_runs_in_from_it_stays(
    thai_page: Draw, turns: int
) -> None:
    page = np.ascontiguousarray(np.rot90(thai_page(), turns))
    dark = page.copy()
    dark[:, :14] = 10  # a band at one side …
    dark[:3] = 10  # … that goes on as a hair at the next …
    dark[:60, 400:403] = 10  # … from which a rule runs down
    sheet = clean_margins(Sheet(dark, 150))
    assert sheet.steps == ("dark edges removed",)
    assert np.mean(sheet.image[:3, 20:390] > 200) > 0.99
    assert np.mean(sheet.image[8:60, 400:403] < 128) > 0.99
    assert np.mean(sheet.image[page < 128] < 128) > 0.999


@pytest.mark.parametrize("kind", ["disc", "ring", "arc"])
def test_punch_holes_go(thai_page: Draw, kind: str) -> None:
    page = thai_page()
    holed = page.copy()
    for y in (420, 840):
        if kind == "disc":
            cv2.circle(holed, (48, y), 17, 20, -1, cv2.LINE_AA)
        else:
            cv2.ellipse(holed, (48, y), (17, 17), 0, 0, 360 if kind == "ring" else 230, 0, 2, cv2.LINE_AA)
    sheet = clean_margins(Sheet(holed, 150))
    assert sheet.steps == ("2 holes removed",)
    assert np.mean(sheet.image[:, :80] > 200) > 0.999
    assert np.array_equal(sheet.image[:, 90:], page[:, 90:])


def test_a_staple_in_the_corner_goes(thai_page: Draw, write: Draw) -> None:
    page = thai_page()
    stapled = page.copy()
    cv2.line(stapled, (40, 62), (78, 30), 30, 5, cv2.LINE_AA)
    sheet = clean_margins(Sheet(stapled, 150))
    assert sheet.steps == ("staple removed",)
    assert np.array_equal(sheet.image, page)
    numbered = write(page, (820, 40), "/ 12")
    assert clean_margins(Sheet(numbered, 150)).steps == ()
