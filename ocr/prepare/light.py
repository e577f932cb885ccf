"""Uneven light, shadow, grey paper and pale print evened out: the ground white, the print dark, grey kept."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocr.prepare.ink import divided, grey, ground, ink, reduced
from ocr.types import Image, Sheet


def even_light(sheet: Sheet) -> Sheet:
    """The sheet in grey on a white ground; a sheet that is white and dark already keeps its pixels."""
    image = grey(sheet.image)
    cell = max(4, round(max(image.shape) / 150))
    paper = ground(image, cell)
    low, high = (float(v) for v in np.quantile(paper, (0.05, 0.95)))
    small, _ = reduced(divided(image, paper), 1200)
    dark, pale, grain = _levels(small)
    notes: list[str] = []
    if low < 235 or high - low > 12:
        image = divided(image, paper)
        notes.append(f"evened light {low:.0f}–{high:.0f}")
    white = min(float(np.clip(255 - 3 * grain, 200, 250)), pale)
    if dark > 70 or (notes and grain > 2):
        black = max(0.0, dark - 40)
        image = _stretched(image, black, white)
        notes.append(f"contrast {black:.0f}–{white:.0f}")
    if not notes:
        return sheet if image is sheet.image else replace(sheet, image=image)
    return replace(sheet, image=image, steps=(*sheet.steps, *notes))


def _levels(image: Image) -> tuple[float, float, float]:
    """Of an evenly lit image: the grey of its print, the palest grey that may be print, the grain of its paper."""
    mask = ink(image)
    inside = image[cv2.erode(mask, np.ones((2, 2), np.uint8)) > 0]
    if inside.size < 50:
        inside = image[mask > 0]
    dark = float(np.quantile(inside, 0.3)) if inside.size else 0.0
    paper = image[cv2.dilate(mask, np.ones((7, 7), np.uint8)) == 0]
    if not paper.size:
        return dark, 250.0, 0.0
    centre = float(np.median(paper))
    below = paper[paper <= centre]
    grain = float(np.sqrt(np.mean((below.astype(np.float32) - centre) ** 2))) if below.size else 0.0
    return dark, dark + 0.8 * (255 - dark), min(grain, 30.0)


def _stretched(image: Image, black: float, white: float) -> Image:
    """`image` with `black` drawn down to 0 and `white` up to 255, straight between."""
    values = (np.arange(256, dtype=np.float64) - black) * 255 / max(white - black, 1.0)
    table = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table), dtype=np.uint8)
