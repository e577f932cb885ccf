"""Runs: stretches of a printed line, with baseline and consonant height measured from their letters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.ridges import Ridge
from ocr.types import Box


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A stretch of one printed line without a wide blank, sheet frame.

    `box` is around its ink. `baseline` holds the polynomial (highest power first, x in pixels from `box.x0`) that
    its consonants stand on, `consonant` their height in pixels. `components` are the indices of its ink.
    """

    box: Box
    baseline: NDArray[np.float64]
    consonant: float
    components: NDArray[np.int64]

    def baseline_at(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The height of the baseline at `x`."""
        heights: NDArray[np.float64] = np.asarray(np.polyval(self.baseline, x - self.box.x0), np.float64)
        return heights

    @property
    def band(self) -> Box:
        """The box of the consonants alone: what tells one line from the next."""
        foot = float(np.mean(self.baseline_at(np.linspace(self.box.x0, self.box.x1, 9))))
        return Box(self.box.x0, foot - self.consonant, self.box.x1, foot)


def from_left(ink: Ink, members: NDArray[np.int64]) -> NDArray[np.int64]:
    """The components `members` by their left edges."""
    return members[np.argsort(ink.boxes[members, 0], kind="stable")]


def part_of(ink: Ink, run: Run, components: NDArray[np.int64]) -> Run:
    """The stretch of `run` that `components`, some of its own, make up."""
    boxes = ink.boxes[components]
    box = Box(*(float(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))))
    return Run(box, shifted(run.baseline, box.x0 - run.box.x0), run.consonant, components)


def shifted(polynomial: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """`polynomial` (highest power first) of x as one of x − `by`."""
    result = polynomial.astype(np.float64).copy()
    for last in range(len(result), 1, -1):  # repeated synthetic division (Taylor shift)
        for k in range(1, last):
            result[k] += by * result[k - 1]
    return result


Measure = tuple[float, NDArray[np.float64]]


def measure(
    letters: NDArray[np.float64],
    marks: NDArray[np.float64],
    ridge: Ridge,
    page: float,
    line: Measure | None = None,
) -> Measure:
    """The consonant height and the baseline (a polynomial of sheet x) of `letters` (n, 4), the boxes of a run.

    Few letters say little (digits are higher than consonants, a colon has no foot), so what the whole `line` or
    the page has stands beside them. `marks` (n, 4) are the boxes of all ink of the run.
    """
    width, height = (letters[:, 2:] - letters[:, :2]).T
    usual = page if line is None else line[0]
    tall = (height >= 0.6 * page) & (height <= 2.6 * page)
    if line is not None and np.count_nonzero(tall) < 4:
        return line
    consonant = usual
    if tall.any():
        grid = np.linspace(0.6, 2.6, 81) * page
        weights = np.minimum(width[tall], 2 * page)
        votes = (weights * np.exp(-0.5 * ((grid[:, None] - height[tall]) / (0.06 * page)) ** 2)).sum(axis=1)
        votes += 2 * page * np.exp(-0.5 * ((grid - usual) / (0.12 * page)) ** 2)
        consonant = float(grid[int(np.argmax(votes))])
        if 1.1 * page < consonant < 1.5 * page and not _has_marks(letters, marks, consonant):
            consonant = page  # digits and capitals are higher than consonants
    x, foot = (letters[:, 0] + letters[:, 2]) / 2, letters[:, 3]
    expected = ridge.at(x) + consonant / 2
    near = tall & (np.abs(foot - expected) < 0.5 * consonant)
    if not near.any():
        return consonant, np.array([float(np.mean(expected))])
    near &= np.abs(foot - expected - _mode(foot[near] - expected[near], 0.08 * consonant)) < 0.25 * consonant
    reach = float(np.ptp(x[near]))
    degree = 0 if np.count_nonzero(near) < 4 or reach < 3 * consonant else 1 if reach < 40 * consonant else 2
    fit = np.atleast_1d(np.polyfit(x[near], foot[near], degree))
    for _ in range(2):
        error = np.abs(np.polyval(fit, x) - foot)
        kept = near & (error < max(0.12 * consonant, float(np.median(error[near])) * 1.5))
        if np.count_nonzero(kept) < degree + 3:
            break
        fit = np.atleast_1d(np.polyfit(x[kept], foot[kept], degree))
    return consonant, fit.astype(np.float64)


def _mode(values: NDArray[np.float64], width: float) -> float:
    """The value that most of `values` lie around."""
    votes = np.exp(-0.5 * ((values[:, None] - values) / width) ** 2).sum(axis=1)
    return float(values[int(np.argmax(votes))])


def _has_marks(letters: NDArray[np.float64], marks: NDArray[np.float64], consonant: float) -> bool:
    """Whether something in a line stands well over its letters: there is Thai among them."""
    height = letters[:, 3] - letters[:, 1]
    top = float(np.median(letters[:, 1]))
    return bool(np.any(height > 1.25 * consonant) or np.any(marks[:, 1] < top - 0.3 * consonant))
