"""Spelling of free text: doubtful stretches only, and only where the evidence clearly wins."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from postprocess.types import Change


def correct(
    text: str, confidences: Sequence[float], vocabulary: Collection[str] = ()
) -> tuple[str, tuple[Change, ...]]:
    """`text` (contract form, one confidence 0–1 for each character) with clear misreadings put right.

    `vocabulary` are words and phrases of the form. Numbers, Latin words and names of people are never touched.
    Every change is recorded with its rule.
    """
    return text, ()
