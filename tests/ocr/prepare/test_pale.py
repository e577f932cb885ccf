"""Watermarks under the print."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ocr.prepare.pale import clear_pale
from ocr.types import Image, Sheet

Draw = Callable[..., Image]


def test_an_emblem_under_the_print_goes(thai_page: Draw) -> None:
    page = thai_page()
    emblem = np.full_like(page, 255)
    for radius in (90, 130, 170, 220):
        cv2.circle(emblem, (480, 560), radius, 190, 2, cv2.LINE_AA)
    sheet = clear_pale(Sheet(np.minimum(page, emblem), 150))
    assert len(sheet.steps) == 1
    alone = (emblem < 215) & (cv2.erode(page, np.ones((7, 7), np.uint8)) == 255)
    assert np.mean(sheet.image[alone] == 255) > 0.99
    assert np.mean(sheet.image[page < 128] < 128) > 0.999


def test_soft_print_is_left_alone(thai_page: Draw) -> None:
    for dpi in (75, 100, 200):
        sharp = Sheet(thai_page(dpi=dpi), dpi)
        assert clear_pale(sharp) is sharp
        soft = Sheet(np.asarray(cv2.GaussianBlur(sharp.image, (0, 0), dpi / 120), np.uint8), dpi)
        assert clear_pale(soft) is soft
