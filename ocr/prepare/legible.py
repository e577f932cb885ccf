"""How legible a page is: how far its print stands out from the paper, measured on the scan before anything is done to it.

A reader may be as sure of a blurred digit that it guesses as of a sharp one that it sees; the scan itself says how much there
was to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.prepare.ink import blobs, divided, ground, ink, letter_height
from ocr.types import Image

_PALEST = 60.0
"""Print in offices is deeper than this, in grey values on white paper: on copies of copies 65 at least."""

_GRAINIEST = 12.5
"""It is so many times deeper than the paper is grainy (mean difference from its surroundings): on those copies 14 at least."""

_SOFTEST = 0.095
"""Its edges are blurred less than so many letter heights (standard deviation): in offices 0.09 at most."""

_CALM = 1.0
"""Edges are measured under a blur of so many pixels, for grain makes edges, too."""

_SHARP = 3.2
"""Depth over slope of a sharp edge under that blur, in pixels: √(2π) of it, and what the width of the filter adds."""

_CORE = 0.7
"""The share of the depth from which on ink is the core of a stroke: blurred letters touch at their rims."""

_FLAT = 12.0
"""Differences in grey up to this are no print."""

_FEWEST = 50
"""Fewer pixels on edges tell nothing."""


@dataclass(frozen=True, slots=True)
class Print:
    """The print of a page: its `depth` in grey values (paper 255, black 0), the `grain` of the paper in the same, and the
    `blur` of its edges (standard deviation) in letter heights.
    """

    depth: float
    grain: float
    blur: float


def legibility(image: Image) -> float:
    """1 and more where the print of a grey `image` stands out as it does where offices scan, less by how far it is
    paler, grainier or more blurred; 1 where nothing is printed.
    """
    found = print_of(image)
    if found is None:
        return 1.0
    return min(
        found.depth / _PALEST,
        found.depth / max(found.grain, 1.0) / _GRAINIEST,
        _SOFTEST / max(found.blur, 0.01),
    )


def print_of(image: Image) -> Print | None:
    """What is measured of the print of a grey `image`; None where there is too little of it."""
    even = divided(image, ground(image, max(4, round(max(image.shape) / 150))))
    rough = cv2.absdiff(even, cv2.GaussianBlur(even, (0, 0), 2.0))[::4, ::4]
    usual = float(np.median(rough))
    grain = 1.25 * float(np.mean(np.minimum(rough, 3 * usual + 3)))  # of paper: print makes it hardly more
    calm = np.asarray(cv2.GaussianBlur(even, (0, 0), _CALM), np.uint8)
    dx, dy = (cv2.Sobel(calm, cv2.CV_16S, *along, ksize=3)[::4, ::4] for along in ((1, 0), (0, 1)))
    slope = cv2.magnitude(dx.astype(np.float32), dy.astype(np.float32)) / 8
    half = calm[::2, ::2]
    window = np.ones((max(8, round(max(image.shape) / 120)),) * 2, np.uint8)  # a line or two
    depth = cv2.subtract(cv2.dilate(half, window), cv2.erode(half, window))[::2, ::2].astype(np.float32)
    edges = depth > max(_FLAT, 4 * grain)
    if edges.any():
        edges &= slope > np.quantile(slope[edges], 0.97) / 2
    if np.count_nonzero(edges) < _FEWEST:
        return None
    deep = float(np.median(depth[edges]))
    height = letter_height(blobs(ink(calm, 255 - _CORE * deep)))
    width = float(np.quantile(depth[edges] / slope[edges], 0.25))
    blur = np.sqrt(max(width**2 - _SHARP**2, 0) / (2 * np.pi))
    return Print(deep, grain, float(blur) / max(height, 1.0))
