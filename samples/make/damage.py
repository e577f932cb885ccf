"""Scanners: what each kind of device makes of a sheet.

A sheet is float32 RGB reflectance (see `samples.make.paper`); a scan is uint8: grey (h, w), RGB (h, w, 3), or bilevel
(h, w) holding only 0 and 255. Every kind draws its own strengths from `rng`, from moderate to hard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.make.paper import Ink, f32, field
from samples.make.photo import photographed

Scan = NDArray[np.uint8]


class Kind(NamedTuple):
    """A device: resolutions it works at, whether its output is bilevel, and what it does."""

    dpi: tuple[int, ...]
    bilevel: bool
    scan: Callable[[Ink, np.random.Generator], Ink]


def scanned(sheet: Ink, kind: str, rng: np.random.Generator, worse: bool = False) -> Scan:
    """`sheet` through the device named `kind` (a key of `KINDS`), `worse` where it is out of order; KeyError for another."""
    device = KINDS[kind]
    image = np.clip(device.scan(sheet, rng), 0, 1)
    if worse:
        image = np.clip(_worse(image, rng), 0, 1)
    if device.bilevel:
        return np.where(image > 0.5, 255, 0).astype(np.uint8)
    return (image * 255 + 0.5).astype(np.uint8)


def _clean(sheet: Ink, _rng: np.random.Generator) -> Ink:
    return grey(sheet)


def _flatbed(sheet: Ink, rng: np.random.Generator) -> Ink:
    paper, ink = rng.uniform(0.93, 0.99), rng.uniform(0.04, 0.16)
    image: Ink = ink + (paper - ink) * turned(sheet, rng.uniform(-0.8, 0.8))
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 0.9))
    return _noisy(image, rng, rng.uniform(0.008, 0.02))


def _feeder(sheet: Ink, rng: np.random.Generator) -> Ink:
    image = turned(grey(sheet), rng.uniform(-2.5, 2.5))
    height, width = image.shape
    image = rng.uniform(0.05, 0.2) + image * rng.uniform(0.74, 0.8)
    for _ in range(rng.integers(1, 5)):
        x, wide = int(rng.integers(0, width - 4)), int(rng.integers(1, 4))
        change = rng.choice((-0.35, -0.2, -0.1, 0.1))
        ragged = np.clip(field(rng, height, 8, 40)[:, :wide] + 0.5, 0, 1)
        image[:, x : x + wide] += f32(change) * ragged
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.7))
    return _noisy(image, rng, rng.uniform(0.01, 0.03))


def _fax(sheet: Ink, rng: np.random.Generator) -> Ink:
    image = turned(grey(sheet), rng.uniform(-1.2, 1.2))
    height, width = image.shape
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.6))
    image = _noisy(image, rng, rng.uniform(0.03, 0.08))
    cut = rng.uniform(0.5, 0.66)
    bits = (image > cut).astype(np.float32)
    bits = speckled(bits, rng, rng.uniform(2e-5, 1.2e-4), 2)
    for _ in range(rng.integers(0, 4)):
        y = int(rng.integers(0, height - 3))
        bits[y : y + int(rng.integers(1, 3)), int(rng.uniform(0, 0.5) * width) :] = 1.0
    for _ in range(rng.integers(0, 3)):
        y, shift = int(rng.integers(0, height)), int(rng.integers(-2, 3))
        bits[y:] = np.roll(bits[y:], shift, 1)
    return bits


def _copier(sheet: Ink, rng: np.random.Generator) -> Ink:
    """An office copier's bilevel scan: letters grown or thinned, dots, lines of dirt across the glass."""
    image = turned(grey(sheet), rng.uniform(-1.0, 1.0))
    height, width = image.shape
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.7, 1.3))
    image = _noisy(image, rng, rng.uniform(0.02, 0.06))
    bits = (image > rng.choice((rng.uniform(0.38, 0.5), rng.uniform(0.55, 0.75)))).astype(np.float32)
    bits = speckled(bits, rng, rng.uniform(1e-5, 2e-4), 3)
    for _ in range(rng.choice((0, 0, 1, 3, 6))):
        y, x = int(rng.integers(0, height)), int(rng.uniform(0, 0.3) * width)
        bits[y : y + 1, x:] = 0.0
    return _dark_edges(bits, rng, rng.uniform(0, 0.012))


