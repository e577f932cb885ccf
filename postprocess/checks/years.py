"""Rules over years and the days in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from postprocess.checks.spec import CheckResult, CheckSpec, checked_leaves, label, outcome, present


def inside_fiscal_year(
    check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]
) -> list[CheckResult]:
    """Every date lies in the fiscal year it is held against."""
    years = present(check.against or "", values)
    if len(years) != 1 or not isinstance(years[0][2], int):
        return []
    year_path, _, year = years[0]
    first, last = fiscal_year(year)
    results = []
    for leaf, _, value in checked_leaves(check, values):
        day = _as_date(value)
        if day is None:
            continue
        name = label(leaf, labels)
        results.append(
            outcome(
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


def years(check: CheckSpec, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[CheckResult]:
    """Every year, or the year of every date, lies between two, counted from another year where one is named."""
    origin: tuple[tuple[str, ...], int] = ((), 0)
    if check.against:
        years = present(check.against, values)
        if len(years) != 1 or not isinstance(years[0][2], int):
            return []
        origin = ((years[0][0],), years[0][2])
    low, high = (origin[1] + int(bound or 0) for bound in (check.low, check.high))
    results = []
    for leaf, _, value in checked_leaves(check, values):
        day = _as_date(value)
        year = day.year + 543 if day is not None else value
        if not isinstance(year, int):
            continue
        name = label(leaf, labels)
        results.append(
            outcome(
                (leaf, *origin[0]),
                low <= year <= high,
                "check_years",
                f"{name} (พ.ศ. {year}) ควรอยู่ระหว่าง พ.ศ. {low} ถึง {high}",
                f"{name} lies in {year}, Buddhist era, where {low} to {high} is to be expected",
            )
        )
    return results
