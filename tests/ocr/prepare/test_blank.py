"""Blank pages and pages that only look so."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.prepare import prepare
from ocr.types import Image, Page

Draw = Callable[..., Image]


def empty(dpi: int = 150) -> Image:
    return np.full((round(11.69 * dpi), round(8.27 * dpi)), 255, np.uint8)


def speckled() -> Image:
    page = empty()
    random = np.random.default_rng(5)
    for y, x in zip(random.integers(5, 1740, 250), random.integers(5, 1230, 250), strict=True):
        page[y : y + random.integers(1, 4), x : x + random.integers(1, 4)] = 0
    return page


def holed() -> Image:
    page = empty()
    for y in (700, 1180):
        cv2.circle(page, (55, y), 18, 15, -1)
    return page


def edged() -> Image:
    page = empty()
    page[:, :14] = 20
    page[-10:] = 20
    return page


@pytest.mark.parametrize(
    "page", [empty(), speckled(), holed(), edged()], ids=["white", "specks", "holes", "edges"]
)
def test_blank_pages_are_blank(page: Image) -> None:
    assert prepare(Page(1, page, 150)).blank


@pytest.mark.parametrize("strength", [0.05, 0.1, 0.15])
def test_show_through_is_blank(thai_page: Draw, strength: float) -> None:
    back = cv2.GaussianBlur(thai_page(size=(8.27, 11.69))[:, ::-1], (0, 0), 1.5)
    noise = np.random.default_rng(6).normal(0, 2, back.shape)
    page = np.clip(240 - strength * (255 - back.astype(float)) + noise, 0, 255).astype(np.uint8)
    assert prepare(Page(1, page, 150)).blank


@pytest.mark.parametrize("text", ["7", "- 12 -", "๓", "หน้า 4", "ลงชื่อ"])
@pytest.mark.parametrize("dpi", [100, 150, 300])
def test_a_few_letters_are_not_blank(write: Draw, text: str, dpi: int) -> None:
    page = write(empty(dpi), (4 * dpi, 11 * dpi), text, points=12, dpi=dpi)
    assert not prepare(Page(1, page, dpi)).blank


def test_a_pale_page_is_not_blank(thai_page: Draw) -> None:
    noise = np.random.default_rng(6).normal(0, 3, thai_page().shape)
    page = np.clip(225 - 0.22 * (255 - thai_page().astype(float)) + noise, 0, 255).astype(np.uint8)
    assert not prepare(Page(1, page, 150)).blank
