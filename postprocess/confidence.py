"""How likely a value is exactly right: one formula, in one place.

The logarithm of the odds is a sum of signs, each monotone: better reading, a better label, a stronger form, checks
that hold and a second look that agrees never lower it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

THRESHOLD = 0.9
"""The confidence from which a field is accepted where the settings do not say otherwise."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against a value.

    `characters` are the engine's confidences (0–1) of the letters the value was made of; `label` 0–1 how well its
    label matched; `strength` 0–1 how much the value's own form speaks for it; `held` and `failed` count the checks;
    `agreed` and `disagreed` count further looks at the same print; `changed` is the share of letters that were
    repaired.
    """

    characters: Sequence[float] = ()
    label: float = 1.0
    strength: float = 0.5
    held: int = 0
    failed: int = 0
    agreed: int = 0
    disagreed: int = 0
    changed: float = 0.0


def confidence(signs: Signs) -> float:
    """The probability (0–1) that the value is exactly right."""
    if signs.strength <= 0:
        return 0.02
    odds = -4.0
    odds += 5.0 * _reading(signs.characters)
    odds += 2.0 * (min(signs.label, 1.0) - 0.8) / 0.2 if signs.label < 0.8 else 2.0
    odds += 2.0 * signs.strength
    odds += 1.0 * min(signs.held, 2) - 3.0 * min(signs.failed, 2)
    odds += 1.5 * min(signs.agreed, 2) - 2.0 * min(signs.disagreed, 2)
    odds -= 6.0 * signs.changed
    return round(1.0 / (1.0 + math.exp(-odds)), 4)


def _reading(characters: Sequence[float]) -> float:
    """The engine's own view, 0–1: the mean, pulled down by the worst letters; a whole text is as good as its parts."""
    if not characters:
        return 1.0
    ordered = sorted(characters)
    worst = ordered[: max(1, len(ordered) // 10)]
    return 0.5 * sum(ordered) / len(ordered) + 0.5 * sum(worst) / len(worst)
