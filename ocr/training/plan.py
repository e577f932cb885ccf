"""How long and how boldly to train."""

from __future__ import annotations

import math
from dataclasses import dataclass

LINES = 1_200_000
"""A whole training, each line seen once."""
_WARM = 150
"""Steps in which the rate rises."""
_LEAST = 0.01
"""Of the rate, at the end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: so many `lines`, the highest `rate` of a step, about `columns` pixels to a batch, seeds from `first`."""

    lines: int = LINES
    rate: float = 7e-4
    columns: int = 16_000
    first: int = 60_000_000


def rate_at(plan: Plan, steps: int, lines: int) -> float:
    """The rate of step `steps` after `lines` lines."""
    done = min(1.0, lines / plan.lines)
    fall = _LEAST + (1 - _LEAST) * (1 + math.cos(math.pi * done)) / 2
    return plan.rate * min(1.0, (steps + 1) / _WARM) * fall
