"""Rules over what follows each other: rows, dates, numbers of an outline."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

from postprocess.checks.spec import (
    CheckResult,
    CheckSpec,
    Leaf,
    as_number,
    checked_leaves,
    label,
    outcome,
    present,
    shown,
)
from postprocess.paths import expand
from postprocess.thai import arabic_digits


def ordered(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """The values of the paths never fall from one path to the next."""
    return _never_falling(checked_leaves(check, values), "check_ordered", labels)


def ascending(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """The values of each path never fall."""
    return [
        result
        for path in check.paths
        for result in _never_falling(present(path, values), "check_ascending", labels)
    ]


def _never_falling(leaves: list[Leaf], code: str, labels: Mapping[str, str]) -> list[CheckResult]:
    results = []
    for (path_a, _, a), (path_b, _, b) in itertools.pairwise(leaves):
        if type(a) is not type(b) and (as_number(a) is None or as_number(b) is None):
            continue
        la, lb = label(path_a, labels), label(path_b, labels)
        results.append(
            outcome(
                (path_a, path_b),
                a <= b,
                code,
                f"{la} ({shown(a)}) อยู่หลัง {lb} ({shown(b)})",
                f"{la} ({shown(a)}) comes after {lb} ({shown(b)})",
            )
        )
    return results


def numbered(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """The numbers of a list run 1, 2, 3 …"""
    results = []
    for path in check.paths:
        groups: dict[tuple[int, ...], list[tuple[str, Any]]] = {}
        for leaf, indices, value in expand(path, values):
            groups.setdefault(indices[:-1], []).append((leaf, value))
        for leaves in groups.values():
            for expected, (leaf, value) in enumerate(leaves, 1):
                if value is None:
                    continue
                name = label(leaf, labels)
                results.append(
                    outcome(
                        (leaf,),
                        value == expected,
                        "check_numbered",
                        f"{name} เป็น {value} แต่ลำดับควรเป็น {expected}",
                        f"{name} is {value}, but it should be number {expected}",
                    )
                )
    return results


_NUMBER = re.compile(r"^\W*(?:[ก-๎]{,14}ที่\s?)?([0-9๐-๙]+(?:\.[0-9๐-๙]+)*)")


def outline(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """Each heading's number goes on from that of the heading over it (7, 7.4, 7.4.1); one without a number says nothing."""
    numbers = [
        (leaf, arabic_digits(found[1]))
        for leaf, _, value in checked_leaves(check, values)
        if isinstance(value, str) and (found := _NUMBER.match(value))
    ]
    results = []
    for (path_a, above), (path_b, below) in itertools.pairwise(numbers):
        a, b = label(path_a, labels), label(path_b, labels)
        results.append(
            outcome(
                (path_a, path_b),
                below.startswith(f"{above}."),
                "check_outline",
                f"เลขที่ของ {b} ({below}) ไม่ได้ต่อจากเลขที่ของ {a} ({above})",
                f"the number of {b} ({below}) does not go on from that of {a} ({above})",
            )
        )
    return results
