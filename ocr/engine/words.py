"""Glyphs of one line into words: Thai letters are joined, visible blanks divide."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.thaiorder import Glyph, is_mark


def split_at_gaps(glyphs: Sequence[Glyph], gap: float) -> list[list[Glyph]]:
    """Runs of `glyphs` (in legal order) divided where more than `gap` pixels lie between their boxes.

    A mark never begins a run, whatever its box says.
    """
    runs: list[list[Glyph]] = []
    right = 0.0
    for glyph in glyphs:
        if runs and (glyph.x0 - right <= gap or is_mark(glyph.char)):
            runs[-1].append(glyph)
            right = max(right, glyph.x1)
        else:
            runs.append([glyph])
            right = glyph.x1
    return runs
