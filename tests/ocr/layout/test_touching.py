"""Lines whose marks touch: each line keeps its own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.layout.crops import line_picture
from ocr.types import Image
from tests.ocr.layout.test_lines import draw, print_of

UPPER, LOWER = "กุมภาชุมชนุมบุญกุมภา", "ที่นี่ชี้นี้มี่มั่นที่มีนี้"


def upper_ink(image: Image) -> int:
    """The black in the picture of the first line."""
    printed = print_of(image)
    first = min(range(len(printed.runs)), key=lambda i: printed.runs[i].band.y0)
    return int((line_picture(image, printed, first).image < 128).sum())


@pytest.mark.parametrize(
    ("font", "leading"), [("Norasi", 1.42), ("Norasi", 1.44), ("Garuda", 1.48), ("Loma", 1.28)]
)
def test_a_mark_grown_together_with_one_of_the_next_line_stays_with_its_letter(
    font: str, leading: float
) -> None:
    """In these faces, so close together, ุ of the one line touches ่ of the other."""
    both, alone = (draw(lines, font=font, leading=leading) for lines in ((UPPER, LOWER), (UPPER,)))
    count = [cv2.connectedComponents((image < 128).astype(np.uint8))[0] for image in (both, alone)]
    lower = draw(("", LOWER), font=font, leading=leading)
    count.append(cv2.connectedComponents((lower < 128).astype(np.uint8))[0])
    assert count[0] < count[1] + count[2] - 1
    assert upper_ink(both) == pytest.approx(upper_ink(alone), rel=0.012)


@pytest.mark.parametrize("font", ["Norasi", "Garuda", "Loma-Bold", "Laksaman", "Waree-Bold"])
def test_lines_that_do_not_touch_keep_all_their_ink_whole(font: str) -> None:
    image = draw(("ฎีกาฏ์ญาติผู้ใหญ่โตไว้ใจใกล้", "ไม่ใช่โรคใหม่ให้ใครไปไหน", "ใต้โต๊ะไม้ใหญ่โก้ไก่"), font=font, leading=1.9)
    whole = cv2.connectedComponents((image < 128).astype(np.uint8))[0]
    assert len(print_of(image).ink.boxes) == whole
