"""The shape of the phrase stock that projects are invented from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """One field of district work: its office and phrases to combine.

    Phrases hold slots in braces (``{n}``, ``{district}`` …) that `samples.make.content` fills.
    """

    key: str
    office: str
    titles: tuple[str, ...]
    rationale: tuple[str, ...]
    objectives: tuple[str, ...]
    quantity: tuple[str, ...]
    quality: tuple[str, ...]
    activities: tuple[str, ...]
    expenses: tuple[str, ...]
