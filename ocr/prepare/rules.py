"""Ruling lines found, kept as geometry and painted out without cutting the letters that touch or cross them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.ink import Mask, blobs, cleared, ink, letter_height, reduced
from ocr.types import Box, Rule, Sheet

Direction = Literal["horizontal", "vertical"]

_EDGE = 0.04
"""A line that comes this near (share of the side) to both edges of the sheet is a scanner's streak, no rule."""


_RIM = 0.015
"""A line nearer than this (share of the side) to an edge that it runs along is the edge of the paper, no rule."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A straight run of a line: its middle heights `y` at the columns `x0` … `x1`, and its thickness."""

    x0: int
    x1: int
    y: NDArray[np.float64]
    thickness: float

    def ahead(self, x: float) -> float:
        """The height at which the piece, drawn on, would pass `x`."""
        reach = min(len(self.y), 200)
        part = self.y[-reach:] if x >= self.x1 else self.y[:reach]
        start = self.x1 - reach if x >= self.x1 else self.x0
        if reach < 8:
            return float(part.mean())
        slope, offset = np.polyfit(np.arange(reach), part, 1)
        return float(offset + slope * (x - start))


def lift_rules(sheet: Sheet) -> Sheet:
    """The sheet with its ruling lines in `rules` instead of in its (grey, evenly lit) image.

    Straight streaks of a scanner, from edge to edge or struck through the print, are painted out only.
    """
    mask = ink(sheet.image)
    small, factor = reduced(mask, 1800)
    unit = letter_height(blobs(ink(255 - small, 128))) / factor or sheet.dpi * 0.07
    across, ink_across, path_across, streaks_across = _lines(mask, "horizontal", unit, np.zeros_like(mask))
    posts = cv2.dilate(path_across, np.ones((7, 7), np.uint8)).astype(np.uint8)
    down, ink_down, path_down, streaks_down = _lines(mask, "vertical", unit, posts)
    streaks = streaks_across + streaks_down
    if not across and not down and not streaks:
        return sheet
    # where lines cross or meet in a corner, each takes the other for a letter that stands on it
    corner = np.ones((5, 5), np.uint8)
    meeting = cv2.bitwise_and(cv2.dilate(path_across, corner), cv2.dilate(path_down, corner))
    erased: Mask = ink_across | ink_down | (np.asarray(meeting, dtype=np.uint8) & mask)
    painted = cleared(sheet.image, mask, erased)
    notes = []
    if across or down:
        notes.append(f"lifted {len(across)} horizontal and {len(down)} vertical rules")
    if streaks:
        notes.append(f"removed {streaks} streaks")
    return replace(sheet, image=painted, rules=(*sheet.rules, *across, *down), steps=(*sheet.steps, *notes))


def _lines(
    mask: Mask, direction: Direction, unit: float, crossing: Mask
) -> tuple[tuple[Rule, ...], Mask, Mask, int]:
    """The rules of one direction, the ink to erase for them and for streaks, their whole course, and the number of streaks.

    `unit` is the height of a letter in pixels; `crossing` where rules of the other direction run.
    """
    seen = mask if direction == "horizontal" else np.ascontiguousarray(mask.T)
    posts = crossing if direction == "horizontal" else crossing.T
    erased, course = np.zeros_like(seen), np.zeros_like(seen)
    rules: list[Rule] = []
    streaks = 0
    for line in _joined(_pieces(seen, unit), seen, unit):
        x0, x1 = line[0].x0, line[-1].x1
        if x1 - x0 < 4 * unit:
            continue
        y, thickness = _path(line)
        short = len(y) < 12 * unit
        x0, y = _extended(seen, x0, y, thickness, unit)
        x1 = x0 + len(y)
        if not _drawn(seen, x0, y, thickness):
            continue
        struck = _erase(seen, erased, posts, x0, y, thickness, short)
        if struck is None:
            continue
        half = max(1, round(thickness / 2))
        rows = np.clip(
            np.round(y - 0.5).astype(int)[None, :] + np.arange(-half, half + 1)[:, None], 0, len(seen) - 1
        )
        course[rows, np.arange(x0, x1)] = 255
        width = seen.shape[1]
        whole = x0 <= _EDGE * width and x1 >= (1 - _EDGE) * width
        middle = float(np.median(y)) / len(seen)
        if whole or struck > 0.06 or not _RIM < middle < 1 - _RIM:
            streaks += 1
            continue
        top, bottom = float(y.min() - thickness / 2), float(y.max() + thickness / 2)
        box = Box(x0, top, x1, bottom) if direction == "horizontal" else Box(top, x0, bottom, x1)
        rules.append(Rule(box, direction))
    if direction == "vertical":
        erased, course = np.ascontiguousarray(erased.T), np.ascontiguousarray(course.T)
    return tuple(rules), erased, course, streaks


