"""Pictures of single fields, cut out of pages as they were scanned."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.types import Image, Text

PICTURES = "checklist-pictures"
"""The folder of pictures beside the records."""
A4_INCHES = 8.27
_INCH = 120.0
"""Pixels of a crop for an inch of an A4 sheet: print of 16 points is about 27 pixels high."""
_WIDEST, _QUALITY = 1000, 75

Box = tuple[int, ...]


def turn_of(text: Text | None) -> int:
    """How far the page of `text` must be turned clockwise to be read (degrees): the way its words were turned to be read."""
    if text is None:
        return 0
    votes = {0: 0.0, 90: 0.0, 180: 0.0, 270: 0.0}
    for line in text.lines:
        if len(line.words) < 2:
            continue
        first, last = line.words[0].page_box.center, line.words[-1].page_box.center
        dx, dy = last[0] - first[0], last[1] - first[1]
        along = {0: dx, 180: -dx, 90: -dy, 270: dy}
        votes[max(along, key=lambda turn: along[turn])] += abs(dx) + abs(dy)
    return max(votes, key=lambda turn: votes[turn])


def crop(image: Image, box: Box, turn: int = 0) -> bytes:
    """The print at `box` (x0, y0, x1, y1, page frame) with a little around it, turned upright, at reading size, as JPEG."""
    height, width = image.shape[:2]
    dot = min(width, height) / A4_INCHES
    pad = round(0.08 * dot)
    x0, y0, x1, y1 = box
    part = image[max(0, y0 - pad) : max(1, y1 + pad), max(0, x0 - pad) : max(1, x1 + pad)]
    if part.size == 0:
        part = image[:1, :1]
    part = np.rot90(part, -turn // 90)
    scale = min(_INCH / dot, _WIDEST / part.shape[1])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    part = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    done, data = cv2.imencode(
        ".jpg",
        cv2.cvtColor(part, cv2.COLOR_RGB2BGR) if part.ndim == 3 else part,
        [cv2.IMWRITE_JPEG_QUALITY, _QUALITY],
    )
    assert done  # grey or colour, eight bits: always possible
    return data.tobytes()


def picture_name(sha256: str, record: int, position: int) -> str:
    """The name of the picture of a record's field, under the folder of pictures."""
    return f"{sha256[:16]}/{record}-{position}.jpg"
