"""Dots that are no print: dirt in the blanks of a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.layout.ink import Ink

_DOT = 0.3
"""The longer side of the largest dot, in consonant heights."""
_ALONE = 0.6
"""A dot with more blank than this on both sides, in consonant heights, is no full stop."""


def without_dirt(ink: Ink, members: NDArray[np.int64]) -> NDArray[np.int64]:
    """The components of a line, from left to right, without dots that stand alone in a blank: dirt would bridge it.

    Dots in a row lead the eye and stay; so does what begins the line and is large enough for a bullet.
    """
    if len(members) < 2:
        return members
    h = ink.consonant
    size = (ink.boxes[members, 2:] - ink.boxes[members, :2]).max(axis=1)
    lefts = ink.boxes[members, 0].astype(np.float64)
    rights = np.maximum.accumulate(ink.boxes[members, 2]).astype(np.float64)
    before = np.append(np.inf, lefts[1:] - rights[:-1])
    after = np.append(lefts[1:] - rights[:-1], np.inf)
    dot = size <= _DOT * h
    beside = np.zeros(len(members), np.bool_)
    beside[1:] |= dot[:-1] & (before[1:] < 1.5 * h)
    beside[:-1] |= dot[1:] & (after[:-1] < 1.5 * h)
    alone = dot & ~beside & (before > _ALONE * h) & (after > _ALONE * h)
    alone[0] &= size[0] < 0.2 * h
    kept: NDArray[np.int64] = members[~alone]
    return kept


def dots(ink: Ink, members: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some components are no larger than a dot."""
    size = (ink.boxes[members, 2:] - ink.boxes[members, :2]).max(axis=1)
    return np.asarray(size <= _DOT * ink.consonant)


def is_dot(ink: Ink, part: NDArray[np.int64]) -> bool:
    """Whether a stretch of a line is a lone dot."""
    width, height = ink.boxes[part[0], 2:] - ink.boxes[part[0], :2]
    return len(part) == 1 and max(width, height) <= _DOT * ink.consonant
