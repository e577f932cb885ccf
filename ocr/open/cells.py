"""Painted characters to printed lines: one line of one column or table cell at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocr.open.glyphs import Glyph, ink_box
from ocr.thaiorder import Glyph as Placed
from ocr.thaiorder import ordered
from ocr.types import Box, Rule, Word, bounding_box

_CELL_GAP = 1.5
"""In ems: a gap as wide as this divides two cells (or label : value pairs)."""
_PART_GAP = 0.6
"""In ems: between two pieces of marked content (tagged cells) this much does."""
_BLANK_GAP = 0.3
_BLANK_GAP_ALONE = 0.15
"""In ems: a gap of this width is a blank though none was written; less is enough where no blank is written at all."""
_WRITTEN_BLANK_GAP = 0.08
"""In ems: a written blank is one where it can be seen."""
_LABEL_GAP = 3.5
"""In ems: a bullet or a number is this far from its list item at most."""
_LABEL = re.compile(r"[-–—•·▪◦●○■□*➢✓\uf0b7\uf0a7]|\(?(\d{1,2}|[ก-ฮ])[.)]|\d{1,2}(\.\d{1,2}){1,3}\.?")
_BASELINE = 0.35
"""In ems: characters whose baselines differ by more stand on different lines."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of one printed line of one column or cell; `y` is its baseline, `em` its font size, in pixels.

    `first` and `last` number the marked content in which it begins and ends (-1: none): in tagged files a
    paragraph, a list item, a cell or a stretch of type in it.
    """

    words: tuple[Word, ...]
    box: Box
    y: float
    em: float
    first: int = -1
    last: int = -1


def printed_cells(glyphs: tuple[Glyph, ...], rules: tuple[Rule, ...]) -> list[Cell]:
    """The printed lines in painting order, cut at wide gaps and at vertical rules, joined where printed in pieces."""
    walls = [rule.box for rule in rules if rule.direction == "vertical"]
    runs = _joined_runs(_runs(glyphs, walls), walls)
    cells: list[Cell] = []
    for run in runs:
        words = _words(run)
        if words:
            printed = [glyph for glyph in run if glyph.text]
            base = [glyph for glyph in printed if not glyph.is_mark] or printed
            em = sorted(glyph.em for glyph in base)[len(base) // 2]
            y = sorted(glyph.y for glyph in base)[len(base) // 2]
            box = bounding_box(word.box for word in words)
            cells.append(Cell(words, box, y, em, printed[0].part, printed[-1].part))
    return cells


def _runs(glyphs: tuple[Glyph, ...], walls: list[Box]) -> list[list[Glyph]]:
    """Characters painted one after another on one line without a wide gap."""
    runs: list[list[Glyph]] = []
    last: Glyph | None = None  # the last base character
    right = 0.0
    for glyph in glyphs:
        if not glyph.text:
            if runs:
                runs[-1].append(glyph)
            continue
        if last is None or _breaks(
            last, right, glyph, walls, is_label("".join(item.text for item in runs[-1]))
        ):
            runs.append([])
            right = glyph.box.x0
        runs[-1].append(glyph)
        if not glyph.is_mark or last is None:
            last = glyph
        right = max(right, glyph.box.x1)
    return runs


def is_label(text: str) -> bool:
    """Whether `text` is only a bullet or the number of a list item."""
    return bool(_LABEL.fullmatch(text))


def _breaks(last: Glyph, right: float, glyph: Glyph, walls: list[Box], label: bool) -> bool:
    em = max(last.em, glyph.em)
    gap = glyph.box.x0 - right
    if label and 0 < gap <= _LABEL_GAP * em and abs(glyph.y - last.y) <= _BASELINE * em:
        return _wall_between(right, glyph.box.x0, glyph.y - 0.3 * em, walls)
    if glyph.is_mark:
        return abs(glyph.y - last.y) > em or gap > em or glyph.box.x1 < last.box.x0 - em
    back = last.box.x0 - glyph.box.x0
    if abs(glyph.y - last.y) > _BASELINE * em or back > 0.3 * em or gap > _CELL_GAP * em:
        return True
    if gap > _PART_GAP * em and glyph.part != last.part:
        return True
    return gap > 0 and _wall_between(right, glyph.box.x0, glyph.y - 0.3 * em, walls)


def _wall_between(left: float, right: float, y: float, walls: list[Box]) -> bool:
    return any(left - 1 <= wall.center[0] <= right + 1 and wall.y0 <= y <= wall.y1 for wall in walls)


def _joined_runs(runs: list[list[Glyph]], walls: list[Box]) -> list[list[Glyph]]:
    """Runs that continue one another on the same line though painted apart, joined; doubled print dropped."""
    boxes = [ink_box(run) for run in runs]
    order = sorted(range(len(runs)), key=lambda i: boxes[i].x0)
    gone: set[int] = set()
    for i in order:
        if i in gone:
            continue
        for j in order:
            if j == i or j in gone:
                continue
            a, b = runs[i][0], runs[j][0]
            em = max(a.em, b.em)
            if abs(a.y - b.y) > 0.1 * em or abs(a.em - b.em) > 0.3 * em:
                continue
            gap = boxes[j].x0 - boxes[i].x1
            if _same_print(runs[i], runs[j], boxes[i], boxes[j], em):
                gone.add(j)
            elif -0.15 * em <= gap <= 0.35 * em and not _wall_between(
                boxes[i].x1, boxes[j].x0, a.y - 0.3 * em, walls
            ):
                runs[i] = [*runs[i], *runs[j]]
                boxes[i] = boxes[i].union(boxes[j])
                gone.add(j)
    return [run for i, run in enumerate(runs) if i not in gone]


def _same_print(a: list[Glyph], b: list[Glyph], box_a: Box, box_b: Box, em: float) -> bool:
    return (
        abs(box_a.x0 - box_b.x0) < 0.15 * em
        and abs(box_a.x1 - box_b.x1) < 0.15 * em
        and [glyph.text for glyph in a if glyph.text] == [glyph.text for glyph in b if glyph.text]
    )


def _words(run: list[Glyph]) -> tuple[Word, ...]:
    groups: list[list[Glyph]] = []
    unwritten = _BLANK_GAP if any(not glyph.text for glyph in run) else _BLANK_GAP_ALONE
    blank = False
    right = end = 0.0
    for glyph in run:
        if not glyph.text:
            blank = True
            continue
        # Narrow figures stand in much white: the pen tells a blank from that, where its way is known.
        gap = min(glyph.box.x0 - right, glyph.x - end + 0.05 * glyph.em)
        wide = _WRITTEN_BLANK_GAP if blank else unwritten
        if not groups or (not glyph.is_mark and gap > wide * glyph.em):
            groups.append([])
            right = end = glyph.box.x0
        groups[-1].append(glyph)
        right = max(right, glyph.box.x1)
        end = end if glyph.is_mark else max(end, glyph.end)
        blank = False
    return tuple(word for word in map(_word, groups) if word is not None)


def _word(group: list[Glyph]) -> Word | None:
    """A word in legal Thai order; None where nothing but loose marks remains."""
    placed = [
        Placed(char, 1.0, glyph.box.x0 + glyph.box.width * i / len(glyph.text), glyph.box.x1)
        for glyph in group
        for i, char in enumerate(glyph.text)
    ]
    text = "".join(item.char for item in ordered(placed))
    if not text:
        return None
    box = ink_box(group)
    return Word(text, box, box, (1.0,) * len(text))
