"""The skew of a page: the angle at which its lines of print fall together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Mask

STEEPEST = 16.0
"""Degrees to either side in which skew is looked for."""

_MOST_POINTS = 30_000


def undersides(mask: Mask) -> NDArray[np.float64]:
    """The lower edges of the ink as points (n, 2), x and y: on a line of print most lie on the baseline."""
    edge = mask[:-1] & ~mask[1:]
    ys, xs = np.nonzero(edge)
    stride = max(1, len(xs) // _MOST_POINTS)
    return np.column_stack([xs[::stride], ys[::stride]]).astype(np.float64)


def _sharpness(points: NDArray[np.float64], degrees: float, bin_size: float) -> float:
    """How much the points gather in rows when seen along `degrees` (sum of squares of the profile)."""
    angle = np.deg2rad(degrees)
    rows = (points[:, 1] * np.cos(angle) - points[:, 0] * np.sin(angle)) / bin_size
    profile = np.bincount((rows - rows.min()).astype(np.int64))
    return float(np.sum(profile.astype(np.float64) ** 2))


def find_skew(points: NDArray[np.float64]) -> tuple[float, float]:
    """The angle of the lines of print in degrees (positive: they fall to the right) and how clear it is.

    The clearness is the sharpness of the profile at the angle over its median in all directions tried:
    1 is chance, lines of print give 2 and more. Fewer than 50 points give (0, 0).
    """
    if len(points) < 50:
        return 0.0, 0.0
    coarse = np.arange(-STEEPEST, STEEPEST + 0.01, 0.5)
    scores = np.array([_sharpness(points, a, 3.0) for a in coarse])
    best = float(coarse[int(np.argmax(scores))])
    clearness = float(scores.max() / np.median(scores))
    for reach, step, bin_size in ((0.5, 0.1, 2.0), (0.2, 0.02, 1.0)):
        fine = np.arange(best - reach, best + reach + step / 2, step)
        scores = np.array([_sharpness(points, a, bin_size) for a in fine])
        weights = np.maximum(scores - np.quantile(scores, 0.7), 0)
        best = float(np.sum(fine * weights) / np.sum(weights)) if weights.sum() > 0 else best
    return best, clearness
