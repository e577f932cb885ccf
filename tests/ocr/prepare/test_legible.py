"""How far print stands out from the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.prepare import prepare
from ocr.prepare.legible import legibility, print_of
from ocr.types import Image, Page

Draw = Callable[..., Image]


def pale(page: Image, kept: float) -> Image:
    return (255 - (255 - page.astype(np.float64)) * kept).astype(np.uint8)


def grainy(page: Image, level: float) -> Image:
    grain = np.random.default_rng(1).normal(0, level, page.shape)
    return np.clip(page + grain, 0, 255).astype(np.uint8)


def blurred(page: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8)


@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_print_as_offices_scan_it_is_legible(thai_page: Draw, dpi: int) -> None:
    page = thai_page(dpi=dpi)
    assert legibility(page) > 1.5
    assert legibility(grainy(pale(page, 0.8), 4)) > 1


@pytest.mark.parametrize(
    ("damage", "levels"),
    [(pale, (0.6, 0.3, 0.2, 0.12)), (grainy, (8, 25, 45, 70)), (blurred, (0.8, 2.4, 3.2, 4.5))],
)
def test_it_falls_below_one_where_print_goes_under(
    thai_page: Draw, damage: Callable[[Image, float], Image], levels: tuple[float, ...]
) -> None:
    page = thai_page(dpi=200)
    found = [legibility(damage(page, level)) for level in levels]
    assert found == sorted(found, reverse=True)
    assert found[0] > 1 > found[2]


def test_it_is_of_the_print_and_not_of_its_size(thai_page: Draw) -> None:
    """The same sheet at twice the resolution, twice as blurred in pixels, is as blurred."""
    small, large = (print_of(blurred(thai_page(dpi=dpi), dpi / 150)) for dpi in (150, 300))
    assert small is not None
    assert large is not None
    assert large.blur == pytest.approx(small.blur, abs=0.012)


def test_grey_paper_and_shadow_are_no_loss(thai_page: Draw) -> None:
    page = thai_page()
    slope = np.linspace(0.6, 0.95, page.shape[1])[None]
    whole, shaded = print_of(page), print_of((page * slope).astype(np.uint8))
    assert whole is not None
    assert shaded is not None
    assert shaded.depth == pytest.approx(whole.depth, abs=8)
    assert shaded.blur == pytest.approx(whole.blur, abs=0.01)


@pytest.mark.parametrize("size", [(3, 3), (40, 40), (800, 600)])
def test_where_nothing_is_printed_nothing_is_illegible(size: tuple[int, int]) -> None:
    assert print_of(np.full(size, 255, np.uint8)) is None
    assert legibility(np.full(size, 200, np.uint8)) == 1


def test_it_is_measured_before_the_page_is_mended(thai_page: Draw) -> None:
    page = pale(thai_page(), 0.2)
    sheet = prepare(Page(1, page, 150))
    assert any(step.startswith("darkened") for step in sheet.steps)
    assert sheet.legibility == legibility(page) < 1
    assert replace(sheet, legibility=1.0).legibility == 1
