"""Columns that only their left edge shows: blanks no wider than between words, one under the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.layout.runs import Run, from_left, part_of

_WORD = 0.55
"""The narrowest blank between two words, in consonant heights; between figures there may be nearly as much."""


def at_tabs(ink: Ink, runs: list[Run]) -> list[Run]:
    """The runs divided also at narrower blanks, where a column of the lines around begins."""
    h = ink.consonant
    left_of = {i: _left_neighbour(runs, run, h) for i, run in enumerate(runs)}
    tabs = [(run.box.x0, run.band.center[1]) for i, run in enumerate(runs) if left_of[i]]
    tabs += _hanging_tabs(ink, runs, h)
    if not tabs:
        return runs
    places = {i: _tab_places(ink, run, np.array(tabs), h) for i, run in enumerate(runs)}
    cells = [i for i, run in enumerate(runs) if any(_below(run, x, y, h) for x, y in tabs)]
    for i in cells:
        for j in cells:
            if i < j and abs(runs[i].box.x0 - runs[j].box.x0) < h:
                shared = _shared_blanks(ink, runs[i], runs[j], h)
                places[i] += [a for a, _ in shared]
                places[j] += [b for _, b in shared]
    result: list[Run] = []
    for i, run in enumerate(runs):
        members = from_left(ink, run.components)
        starts, ends = _blanks(ink, run)
        cuts = np.flatnonzero(np.isin(ends, places[i]) & (ends > starts)) + 1
        result += [part_of(ink, run, part) for part in np.split(members, np.unique(cuts))]
    return result


def _hanging_tabs(ink: Ink, runs: Sequence[Run], h: float) -> list[tuple[float, float]]:
    """Places where a line has a blank and the next lines begin: what stands before the blank is a row's label.

    Counts only where it is seen twice on a sheet, and where the label is longer than a list marker.
    """
    found: list[tuple[float, float]] = []
    for run in runs:
        starts, ends = _blanks(ink, run)
        open_at = ends[(ends - starts > 0.7 * h) & (starts - run.box.x0 > 5 * h)]
        y = run.band.center[1]
        for lower in runs:
            pitch = lower.band.center[1] - y
            if 0.8 * h < pitch < 4 * h and np.any(np.abs(open_at - lower.box.x0) < 0.3 * h):
                found.append((lower.box.x0, y))
    return [tab for tab in found if sum(abs(tab[0] - x) < 0.5 * h for x, y in found if y != tab[1]) >= 1]


def _left_neighbour(runs: Sequence[Run], run: Run, h: float) -> bool:
    """Whether another run, wider than a list marker, ends before this one on the same height."""
    return any(
        other.box.x1 < run.box.x0 - h
        and other.box.width > 2.5 * h
        and abs(other.band.center[1] - run.band.center[1]) < 0.5 * h
        for other in runs
    )


def _below(run: Run, x: float, y: float, h: float) -> bool:
    """Whether `run` begins at the tab `x`, beside or a few lines under the place `y` where it was seen."""
    return abs(run.box.x0 - x) < 0.6 * h and -0.5 * h < run.band.center[1] - y < 12 * h


def _blanks(ink: Ink, run: Run) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
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


def _tab_places(ink: Ink, run: Run, tabs: NDArray[np.float64], h: float) -> list[int]:
    """The ends of blanks in `run` at which a tab near it stands."""
    starts, ends = _blanks(ink, run)
    near = tabs[np.abs(tabs[:, 1] - run.band.center[1]) < 9 * h, 0]
    if not len(near):
        return []
    at_tab = (np.abs(ends[:, None] - near) < 0.3 * h).any(axis=1)
    return [int(end) for end in ends[(ends - starts > 0.75 * h) & at_tab]]


def _shared_blanks(ink: Ink, run: Run, other: Run, h: float) -> list[tuple[int, int]]:
    """The ends of blanks that two neighbouring lines of one table cell column have at the same place."""
    if not 0.8 * h < abs(run.band.center[1] - other.band.center[1]) < 3.6 * h:
        return []
    found = []
    starts, ends = _blanks(ink, run)
    other_starts, other_ends = _blanks(ink, other)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start < _WORD * h:
            continue
        widths = other_ends - other_starts
        same = (np.abs(other_ends - end) < 0.3 * h) & (widths > _WORD * h) & (widths + end - start > 1.3 * h)
        found += [(end, int(place)) for place in other_ends[same]]
    return found
