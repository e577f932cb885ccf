"""The whole preparation: clean pages untouched, dirty ones easier to read."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable

import cv2
import numpy as np
import pytesseract
import pytest
from rapidfuzz.distance import Levenshtein

from ocr.prepare import STEPS, prepare
from ocr.transform import IDENTITY
from ocr.types import Image, Page

Draw = Callable[..., Image]

_TEXT = (
    "กรุงเทพมหานครได้กำหนดให้มีการจัดตั้งศูนย์วิชาการเขต",
    "โดยมุ่งหวังที่จะให้ศูนย์เป็นองค์กรในการพัฒนา",
    "เพื่อพัฒนาบุคลากรหลัก ให้มีทักษะและเทคนิคในการทำงาน",
    "มีนโยบายที่จะพัฒนาคุณภาพอย่างต่อเนื่อง",
)


@pytest.mark.parametrize("font", ["Laksaman", "Norasi", "Garuda", "Loma", "Kinnari", "TlwgMono"])
@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_clean_pages_come_back_as_they_are(thai_page: Draw, font: str, dpi: int) -> None:
    page = thai_page(font=font, dpi=dpi)
    sheet = prepare(Page(1, page, dpi))
    assert sheet.steps == ()
    assert sheet.to_page is IDENTITY
    assert sheet.dpi == dpi
    assert not sheet.blank
    assert np.array_equal(sheet.image, page)


def test_every_step_leaves_a_clean_sheet_as_it_is(thai_page: Draw) -> None:
    sheet = prepare(Page(1, thai_page(), 150))
    for step in STEPS:
        assert step(sheet) is sheet


def test_tiny_and_empty_images_do_not_fail() -> None:
    for shape in ((1, 1), (3, 400), (40, 40), (40, 40, 3)):
        sheet = prepare(Page(1, np.full(shape, 255, np.uint8), 200))
        assert sheet.blank
    noise = np.random.default_rng(7).integers(0, 255, (300, 200, 3), dtype=np.uint8)
    prepare(Page(1, noise, 200))
    prepare(Page(1, np.zeros((300, 200), np.uint8), 200))
    dots = np.full((900, 900), 255, np.uint8)
    dots[::3, ::3] = 0
    prepare(Page(1, dots, 200))


def errors(image: Image, lines: int) -> float:
    """The share of wrong letters in what Tesseract reads, blanks left out."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    read = pytesseract.image_to_string(image, lang="tha", config="--psm 6 --dpi 200")
    letters = "".join(unicodedata.normalize("NFC", read).replace("ํา", "ำ").split())
    true = "".join("".join(_TEXT[k % len(_TEXT)] for k in range(lines)).split())
    return Levenshtein.distance(letters, true) / len(true)


def test_a_dirty_copy_is_read_better(thai_page: Draw) -> None:
    page = thai_page(dpi=200, lines=6, text=_TEXT, size=(6.4, 3.2))
    random = np.random.default_rng(8)
    turned = cv2.warpAffine(
        page,
        cv2.getRotationMatrix2D((640, 320), 3.1, 1),
        (1280, 640),
        flags=cv2.INTER_CUBIC,
        borderValue=255,
    )
    light = np.linspace(0.45, 0.95, 1280)[None] * np.linspace(1, 0.75, 640)[:, None]
    dirty = 225 - 0.5 * (255 - turned.astype(float))
    for y, x in zip(random.integers(0, 636, 500), random.integers(0, 1276, 500), strict=True):
        dirty[y : y + 3, x : x + 3] = 30
    scan = np.clip(dirty * light + random.normal(0, 4, dirty.shape), 0, 255).astype(np.uint8)
    before, after = errors(scan, 6), errors(prepare(Page(1, scan, 200)).image, 6)
    assert after < 0.15
    assert after < 0.5 * before
