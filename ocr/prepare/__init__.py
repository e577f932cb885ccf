"""Preparation: a scanned page made an upright, flat, evenly lit sheet without rules, dirt and stamps.

Each step measures before it acts, leaves alone what is in order, and says in `Sheet.steps` what it did.
"""

from __future__ import annotations

import numpy as np

from ocr.prepare.blank import mark_blank
from ocr.prepare.colour import lift_colour
from ocr.prepare.dust import clear_dust
from ocr.prepare.flat import flatten
from ocr.prepare.ink import grey
from ocr.prepare.legible import legibility
from ocr.prepare.light import even_light
from ocr.prepare.margins import clean_margins
from ocr.prepare.pale import clear_pale
from ocr.prepare.rules import lift_rules
from ocr.prepare.specks import remove_specks
from ocr.prepare.stamps import lift_stamps
from ocr.prepare.strokes import thicken_strokes
from ocr.types import Image, Page, Sheet

STEPS = (
    clear_dust,
    thicken_strokes,
    flatten,
    lift_colour,
    even_light,
    clean_margins,
    lift_stamps,
    clear_pale,
    lift_rules,
    remove_specks,
    mark_blank,
)
"""What is done to a sheet, in order."""


def prepare(page: Page, turn: int | None = None) -> Sheet:
    """The page as a clean grey sheet, dark print on white, with the way back to the page as scanned.

    `turn` is how many quarter turns counter-clockwise put it upright, where that is known.
    """
    coloured = page.image.ndim == 3 and _has_colour(page.image)
    image = page.image if coloured else grey(page.image)
    sheet = Sheet(image=image, dpi=page.dpi, turn=turn, legibility=legibility(grey(image)))
    for step in STEPS:
        sheet = step(sheet)
    return sheet


def _has_colour(image: Image) -> bool:
    """Whether an RGB image holds more than shades of grey (a scanner's colour fringes do not count)."""
    stride = max(1, max(image.shape) // 600)
    sample = image[::stride, ::stride].astype(np.int16)
    chroma = sample.max(axis=2) - sample.min(axis=2)
    return bool(np.mean(chroma > 40) > 0.0005)
