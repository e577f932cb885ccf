"""Lines of print: which ink belongs to which line, where its baseline runs, how high its consonants are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.ridges import Ridge, find_ridges
from ocr.types import Box, Rule, bounding_box

GAP = 1.6
"""A blank wider than this many consonant heights divides two runs."""


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
    sizes = ink.boxes[:, 2:] - ink.boxes[:, :2]
    graphic = (sizes[:, 1] > 4.5 * h) | ((sizes[:, 1] < 0.3 * h) & (sizes[:, 0] > 12 * h))
    speck = ink.areas < max(2.0, 0.012 * h * h)
    usable = ~graphic & ~speck
    usable[0] = False
    ridges = find_ridges(usable[ink.labels].astype(np.uint8), h)
    core = _core_owner(ink, usable, ridges)
    full = _with_marks(ink, usable, core, ridges)
    runs, owner = _runs(ink, ridges, core, full, rules)
    return Print(ink, tuple(runs), owner[ink.labels], graphic)


def _core_owner(ink: Ink, usable: NDArray[np.bool_], ridges: list[Ridge]) -> NDArray[np.int32]:
    """For every component the ridge whose consonant band holds most of its ink; −1 where none does."""
    h = ink.consonant
    bands = np.zeros(ink.labels.shape, np.int32)
    for i, ridge in enumerate(ridges):
        xs = np.concatenate([[ridge.xs[0] - 2 * h], ridge.xs, [ridge.xs[-1] + 2 * h]])
        points = np.column_stack([xs, ridge.at(xs)])
        cv2.polylines(
            bands, [np.round(points).astype(np.int32)], False, i + 1, thickness=max(1, round(0.9 * h))
        )
    count = len(ink.boxes)
    inked = (ink.labels > 0) & (bands > 0)
    pairs = ink.labels[inked].astype(np.int64) * (len(ridges) + 1) + bands[inked]
    keys, hits = np.unique(pairs, return_counts=True)
    owner = np.full(count, -1, np.int32)
    best = np.zeros(count, np.int64)
    for key, hit in zip(keys.tolist(), hits.tolist(), strict=True):
        component, band = divmod(key, len(ridges) + 1)
        if usable[component] and hit >= 0.3 * ink.areas[component] and hit > best[component]:
            owner[component], best[component] = band - 1, hit
    return owner


def _with_marks(
    ink: Ink, usable: NDArray[np.bool_], core: NDArray[np.int32], ridges: list[Ridge]
) -> NDArray[np.int32]:
    """The owners with what stands over and under the bands: each mark goes with its nearest neighbour."""
    h = ink.consonant
    owner = core.copy()
    boxes = ink.boxes.astype(np.float64)
    for reach in (0.3, 0.3, 0.3, 0.6, 0.6, 1.0):
        loose = np.flatnonzero(usable & (owner < 0))
        if not len(loose):
            break
        fixed = np.flatnonzero(owner >= 0)
        order = np.argsort(boxes[fixed, 0], kind="stable")
        fixed = fixed[order]
        lefts = boxes[fixed, 0]
        widest = float((boxes[fixed, 2] - lefts).max()) if len(fixed) else 0.0
        found = owner.copy()
        for i in loose:
            x0, y0, x1, y1 = boxes[i]
            slack = 0.25 * h
            near = fixed[np.searchsorted(lefts, x0 - widest - slack) : np.searchsorted(lefts, x1 + slack)]
            other = boxes[near]
            over = other[:, 2] >= x0 - slack
            near, other = near[over], other[over]
            if not len(near):
                continue
            gap = np.maximum(np.maximum(other[:, 1] - y1, y0 - other[:, 3]), 0.0)
            k = int(np.argmin(gap))
            if gap[k] <= reach * h:
                found[i] = owner[near[k]]
        owner = found
    return _beside(ink, usable, owner, ridges)


def _beside(
    ink: Ink, usable: NDArray[np.bool_], owner: NDArray[np.int32], ridges: list[Ridge]
) -> NDArray[np.int32]:
    """Quotation marks, dots and the like, with no letter over or under them, go to the line they stand in."""
    h = ink.consonant
    result = owner.copy()
    for i in np.flatnonzero(usable & (owner < 0)):
        x0, y0, x1, y1 = ink.boxes[i]
        best = 0.45 * h
        for k, ridge in enumerate(ridges):
            if x1 < ridge.xs[0] - 1.5 * h or x0 > ridge.xs[-1] + 1.5 * h:
                continue
            middle = float(ridge.at((x0 + x1) / 2))
            distance = max(y0 - (middle + 0.5 * h), (middle - 0.5 * h) - y1, 0.0)
            if distance < best:
                result[i], best = k, distance
    return result


def _runs(
    ink: Ink, ridges: list[Ridge], core: NDArray[np.int32], full: NDArray[np.int32], rules: Sequence[Rule]
) -> tuple[list[Run], NDArray[np.int32]]:
    """Each ridge's ink, divided at wide blanks and vertical rules; and for each component its run."""
    h = ink.consonant
    runs: list[Run] = []
    owner = np.full(len(ink.boxes), -1, np.int32)
    for k, ridge in enumerate(ridges):
        members = np.flatnonzero(full == k)
        if not len(members):
            continue
        members = members[np.argsort(ink.boxes[members, 0], kind="stable")]
        right = np.maximum.accumulate(ink.boxes[members, 2])
        lefts = ink.boxes[members[1:], 0]
        cuts = np.flatnonzero((lefts - right[:-1] > GAP * h) | _ruled(right[:-1], lefts, ridge, rules)) + 1
        for part in np.split(members, cuts):
            letters = part[core[part] == k]
            if not len(letters):
                continue
            boxes = ink.boxes[part]
            box = Box(*(float(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))))
            owner[part] = len(runs)
            consonant, baseline = _measure(ink.boxes[letters].astype(np.float64), ridge, h, box)
            runs.append(Run(box, baseline, consonant, part))
    return runs, owner