def _faded(sheet: Ink, rng: np.random.Generator) -> Ink:
    """A copy of a copy: thin toner, uneven light, specks, dark edges."""
    image = turned(grey(sheet), rng.uniform(-1.5, 1.5))
    height, width = image.shape
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 0.9))
    toner = 0.62 + 0.38 * field(rng, height, width, int(rng.integers(3, 9)))
    grain = cv2.GaussianBlur(f32(rng.random((height, width))), (0, 0), 0.8)
    image = 1 - (1 - image) * toner * np.clip(0.75 + 1.2 * (grain - 0.35), 0.4, 1)
    paper, ink = rng.uniform(0.82, 0.92), rng.uniform(0.36, 0.56)
    image = ink + (paper - ink) * image
    image = speckled(image, rng, rng.uniform(1e-4, 6e-4), 2)
    image *= 0.82 + 0.2 * field(rng, height, width, 2)
    image = _dark_edges(f32(image), rng, rng.uniform(0.004, 0.025))
    return _noisy(image, rng, rng.uniform(0.01, 0.025))


def _phone(sheet: Ink, rng: np.random.Generator) -> Ink:
    return photographed(sheet, rng, rng.uniform(0.6, 1.2))


KINDS: dict[str, Kind] = {
    "clean": Kind((300,), False, _clean),
    "flatbed": Kind((300,), False, _flatbed),
    "feeder": Kind((200,), False, _feeder),
    "fax": Kind((150, 200), True, _fax),
    "copier": Kind((200, 300), True, _copier),
    "faded": Kind((200,), False, _faded),
    "phone": Kind((190, 220), False, _phone),
}


def _worse(image: Ink, rng: np.random.Generator) -> Ink:
    """Out of focus, grainy, pale or coarse, from hardly to hopelessly: as devices are that nobody looks after."""
    height, width = image.shape[:2]
    fault = rng.choice(("blur", "grain", "pale", "coarse"))
    if fault == "blur":
        return f32(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 3.2)))
    if fault == "grain":
        return _noisy(image, rng, rng.uniform(0.04, 0.28))
    if fault == "pale":
        patches = f32(rng.uniform(0.7, 1.0, (6, 5)))
        uneven = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
        kept = 1 - rng.uniform(0.3, 0.9) * (uneven if image.ndim == 2 else uneven[:, :, None])
        return _noisy(1 - (1 - image) * kept, rng, 0.015)
    factor = rng.uniform(1.2, 3.0)
    small = cv2.resize(image, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_AREA)
    return f32(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))


def grey(sheet: Ink) -> Ink:
    """The luminance of an RGB sheet; a grey one as it is."""
    if sheet.ndim == 2:
        return sheet
    return f32(sheet @ f32([0.299, 0.587, 0.114]))


def turned(image: Ink, degrees: float) -> Ink:
    """`image` turned on its canvas, paper white coming in at the corners."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = (1.0, 1.0, 1.0)
    return f32(cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=white))


def speckled(image: Ink, rng: np.random.Generator, share: float, largest: int) -> Ink:
    """Dark dots of up to `largest` pixels, so many that they are `share` of all pixels; a few white ones in print."""
    out = image.copy()
    height, width = image.shape[:2]
    for _ in range(int(share * height * width)):
        size = int(rng.integers(1, largest + 1))
        y, x = int(rng.integers(0, height)), int(rng.integers(0, width))
        out[y : y + size, x : x + size] = rng.uniform(0.0, 0.4) if rng.random() < 0.85 else 1.0
    return out


def _noisy(image: Ink, rng: np.random.Generator, sigma: float) -> Ink:
    return f32(image + rng.normal(0, sigma, image.shape))


def _dark_edges(image: Ink, rng: np.random.Generator, share: float) -> Ink:
    """Black bands at one or two sides, where the lid did not cover the sheet."""
    height, width = image.shape[:2]
    for side in rng.choice(4, size=int(rng.integers(1, 3)), replace=False):
        view = np.rot90(image, side)
        depth = max(1, int(share * min(height, width) * rng.uniform(0.5, 1.5)))
        ragged = depth * (0.6 + 0.8 * field(rng, 4, view.shape[1], 30)[0])
        rows = np.arange(3 * depth)[:, None]
        band = np.clip((rows - ragged[None]) / max(2.0, depth / 4), 0, 1)
        view[: 3 * depth] = np.minimum(view[: 3 * depth], 0.06 + band)
    return image
