"""Print that its shape alone tells: check boxes (empty or marked), bullets, leader dots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink
from ocr.types import Box


@dataclass(frozen=True, slots=True)
class CheckBox:
    """A small printed square, `box` around its frame, and whether anything is written in it. Sheet frame."""

    box: Box
    checked: bool
    components: tuple[int, ...]


def find_check_boxes(ink: Ink) -> list[CheckBox]:
    """The check boxes of a sheet: squares about as high as a letter whose four sides are all straight."""
    h = ink.consonant
    width, height = (ink.boxes[:, 2:] - ink.boxes[:, :2]).T
    likely = (width > 0.7 * h) & (height > 0.7 * h) & (width < 4.5 * h) & (height < 4.5 * h)
    likely &= ink.areas < 0.75 * width * height
    found = []
    for i in np.flatnonzero(likely):
        x0, y0, x1, y1 = (int(v) for v in ink.boxes[i])
        shape = ink.labels[y0:y1, x0:x1] == i
        frame = _frame(shape, h)
        if frame is None or _is_round(shape, frame):
            continue
        box = Box(x0 + frame[0], y0 + frame[1], x0 + frame[2], y0 + frame[3])
        found.append(_check_box(ink, int(i), box))
    return _no_letters(ink, found)


_SMALL = 1.15
"""A square of less than this many consonant heights may as well be a letter: 0, O or D in an angular typeface."""


def _no_letters(ink: Ink, squares: list[CheckBox]) -> list[CheckBox]:
    """The squares that stand by themselves and are not alike in size to others that stand inside words."""
    h = ink.consonant
    free: list[CheckBox] = []
    letters: list[CheckBox] = []
    for square in squares:
        left, right = _room(ink, square)
        size = square.box.height
        small = min(square.box.width, size) < _SMALL * h
        apart = left > (0.8 * h if small else 0.3 * size) and right > (0.3 * h if small else 0.12 * size)
        (free if apart else letters).append(square)
    return [square for square in free if not any(_alike(square.box, other.box) for other in letters)]


def _room(ink: Ink, square: CheckBox) -> tuple[float, float]:
    """The blank to the left and to the right of a square, up to the next ink on its height."""
    box = square.box
    beside = np.minimum(ink.boxes[:, 3], box.y1) - np.maximum(ink.boxes[:, 1], box.y0) > 0.4 * box.height
    beside[[0, *square.components]] = False
    others = ink.boxes[beside].astype(np.float64)
    middle = box.center[0]
    before, after = others[others[:, 0] < box.x0], others[others[:, 2] > box.x1]
    left = box.x0 - before[before[:, 2] <= middle, 2].max(initial=-np.inf)
    right = after[after[:, 0] >= middle, 0].min(initial=np.inf) - box.x1
    return float(left), float(right)


def _alike(a: Box, b: Box) -> bool:
    return abs(a.width - b.width) <= 0.12 * b.width and abs(a.height - b.height) <= 0.12 * b.height


def _check_box(ink: Ink, component: int, box: Box) -> CheckBox:
    """The box with all ink that lies in or over it, which also tells whether it is marked."""
    x0, y0, x1, y1 = box.rounded()
    rim = max(2, round(0.16 * (x1 - x0)))
    inside = ink.labels[y0 + rim : y1 - rim, x0 + rim : x1 - rim] > 0
    within = np.unique(ink.labels[y0:y1, x0:x1])
    checked = bool(inside.size) and float(inside.mean()) > 0.06
    own = [
        int(c)
        for c in within
        if c
        and (
            c == component or _share(ink.boxes[c], box) > 0.5 or (checked and _share(ink.boxes[c], box) > 0.3)
        )
    ]
    return CheckBox(box, checked, tuple(own))


def _share(component: NDArray[np.int32], box: Box) -> float:
    x0, y0, x1, y1 = (float(v) for v in component)
    common = Box(x0, y0, x1, y1).intersection(box)
    return 0.0 if common is None else common.width * common.height / ((x1 - x0) * (y1 - y0))


def _frame(shape: NDArray[np.bool_], h: float) -> tuple[int, int, int, int] | None:
    """The square frame inside `shape` (a component's own pixels): left, top, right, bottom; None without one."""
    if min(np.count_nonzero(shape.sum(axis=k) >= 0.75 * h) for k in (0, 1)) < 2:
        return None
    rows, columns = _longest_runs(shape), _longest_runs(shape.T)
    across, down = np.flatnonzero(rows >= 0.75 * h), np.flatnonzero(columns >= 0.75 * h)
    if len(across) < 2 or len(down) < 2:
        return None
    top, bottom, left, right = int(across[0]), int(across[-1]) + 1, int(down[0]), int(down[-1]) + 1
    width, height = right - left, bottom - top
    if not (0.75 * h <= width <= 2.6 * h and 0.78 <= width / max(1, height) <= 1.28):
        return None
    rim = max(1, round(0.14 * width))
    part = shape[top:bottom, left:right]
    sides = (
        part[:rim].any(axis=0),
        part[-rim:].any(axis=0),
        part[:, :rim].any(axis=1),
        part[:, -rim:].any(axis=1),
    )
    straight = all(float(side.mean()) > 0.88 for side in sides)
    inner = part[rim:-rim, rim:-rim]
    corners = all(
        bool(c.any()) for c in (part[:rim, :rim], part[:rim, -rim:], part[-rim:, :rim], part[-rim:, -rim:])
    )
    runs = min(rows[across[0] : across[0] + rim].max(), rows[max(0, bottom - rim) : bottom].max())
    if not straight or not corners or runs < 0.7 * width or inner.mean() > 0.5:
        return None
    # A side ends at its corners; the stem of ๒ goes on over the square that the rest of it makes.
    upright = (columns[down[0] : down[0] + rim].max(), columns[max(0, right - rim) : right].max())
    if max(upright) > _LONG_SIDE * height:
        return None
    return left, top, right, bottom


_LONG_SIDE = 1.2
"""How far a side may go on over its corner, in the square's height: a stroke of ๒ is half as long again."""
_ROUND = 0.92
"""What is narrower at its ends fills less of its own box: a circle 0.79, O and Q in most typefaces 0.8–0.88."""
_CUT = 0.075
"""How far from its corner the ink of D, B, O, Q or 0 begins at least, along both sides, in the shorter side."""


def _is_round(shape: NDArray[np.bool_], frame: tuple[int, int, int, int]) -> bool:
    """Whether `shape`, no more than the `frame` found in it, is a letter with two corners cut rather than a square."""
    left, top, right, bottom = frame
    ring = shape[:bottom]  # without the tail of Q
    height, width = ring.shape
    if max(left, width - right) > 0.2 * width or top > 0.2 * height:
        return False  # a tick leaves the square
    first, last = ring.argmax(axis=1), width - ring[:, ::-1].argmax(axis=1)
    if int((last - first)[ring.any(axis=1)].sum()) < _ROUND * width * height:
        return True
    reach = np.add.outer(np.arange(height), np.arange(width))
    cuts = [int(reach[turned].min()) / 2 for turned in (ring, ring[:, ::-1], ring[::-1], ring[::-1, ::-1])]
    least = max(_CUT * min(height, width), 1.5)
    return len([cut for cut in cuts if cut > least]) >= 2


def _longest_runs(shape: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For every row the length of its longest unbroken stretch of ink."""
    runs = np.zeros(shape.shape[0], np.int64)
    best = runs.copy()
    for x in range(shape.shape[1]):
        runs = np.where(shape[:, x], runs + 1, 0)
        best = np.maximum(best, runs)
    return best


def is_bullet(ink: Ink, component: int, foot: float, consonant: float, least: float = 0.26) -> bool:
    """Whether a component is a filled dot in the middle of a line whose baseline is at `foot`, `least` consonants high."""
    x0, y0, x1, y1 = (float(v) for v in ink.boxes[component])
    width, height = x1 - x0, y1 - y0
    if not (least * consonant <= min(width, height) and max(width, height) <= 0.85 * consonant):
        return False
    middle = (foot - (y0 + y1) / 2) / consonant
    return (
        abs(width - height) <= 0.22 * max(width, height)
        and float(ink.areas[component]) >= 0.58 * width * height
        and 0.22 <= middle <= 0.8
    )


def leaders(
    ink: Ink, members: NDArray[np.int64], feet: NDArray[np.float64], consonant: float
) -> list[tuple[int, int]]:
    """Stretches (start, end) of `members`, components from left to right, that are rows of five or more dots.

    `feet` holds the height of the baseline at each.
    """
    x0, _, x1, y1 = ink.boxes[members].T
    width, height = (ink.boxes[members, 2:] - ink.boxes[members, :2]).T
    dot = (np.maximum(width, height) < 0.36 * consonant) & (np.abs(y1 - feet) < 0.3 * consonant)
    found = []
    start = 0
    for i in range(len(members) + 1):
        goes_on = i < len(members) and dot[i] and (i == start or x0[i] - x1[i - 1] < 1.4 * consonant)
        if goes_on:
            continue
        if i - start >= 5:
            found.append((start, i))
        start = i if i < len(members) and dot[i] else i + 1
    return found
