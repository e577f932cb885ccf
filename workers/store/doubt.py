"""How doubtful a record is: which of its fields wait for a person, why, and what looking is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

DOUBTFUL = ("review", "missing")
"""The states of a field that wait for a person."""
REASONS = ("missing", "blank", "check", "form", "unsure")
"""Why a field waits: its label was not found; nothing is printed where something must be; it contradicts other
fields; what is printed cannot be understood as what it should be; the reader was not sure."""


class Doubted(Protocol):
    """What is looked at of a field."""

    @property
    def status(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def problems(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """How many fields wait, the number of wrong ones to be expected among them, and why they wait."""

    doubtful: int
    worth: float
    reasons: Mapping[str, int]


def doubt_of(fields: Iterable[Doubted]) -> Doubt:
    """What waits in a record with these `fields`."""
    waiting = [field for field in fields if field.status in DOUBTFUL]
    worth = sum(1.0 - min(1.0, max(0.0, field.confidence)) for field in waiting)
    return Doubt(len(waiting), round(worth, 4), Counter(reason_of(field.problems or ()) for field in waiting))


def reason_of(problems: Sequence[Mapping[str, str]]) -> str:
    """The one of `REASONS` that a field with these `problems` waits for."""
    codes = [problem.get("code", "") for problem in problems]
    if "missing" in codes:
        return "missing"
    if "blank" in codes:
        return "blank"
    if any(not code.startswith("check_") for code in codes):
        return "form"
    return "check" if codes else "unsure"