def _ruled(
    rights: NDArray[np.int32], lefts: NDArray[np.int32], ridge: Ridge, rules: Sequence[Rule]
) -> NDArray[np.bool_]:
    """Whether a vertical rule stands between the print that ends at `rights` and that which begins at `lefts`."""
    between = np.zeros(len(lefts), np.bool_)
    for rule in rules:
        x, _ = rule.box.center
        if rule.direction == "vertical" and rule.box.y0 <= float(ridge.at(x)) <= rule.box.y1:
            between |= (rights <= x + 0.5 * rule.box.width + 1) & (lefts >= x - 0.5 * rule.box.width - 1)
    return between


def joined(printed: Print, groups: Sequence[Sequence[int]]) -> Print:
    """`printed` with the runs of each group (parts of one line, left to right) as one run, in the order given."""
    lookup = np.full(len(printed.runs) + 1, -1, np.int32)
    runs: list[Run] = []
    for group in groups:
        parts = [printed.runs[i] for i in group]
        lookup[list(group)] = len(runs)
        runs.append(parts[0] if len(parts) == 1 else _together(parts))
    return Print(printed.ink, tuple(runs), lookup[printed.owner], printed.graphic)


def _together(parts: Sequence[Run]) -> Run:
    box = bounding_box(part.box for part in parts)
    xs = np.concatenate(
        [np.linspace(p.box.x0, p.box.x1, max(3, int(p.box.width / p.consonant))) for p in parts]
    )
    feet = np.concatenate([p.baseline_at(xs[(xs >= p.box.x0) & (xs <= p.box.x1)]) for p in parts])
    widest = max(parts, key=lambda p: p.box.width)
    baseline = np.polyfit(xs - box.x0, feet, 1 if box.width < 40 * widest.consonant else 2)
    components = np.concatenate([p.components for p in parts])
    return Run(box, baseline.astype(np.float64), widest.consonant, components)


def _measure(
    letters: NDArray[np.float64], ridge: Ridge, page: float, box: Box
) -> tuple[float, NDArray[np.float64]]:
    """A run's own consonant height and baseline, from the boxes of its letters.

    Few letters say little (digits are higher than consonants), so the page's height stands beside them.
    """
    height = letters[:, 3] - letters[:, 1]
    width = letters[:, 2] - letters[:, 0]
    tall = (height >= 0.6 * page) & (height <= 2.6 * page)
    consonant = page
    if tall.any():
        grid = np.linspace(0.6, 2.6, 81) * page
        weights = np.minimum(width[tall], 2 * page)
        votes = (weights * np.exp(-0.5 * ((grid[:, None] - height[tall]) / (0.06 * page)) ** 2)).sum(axis=1)
        votes += 2 * page * np.exp(-0.5 * ((grid - page) / (0.12 * page)) ** 2)
        consonant = float(grid[int(np.argmax(votes))])
    x = (letters[:, 0] + letters[:, 2]) / 2
    foot = letters[:, 3]
    expected = ridge.at(x) + consonant / 2
    near = np.abs(foot - expected) < 0.5 * consonant
    start = np.array([ridge.ys[np.argmin(np.abs(ridge.xs - box.x0))] + consonant / 2])
    if not near.any():
        return consonant, np.array([float(np.mean(expected))]) if len(expected) else start
    near &= np.abs(foot - expected - _mode(foot[near] - expected[near], 0.08 * consonant)) < 0.25 * consonant
    degree = 0 if np.count_nonzero(near) < 4 else 1 if box.width < 40 * consonant else 2
    fit = np.atleast_1d(np.polyfit(x[near] - box.x0, foot[near], degree))
    for _ in range(2):
        error = np.abs(np.polyval(fit, x - box.x0) - foot)
        kept = near & (error < max(0.12 * consonant, float(np.median(error[near])) * 1.5))
        if np.count_nonzero(kept) < degree + 3:
            break
        fit = np.atleast_1d(np.polyfit(x[kept] - box.x0, foot[kept], degree))
    return consonant, fit.astype(np.float64)


def _mode(values: NDArray[np.float64], width: float) -> float:
    """The value that most of `values` lie around."""
    votes = np.exp(-0.5 * ((values[:, None] - values) / width) ** 2).sum(axis=1)
    return float(values[int(np.argmax(votes))])
