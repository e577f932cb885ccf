"""Specks go, the small parts of print stay."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ocr.prepare.specks import remove_specks
from ocr.types import Image, Sheet

Draw = Callable[..., Image]

_SMALL_PARTS = (
    "ที่นี่ ครั้ง สิ้นสุด ผู้รับผิดชอบ น้ำ ปีงบประมาณ พ.ศ. : 2566",
    "**** การปฏิบัติงานประจำ **** “ระเบียบ” ภ.ง.ด. 90",
    "- ๓.๑ ด้านปริมาณ     -  10:30 น.   (ก.ค. - ก.ย.)",
    "•  ชื่อ ........................... ตำแหน่ง .............",
    "พิจารณา ฤๅษี กตัญญู ฐานะ ปฏิญญา ๆ ฯลฯ 1,234.50",
    "รหัสโครงการ...   :   50410000-6831 ; ก็ ฎุ ฏู ทุกข์",
)


@pytest.mark.parametrize(
    "font", ["Laksaman", "Norasi", "Garuda", "Loma", "Sawasdee", "Waree", "TlwgTypist", "Umpush"]
)
@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_nothing_is_taken_from_a_clean_page(thai_page: Draw, font: str, dpi: int) -> None:
    sheet = Sheet(thai_page(font=font, dpi=dpi, points=11, text=_SMALL_PARTS, lines=6, size=(6.4, 3)), dpi)
    assert remove_specks(sheet) is sheet


def test_specks_between_lines_and_on_the_margins_go(thai_page: Draw) -> None:
    page = thai_page()
    dirty = page.copy()
    random = np.random.default_rng(3)
    free = np.ones(page.shape, bool)
    free[100:-100, 80:-60] = False
    ys, xs = np.nonzero(free[:-4, :-4])
    picked = random.choice(len(ys), 120, replace=False)
    for y, x in zip(ys[picked], xs[picked], strict=True):
        dirty[y : y + 3, x : x + random.integers(2, 5)] = 0
    sheet = remove_specks(Sheet(dirty, 150))
    assert len(sheet.steps) == 1
    assert sheet.steps[0].startswith("removed")
    assert np.mean(sheet.image[free & (dirty < 128)] > 200) > 0.9
    assert np.array_equal(sheet.image[page < 255], page[page < 255])


def test_a_few_specks_are_not_worth_a_step(thai_page: Draw) -> None:
    dirty = thai_page()
    dirty[20:23, 30:33] = 0
    sheet = Sheet(dirty, 150)
    assert remove_specks(sheet) is sheet
