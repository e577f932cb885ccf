"""Lines of print: which ink belongs to which line, where its baseline runs, how high its consonants are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.ridges import Ridge, find_ridges
from ocr.types import Box, Rule, bounding_box

GAP = 1.6
"""A blank wider than this many consonant heights divides two runs, unless the sheet's words stand further apart."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """The runs of a sheet.

    `owner` (height, width) holds for every pixel the run it belongs to, −1 for none; `graphic` for every component
    of `ink` whether it is too large for a letter.
    """

    ink: Ink
    runs: tuple[Run, ...]
    owner: NDArray[np.int32]
    graphic: NDArray[np.bool_]


def find_print(ink: Ink, rules: Sequence[Rule] = ()) -> Print:
    """The runs of print on a sheet; no run goes across a vertical one of its `rules`."""
    h = ink.consonant
    graphic = _graphic(ink)
    speck = ink.areas < max(2.0, 0.012 * h * h)
    usable = ~graphic & ~speck
    usable[0] = False
    ridges = find_ridges(usable[ink.labels].astype(np.uint8), h)
    core = _core_owner(ink, usable, ridges)
    full = _with_marks(ink, usable, core, ridges)
    runs, owner = _runs(ink, ridges, core, full, rules)
    runs, owner = _at_tabs(ink, runs, owner)
    return Print(ink, tuple(runs), owner[ink.labels], graphic)


def _graphic(ink: Ink) -> NDArray[np.bool_]:
    """Which components are no letters: emblems, left-over rules, solid patches, dark edges of the scan."""
    h = ink.consonant
    width, height = (ink.boxes[:, 2:] - ink.boxes[:, :2]).T
    rows, columns = ink.labels.shape
    solid = (ink.areas > 0.7 * width * height) & (width > 3 * h) & (height > 0.5 * h)
    edge = (
        (ink.boxes[:, :2] <= 1).any(axis=1) | (ink.boxes[:, 2] >= columns - 1) | (ink.boxes[:, 3] >= rows - 1)
    )
    at_edge = edge & ((width > 4 * h) | (height > 2.5 * h)) & (ink.areas > 0.4 * width * height)
    rule = (height < 0.3 * h) & (width > 12 * h)
    graphic: NDArray[np.bool_] = (height > 4.5 * h) | rule | solid | at_edge
    return graphic


def _core_owner(ink: Ink, usable: NDArray[np.bool_], ridges: list[Ridge]) -> NDArray[np.int32]:
    """For every component the ridge whose consonant band holds most of its ink; −1 where none does."""
    h = ink.consonant
    bands = np.zeros(ink.labels.shape, np.int32)
    for i, ridge in enumerate(ridges):
        places = [np.linspace(p.box.x0, p.box.x1, max(3, int(p.box.width / p.consonant))) for p in parts]
    feet = np.concatenate([part.baseline_at(x) for part, x in zip(parts, places, strict=True)])
    xs = np.concatenate(places)
    widest = max(parts, key=lambda p: p.box.width)
    baseline = np.polyfit(xs - box.x0, feet, 1 if box.width < 40 * widest.consonant else 2)
    components = np.concatenate([p.components for p in parts])
    return Run(box, baseline.astype(np.float64), widest.consonant, components)


_Measure = tuple[float, NDArray[np.float64]]


def _measure(
    letters: NDArray[np.float64], ridge: Ridge, page: float, line: _Measure | None = None
) -> _Measure:
    """The consonant height and the baseline (a polynomial of sheet x) of `letters` (n, 4), the boxes of a run.

    Few letters say little (digits are higher than consonants, a colon has no foot), so what the whole `line` or
    the page has stands beside them.
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
