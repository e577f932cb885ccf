"""Checks across fields, named in a form definition: what holds is evidence, what fails is for a person.

Paths are those of the record contract with ``[*]`` for every index: ``progress_reports[*].expenses[*].amount``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from postprocess.checks.amounts import at_most, between, last_equals, product_equals, sum_equals
from postprocess.checks.order import ascending, numbered, ordered, outline
from postprocess.checks.spec import CheckResult, CheckSpec, Proof, Rule
from postprocess.checks.years import fiscal_year, inside_fiscal_year, years

__all__ = ["RULE_NAMES", "CheckResult", "CheckSpec", "Proof", "fiscal_year", "run", "validate"]

_RULES: dict[str, Rule] = {
    "at_most": at_most,
    "ordered": ordered,
    "inside_fiscal_year": inside_fiscal_year,
    "numbered": numbered,
    "ascending": ascending,
    "outline": outline,
    "between": between,
    "years": years,
    "sum_equals": sum_equals,
    "last_equals": last_equals,
    "product_equals": product_equals,
}
_NEEDS_BOUNDS = {"between", "years"}
_NEEDS_AGAINST = {"at_most", "inside_fiscal_year", "sum_equals", "last_equals", "product_equals"}

RULE_NAMES = frozenset(_RULES)
"""Every rule that a form definition can name."""


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
