"""Letters read twice: where the recogniser cannot choose between two letters it may write both, one after the other.

The ink tells: one connected piece of it, no wider than a letter, is one letter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.thaiorder import Glyph, is_mark

_SPLIT = 1.15
"""Two readings of one letter share its probability: together they are no surer than this."""

_WIDEST = 1.15
"""A piece of ink wider than this, in consonant heights, may be two letters that touch."""


def once(glyphs: Sequence[Glyph], letters: NDArray[np.float64], consonant: float) -> list[Glyph]:
    """The `glyphs` of a line without the weaker reading of letters read twice.

    `letters` (n, 2) holds the left and right edges of the line's ink as high as a letter, by their left edges, in the
    frame of the glyphs; `consonant` is the height of a consonant in pixels.
    """
    kept: list[Glyph] = []
    for i, glyph in enumerate(glyphs):
        if not (kept and _same_print(kept[-1], glyph, letters, consonant)):
            kept.append(glyph)
            continue
        first = kept[-1]
        beside = [*kept[-2:-1], *glyphs[i + 1 : i + 2]]
        number = any(g.char.isdigit() for g in beside)
        # 0 among digits is a nought, however much it looks like an O
        if (number and glyph.char.isdigit(), glyph.confidence) > (
            number and first.char.isdigit(),
            first.confidence,
        ):
            kept[-1] = glyph._replace(joint=first.joint)
    return kept


def _same_print(first: Glyph, second: Glyph, letters: NDArray[np.float64], consonant: float) -> bool:
    """Whether two neighbouring glyphs are readings of one and the same piece of ink."""
    if second.joint or not (first.char.isalnum() and second.char.isalnum()):
        return False
    if is_mark(first.char) or is_mark(second.char) or first.confidence + second.confidence > _SPLIT:
        return False
    if second.x1 - first.x0 > 1.4 * consonant:
        return False
    middle = letters.mean(axis=1) if len(letters) else np.zeros(0)
    slack = 0.18 * consonant
    inside = letters[(middle > first.x0 - slack) & (middle < second.x1)]
    return len(inside) == 1 and bool(inside[0, 1] - inside[0, 0] <= _WIDEST * consonant)
