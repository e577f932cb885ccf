"""Maps between the frames of a page: turns, perspective and curl, each with its way back.

A `Transform` maps points of the sheet frame to the page frame as a chain of simple maps. Points are float
arrays of shape (n, 2), columns x and y, in continuous pixel coordinates (the centre of the first pixel is 0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Homography:
    """A plane projective map, `matrix` 3 × 3 (turns, shifts, scales, shears and perspective)."""

    matrix: NDArray[np.float64]

    def apply(self, points: Points) -> Points:
        """Map `points` (n, 2)."""
        homogeneous = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
        mapped: Points = homogeneous[:, :2] / homogeneous[:, 2:]
        return mapped

    def inverse(self) -> Homography:
        """The map back."""
        return Homography(np.linalg.inv(self.matrix).astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Displacement:
    """A smooth vertical displacement: (x, y) → (x, y + d(x, y)), `d` bilinear on a regular grid.

    `grid` (rows, columns) holds d at the nodes; node (r, c) lies at (c · step_x, r · step_y). Outside the grid
    the nearest edge value counts. d must change by less than 1 per pixel of y, so that the way back exists.
    """

    grid: NDArray[np.float64]
    step_x: float
    step_y: float

    def _offset(self, points: Points) -> NDArray[np.float64]:
        rows, columns = self.grid.shape
        c = np.clip(points[:, 0] / self.step_x, 0, columns - 1)
        r = np.clip(points[:, 1] / self.step_y, 0, rows - 1)
        c0 = np.minimum(c.astype(int), max(columns - 2, 0))
        r0 = np.minimum(r.astype(int), max(rows - 2, 0))
        c1, r1 = np.minimum(c0 + 1, columns - 1), np.minimum(r0 + 1, rows - 1)
        fc, fr = c - c0, r - r0
        top = self.grid[r0, c0] * (1 - fc) + self.grid[r0, c1] * fc
        bottom = self.grid[r1, c0] * (1 - fc) + self.grid[r1, c1] * fc
        offset: NDArray[np.float64] = top * (1 - fr) + bottom * fr
        return offset

    def apply(self, points: Points) -> Points:
        """Map `points` (n, 2)."""
        return np.column_stack([points[:, 0], points[:, 1] + self._offset(points)])

    def invert(self, points: Points, rounds: int = 30) -> Points:
        """Map `points` back, by fixed-point iteration (converges where |∂d/∂y| < 1)."""
        y = points[:, 1].copy()
        for _ in range(rounds):
            y = points[:, 1] - self._offset(np.column_stack([points[:, 0], y]))
        return np.column_stack([points[:, 0], y])


@dataclass(frozen=True, slots=True, eq=False)
class Transform:
    """Sheet → page, as a chain of maps applied first to last."""

    maps: tuple[Homography | Displacement, ...] = ()

    def apply(self, points: Points) -> Points:
        """Map sheet `points` (n, 2) to the page."""
        for step in self.maps:
            points = step.apply(points)
        return points

    def invert(self, points: Points) -> Points:
        """Map page `points` (n, 2) to the sheet."""
        for step in reversed(self.maps):
            points = step.inverse().apply(points) if isinstance(step, Homography) else step.invert(points)
        return points

    def after(self, step: Homography | Displacement) -> Transform:
        """The transform of a sheet made anew from this one, where `step` maps the new sheet to the old."""
        return Transform((step, *self.maps))


IDENTITY = Transform()
