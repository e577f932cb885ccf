"""Lines of print: which ink belongs to which line, where its baseline runs, how high its consonants are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layout.between import owners_between
from ocr.layout.bullets import leading_signs
from ocr.layout.dirt import is_dot, without_dirt
from ocr.layout.ink import Ink, specks
from ocr.layout.ridges import Ridge, find_ridges
from ocr.layout.runs import Run, from_left, measure, shifted
from ocr.layout.tabs import at_tabs
from ocr.layout.touching import parted
from ocr.types import Box, Rule, bounding_box

GAP = 1.6
"""A blank wider than this many consonant heights divides two runs, unless the sheet's words stand further apart."""
_LINE, _SOLID_LINE = 1.6, 0.87
"""A patch lower than so many consonants may be a line's letters grown together, unless ink fills this share of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """The runs of a sheet.

    For every component of `ink`, `owner` holds the run that it belongs to, −1 for none, and `graphic` whether it is
    too large for a letter.
    """

    ink: Ink
    runs: tuple[Run, ...]
    owner: NDArray[np.int32]
    graphic: NDArray[np.bool_]


def find_print(ink: Ink, rules: Sequence[Rule] = (), no_print: Collection[int] = ()) -> Print:
    """The runs of print on a sheet, over its ink with lines that touch parted; no run goes across a vertical one of its `rules`.

    `no_print` names components known to be no letters, such as those of check boxes.
    """
    graphic, usable = _usable(ink, no_print)
    ridges = find_ridges(usable.astype(np.uint8)[ink.labels], ink.consonant)
    core = _core_owner(ink, usable, ridges)
    whole, ink = ink, parted(ink, ridges, core, usable)
    if ink is not whole:
        graphic, usable = _usable(ink, no_print)
        core = _core_owner(ink, usable, ridges)
    full = _with_marks(ink, usable, core, ridges)
    runs = _with_own_marks(ink, _runs(ink, ridges, core, full, usable & (full < 0), rules))
    return with_runs(ink, at_tabs(ink, runs), graphic)


def with_runs(ink: Ink, runs: Sequence[Run], graphic: NDArray[np.bool_]) -> Print:
    """A print of `runs`, each component owned by the run that lists it."""
    owner = np.full(len(ink.boxes), -1, np.int32)
    for i, run in enumerate(runs):
        owner[run.components] = i
    return Print(ink, tuple(runs), owner, graphic)


def _usable(ink: Ink, no_print: Collection[int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which components are too large for letters, and which may be print: no larger, no speck, not of `no_print`."""
    graphic = _graphic(ink)
    usable = ~graphic & ~specks(ink)
    usable[[0, *no_print]] = False
    return graphic, usable


def _graphic(ink: Ink) -> NDArray[np.bool_]:
    """Which components are no letters: emblems, rules left over, pen strokes, solid patches, dark edges."""
    h = ink.consonant
    width, height = (ink.boxes[:, 2:] - ink.boxes[:, :2]).T
    rows, columns = ink.labels.shape
    # letters out of focus grow together, and fill three quarters of their line
    full = np.where(height < _LINE * h, _SOLID_LINE, 0.7)
    solid = (ink.areas > full * width * height) & (width > 3 * h) & (height > 0.5 * h)
    edge = (
        (ink.boxes[:, :2] <= 1).any(axis=1) | (ink.boxes[:, 2] >= columns - 1) | (ink.boxes[:, 3] >= rows - 1)
    )
    at_edge = edge & ((width > 4 * h) | (height > 2.5 * h)) & (ink.areas > 0.4 * width * height)
    rule = (height < 0.3 * h) & (width > 12 * h)
    stroke = (height > 1.8 * h) & (width > 2.5 * h) & (ink.areas < 0.16 * width * height)
    graphic: NDArray[np.bool_] = (height > 4.5 * h) | rule | stroke | solid | at_edge
    return graphic


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
    """The owners with what stands over and under the bands: each mark goes with its nearest neighbour.

    First what plainly stands on one of the levels of Thai type, then what stands over a letter (two rounds: vowel,
    then tone), then what hangs under one (ุ ู, feet of ญ ฐ), which stands closer to its letter, then whatever is left.
    """
    h = ink.consonant
    owner = core.copy()
    between = np.flatnonzero(usable & (owner < 0))
    owner[between] = owners_between(ink, between, core)
    boxes = ink.boxes.astype(np.float64)
    for reach, over_only in (
        (0.3, True),
        (0.3, True),
        (0.3, False),
        (0.3, False),
        (0.6, False),
        (1.0, False),
    ):
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
            beside = other[:, 2] >= x0 - slack
            near, other = near[beside], other[beside]
            if not len(near):
                continue
            over = np.maximum(other[:, 1] - y1, 0.0)
            under = np.maximum(y0 - other[:, 3], 0.0)
            upper = (y0 + y1) > other[:, 1] + other[:, 3]
            gap = np.where(upper, 1.5 * under + 0.1 * h, over)
            k = int(np.argmin(np.where(upper, np.inf, gap) if over_only else gap))
            hangs = upper.any() and under[upper].min() < 0.6 * over[k]
            if gap[k] <= reach * h and not (over_only and (upper[k] or hangs)):
                found[i] = owner[near[k]]
        owner = found
    return _beside(ink, usable, owner, ridges)


