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
MARGIN = 0.75
"""The width of the column of labels beside the page, in widths of the page."""
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
    """`image` with each of `fields` (entries of the record contract) boxed and coloured by its status.

    What was read stands beside the page, a line leads to it; `missing` fields are named under the page. Pages longer than
    `LONGEST_SIDE` pixels are made smaller.
    """
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = round(width * scale), round(height * scale)
    page = (
        Pillow.fromarray(np.ascontiguousarray(image)).convert("RGB").resize(size, Pillow.Resampling.LANCZOS)
    )
    sheet = Pillow.new("RGB", (round(size[0] * (1 + MARGIN)), size[1]), "white")
    sheet.paste(page)
    boxed = sorted(
        (field for field in fields if field["box"]), key=lambda f: (f["box"][1] + f["box"][3], f["box"][0])
    )
    unit = max(size) / 100
    step = min(1.5 * unit, size[1] / (len(boxed) + 1))
    font = _font(min(1.0 * unit, 0.75 * step))
    pen = ImageDraw.Draw(sheet, "RGBA")
    boxes = [tuple(scale * value for value in field["box"]) for field in boxed]
    tops = _stacked([(box[1] + box[3] - step) / 2 for box in boxes], step, size[1])
    for field, box, top in zip(boxed, boxes, tops, strict=True):
        colour = COLOURS[field["status"]]
        frame = (box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2)
        pen.rectangle(frame, outline=colour, width=max(2, round(unit / 9)), fill=f"{colour}18")
        y = top + step / 2
        pen.line(
            (frame[2], (box[1] + box[3]) / 2, size[0], y, size[0] + unit, y), fill=f"{colour}90", width=2
        )
        _label(pen, field, (size[0] + 1.3 * unit, top, sheet.width - unit), font)
    return _with_strip(sheet, _strip_text(fields, missing), _font(unit), round(1.7 * unit))


def _font(height: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    file = thai_font_file()
    return (
        ImageFont.truetype(str(file), max(6, round(height)))
        if file
        else ImageFont.load_default(max(6.0, height))
    )


def _stacked(wanted: Sequence[float], step: float, height: float) -> list[float]:
    """Places for labels of height `step`, in order, as near as may be to the places `wanted` and within `height`."""
    tops: list[float] = []
    for top in wanted:
        tops.append(max(top, tops[-1] + step if tops else 0.0))
    end = height
    for index in range(len(tops) - 1, -1, -1):
        tops[index] = min(tops[index], end - step)
        end = tops[index]
    return tops


def _label(
    pen: ImageDraw.ImageDraw,
    field: Mapping[str, Any],
    place: tuple[float, float, float],
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    left, top, right = place
    head = f"{SIGNS[field['status']]} {field['path']}  {100 * field['confidence']:.0f}%  "
    pen.text((left, top), head, font=font, fill=COLOURS[field["status"]])
    left += pen.textlength(head, font=font)
    value = "" if field["value"] is None else str(field["value"])
    if thai_font_file() is None and not value.isascii():
        return
    while value and pen.textlength(value, font=font) > right - left:
        value = value[: -2 if value.endswith("…") else -1] + "…" if len(value) > 2 else ""
    pen.text((left, top), value, font=font, fill="#1c1f23")


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
