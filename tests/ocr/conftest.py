"""Thai pages drawn for the tests, and the damage done to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from ocr.types import Image

_FONTS = Path("/usr/share/fonts/truetype/tlwg")

_TEXT = (
    "กรุงเทพมหานครได้กำหนดให้มีการจัดตั้งศูนย์วิชาการเขต",
    "โดยมุ่งหวังที่จะให้ศูนย์เป็นองค์กรในการพัฒนา ครั้งที่ 2",
    "ปัจจุบันทั้ง ๕๐ สำนักงานเขต ได้ดำเนินงานในรูปแบบ",
    "เพื่อพัฒนาบุคลากรหลัก ให้มีทักษะและเทคนิคในการทำงาน",
    "งบประมาณที่ได้รับ : 26,200 บาท สิ้นสุดโครงการ 30/09/2566",
    "ผู้รับผิดชอบ : ฝ่ายการศึกษา โทร. 0 2000 1551 ต่อ 12",
    "ด้านปริมาณ จำนวน ๑๐๐ คน เข้าร่วมประชุมสัมมนาตามกำหนด",
    "นโยบายที่จะพัฒนาคุณภาพ อย่างต่อเนื่อง (Science Camp)",
)

Draw = Callable[..., Image]


def thai_font(name: str, points: float, dpi: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(_FONTS / f"{name}.ttf"), round(points * dpi / 72), layout_engine=ImageFont.Layout.RAQM
    )


@pytest.fixture(scope="session")
def thai_page() -> Draw:
    """Draws a page: `thai_page(font=…, points=…, dpi=…, lines=…, text=…)` → grey image, black on white."""

    def draw(
        font: str = "Laksaman",
        points: float = 13,
        dpi: float = 150,
        lines: int = 18,
        text: tuple[str, ...] = _TEXT,
        size: tuple[float, float] = (6.4, 8.4),
    ) -> Image:
        face = thai_font(font, points, dpi)
        picture = Picture.new("L", (round(size[0] * dpi), round(size[1] * dpi)), 255)
        pen = ImageDraw.Draw(picture)
        y = 0.8 * dpi
        for k in range(lines):
            indent = 0.35 * dpi if k % 5 == 0 else 0
            pen.text((0.7 * dpi + indent, y), text[k % len(text)], font=face, fill=0)
            y += 1.75 * points * dpi / 72
        return np.array(picture)

    return draw


@pytest.fixture(scope="session")
def write() -> Draw:
    """Writes `text` on a copy of a grey or RGB image at (x, y): `write(image, (x, y), text, …)`."""

    def draw(
        image: Image,
        place: tuple[float, float],
        text: str,
        font: str = "Laksaman",
        points: float = 13,
        dpi: float = 150,
        fill: int | tuple[int, int, int] = 0,
    ) -> Image:
        picture = Picture.fromarray(image)
        ImageDraw.Draw(picture).text(place, text, font=thai_font(font, points, dpi), fill=fill)
        return np.array(picture)

    return draw