def _beside(
    ink: Ink, usable: NDArray[np.bool_], owner: NDArray[np.int32], ridges: list[Ridge]
) -> NDArray[np.int32]:
    """Quotation marks, leader dots and the like, with no letter over or under them, go to the line they stand in."""
    h = ink.consonant
    result = owner.copy()
    lefts, rights = np.full(len(ridges), np.inf), np.full(len(ridges), -np.inf)
    held = np.flatnonzero(owner >= 0)
    np.minimum.at(lefts, owner[held], ink.boxes[held, 0])
    np.maximum.at(rights, owner[held], ink.boxes[held, 2])
    tops = np.array([r.ys.min() for r in ridges]) - h
    bottoms = np.array([r.ys.max() for r in ridges]) + h
    loose = np.flatnonzero(usable & (owner < 0))
    rightwards = loose[np.argsort(ink.boxes[loose, 0], kind="stable")]
    for i in (*rightwards, *rightwards[::-1]):
        if result[i] >= 0:
            continue
        x0, y0, x1, y1 = ink.boxes[i]
        best = 0.45 * h
        near = (x1 >= lefts - 2 * h) & (x0 <= rights + 2 * h) & (y1 >= tops) & (y0 <= bottoms)
        for k in np.flatnonzero(near).tolist():
            middle = float(ridges[k].at((x0 + x1) / 2))
            distance = max(y0 - (middle + 0.5 * h), (middle - 0.5 * h) - y1, 0.0)
            if distance < best:
                result[i], best = k, distance
        k = int(result[i])
        if k >= 0:
            lefts[k], rights[k] = min(lefts[k], x0), max(rights[k], x1)
    return result


def _runs(
    ink: Ink,
    ridges: list[Ridge],
    core: NDArray[np.int32],
    full: NDArray[np.int32],
    free: NDArray[np.bool_],
    rules: Sequence[Rule],
) -> list[Run]:
    """Each ridge's ink, and the bullet before it among what is `free`, divided at wide blanks and vertical rules."""
    h = ink.consonant
    runs: list[Run] = []
    boxes = ink.boxes.astype(np.float64)
    lines = [without_dirt(ink, from_left(ink, np.flatnonzero(full == k))) for k in range(len(ridges))]
    wide = wide_blank(ink, lines)
    first = [m[0] for m in lines if len(m) > 1 and is_dot(ink, m[:1]) and _apart(ink, m) > wide]
    lines = [m[1:] if len(m) and m[0] in first else m for m in lines]
    free = free.copy()
    free[first] = True
    signs = leading_signs(ink, free, ridges, lines)
    for k, (ridge, members) in enumerate(zip(ridges, lines, strict=True)):
        letters = members[core[members] == k]
        if not _is_print(ink, letters):
            continue
        line = measure(boxes[letters], boxes[members], ridge, h)
        right = np.maximum.accumulate(ink.boxes[members, 2])
        lefts = ink.boxes[members[1:], 0]
        cuts = np.flatnonzero((lefts - right[:-1] > wide) | _ruled(right[:-1], lefts, ridge, rules)) + 1
        for n, part in enumerate(np.split(members, cuts)):
            own = part[core[part] == k]
            if not len(own) or is_dot(ink, part):
                continue
            if n == 0 and k in signs:
                part = np.append(signs[k], part)
            box = Box(*(float(v) for v in (*boxes[part, :2].min(axis=0), *boxes[part, 2:].max(axis=0))))
            consonant, baseline = measure(boxes[own], boxes[part], ridge, h, line)
            runs.append(Run(box, shifted(baseline, box.x0), consonant, part))
    return runs


