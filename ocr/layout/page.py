"""A sheet's layout: its lines of print in reading order, each with row and block."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.layout.ink import find_ink
from ocr.layout.lines import Print, find_print, joined
from ocr.layout.order import reading_order
from ocr.types import Image, Sheet


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The lines of a sheet: `printed.runs[i]` is the i-th in reading order, in visual row `rows[i]` and `blocks[i]`."""

    grey: Image
    printed: Print
    rows: tuple[int, ...]
    blocks: tuple[int, ...]


def analyse(sheet: Sheet) -> Layout:
    """The lines of print of a prepared sheet, in reading order."""
    grey = (
        sheet.image
        if sheet.image.ndim == 2
        else np.asarray(cv2.cvtColor(sheet.image, cv2.COLOR_RGB2GRAY), np.uint8)
    )
    printed = find_print(find_ink(grey, sheet.dpi), sheet.rules)
    groups: list[list[int]] = []
    places: list[tuple[int, int]] = []
    for placed in reading_order([run.band for run in printed.runs], sheet.rules):
        place = placed.row, placed.block
        if places and places[-1] == place:
            groups[-1].append(placed.index)
        else:
            groups.append([placed.index])
            places.append(place)
    return Layout(grey, joined(printed, groups), tuple(p[0] for p in places), tuple(p[1] for p in places))