def _pieces(mask: Mask, unit: float) -> list[_Piece]:
    """The runs of thin ink, two and a half letters long or more, that climb no more than about 3°."""
    thickest = max(4, round(0.4 * unit))
    stems = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    thin = cv2.bitwise_and(mask, cv2.bitwise_not(stems))
    bridge = max(3, round(unit / 9)) | 1
    slack = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, bridge), np.uint8))
    slack = cv2.dilate(slack, np.ones((3, 1), np.uint8))
    long = cv2.morphologyEx(slack, cv2.MORPH_OPEN, np.ones((1, max(20, round(2.5 * unit))), np.uint8))
    long = cv2.bitwise_and(long, thin)
    joined = cv2.dilate(long, np.ones((1, bridge), np.uint8))
    # outlines, not labels: a page holds few lines, and labelling all of its pixels takes ten times as long
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        if w < 2.5 * unit or h > 0.12 * w + thickest + 4:
            continue
        shape = np.zeros((h, w), dtype=np.uint8)
        cv2.drawContours(shape, [outline], -1, 255, -1, offset=(-x, -y))
        part = (shape > 0) & (long[y : y + h, x : x + w] > 0)
        count = part.sum(axis=0)
        columns = np.flatnonzero(count)
        if len(columns) < 0.6 * w:
            continue
        if not _free_sided(mask, (x, y, w, h), part, columns):
            continue
        heights = (part * np.arange(h)[:, None]).sum(axis=0)[columns] / count[columns] + y + 0.5
        full = np.arange(columns[0], columns[-1] + 1)
        found.append(
            _Piece(
                x0=x + int(columns[0]),
                x1=x + int(columns[-1]) + 1,
                y=np.interp(full, columns, heights),
                thickness=float(np.median(count[columns])),
            )
        )
    return found


def _free_sided(
    mask: Mask, place: tuple[int, int, int, int], part: NDArray[np.bool_], columns: NDArray[np.int_]
) -> bool:
    """Whether a run is a line and not the row of heads or feet of letters.

    Ink is to be seen at nearly all its columns, hardly a stem stands on it, and it is evenly thick.
    """
    x, y, _, h = place
    whole = mask[y : y + h, x + columns[0] : x + columns[-1] + 1] > 0
    thin = part[:, columns[0] : columns[-1] + 1]
    inked, of_line = whole.any(axis=0), thin.any(axis=0)
    thickness = thin.sum(axis=0)[of_line]
    middle = float(np.median(thickness))
    even = float(np.mean(np.abs(thickness - middle) <= max(1.0, 0.3 * middle)))
    return bool(inked.mean() > 0.9 and of_line.sum() > 0.85 * inked.sum() and even > 0.8)


def _joined(pieces: list[_Piece], mask: Mask, unit: float) -> list[list[_Piece]]:
    """The pieces that lie on one line, from left to right, put together.

    A gap may be three letters wide, or wider where ink (letters that the line strikes through) fills it.
    """
    lines: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.x0):
        best: tuple[float, list[_Piece]] | None = None
        for line in lines:
            last = line[-1]
            gap = piece.x0 - last.x1
            if gap < -1.5 * unit or piece.x1 <= last.x1:
                continue
            middle = (piece.x0 + last.x1) / 2
            off = abs(last.ahead(middle) - piece.ahead(middle))
            if off > max(2.0, 0.12 * unit) + 0.01 * max(gap, 0):
                continue
            if gap > 3 * unit and not _filled(mask, last, piece):
                continue
            if best is None or off < best[0]:
                best = (off, line)
        if best is None:
            lines.append([piece])
        else:
            best[1].append(piece)
    return lines


def _filled(mask: Mask, last: _Piece, following: _Piece) -> bool:
    """Whether ink lies all the way between two pieces."""
    xs = np.arange(last.x1, following.x0)
    ys = np.linspace(last.y[-1], following.y[0], len(xs))
    return _ink_share(mask, xs, ys, max(last.thickness, following.thickness)) > 0.85


def _ink_share(mask: Mask, xs: NDArray[np.int_], ys: NDArray[np.float64], thickness: float) -> float:
    """The share of the columns `xs` with ink at the height `ys`."""
    return float(_inked(mask, xs, ys, thickness).mean()) if len(xs) else 1.0


