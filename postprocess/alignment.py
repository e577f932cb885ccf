"""Which item of one list is which of another: order-keeping pairing by likeness, for lists, records and copies."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from rapidfuzz import fuzz

A = TypeVar("A")
B = TypeVar("B")


def align(
    left: Sequence[A], right: Sequence[B], similarity: Callable[[A, B], float], least: float
) -> list[tuple[int | None, int | None]]:
    """The order-keeping pairing of both sequences with the greatest sum of similarities.

    Pairs less similar than `least` are not made. Gives (left index, right index) in order; None where an item has
    no partner. Dynamic programming as by Needleman and Wunsch (1970), gaps costing nothing.
    """
    rows, columns = len(left), len(right)
    scores = [[similarity(a, b) for b in right] for a in left]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            together = scores[i][j] + best[i + 1][j + 1] if scores[i][j] >= least else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows or j < columns:
        both = i < rows and j < columns and scores[i][j] >= least
        if both and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif j == columns or (i < rows and best[i][j] == best[i + 1][j]):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def likeness(one: Any, other: Any) -> float:
    """How alike two values are, 0–1, by their JSON; two blanks are alike."""
    if one in (None, [], {}) or other in (None, [], {}):
        return float(one in (None, [], {}) and other in (None, [], {}))
    if isinstance(one, dict) and isinstance(other, dict):
        return record_likeness(one, other)
    return fuzz.ratio(_plain(one), _plain(other)) / 100


def record_likeness(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The mean likeness of what stands under the keys of both."""
    keys = one.keys() | other.keys()
    return sum(likeness(one.get(key), other.get(key)) for key in keys) / len(keys) if keys else 1.0


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(text.split())
