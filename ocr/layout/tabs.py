"""Columns that only their left edge shows: blanks no wider than between words, one under the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.runs import Run, from_left, part_of

Blanks = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Where blanks begin and where they end."""
_WORD = 0.55
"""The narrowest blank between two words, in consonant heights; between figures there may be nearly as much."""


_MOST_RUNS = 1500
"""A sheet in more pieces than this is dirt or broken print: it shows no columns."""


def at_tabs(ink: Ink, runs: list[Run]) -> list[Run]:
    """The runs divided also at narrower blanks, where a column of the lines around begins."""
    h = ink.consonant
    if not runs or len(runs) > _MOST_RUNS:
        return runs
    lefts, rights = np.array([(run.box.x0, run.box.x1) for run in runs]).T
    middles = np.array([run.band.center[1] for run in runs])
    blanks = [_blanks(ink, run) for run in runs]
    tabs = [
        (float(x), float(y))
        for x, y in zip(lefts, middles, strict=True)
        if np.any((rights < x - h) & (rights - lefts > 2.5 * h) & (np.abs(middles - y) < 0.5 * h))
    ]
    tabs += _hanging_tabs(blanks, lefts, middles, h)
    if not tabs:
        return runs
    at = np.array(tabs)
    places = [
        _tab_places(starts, ends, at, y, h)
        for (starts, ends), y in zip(blanks, middles.tolist(), strict=True)
    ]
    for i, j in _in_columns(at, lefts, middles, h):
        shared = _shared_blanks(blanks[i], blanks[j], h)
        places[i] += [a for a, _ in shared]
        places[j] += [b for _, b in shared]
    result: list[Run] = []
    for run, (starts, ends), cut in zip(runs, blanks, places, strict=True):
        members = from_left(ink, run.components)
        cuts = np.flatnonzero(np.isin(ends, cut) & (ends > starts)) + 1
        result += [part_of(ink, run, part) for part in np.split(members, np.unique(cuts))]
    return result


def _hanging_tabs(
    blanks: Sequence[Blanks], lefts: NDArray[np.float64], middles: NDArray[np.float64], h: float
) -> list[tuple[float, float]]:
    """Places where a line has a blank and the next lines begin: what stands before the blank is a row's label.

    Counts only where it is seen twice on a sheet, and where the label is longer than a list marker.
    """
    found: list[tuple[float, float]] = []
    for (starts, ends), left, y in zip(blanks, lefts, middles.tolist(), strict=True):
        open_at = ends[(ends - starts > 0.7 * h) & (starts - left > 5 * h)]
        lower = lefts[(middles - y > 0.8 * h) & (middles - y < 4 * h)]
        hanging = lower[(np.abs(lower[:, None] - open_at) < 0.3 * h).any(axis=1)]
        found += [(x, y) for x in hanging.tolist()]
    return [tab for tab in found if sum(abs(tab[0] - x) < 0.5 * h for x, y in found if y != tab[1]) >= 1]


def _in_columns(
    tabs: NDArray[np.float64], lefts: NDArray[np.float64], middles: NDArray[np.float64], h: float
) -> list[tuple[int, int]]:
    """Pairs of neighbouring lines that begin one under the other at a tab, or a few lines under it."""
    down = middles[:, None] - tabs[:, 1]
    below = (np.abs(lefts[:, None] - tabs[:, 0]) < 0.6 * h) & (down > -0.5 * h) & (down < 12 * h)
    cells = np.flatnonzero(below.any(axis=1))
    pitch = np.abs(middles[cells][:, None] - middles[cells])
    near = (np.abs(lefts[cells][:, None] - lefts[cells]) < h) & (pitch > 0.8 * h) & (pitch < 3.6 * h)
    return [(int(cells[i]), int(cells[j])) for i, j in np.argwhere(near) if i < j]


def _blanks(ink: Ink, run: Run) -> Blanks:
    """Where the blanks of a run begin and end, one before each component but the first (most are empty).

    That before an equals sign counts as empty: no column begins with one.
    """
    members = from_left(ink, run.components)
    starts, ends = np.maximum.accumulate(ink.boxes[members, 2])[:-1], ink.boxes[members[1:], 0]
    return np.where(_equals_signs(ink, members)[1:], ends, starts), ends


def _equals_signs(ink: Ink, members: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which components, from left to right, are the first bar of an equals sign: two alike, one over the other."""
    x0, y0, x1, y1 = ink.boxes[members].T.astype(np.float64)
    width, height = x1 - x0, y1 - y0
    bar = (width > 1.8 * height) & (width > 0.35 * ink.consonant) & (width < 1.5 * ink.consonant)
    found = np.zeros(len(members), np.bool_)
    apart = np.maximum(y0[1:], y0[:-1]) - np.minimum(y1[1:], y1[:-1])
    found[:-1] = bar[:-1] & bar[1:] & (apart > 0) & (apart < 0.7 * ink.consonant)
    found[:-1] &= (np.abs(x0[1:] - x0[:-1]) < 0.2 * width[:-1]) & (
        np.abs(width[1:] - width[:-1]) < 0.25 * width[:-1]
    )
    return found


def _tab_places(
    starts: NDArray[np.int32], ends: NDArray[np.int32], tabs: NDArray[np.float64], y: float, h: float
) -> list[int]:
    """The ends of blanks of a run at height `y` at which a tab near it stands."""
    near = tabs[np.abs(tabs[:, 1] - y) < 9 * h, 0]
    at_tab = (np.abs(ends[:, None] - near) < 0.3 * h).any(axis=1)
    return [int(end) for end in ends[(ends - starts > 0.75 * h) & at_tab]]


def _shared_blanks(blanks: Blanks, others: Blanks, h: float) -> list[tuple[int, int]]:
    """The ends of blanks that two neighbouring lines of one table cell column have at the same place."""
    found = []
    starts, ends = blanks
    other_starts, other_ends = others
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start < _WORD * h:
            continue
        widths = other_ends - other_starts
        same = (np.abs(other_ends - end) < 0.3 * h) & (widths > _WORD * h) & (widths + end - start > 1.3 * h)
        found += [(end, int(place)) for place in other_ends[same]]
    return found
