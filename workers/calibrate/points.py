"""What a damage sweep measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One level of one damage (0: none): of so many expected leaves so many `accepted`, so many `wrong` of these."""

    damage: str
    level: float
    leaves: int
    accepted: int
    wrong: int
