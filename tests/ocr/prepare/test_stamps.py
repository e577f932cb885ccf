"""Grey stamps over dark print."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.prepare.stamps import lift_stamps
from ocr.types import Image, Sheet

Draw = Callable[..., Image]


def stamped(page: Image, grey: int) -> tuple[Image, np.ndarray]:
    """The page under a frame around the end of its last two lines with strokes inside, as inks mix; and where it is."""
    stamp = np.full_like(page, 255)
    blank = np.flatnonzero((page == 255).all(axis=1))
    gaps = [int(rows.mean()) for rows in np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1)]
    top, foot = gaps[-3], gaps[-2] + 40
    cv2.rectangle(stamp, (370, top), (620, foot), grey, 7)
    for x in range(400, 590, 40):
        cv2.line(stamp, (x, foot - 45), (x + 22, foot - 15), grey, 6, cv2.LINE_AA)
    return (page.astype(np.uint16) * stamp // 255).astype(np.uint8), stamp < 200


@pytest.mark.parametrize("grey", [80, 110, 140])
def test_a_stamp_goes_and_the_print_under_it_stays(thai_page: Draw, grey: int) -> None:
    page = thai_page(lines=12)
    mixed, stamp = stamped(page, grey)
    sheet = lift_stamps(Sheet(mixed, 150))
    assert sheet.steps == ("lifted 1 grey stamps",)
    alone = stamp & (cv2.erode(page, np.ones((9, 9), np.uint8)) == 255)
    assert np.mean(sheet.image[alone] == 255) > 0.97
    assert np.mean(sheet.image[page < 60] < 128) > 0.99


def test_print_without_a_stamp_is_left_alone(thai_page: Draw) -> None:
    for dpi in (75, 150, 250):
        sharp = thai_page(dpi=dpi)
        soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), dpi / 120), np.uint8)
        faded = (255 - (255 - soft.astype(np.float32)) * np.linspace(1, 0.35, sharp.shape[1])).astype(
            np.uint8
        )
        for page in (sharp, soft, faded):
            sheet = Sheet(page, dpi)
            assert lift_stamps(sheet) is sheet


def test_a_signature_in_grey_stays_as_evidence(thai_page: Draw) -> None:
    page = thai_page(lines=12)
    t = np.linspace(0, 1, 90)
    points = np.column_stack([400 + 160 * t, 1000 + 22 * np.sin(19 * t) * (1 - 0.5 * t)])
    cv2.polylines(page, [np.round(points).astype(np.int32)], False, 110, 5, cv2.LINE_AA)
    sheet = Sheet(page, 150)
    assert lift_stamps(sheet) is sheet


def test_colour_tells_stamps_apart_where_there_is_colour(thai_page: Draw) -> None:
    mixed, _ = stamped(thai_page(), 110)
    sheet = Sheet(mixed, 150, colour=np.dstack([mixed] * 3))
    assert lift_stamps(sheet) is sheet
