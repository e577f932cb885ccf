"""A page of plain text with its spelling corrected: what `samnao read` shows."""

from __future__ import annotations

from dataclasses import replace

from ocr.types import Line, Text
from postprocess.correct import correct


def plain_text(text: Text) -> str:
    """The text of a page in reading order, as ``str(text)`` gives it, misreadings of Thai words put right.

    Lines are corrected one by one. A born-digital page is not touched: nobody misread it.
    """
    if text.origin != "ocr":
        return str(text)
    return str(replace(text, lines=tuple(map(_spelled, text.lines))))


def _spelled(line: Line) -> Line:
    """`line` with all its words as one, corrected."""
    if not line.words:
        return line
    confidences: list[float] = []
    for word in line.words:
        # Blanks between words are seen, not read: they are sure.
        confidences += [1.0, *word.confidences] if confidences else word.confidences
    fixed, _ = correct(line.text, confidences)
    return replace(line, words=(replace(line.words[0], text=fixed, confidences=(1.0,) * len(fixed)),))