def _inked(mask: Mask, xs: NDArray[np.int_], ys: NDArray[np.float64], thickness: float) -> NDArray[np.bool_]:
    """Which columns `xs` have ink at the height `ys`, half the thickness up or down."""
    half = max(1, round(thickness / 2))
    rows = np.round(ys - 0.5).astype(int)[None, :] + np.arange(-half, half + 1)[:, None]
    return np.asarray((mask[np.clip(rows, 0, len(mask) - 1), xs[None, :]] > 0).any(axis=0))


def _path(line: list[_Piece]) -> tuple[NDArray[np.float64], float]:
    """The height of a line at each of its columns, and its thickness."""
    xs = np.concatenate([np.arange(p.x0, p.x1) for p in line])
    ys = np.concatenate([p.y for p in line])
    order = np.argsort(xs, kind="stable")
    full = np.arange(line[0].x0, line[-1].x1)
    y = np.interp(full, xs[order], ys[order])
    lengths = np.array([len(p.y) for p in line], dtype=np.float64)
    thickness = float(np.average([p.thickness for p in line], weights=lengths))
    return y, thickness


def _extended(
    mask: Mask, x0: int, y: NDArray[np.float64], thickness: float, unit: float
) -> tuple[int, NDArray[np.float64]]:
    """The line drawn on at both ends as far as ink goes on, bridging no gap wider than a quarter of a letter."""
    reach = min(len(y), 300)
    bridge = max(3, round(unit / 4))
    drawn = [y]
    first = x0
    for end in (-1, 1):
        part = y[:reach] if end < 0 else y[-reach:]
        slope = float(np.polyfit(np.arange(reach), part, 1)[0]) if reach >= 8 else 0.0
        start = x0 - 1 if end < 0 else x0 + len(y)
        steps = np.arange(start + 1 if end < 0 else mask.shape[1] - start)
        if not len(steps):
            continue
        ys = (y[0] if end < 0 else y[-1]) + slope * end * (steps + 1)
        inked = _inked(mask, start + end * steps, ys, thickness)
        missing = np.convolve(~inked, np.ones(bridge), mode="full")[: len(inked)] >= bridge
        stop = int(np.argmax(missing)) - bridge + 1 if missing.any() else len(inked)
        while stop > 0 and not inked[stop - 1]:
            stop -= 1
        if end < 0:
            drawn.insert(0, ys[:stop][::-1])
            first -= stop
        else:
            drawn.append(ys[:stop])
    return first, np.concatenate(drawn)


def _drawn(mask: Mask, x0: int, y: NDArray[np.float64], thickness: float) -> bool:
    """Whether a line is drawn through: dots and dashes with gaps as wide as themselves are no rule."""
    return _ink_share(mask, np.arange(x0, x0 + len(y)), y, thickness) > 0.8


def _erase(
    mask: Mask,
    erased: Mask,
    posts: Mask,
    x0: int,
    y: NDArray[np.float64],
    thickness: float,
    short: bool,
) -> float | None:
    """Mark in `erased` the line's own ink, and return the share of its columns that letters strike through.

    Where rules of the other direction cross it, in `posts`, nothing strikes it through.

    In each column the line's run of ink goes if it is hardly taller than the line; a taller one is a letter
    that stands on the line, hangs from it or crosses it, and stays whole. A `short` line
    where much stands on it or hangs from it is a row of heads or feet of letters: None.
    """
    allowed = round(thickness + max(1.5, 0.4 * thickness))
    half = max(1, round(thickness / 2))
    reach = half + allowed + 1
    count = len(y)
    rows = np.round(y - 0.5).astype(int)[None, :] + np.arange(-reach, reach + 1)[:, None]
    inside = (rows >= 0) & (rows < len(mask))
    columns = np.broadcast_to(np.arange(x0, x0 + count), rows.shape)
    strip = (mask[np.clip(rows, 0, len(mask) - 1), columns] > 0) & inside
    grown = np.zeros_like(strip)
    grown[reach - half : reach + half + 1] = strip[reach - half : reach + half + 1]
    for _ in range(reach):
        spread = grown.copy()
        spread[:-1] |= grown[1:]
        spread[1:] |= grown[:-1]
        spread &= strip
        if np.array_equal(spread, grown):
            break
        grown = spread
    run = grown.sum(axis=0)
    chosen = grown & (run <= allowed)
    if short and float(chosen.any(axis=0).mean()) < 0.7:
        return None
    erased[rows[chosen], columns[chosen]] = 255
    above = grown[: reach - half].sum(axis=0) >= allowed - 1
    below = grown[reach + half + 1 :].sum(axis=0) >= allowed - 1
    crossed = ((posts[np.clip(rows, 0, len(mask) - 1), columns] > 0) & inside).any(axis=0)
    return float((above & below & ~crossed).mean())
