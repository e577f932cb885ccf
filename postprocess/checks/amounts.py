"""Rules over amounts: limits, sums, products."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from postprocess.checks.spec import (
    TOLERANCE,
    CheckResult,
    CheckSpec,
    Leaf,
    as_number,
    checked_leaves,
    label,
    outcome,
    present,
    shown,
    together,
)
from postprocess.paths import expand


def at_most(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """No value is more than the limit it is held against."""
    results = []
    for leaf, indices, value in checked_leaves(check, values):
        for limit_path, limit_indices, limit in present(check.against or "", values):
            low, high = as_number(value), as_number(limit)
            if low is None or high is None or not together(indices, limit_indices):
                continue
            a, b = label(leaf, labels), label(limit_path, labels)
            results.append(
                outcome(
                    (leaf, limit_path),
                    low <= high + TOLERANCE,
                    "check_at_most",
                    f"{a} ({shown(low)}) มากกว่า {b} ({shown(high)})",
                    f"{a} ({shown(low)}) is more than {b} ({shown(high)})",
                )
            )
    return results


def between(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """Every number lies between `low` and `high`."""
    low, high = check.low or 0.0, check.high or 0.0
    results = []
    for leaf, _, value in checked_leaves(check, values):
        number = as_number(value)
        if number is None:
            continue
        name = label(leaf, labels)
        results.append(
            outcome(
                (leaf,),
                low <= number <= high,
                "check_between",
                f"{name} ({shown(number)}) ต้องอยู่ระหว่าง {shown(low)} ถึง {shown(high)}",
                f"{name} ({shown(number)}) must lie between {shown(low)} and {shown(high)}",
            )
        )
    return results


def sum_equals(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """The parts that go with a total add up to it."""
    results = []
    for paths, parts, total in _equations(check, values, expand):
        found, name = sum(parts), label(paths[-1], labels)
        results.append(
            outcome(
                paths,
                abs(found - total) <= TOLERANCE,
                "check_sum",
                f"รายการรวมกันได้ {shown(found)} ไม่เท่ากับ {name} ({shown(total)})",
                f"the items add up to {shown(found)}, not to {name} ({shown(total)})",
            )
        )
    return results


def product_equals(
    check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]
) -> list[CheckResult]:
    """The factors that go with a product give it."""
    results = []
    for paths, factors, product in _equations(check, values, present):
        if len(factors) != len(check.paths):
            continue
        found, name = math.prod(factors), label(paths[-1], labels)
        results.append(
            outcome(
                paths,
                abs(found - product) <= TOLERANCE,
                "check_product",
                f"ผลคูณได้ {shown(found)} ไม่เท่ากับ {name} ({shown(product)})",
                f"the product is {shown(found)}, not {name} ({shown(product)})",
            )
        )
    return results


def _equations(
    check: CheckSpec,
    values: Mapping[str, Any],
    leaves: Callable[[str, Mapping[str, Any]], Iterable[Leaf]],
) -> Iterator[tuple[tuple[str, ...], list[float], float]]:
    """The numbers of the `leaves` of the check's paths that go with each value they are held against, and that value.

    Before them the paths of all, that of the value last. Where one of them is no number there is no equation.
    """
    for path, indices, value in present(check.against or "", values):
        sides = [leaf for part in check.paths for leaf in leaves(part, values) if together(leaf[1], indices)]
        numbers = [number for _, _, side in sides if (number := as_number(side)) is not None]
        expected = as_number(value)
        if numbers and len(numbers) == len(sides) and expected is not None:
            yield (*(leaf[0] for leaf in sides), path), numbers, expected


def last_equals(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """The last printed value equals the one it is held against."""
    targets = present(check.against or "", values)
    leaves = [leaf for path in check.paths for leaf in expand(path, values)]
    if len(targets) != 1 or not leaves or leaves[-1][2] is None:
        return []
    path, _, value = leaves[-1]
    target_path, _, target = targets[0]
    a, b = as_number(value), as_number(target)
    holds = abs(a - b) <= TOLERANCE if a is not None and b is not None else value == target
    la, lb = label(path, labels), label(target_path, labels)
    return [
        outcome(
            (path, target_path),
            holds,
            "check_last",
            f"{la} ({shown(value)}) ไม่เท่ากับ {lb} ({shown(target)})",
            f"{la} ({shown(value)}) is not equal to {lb} ({shown(target)})",
        )
    ]
