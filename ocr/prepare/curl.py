"""The bend of a photographed sheet, from the baselines of its print: what was straight must become straight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.prepare.lines import PrintLine
from ocr.transform import Displacement

_ACROSS = 5
"""Degree of the bend across the sheet (a gutter bends sharply at one side only)."""

_DOWN = 2
"""Degree of its change down the sheet."""

_NODES = 33
"""Nodes of the displacement grid each way."""


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """A fitted bend: its `field`, its reach in letter heights (90 % of the letters are displaced by less), and the
    rest it leaves, `before` and `after`, as the median distance of letters from their straight baseline."""

    field: Displacement
    reach: float
    before: float
    after: float


def _basis(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Products of Legendre polynomials in x (degree 1 and up: a line's height is its own) and y, both −1 … 1."""
    across = np.polynomial.legendre.legvander(x, _ACROSS)[:, 1:]
    down = np.polynomial.legendre.legvander(y, _DOWN)
    product: NDArray[np.float64] = np.einsum("na,nd->nad", across, down).reshape(len(x), -1)
    return product


def fit(lines: tuple[PrintLine, ...], height: float, size: tuple[int, int]) -> Bend | None:
    """The bend of a sheet of `size` (width, height) from its lines of print, or None where they say too little.

    A robust least-squares fit (Tukey's biweight, reweighted) of one smooth vertical displacement for all
    lines, each line with its own free height: y = height of line + d(x, height of line).
    """
    width, tall = size
    used = [line for line in lines if line.length >= max(8 * height, 0.12 * width) and len(line.x) >= 8]
    if len(used) < 4:
        return None
    x = np.concatenate([line.x for line in used])
    y = np.concatenate([line.bottom for line in used])
    owner = np.repeat(np.arange(len(used)), [len(line.x) for line in used])
    if np.ptp(x) < 0.4 * width or len(x) < 150:
        return None
    u = 2 * x / width - 1
    level = np.array([np.median(line.bottom) for line in used])
    weights = np.ones(len(x))
    count = len(used)
    coefficients: NDArray[np.float64] = np.zeros(_ACROSS * (_DOWN + 1))
    straight = _straight_rest(used)
    for turn in range(8):
        basis = _basis(u, 2 * level[owner] / tall - 1)
        # each line's own height is eliminated by centring its rows
        total = np.bincount(owner, weights, count)
        centre = np.stack([np.bincount(owner, weights * column, count) / total for column in basis.T], axis=1)
        middle = np.bincount(owner, weights * y, count) / total
        a = (basis - centre[owner]) * np.sqrt(weights)[:, None]
        b = (y - middle[owner]) * np.sqrt(weights)
        ridge = 1e-3 * len(x) * np.eye(a.shape[1])
        coefficients = np.asarray(np.linalg.solve(a.T @ a + ridge, a.T @ b), dtype=np.float64)
        level = np.asarray(middle - centre @ coefficients)
        rest = y - level[owner] - basis @ coefficients
        scale = max(1.5 * float(np.median(np.abs(rest))), 0.04 * height)
        cut = (6.0 if turn < 2 else 3.5) * scale
        weights = np.clip(1 - (rest / cut) ** 2, 0, 1) ** 2 + 1e-6
    grid_x, grid_y = np.meshgrid(np.linspace(-1, 1, _NODES), np.linspace(-1, 1, _NODES))
    # beyond the print the polynomial is not trusted: it is held at the value of the outermost print
    held_x = np.clip(grid_x, np.quantile(u, 0.005), np.quantile(u, 0.995))
    held_y = np.clip(grid_y, 2 * level.min() / tall - 1, 2 * level.max() / tall - 1)
    grid = (_basis(held_x.ravel(), held_y.ravel()) @ coefficients).reshape(_NODES, _NODES)
    shift = _basis(u, 2 * level[owner] / tall - 1) @ coefficients
    return Bend(
        field=Displacement(grid, width / (_NODES - 1), tall / (_NODES - 1)),
        reach=float(np.quantile(np.abs(shift - np.median(shift)), 0.9)) / height,
        before=straight / height,
        after=float(np.median(np.abs(rest))) / height,
    )


def _straight_rest(lines: list[PrintLine]) -> float:
    """The median distance of the letters from the mean height of their line."""
    return float(np.median(np.concatenate([np.abs(line.bottom - np.median(line.bottom)) for line in lines])))
