"""Dust taken out of the whole picture, out of the letters too: the pepper and salt of worn copiers, a pixel or three wide.

`ocr.prepare.specks` leaves alone what stands close to letters, for it may be a mark. Where dust lies all over the page,
between the lines as thick as on them, what is that small is dust everywhere.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Blobs, blobs, ink, quantile, scattered
from ocr.types import Image, Sheet

_CONTRAST = 60
"""How much darker or lighter than its surroundings a grain is, in grey values."""

_GRAIN = 3
"""The longer side of the largest grain, in pixels."""

_LEAST_DPI = 150.0
"""At lower resolutions a tone mark is no larger than a grain."""

_MANY = 5.0
"""Dark grains in ten thousand pixels, from which on there is dust; dots, marks and ragged edges of print make up to 30."""

_BETWEEN = 0.13
"""The share of the dark grains in the emptier half of the rows, from which on they are dust; those of print reach 0.1."""

_ALONE = 0.01
"""The share of the ink that lies apart from all that is larger, from which on the grains are dust: where they are the ragged
edges and ends of thin strokes it is 0.007 at most.
"""

_THIN = 0.2
"""The share of the print in strokes thinner than three pixels, up to which dust can be told from it by its size."""

_STORM = 60.0
"""So many grains that they run together: the whole picture is smoothed first."""

_ROWS = 20.0
"""Pixels; about a letter's height, the measure for `scattered`."""

_BLACKER = 10.0
"""How much darker than the darkest print a grain is that cannot be print, in grey values."""

_BLACKEST = 0.3
"""The share of such grains, from which on there is dust blacker than the print."""

_RAGGED = 0.05
"""The area of what is larger than a grain, for each of grains, up to which it is grains that touch."""

_TILE = 256
"""Pixels; the side of the squares that are looked at first."""


def clear_dust(sheet: Sheet) -> Sheet:
    """The sheet, if grey, without grains of dust, where it is full of them.

    A grain takes the median of its surroundings: a switching median filter (Sun and Neuvo, 1994), which leaves all
    else as it is.
    """
    image = sheet.image
    if image.ndim == 3 or not _may_be_dusty(image):
        return sheet
    calm = _calm(image)
    dark = _grains(calm, image)
    chosen = _small(dark)
    density = _density(chosen, image)
    if density < _MANY:
        return sheet
    if sheet.dpi < _LEAST_DPI or scattered(dark, chosen, _ROWS) < _BETWEEN or not _spares_print(image):
        return _without_blackest(sheet, calm, dark, chosen)
    if density > _STORM:
        image = np.asarray(cv2.medianBlur(image, 3), np.uint8)
        calm = _calm(image)
        dark = _grains(calm, image)
        chosen = _small(dark)
    light = _grains(image, calm)
    grain = (dark.mask(chosen) | light.mask(_small(light))) > 0
    out = np.where(grain, calm, image)
    step = f"cleared dust ({density:.0f} grains in 10,000 pixels)"
    return replace(sheet, image=np.asarray(out, np.uint8), steps=(*sheet.steps, step))


def _without_blackest(sheet: Sheet, calm: Image, dark: Blobs, chosen: NDArray[np.bool_]) -> Sheet:
    """The sheet without grains that are blacker than its print, where there are such: faded or soft print is pale, dirt on the
    copier's glass is not. `dark` is what the median takes away, the `chosen` of it grains.

    Print is what outlives the median and, of what does not, what is larger than a grain.
    """
    image = sheet.image
    larger = ~chosen
    larger[0] = False
    grains, strokes = float(dark.area[chosen].sum()), float(dark.area[larger].sum())
    print_level = quantile(calm, 0.001)
    if strokes > _RAGGED * grains:
        print_level = min(print_level, float(np.quantile(image[larger[dark.labels]], 0.1)))
    darkest = np.full(len(chosen), 255, np.uint8)
    inked = dark.labels > 0
    np.minimum.at(darkest, dark.labels[inked], image[inked])
    black = chosen & (darkest < print_level - _BLACKER)
    if strokes > grains or black.sum() < _BLACKEST * chosen.sum():
        return sheet
    out = np.where(cv2.dilate(dark.mask(black), np.ones((3, 3), np.uint8)) > 0, calm, image)
    step = f"cleared dust ({int(black.sum())} grains blacker than the print)"
    return replace(sheet, image=np.asarray(out, np.uint8), steps=(*sheet.steps, step))


def _calm(image: Image) -> Image:
    """The median of every pixel's surroundings."""
    return np.asarray(cv2.medianBlur(image, 5), np.uint8)


def _grains(lighter: Image, darker: Image) -> Blobs:
    """All that is much lighter in one picture than in the other: of a picture and its median, strokes of fine print among it."""
    _, mask = cv2.threshold(cv2.subtract(lighter, darker), _CONTRAST, 255, cv2.THRESH_BINARY)
    return blobs(np.asarray(mask, np.uint8))


def _small(parts: Blobs) -> NDArray[np.bool_]:
    small = np.asarray(np.maximum(parts.width, parts.height) <= _GRAIN)
    small[0] = False
    return small


def _density(chosen: NDArray[np.bool_], image: Image) -> float:
    return 1e4 * float(chosen.sum()) / image.size


def _spares_print(image: Image) -> bool:
    """Whether the strokes of the print are thick enough to outlive the median, and grains lie apart from them."""
    calm = cv2.medianBlur(image, 3)
    level, outlived = cv2.threshold(calm, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    kept = np.asarray(outlived, np.uint8)
    brush = np.ones((3, 3), np.uint8)
    mask = ink(image, level)
    parts = blobs(kept)
    strokes = parts.mask(np.maximum(parts.width, parts.height) > 3 * _GRAIN)
    thick = cv2.countNonZero(cv2.morphologyEx(strokes, cv2.MORPH_OPEN, brush))
    apart = cv2.countNonZero(cv2.bitwise_and(mask, cv2.bitwise_not(cv2.dilate(kept, brush))))
    return thick >= (1 - _THIN) * cv2.countNonZero(strokes) and apart >= _ALONE * max(
        1, cv2.countNonZero(mask)
    )


def _may_be_dusty(image: Image) -> bool:
    """Whether one in three of sixteen squares over the page holds as many grains as dust has: most pages are done with here."""
    rows, columns = (max(1, size // 4) for size in image.shape)
    squares = [
        image[y : y + _TILE, x : x + _TILE]
        for y in range(rows // 3, image.shape[0], rows)
        for x in range(columns // 3, image.shape[1], columns)
    ]
    full = [_density(_small(_grains(_calm(square), square)), square) >= _MANY for square in squares]
    return 3 * sum(full) >= len(full)