def _apart(ink: Ink, members: NDArray[np.int64]) -> int:
    """The blank behind the first of the components `members`."""
    return int(ink.boxes[members[1], 0] - ink.boxes[members[0], 2])


def _with_own_marks(ink: Ink, runs: list[Run]) -> list[Run]:
    """The runs, with the marks over and under a large title, as high as small print, and its stray letters joined.

    Marks stand apart; what fills its row is a line of its own, and often the title none, but bold letters grown together.
    """
    taken: set[int] = set()
    grown = dict(enumerate(runs))
    for i, title in enumerate(runs):
        height, band = title.consonant, title.band
        if height < 1.4 * ink.consonant:
            continue
        for k, other in enumerate(runs):
            if k == i or other.consonant >= 0.8 * height:
                continue
            over = band.y0 - 0.8 * height < other.box.y1 <= band.y0 + 0.3 * height
            under = band.y1 - 0.2 * height <= other.box.y0 < band.y1 + 0.3 * height
            inside = (
                title.box.x0 - 0.3 * height <= other.box.x0 and other.box.x1 <= title.box.x1 + 0.3 * height
            )
            marks = (over or under) and inside and other.box.height < 0.9 * height and not _dense(ink, other)
            apart = max(other.box.x0 - title.box.x1, title.box.x0 - other.box.x1)
            letter = abs(other.box.y1 - band.y1) < 0.3 * height and other.box.height > 0.85 * height
            if marks or (letter and apart < 0.6 * height):
                taken.add(k)
                whole = grown[i]
                box = whole.box.union(other.box)
                components = np.concatenate([whole.components, other.components])
                grown[i] = Run(box, shifted(whole.baseline, box.x0 - whole.box.x0), height, components)
    return [run for i, run in grown.items() if i not in taken]


def _dense(ink: Ink, run: Run) -> bool:
    """Whether a run of several components fills most of its width."""
    width = int((ink.boxes[run.components, 2] - ink.boxes[run.components, 0]).sum())
    return len(run.components) > 4 and width > 0.6 * run.box.width


def _is_print(ink: Ink, letters: NDArray[np.int64]) -> bool:
    """Whether there is anything as large as a letter and no larger, or else a row of dots or dashes."""
    sizes = ink.boxes[letters, 2:] - ink.boxes[letters, :2]
    if len(letters) == 1 and sizes[0, 1] > 2.2 * ink.consonant:
        return False
    return bool(np.any(sizes.max(axis=1, initial=0) > 0.55 * ink.consonant) or len(letters) >= 4)


def wide_blank(ink: Ink, lines: Sequence[NDArray[np.int64]]) -> float:
    """How wide a blank must be to divide runs: more than the blanks between the words of this sheet."""
    h = ink.consonant
    found = [ink.boxes[m[1:], 0] - np.maximum.accumulate(ink.boxes[m, 2])[:-1] for m in lines if len(m) > 1]
    blanks = np.concatenate(found) if found else np.zeros(0)
    words = blanks[(blanks > 0.45 * h) & (blanks < 4 * h)]
    if len(words) < 12:
        return GAP * h
    return float(min(max(GAP * h, 1.45 * np.percentile(words, 60)), 2.8 * h))


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


def together(parts: Sequence[Run]) -> Run:
    """One run of `parts` of a line, from left to right."""
    if len(parts) == 1:
        return parts[0]
    box = bounding_box(part.box for part in parts)
    places = [np.linspace(p.box.x0, p.box.x1, max(3, int(p.box.width / p.consonant))) for p in parts]
    feet = np.concatenate([part.baseline_at(x) for part, x in zip(parts, places, strict=True)])
    xs = np.concatenate(places)
    widest = max(parts, key=lambda p: p.box.width)
    baseline = np.polyfit(xs - box.x0, feet, 1 if box.width < 40 * widest.consonant else 2)
    components = np.concatenate([p.components for p in parts])
    return Run(box, baseline.astype(np.float64), widest.consonant, components)
