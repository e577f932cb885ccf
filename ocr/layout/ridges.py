"""Where lines of print run: ridges of ink as high as a consonant.

Tone marks and vowels over and under the consonants hold less ink than the consonants themselves, so a filter as
high as a consonant peaks on the consonant band and nowhere else within a line, at any skew or curl left over.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_BAND = 8
"""Height in pixels of a consonant in the reduced picture that the filter works on."""
_FLOOR = 0.01
"""Least ink density on a ridge."""


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """The middle of a consonant band: height `ys` (n,) at the places `xs` (n,), ascending, sheet frame."""

    xs: NDArray[np.float64]
    ys: NDArray[np.float64]

    def at(self, x: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """The height at `x`, level beyond both ends."""
        heights: NDArray[np.float64] = np.asarray(np.interp(x, self.xs, self.ys), np.float64)
        return heights


def find_ridges(mask: NDArray[np.uint8], consonant: float) -> list[Ridge]:
    """Ridges of the print in `mask` (1 = ink), whose consonants are about `consonant` pixels high."""
    scale = _BAND / consonant
    height, width = mask.shape
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    strength = _strength(small)
    window = np.ones((2 * _BAND + 1, 1), np.uint8)
    peaks = ((strength >= cv2.dilate(strength, window) - 1e-7) & (strength > _FLOOR)).astype(np.uint8)
    linked = cv2.dilate(peaks, np.ones((3, _BAND), np.uint8))
    count, labels = cv2.connectedComponents(linked, connectivity=8)
    labels[peaks == 0] = 0
    ys, xs = np.nonzero(labels)
    owners = labels[ys, xs]
    order = np.lexsort((xs, owners))
    ys, xs, owners = ys[order], xs[order], owners[order]
    starts = np.searchsorted(owners, np.arange(1, count + 1))
    ridges = []
    for start, end in itertools.pairwise(starts):
        if end - start < _BAND // 2:
            continue
        ridges.append(_ridge(xs[start:end], ys[start:end], width / size[0], height / size[1]))
    return _joined(ridges, consonant)


def _strength(small: NDArray[Any]) -> NDArray[np.float32]:
    """Ink inside a band of consonant height, less what lies right over and under it."""
    smooth = cv2.GaussianBlur(small, (0, 0), sigmaX=1.6 * _BAND, sigmaY=0.15 * _BAND)
    band = cv2.blur(smooth, (1, _BAND))
    half = _BAND // 2
    flank = cv2.blur(smooth, (1, half))
    shift = (_BAND + half) // 2
    above, below = np.zeros_like(flank), np.zeros_like(flank)
    above[shift:] = flank[:-shift]
    below[:-shift] = flank[shift:]
    strength: NDArray[np.float32] = (band - 0.35 * above - 0.35 * below).astype(np.float32)
    return strength


def _ridge(xs: NDArray[np.int64], ys: NDArray[np.int64], fx: float, fy: float) -> Ridge:
    """One height for each column, smoothed by a running median."""
    columns, first = np.unique(xs, return_index=True)
    totals = np.add.reduceat(ys.astype(np.float64), first)
    counts = np.diff(np.append(first, len(xs)))
    middle = totals / counts
    reach = 2 * _BAND
    padded = np.pad(middle, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    smooth = np.median(windows, axis=1)
    return Ridge(((columns + 0.5) * fx).astype(np.float64), ((smooth + 0.5) * fy).astype(np.float64))


def _joined(ridges: list[Ridge], consonant: float) -> list[Ridge]:
    """Ridges that go on at the same height after a small blank, as one."""
    result: list[Ridge] = []
    tails: list[float] = []
    for part in sorted(ridges, key=lambda r: float(r.xs[0])):
        head = float(np.median(part.ys[: 2 * _BAND]))
        best, score = -1, 0.95
        for i, ridge in enumerate(result):
            gap = (part.xs[0] - ridge.xs[-1]) / consonant
            step = abs(tails[i] - head) / consonant
            if -4.0 <= gap <= 2.0 and step + 0.1 * max(gap, 0.0) < score:
                best, score = i, step + 0.1 * max(gap, 0.0)
        if best < 0:
            result.append(part)
            tails.append(_tail(part))
            continue
        before = result[best]
        keep = part.xs > before.xs[-1]
        result[best] = Ridge(np.append(before.xs, part.xs[keep]), np.append(before.ys, part.ys[keep]))
        tails[best] = _tail(result[best])
    return result


def _tail(ridge: Ridge) -> float:
    return float(np.median(ridge.ys[-2 * _BAND :]))
