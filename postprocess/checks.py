"""Checks across fields, named in a form definition: what holds is evidence, what fails is for a person.

Paths are those of the record contract with ``[*]`` for every index: ``progress_reports[*].expenses[*].amount``.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from postprocess.kinds.parsed import problem
from postprocess.paths import expand
from postprocess.types import Problem

_TOLERANCE = 0.005
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


def run(
    check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str] | None = None
) -> list[CheckResult]:
    """Every application of `check` to the nested `values` of a record.

    A check with a missing side does not apply and gives nothing. `labels` (path with ``[*]`` → printed label) make
    the messages readable. ValueError for an unknown rule or one that lacks what it needs.
    """
    validate(check)
    found = _RULES[check.rule](check, values, labels or {})
    return [replace(result, proof=_proof(check.rule, result.paths)) for result in found]


def _proof(rule: str, paths: Sequence[str]) -> Proof:
    if rule in ("sum_equals", "product_equals") and len(paths) > 2:
        return "sums"
    if rule == "years":
        return "little"
    return "equals" if rule in ("sum_equals", "product_equals", "last_equals", "numbered") else "plausible"


def validate(check: CheckSpec) -> None:
    """ValueError, saying what is missing, where `check` cannot be run."""
    if check.rule not in _RULES:
        raise ValueError(f"unknown check {check.rule!r}; known are {', '.join(sorted(_RULES))}")
    if not check.paths:
        raise ValueError(f"check {check.rule!r} names no paths")
    if check.rule in _NEEDS_AGAINST and not check.against:
        raise ValueError(f"check {check.rule!r} needs `against`")
    if check.rule in _NEEDS_BOUNDS and (check.low is None or check.high is None):
        raise ValueError(f"check {check.rule!r} needs `low` and `high`")


_Leaf = tuple[str, tuple[int, ...], Any]
"""The path of a value, the indices in it, the value."""


def _present(path: str, values: Mapping[str, Any]) -> list[_Leaf]:
    return [leaf for leaf in expand(path, values) if leaf[2] is not None]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _label(path: str, labels: Mapping[str, str]) -> str:
    general = re.sub(r"\[\d+\]", "[*]", path)
    number = "".join(f" ({int(i) + 1})" for i in re.findall(r"\[(\d+)\]", path))
    return labels.get(general, general.replace("[*]", "")) + number


def _shown(value: Any) -> str:
    number = _number(value)
    return str(value) if number is None else f"{number:,.2f}".removesuffix(".00")


def _result(paths: tuple[str, ...], holds: bool, code: str, thai: str, english: str) -> CheckResult:
    return CheckResult(paths, holds, None if holds else problem(code, thai, english))


_Rule = Callable[[CheckSpec, Mapping[str, Any], Mapping[str, str]], list[CheckResult]]


def _at_most(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    results = []
    for path in check.paths:
        for leaf, indices, value in _present(path, values):
            for limit_path, limit_indices, limit in _present(check.against or "", values):
                low, high = _number(value), _number(limit)
                if low is None or high is None or not _together(indices, limit_indices):
                    continue
                a, b = _label(leaf, labels), _label(limit_path, labels)
                results.append(
                    _result(
                        (leaf, limit_path),
                        low <= high + _TOLERANCE,
                        "check_at_most",
                        f"{a} ({_shown(low)}) มากกว่า {b} ({_shown(high)})",
                        f"{a} ({_shown(low)}) is more than {b} ({_shown(high)})",
                    )
                )
    return results


def _together(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    shared = min(len(a), len(b))
    return a[:shared] == b[:shared]


def _ordered(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    leaves = [leaf for path in check.paths for leaf in _present(path, values)]
    return _never_falling(leaves, "check_ordered", labels)


def _ascending(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    return [
        result
        for path in check.paths
        for result in _never_falling(_present(path, values), "check_ascending", labels)
    ]


def _never_falling(leaves: list[_Leaf], code: str, labels: Mapping[str, str]) -> list[CheckResult]:
    results = []
    for (path_a, _, a), (path_b, _, b) in itertools.pairwise(leaves):
        if type(a) is not type(b) and (_number(a) is None or _number(b) is None):
            continue
        la, lb = _label(path_a, labels), _label(path_b, labels)
        results.append(
            _result(
                (path_a, path_b),
                a <= b,
                code,
                f"{la} ({_shown(a)}) อยู่หลัง {lb} ({_shown(b)})",
                f"{la} ({_shown(a)}) comes after {lb} ({_shown(b)})",
            )
        )
    return results


def _inside_fiscal_year(
    check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]
) -> list[CheckResult]:
    years = _present(check.against or "", values)
    if len(years) != 1 or not isinstance(years[0][2], int):
        return []
    year_path, _, year = years[0]
    first, last = fiscal_year(year)
    results = []
    for path in check.paths:
        for leaf, _, value in _present(path, values):
            day = _as_date(value)
            if day is None:
                continue
            name = _label(leaf, labels)
            results.append(
                _result(
                    (leaf, year_path),
                    first <= day <= last,
                    "check_fiscal_year",
                    f"{name} ({value}) อยู่นอกปีงบประมาณ {year} (1 ต.ค. {year - 1} ถึง 30 ก.ย. {year})",
                    f"{name} ({value}) lies outside fiscal year {year} ({first} to {last})",
                )
            )
    return results


def fiscal_year(year: int) -> tuple[date, date]:
    """First and last day of the Thai fiscal year `year` (Buddhist era): 1 October before to 30 September."""
    return date(year - 544, 10, 1), date(year - 543, 9, 30)


def _as_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _numbered(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    results = []
    for path in check.paths:
        groups: dict[tuple[int, ...], list[tuple[str, Any]]] = {}
        for leaf, indices, value in expand(path, values):
            groups.setdefault(indices[:-1], []).append((leaf, value))
        for leaves in groups.values():
            for expected, (leaf, value) in enumerate(leaves, 1):
                if value is None:
                    continue
                name = _label(leaf, labels)
                results.append(
                    _result(
                        (leaf,),
                        value == expected,
                        "check_numbered",
                        f"{name} เป็น {value} แต่ลำดับควรเป็น {expected}",
                        f"{name} is {value}, but it should be number {expected}",
                    )
                )
    return results


def _between(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    low, high = check.low or 0.0, check.high or 0.0
    results = []
    for path in check.paths:
        for leaf, _, value in _present(path, values):
            number = _number(value)
            if number is None:
                continue
            name = _label(leaf, labels)
            results.append(
                _result(
                    (leaf,),
                    low <= number <= high,
                    "check_between",
                    f"{name} ({_shown(number)}) ต้องอยู่ระหว่าง {_shown(low)} ถึง {_shown(high)}",
                    f"{name} ({_shown(number)}) must lie between {_shown(low)} and {_shown(high)}",
                )
            )
    return results


def _years(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    origin: tuple[tuple[str, ...], int] = ((), 0)
    if check.against:
        years = _present(check.against, values)
        if len(years) != 1 or not isinstance(years[0][2], int):
            return []
        origin = ((years[0][0],), years[0][2])
    low, high = (origin[1] + int(bound or 0) for bound in (check.low, check.high))
    results = []
    for path in check.paths:
        for leaf, _, value in _present(path, values):
            day = _as_date(value)
            year = day.year + 543 if day is not None else value
            if not isinstance(year, int):
                continue
            name = _label(leaf, labels)
            results.append(
                _result(
                    (leaf, *origin[0]),
                    low <= year <= high,
                    "check_years",
                    f"{name} (พ.ศ. {year}) ควรอยู่ระหว่าง พ.ศ. {low} ถึง {high}",
                    f"{name} lies in {year}, Buddhist era, where {low} to {high} is to be expected",
                )
            )
    return results


def _sum_equals(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    results = []
    for paths, parts, total in _equations(check, values, expand):
        found, name = sum(parts), _label(paths[-1], labels)
        results.append(
            _result(
                paths,
                abs(found - total) <= _TOLERANCE,
                "check_sum",
                f"รายการรวมกันได้ {_shown(found)} ไม่เท่ากับ {name} ({_shown(total)})",
                f"the items add up to {_shown(found)}, not to {name} ({_shown(total)})",
            )
        )
    return results


def _product_equals(
    check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]
) -> list[CheckResult]:
    results = []
    for paths, factors, product in _equations(check, values, _present):
        if len(factors) != len(check.paths):
            continue
        found, name = math.prod(factors), _label(paths[-1], labels)
        results.append(
            _result(
                paths,
                abs(found - product) <= _TOLERANCE,
                "check_product",
                f"ผลคูณได้ {_shown(found)} ไม่เท่ากับ {name} ({_shown(product)})",
                f"the product is {_shown(found)}, not {name} ({_shown(product)})",
            )
        )
    return results


def _equations(
    check: CheckSpec,
    values: Mapping[str, Any],
    leaves: Callable[[str, Mapping[str, Any]], Iterable[_Leaf]],
) -> Iterator[tuple[tuple[str, ...], list[float], float]]:
    """The numbers of the `leaves` of the check's paths that go with each value they are held against, and that value.

    Before them the paths of all, that of the value last. Where one of them is no number there is no equation.
    """
    for path, indices, value in _present(check.against or "", values):
        sides = [leaf for part in check.paths for leaf in leaves(part, values) if _together(leaf[1], indices)]
        numbers = [number for _, _, side in sides if (number := _number(side)) is not None]
        expected = _number(value)
        if numbers and len(numbers) == len(sides) and expected is not None:
            yield (*(leaf[0] for leaf in sides), path), numbers, expected


def _last_equals(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    targets = _present(check.against or "", values)
    leaves = [leaf for path in check.paths for leaf in expand(path, values)]
    if len(targets) != 1 or not leaves or leaves[-1][2] is None:
        return []
    path, _, value = leaves[-1]
    target_path, _, target = targets[0]
    a, b = _number(value), _number(target)
    holds = abs(a - b) <= _TOLERANCE if a is not None and b is not None else value == target
    la, lb = _label(path, labels), _label(target_path, labels)
    return [
        _result(
            (path, target_path),
            holds,
            "check_last",
            f"{la} ({_shown(value)}) ไม่เท่ากับ {lb} ({_shown(target)})",
            f"{la} ({_shown(value)}) is not equal to {lb} ({_shown(target)})",
        )
    ]


_RULES: dict[str, _Rule] = {
    "at_most": _at_most,
    "ordered": _ordered,
    "inside_fiscal_year": _inside_fiscal_year,
    "numbered": _numbered,
    "ascending": _ascending,
    "between": _between,
    "years": _years,
    "sum_equals": _sum_equals,
    "last_equals": _last_equals,
    "product_equals": _product_equals,
}
_NEEDS_BOUNDS = {"between", "years"}
_NEEDS_AGAINST = {"at_most", "inside_fiscal_year", "sum_equals", "last_equals", "product_equals"}

RULE_NAMES = frozenset(_RULES)
"""Every rule that a form definition can name."""
