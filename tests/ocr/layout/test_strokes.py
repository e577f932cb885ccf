"""Handwriting and the frames of stamps, drawn over Thai print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.layout.page import analyse
from ocr.types import Box, Image, Sheet
from tests.ocr.layout.test_lines import draw

CERTIFICATE = (
    "ขอรับรองว่าข้อมูลที่ปรากฏในเอกสารฉบับนี้ถูกต้อง",
    "ลงชื่อ........................................(ผู้รับผิดชอบ)",
    "ตำแหน่ง ครูชำนาญการ",
)


def form() -> Image:
    return np.pad(draw(CERTIFICATE, leading=2.6), ((0, 1000), (0, 0)), constant_values=255)


def kinds(image: Image) -> list[str]:
    return [kind for kind, _ in analyse(Sheet(image, 200)).marks]


def scrawl(image: Image, x: float, y: float, width: float, height: float, thickness: int = 3) -> None:
    """A signature: a pen going up and down, ever lower, with its middle at `y`."""
    t = np.linspace(0, 1, 200)
    wave = np.sin(width / 29 * np.pi * t) * (1 - 0.6 * t) * height / 2
    points = np.column_stack([x + width * t, y + wave]).astype(np.int32)
    cv2.polylines(image, [points], False, 40, thickness)


def stamp(image: Image, middle: tuple[float, float], size: tuple[float, float], gaps: int = 0) -> None:
    """A tilted frame with print in it; `gaps` cuts it in pieces."""
    corners = cv2.boxPoints((middle, size, 9.0)).astype(np.int32)
    cv2.polylines(image, [corners], True, 30, 5)
    for i in range(gaps):
        x, y = (corners[i] + corners[(i + 1) % 4]) // 2
        image[y - 8 : y + 8, x - 8 : x + 8] = 255
    words = draw(("ด่วนที่สุด",), size=36, left=20)[:70, :170]
    x, y = round(middle[0]) - 85, round(middle[1]) - 40
    image[y : y + 70, x : x + 170] = np.minimum(image[y : y + 70, x : x + 170], words)


@pytest.mark.parametrize("y", [150, 190, 215])
def test_a_signature_is_found_above_the_line_and_on_its_letters(y: float) -> None:
    image = form()
    scrawl(image, 330, y, 260, 60)
    assert kinds(image) == ["ink"]


def test_a_low_signature_taken_for_a_line_of_print_is_found() -> None:
    image = form()
    scrawl(image, 330, 178, 230, 44)
    ((kind, box),) = analyse(Sheet(image, 200)).marks
    assert kind == "ink"
    assert box.intersection(Box(330, 150, 560, 205)) is not None


def test_print_is_no_handwriting_even_where_letters_touch() -> None:
    image = form()
    assert kinds(image) == []
    assert kinds(np.asarray(cv2.erode(image, np.ones((1, 5), np.uint8)), np.uint8)) == []


@pytest.mark.parametrize("gaps", [0, 2, 4])
def test_a_frame_with_print_in_it_is_a_stamp(gaps: int) -> None:
    image = form()
    stamp(image, (850, 340), (240, 96), gaps)
    assert kinds(image) == ["stamp"]


def test_a_frame_that_crosses_print_is_a_stamp() -> None:
    image = form()
    stamp(image, (850, 255), (240, 96))
    assert set(kinds(image)) == {"stamp"}


def test_a_round_seal_is_a_stamp_and_the_signature_within_it_is_none() -> None:
    image = form()
    cv2.circle(image, (900, 320), 90, 30, 3)
    assert kinds(image) == ["stamp"]
    scrawl(image, 840, 320, 110, 50)
    assert sorted(kinds(image)) == ["ink", "stamp"]


def test_a_signature_beside_a_stamp_is_found() -> None:
    image = form()
    stamp(image, (850, 340), (240, 96))
    scrawl(image, 330, 190, 260, 60)
    assert sorted(kinds(image)) == ["ink", "stamp"]


def test_a_straight_slanted_stroke_is_no_signature() -> None:
    image = form()
    cv2.line(image, (500, 185), (760, 150), 30, 4)
    assert "ink" not in kinds(image)
