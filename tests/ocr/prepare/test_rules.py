"""Ruling lines: found, kept as geometry, painted out; letters stay whole."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.prepare.rules import lift_rules
from ocr.types import Box, Image, Sheet

Draw = Callable[..., Image]


def table(page: Image, thick: int = 2, slope: float = 0.0) -> tuple[Image, list[int], list[int]]:
    """The page under a grid that keeps clear of the baselines, and where its lines are."""
    out = page.copy()
    columns = out.shape[1]
    ys, xs = [105, 390, 680, 960], [70, 500, columns - 60]
    for y in ys:
        end = round(y + slope * (columns - 130))
        cv2.line(out, (70, y), (columns - 60, end), 0, thick, cv2.LINE_AA if slope else cv2.LINE_8)
    for x in xs:
        cv2.line(out, (x, 105), (x, 960), 0, thick)
    return out, ys, xs


@pytest.mark.parametrize(
    "font", ["Laksaman", "Garuda-Bold", "Norasi", "Loma-Bold", "TlwgTypist", "Purisa", "Waree"]
)
@pytest.mark.parametrize("dpi", [100, 150, 200])
def test_print_has_no_rules(thai_page: Draw, font: str, dpi: int) -> None:
    sheet = Sheet(thai_page(font=font, dpi=dpi), dpi)
    assert lift_rules(sheet) is sheet


@pytest.mark.parametrize("thick", [1, 2, 4])
def test_a_grid_is_lifted(thai_page: Draw, thick: int) -> None:
    page = thai_page()
    ruled, ys, xs = table(page, thick)
    sheet = lift_rules(Sheet(ruled, 150))
    across = [rule.box for rule in sheet.rules if rule.direction == "horizontal"]
    down = [rule.box for rule in sheet.rules if rule.direction == "vertical"]
    for y in ys:
        assert sum(abs(box.center[1] - y) < 3 and box.width > 800 for box in across) == 1
    for x in xs:
        assert sum(abs(box.center[0] - x) < 3 and box.height > 800 for box in down) == 1
    assert len(across) == len(ys)
    assert len(down) == len(xs)
    line_only = (ruled < 128) & (cv2.erode(page, np.ones((7, 7), np.uint8)) == 255)
    assert np.mean(sheet.image[line_only] > 128) > 0.99
    assert np.mean(sheet.image[page < 128] < 128) > 0.97


def test_slightly_sloping_and_broken_lines_are_lifted(thai_page: Draw) -> None:
    ruled, ys, _ = table(thai_page(), 2, slope=0.006)
    ruled[:, 300:306] = np.maximum(ruled[:, 300:306], 255 * (np.arange(len(ruled))[:, None] < 110))
    ruled[:, 630:640] = np.maximum(ruled[:, 630:640], 255 * (np.arange(len(ruled))[:, None] < 120))
    sheet = lift_rules(Sheet(ruled, 150))
    across = [rule.box for rule in sheet.rules if rule.direction == "horizontal"]
    assert sum(box.width > 780 for box in across) == len(ys)


def test_an_underline_goes_and_the_vowels_on_it_stay(write: Draw) -> None:
    blank = np.full((400, 900), 255, np.uint8)
    page = write(blank, (60, 100), "ผู้อำนวยการ กตัญญู ฤดู ปฏิญญา สุขุมวิท", points=16)
    page = write(page, (60, 220), "โรงเรียนบ้านหนองบัว ที่ตั้ง ภูมิภาค", points=16)
    ruled = page.copy()
    foot = 100 + int(np.flatnonzero((page[100:170] < 128).any(axis=1))[-1])
    ruled[foot - 4 : foot - 2, 55:560] = 0
    sheet = lift_rules(Sheet(ruled, 150))
    assert [rule.direction for rule in sheet.rules] == ["horizontal"]
    assert np.mean(sheet.image[page < 128] < 128) > 0.97
    assert np.mean(sheet.image[foot - 4 : foot - 2, 460:555] > 128) > 0.8


def test_dotted_lines_and_dashes_are_no_rules(thai_page: Draw) -> None:
    page = thai_page(
        text=(
            "ลงชื่อ ................................................... ผู้รับผิดชอบ",
            "- - - - - - - - - - - - - - -",
        ),
        lines=10,
    )
    for x in range(90, 800, 9):
        page[1000:1003, x : x + 4] = 0
    sheet = Sheet(page, 150)
    assert lift_rules(sheet) is sheet


def test_a_streak_through_print_is_no_rule(thai_page: Draw) -> None:
    page = thai_page()
    columns = page.shape[1]
    streaked = page.copy()
    streaked[220:222, 20 : columns - 15] = 0
    streaked[:, 600:602] = 0
    sheet = lift_rules(Sheet(streaked, 150))
    assert sheet.rules == ()
    assert sheet.steps == ("removed 2 streaks",)
    clear = cv2.erode(page, np.ones((9, 9), np.uint8)) == 255
    assert np.mean(sheet.image[clear & (streaked < 128)] > 128) > 0.95
    assert np.mean(sheet.image[page < 128] < 128) > 0.97


def test_rules_lie_in_the_sheet_frame(thai_page: Draw) -> None:
    ruled, _, _ = table(thai_page())
    whole = Box(0, 0, ruled.shape[1], ruled.shape[0])
    for rule in lift_rules(Sheet(ruled, 150)).rules:
        assert whole.intersection(rule.box) == rule.box
