"""What a check is, what it gives, and what all rules need: leaves, numbers, names to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from postprocess.kinds.parsed import problem
from postprocess.paths import expand, general
from postprocess.types import Problem

TOLERANCE = 0.005
"""Half a satang: sums of amounts are exact to the satang."""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One check of a form: the `rule`, the `paths` it looks at, and what it holds them `against`.

    rule              paths                         against
    at_most           each ≤                        the limit's path
    ordered           dates, each ≤ the next
    inside_fiscal_year  dates                       the path of the year (Buddhist era, October to September)
    numbered          numbers that run 1, 2, 3 …
    ascending         values that never fall
    outline           headings, from the highest; their numbers (7, 7.4, 7.4.1) go on from each other
    between           each in `low` … `high`
    years             years and dates, each in    the path of the year they are counted from, if any
                      `low` … `high` (Buddhist era)
    sum_equals        the parts                     the total's path; shared [*] go together
    last_equals       the last printed one          the path of the value it must equal
    product_equals    the factors                   the product's path; shared [*] go together
    """

    rule: str
    paths: tuple[str, ...]
    against: str | None = None
    low: float | None = None
    high: float | None = None


Proof = Literal["sums", "equals", "plausible", "little"]
"""What a check that holds proves: an exact sum of several values, two equal values, that a value can be, or only that it
is not absurd, as hardly any misreading is.
"""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One application of a check: the leaf `paths` it covers, whether it `holds`, and the problem where not.

    `proof` is what it proves of them where it holds.
    """

    paths: tuple[str, ...]
    holds: bool
    problem: Problem | None
    proof: Proof = "plausible"


Rule = Callable[[CheckSpec, Mapping[str, Any], Mapping[str, str]], list[CheckResult]]
"""Every application of a check to the nested values of a record, with the printed labels of paths."""

Leaf = tuple[str, tuple[int, ...], Any]
"""The path of a value, the indices in it, the value."""


def present(path: str, values: Mapping[str, Any]) -> list[Leaf]:
    """The leaves at `path` that have a value."""
    return [leaf for leaf in expand(path, values) if leaf[2] is not None]


def checked_leaves(check: CheckSpec, values: Mapping[str, Any]) -> list[Leaf]:
    """The leaves at all paths of `check` that have a value, path by path."""
    return [leaf for path in check.paths for leaf in present(path, values)]


def as_number(value: Any) -> float | None:
    """A number as such; None for what is none, truth values among it."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def label(path: str, labels: Mapping[str, str]) -> str:
    """What is printed beside the field at `path`, with the numbers of its rows, from 1."""
    column = general(path)
    number = "".join(f" ({int(i) + 1})" for i in re.findall(r"\[(\d+)\]", path))
    return labels.get(column, column.replace("[*]", "")) + number


def shown(value: Any) -> str:
    """A value as messages show it."""
    number = as_number(value)
    return str(value) if number is None else f"{number:,.2f}".removesuffix(".00")


def outcome(paths: tuple[str, ...], holds: bool, code: str, thai: str, english: str) -> CheckResult:
    """What a check of `paths` gives: the problem only where it does not hold."""
    return CheckResult(paths, holds, None if holds else problem(code, thai, english))


def together(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether leaves with these indices stand in the same rows."""
    shared = min(len(a), len(b))
    return a[:shared] == b[:shared]
