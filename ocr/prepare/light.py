"""Uneven light, shadow, grey paper and pale print evened out: the ground white, the print dark, grey kept."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocr.prepare.ink import divided, grey, ground, print_grey, reduced
from ocr.types import Image, Sheet

_PALEST = 140.0
"""Print paler than this (mean grey of its letters) is darkened; the reader needs no help with darker."""

_GHOST = 214.0
"""What is paler than this is no print but the other side of the sheet showing through."""


def even_light(sheet: Sheet) -> Sheet:
    """The sheet in grey on a white ground; a sheet that is white and dark already keeps its pixels."""
    image = grey(sheet.image)
    out, notes = evened(image, max(4, round(max(image.shape) / 150)))
    if not notes:
        return sheet if out is sheet.image else replace(sheet, image=out)
    return replace(sheet, image=out, steps=(*sheet.steps, *notes))


def evened(image: Image, cell: int) -> tuple[Image, tuple[str, ...]]:
    """A grey `image` on a white ground and what was done to it; the light is measured in cells of `cell` pixels."""
    paper = ground(image, cell)
    low, high = (float(v) for v in np.quantile(paper, (0.05, 0.95)))
    notes: list[str] = []
    if low < 235 or high - low > 12:
        image = divided(image, paper)
        notes.append(f"evened light {low:.0f}–{high:.0f}")
    elif (shade := float(np.median(paper))) < 252:
        image = _stretched(image, 0.0, shade)
        notes.append(f"whitened paper {shade:.0f}")
    dark = print_grey(image)
    if _PALEST < dark < _GHOST:
        white = 255 - 2.5 * min(_grain(image), 12.0)
        black = dark - 0.6 * (white - dark)
        image = _stretched(image, black, white)
        notes.append(f"darkened pale print {dark:.0f}")
    return image, tuple(notes)


def _grain(image: Image) -> float:
    """The standard deviation of the paper's grey, told from its lower half."""
    sample = reduced(image, 1200)[0].astype(np.float32)
    centre = float(np.median(sample))
    below = sample[(sample <= centre) & (sample > centre - 40)]
    return float(np.sqrt(np.mean((below - centre) ** 2))) if below.size else 0.0


def _stretched(image: Image, black: float, white: float) -> Image:
    """`image` with `black` drawn down to 0 and `white` up to 255, straight between."""
    values = (np.arange(256, dtype=np.float64) - black) * 255 / max(white - black, 1.0)
    table = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table), dtype=np.uint8)
