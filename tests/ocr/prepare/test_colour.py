"""Coloured stamps and signatures over dark print."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.layout.page import analyse
from ocr.prepare import prepare
from ocr.prepare.colour import lift_colour
from ocr.types import Box, Image, Page, Sheet

Draw = Callable[..., Image]
Colour = tuple[int, int, int]


def rgb(page: Image) -> Image:
    return np.dstack([page] * 3)


def stamped(page: Image, colour: Colour, centre: tuple[int, int] = (450, 600)) -> tuple[Image, np.ndarray]:
    """The page under a round stamp with a star of strokes, as inks mix; and where the stamp is."""
    stamp = np.full((*page.shape, 3), 255, np.uint8)
    cv2.circle(stamp, centre, 90, colour, 5, cv2.LINE_AA)
    for angle in np.arange(0, np.pi, 0.7):
        d = np.array([np.cos(angle), np.sin(angle)]) * 60
        ends = (centre - d).astype(int).tolist(), (centre + d).astype(int).tolist()
        cv2.line(stamp, *ends, colour, 4, cv2.LINE_AA)
    mixed = (rgb(page).astype(np.uint16) * stamp // 255).astype(np.uint8)
    return mixed, stamp.min(axis=2) < 200


@pytest.mark.parametrize("colour", [(200, 30, 40), (40, 60, 170), (110, 40, 150), (20, 120, 70)])
def test_a_stamp_goes_and_the_print_under_it_stays(thai_page: Draw, colour: Colour) -> None:
    page = thai_page()
    mixed, stamp = stamped(page, colour)
    ok, jpeg = cv2.imencode(".jpg", mixed[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert ok
    scan = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR_RGB), np.uint8)
    sheet = lift_colour(Sheet(scan, 150))
    assert sheet.image.ndim == 2
    assert sheet.colour is not None
    assert np.array_equal(sheet.colour, scan)
    alone = stamp & (cv2.erode(page, np.ones((9, 9), np.uint8)) == 255)
    assert np.mean(sheet.image[alone] > 175) > 0.95
    assert np.mean(sheet.image[stamp & (page < 40)] < 140) > 0.95


def signature(page: Image, x: int, y: int, colour: Colour) -> Image:
    """The page with a wavy line of ink 160 px long from (x, y)."""
    out = page.copy()
    t = np.linspace(0, 1, 90)
    points = np.column_stack([x + 160 * t, y + 22 * np.sin(19 * t) * (1 - 0.5 * t) + 8 * np.sin(47 * t)])
    cv2.polylines(out, [np.round(points).astype(np.int32)], False, colour, 3, cv2.LINE_AA)
    return out


def test_a_signature_goes_where_it_lies_over_print_and_stays_as_evidence_elsewhere(thai_page: Draw) -> None:
    page = rgb(thai_page(lines=12))
    ink = (40, 70, 190)
    free = lift_colour(Sheet(signature(page, 500, 950, ink), 150))
    assert np.array_equal(free.image, cv2.cvtColor(signature(page, 500, 950, ink), cv2.COLOR_RGB2GRAY))
    over = lift_colour(Sheet(signature(page, 300, 288, ink), 150))
    assert over.steps == ("lifted 1 coloured marks",)
    drawn = (signature(np.full_like(page, 255), 300, 288, ink).min(axis=2) < 150) & (page.min(axis=2) == 255)
    assert np.mean(over.image[drawn] > 175) > 0.9
    (box,) = over.writing
    assert box.intersection(Box(300, 260, 460, 316)) is not None
    assert not free.writing
    # ink that was lifted is as good a proof of a signature as ink that was not
    kinds = [kind for kind, _ in analyse(prepare(Page(1, signature(page, 300, 288, ink), 150))).marks]
    assert kinds == ["lifted"]


def test_a_line_drawn_through_print_is_no_signature(thai_page: Draw) -> None:
    page = rgb(thai_page(lines=12))
    cv2.line(page, (200, 288), (480, 291), (40, 70, 190), 3)
    sheet = prepare(Page(1, page, 150))
    assert "lifted 1 coloured marks" in sheet.steps
    assert analyse(sheet).marks == ()


def test_a_frame_that_print_parts_is_no_writing(thai_page: Draw) -> None:
    page = rgb(thai_page())
    mixed = np.full_like(page, 255)
    cv2.polylines(
        mixed, [cv2.boxPoints(((420, 600), (300, 110), 8.0)).astype(np.int32)], True, (30, 120, 60), 4
    )
    mixed[page.min(axis=2) < 128] = page[page.min(axis=2) < 128]
    sheet = lift_colour(Sheet(mixed, 150))
    assert sheet.steps == ("lifted 1 coloured marks",)
    assert not sheet.writing


def test_coloured_print_and_ticks_stay(thai_page: Draw, write: Draw) -> None:
    page = rgb(thai_page(lines=10))
    page = write(page, (110, 900), "ส่วนที่ ๒ งบประมาณและผลการดำเนินงาน", fill=(30, 50, 170))
    cv2.line(page, (700, 1000), (708, 1010), (30, 50, 170), 3)
    cv2.line(page, (708, 1010), (722, 985), (30, 50, 170), 3)
    sheet = lift_colour(Sheet(page, 150))
    assert sheet.steps == ()
    assert np.array_equal(sheet.image, cv2.cvtColor(page, cv2.COLOR_RGB2GRAY))


def test_a_page_in_coloured_print_stays(thai_page: Draw) -> None:
    page = rgb(thai_page())
    page[..., 2] = np.maximum(page[..., 2], 150)
    assert lift_colour(Sheet(page, 150)).steps == ()


def test_grey_scans_have_no_colour_to_lift(thai_page: Draw) -> None:
    sheet = Sheet(thai_page(), 150)
    assert lift_colour(sheet) is sheet
    assert prepare(Page(1, rgb(thai_page()), 150)).colour is None


def test_the_colour_stays_in_step_with_the_image(thai_page: Draw) -> None:
    mixed, _ = stamped(thai_page(), (200, 30, 40))
    sheet = prepare(Page(1, np.ascontiguousarray(np.rot90(mixed)), 150))
    assert sheet.steps[0] == "turned 270°"
    assert sheet.colour is not None
    assert np.array_equal(sheet.colour, mixed)
