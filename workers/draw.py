"""A scanned page with the fields of its records drawn on it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from ocr.types import Image

COLOURS = {"accepted": "#15803d", "review": "#c2410c", "missing": "#6b7280"}
SIGNS = {"accepted": "+", "review": "?", "missing": "-"}
LONGEST_SIDE = 2400
_FOLDERS = (
    "/usr/share/fonts/truetype/tlwg",
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts",
    "/Library/Fonts",
)
_NAMES = (
    "Loma.ttf",
    "Sarabun-Regular.ttf",
    "Laksaman.ttf",
    "NotoSansThai-Regular.ttf",
    "Garuda.ttf",
    "Norasi.ttf",
)

Rectangle = tuple[float, float, float, float]


@cache
def thai_font_file() -> Path | None:
    """A font with Thai letters, where this machine has one."""
    for folder in _FOLDERS:
        for name in _NAMES:
            if (file := Path(folder) / name).is_file():
                return file
    try:
        command = ["fc-match", "-f", "%{file}|%{lang}", ":lang=th"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    name, _, languages = answer.partition("|")
    return Path(name) if "th" in languages.split("|") and Path(name).is_file() else None


def draw_fields(image: Image, fields: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> Pillow.Image:
    """`image` with each of `fields` (entries of the record contract) boxed, labelled and coloured by its status.

    `missing` are named in a strip under the page. Pages longer than `LONGEST_SIDE` pixels are made smaller.
    """
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = round(width * scale), round(height * scale)
    page = (
        Pillow.fromarray(np.ascontiguousarray(image)).convert("RGB").resize(size, Pillow.Resampling.LANCZOS)
    )
    unit = max(size) / 100
    file = thai_font_file()
    font = ImageFont.truetype(str(file), round(1.05 * unit)) if file else ImageFont.load_default(unit)
    pen = ImageDraw.Draw(page, "RGBA")
    taken: list[Rectangle] = []
    boxed = [field for field in fields if field["box"]]
    for field in boxed:
        x0, y0, x1, y1 = (scale * value for value in field["box"])
        colour = COLOURS[field["status"]]
        pen.rectangle(
            (x0 - 2, y0 - 2, x1 + 2, y1 + 2),
            outline=colour,
            width=max(2, round(unit / 9)),
            fill=f"{colour}18",
        )
    for field in sorted(boxed, key=lambda field: (field["box"][1], field["box"][0])):
        x0, y0, x1, y1 = (scale * value for value in field["box"])
        text = _label(field, thai=file is not None)
        left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
        spot = _free_spot((x0, y0, x1, y1), right - left + 8, bottom - top + 6, size, taken)
        taken.append(spot)
        pen.rectangle(spot, fill=f"{COLOURS[field['status']]}e6")
        pen.text((spot[0] + 4 - left, spot[1] + 3 - top), text, font=font, fill="white")
    return _with_strip(page, _strip_text(fields, missing), font, round(1.7 * unit))


def _label(field: Mapping[str, Any], thai: bool) -> str:
    sign, path = SIGNS[field["status"]], field["path"]
    value = field["value"]
    if value is None or isinstance(value, list):
        return f"{sign} {path}"
    shown = str(value) if len(str(value)) <= 24 else f"{str(value)[:22]}…"
    shown = shown if thai or shown.isascii() else ""
    return f"{sign} {path} {shown} {100 * field['confidence']:.0f}%"


def _free_spot(
    box: Rectangle, width: float, height: float, size: tuple[int, int], taken: Sequence[Rectangle]
) -> Rectangle:
    """A place for a label close to its box, off other labels where there is one: above, below, beside, further up."""
    x0, y0, x1, y1 = box
    places = [
        (x0, y0 - height - 3),
        (x0, y1 + 3),
        (x1 + 5, y0),
        (x1 - width, y0 - height - 3),
        (x0 - width - 5, y0),
    ]
    places += [(x0, y0 - n * height - 3) for n in (2, 3)] + [(x0, y1 + 3 + n * height) for n in (1, 2)]
    inside = [
        (min(max(0.0, x), max(0.0, size[0] - width)), min(max(0.0, y), max(0.0, size[1] - height)))
        for x, y in places
    ]
    spots = [(x, y, x + width, y + height) for x, y in inside]
    return next((spot for spot in spots if not any(_overlap(spot, other) for other in taken)), spots[0])


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _strip_text(fields: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> list[str]:
    counts = {status: sum(field["status"] == status for field in fields) for status in ("accepted", "review")}
    lines = [
        f"{SIGNS['accepted']} accepted: {counts['accepted']}   {SIGNS['review']} for review: {counts['review']}"
    ]
    return lines + ([f"{SIGNS['missing']} missing: {', '.join(missing)}"] if missing else [])


def _with_strip(
    page: Pillow.Image, lines: Sequence[str], font: ImageFont.FreeTypeFont | ImageFont.ImageFont, step: int
) -> Pillow.Image:
    pen = ImageDraw.Draw(page)
    wrapped: list[str] = []
    for line in lines:
        words = line.split(" ")
        row = words[0]
        for word in words[1:]:
            if pen.textlength(f"{row} {word}", font=font) > page.width - 2 * step:
                wrapped.append(row)
                row = f"   {word}"
            else:
                row = f"{row} {word}"
        wrapped.append(row)
    sheet = Pillow.new("RGB", (page.width, page.height + step * (len(wrapped) + 1)), "white")
    sheet.paste(page)
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(wrapped):
        pen.text((step, page.height + step * (number + 0.5)), line, font=font, fill="#1c1f23")
    return sheet
