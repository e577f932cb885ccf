"""Checks across fields."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from postprocess.checks import RULE_NAMES, CheckSpec, fiscal_year, run
from postprocess.paths import expand

REPORT: dict[str, Any] = {
    "fiscal_year": 2566,
    "start_date": "2022-10-01",
    "end_date": "2023-09-30",
    "issue": "ยุทธศาสตร์ที่ ๗ การบริหารจัดการ",
    "sub_issue": "7.4 การคลังและงบประมาณ",
    "goal": "**** ๗.๔.๑ มีรายได้เพียงพอ",
    "budget_received": 26200,
    "budget_used": 21200,
    "reports": [
        {"number": 1, "date": "2022-12-31", "percent": 10, "disbursed": 0, "expenses": []},
        {
            "number": 2,
            "date": "2023-09-06",
            "percent": 100,
            "disbursed": 21200,
            "expenses": [{"amount": 10000}, {"amount": 4000}, {"amount": 7200}],
        },
    ],
}


def changed(**values: Any) -> dict[str, Any]:
    return {**REPORT, **values}


def test_paths_are_expanded_in_order() -> None:
    assert [leaf[:2] for leaf in expand("reports[*].expenses[*].amount", REPORT)] == [
        ("reports[1].expenses[0].amount", (1, 0)),
        ("reports[1].expenses[1].amount", (1, 1)),
        ("reports[1].expenses[2].amount", (1, 2)),
    ]
    assert [leaf[0] for leaf in expand("reports[1].number", REPORT)] == ["reports[1].number"]
    assert list(expand("nothing[*].here", REPORT)) == []


@pytest.mark.parametrize(
    "check",
    [
        CheckSpec("at_most", ("budget_used",), "budget_received"),
        CheckSpec("ordered", ("start_date", "end_date")),
        CheckSpec("inside_fiscal_year", ("start_date", "end_date", "reports[*].date"), "fiscal_year"),
        CheckSpec("numbered", ("reports[*].number",)),
        CheckSpec("ascending", ("reports[*].date",)),
        CheckSpec("outline", ("issue", "sub_issue", "goal")),
        CheckSpec("between", ("reports[*].percent",), low=0, high=100),
        CheckSpec("years", ("fiscal_year", "start_date"), low=2535, high=2600),
        CheckSpec("years", ("reports[*].date",), "fiscal_year", low=-2, high=6),
        CheckSpec("sum_equals", ("reports[*].expenses[*].amount",), "reports[*].disbursed"),
        CheckSpec("last_equals", ("reports[*].disbursed",), "budget_used"),
        CheckSpec("at_most", ("reports[*].disbursed",), "budget_used"),
    ],
    ids=lambda check: check.rule,
)
def test_a_sound_report_holds(check: CheckSpec) -> None:
    results = run(check, REPORT)
    assert results
    assert all(r.holds and r.problem is None and r.paths for r in results)


@pytest.mark.parametrize(
    ("check", "values", "paths", "code"),
    [
        (
            CheckSpec("at_most", ("budget_used",), "budget_received"),
            changed(budget_used=26200.01),
            ("budget_used", "budget_received"),
            "check_at_most",
        ),
        (
            CheckSpec("ordered", ("start_date", "end_date")),
            changed(end_date="2022-09-30"),
            ("start_date", "end_date"),
            "check_ordered",
        ),
        (
            CheckSpec("inside_fiscal_year", ("end_date",), "fiscal_year"),
            changed(end_date="2023-10-01"),
            ("end_date", "fiscal_year"),
            "check_fiscal_year",
        ),
        (
            CheckSpec("numbered", ("reports[*].number",)),
            changed(reports=[{"number": 1}, {"number": 3}]),
            ("reports[1].number",),
            "check_numbered",
        ),
        (
            CheckSpec("ascending", ("reports[*].date",)),
            changed(reports=[{"date": "2023-01-02"}, {"date": None}, {"date": "2023-01-01"}]),
            ("reports[0].date", "reports[2].date"),
            "check_ascending",
        ),
        (
            CheckSpec("outline", ("issue", "sub_issue", "goal")),
            changed(sub_issue="74 การคลังและงบประมาณ", goal=None),
            ("issue", "sub_issue"),
            "check_outline",
        ),
        (
            CheckSpec("outline", ("issue", "sub_issue", "goal")),
            changed(sub_issue="7.4การคลัง", goal="1.4.1 มีรายได้"),
            ("sub_issue", "goal"),
            "check_outline",
        ),
        (
            CheckSpec("between", ("reports[*].percent",), low=0, high=100),
            changed(reports=[{"percent": 101}]),
            ("reports[0].percent",),
            "check_between",
        ),
        (
            CheckSpec("sum_equals", ("reports[*].expenses[*].amount",), "reports[*].disbursed"),
            changed(reports=[{"disbursed": 30, "expenses": [{"amount": 10}, {"amount": 10}]}]),
            ("reports[0].expenses[0].amount", "reports[0].expenses[1].amount", "reports[0].disbursed"),
            "check_sum",
        ),
        (
            CheckSpec("last_equals", ("reports[*].disbursed",), "budget_used"),
            changed(budget_used=21000),
            ("reports[1].disbursed", "budget_used"),
            "check_last",
        ),
        (
            CheckSpec("years", ("fiscal_year", "end_date"), low=2535, high=2600),
            changed(end_date="1923-09-30"),
            ("end_date",),
            "check_years",
        ),
        (
            CheckSpec("years", ("reports[*].date",), "fiscal_year", low=-2, high=6),
            changed(reports=[{"date": "2029-10-01"}, {"date": "2030-10-01"}]),
            ("reports[1].date", "fiscal_year"),
            "check_years",
        ),
        (
            CheckSpec("product_equals", ("items[*].count", "items[*].price"), "items[*].total"),
            {"items": [{"count": 3, "price": 150, "total": 460}]},
            ("items[0].count", "items[0].price", "items[0].total"),
            "check_product",
        ),
    ],
    ids=lambda value: value.rule if isinstance(value, CheckSpec) else None,
)
def test_what_fails_is_for_a_person(
    check: CheckSpec, values: dict[str, Any], paths: tuple[str, ...], code: str
) -> None:
    failed = [r for r in run(check, values) if not r.holds]
    assert [(r.paths, r.problem.code if r.problem else None) for r in failed] == [(paths, code)]
    assert failed[0].problem is not None
    assert " / " in failed[0].problem.message


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (CheckSpec("at_most", ("budget_used",), "budget_received"), changed(budget_received=None)),
        (CheckSpec("ordered", ("start_date", "end_date")), changed(start_date=None)),
        (CheckSpec("inside_fiscal_year", ("start_date",), "fiscal_year"), changed(fiscal_year=None)),
        (CheckSpec("ascending", ("reports[*].date",)), changed(reports=[])),
        (
            CheckSpec("sum_equals", ("reports[*].expenses[*].amount",), "reports[*].disbursed"),
            changed(reports=[{"disbursed": 0, "expenses": []}]),
        ),
        (
            CheckSpec("sum_equals", ("reports[*].expenses[*].amount",), "reports[*].disbursed"),
            changed(reports=[{"disbursed": 30, "expenses": [{"amount": 10}, {"amount": None}]}]),
        ),
        (
            CheckSpec("last_equals", ("reports[*].disbursed",), "budget_used"),
            changed(reports=[{"disbursed": 1}, {"disbursed": None}]),
        ),
        (
            CheckSpec("outline", ("issue", "sub_issue")),
            changed(issue="พัฒนาคุณภาพชีวิตใน 50 เขต"),
        ),
    ],
    ids=lambda value: value.rule if isinstance(value, CheckSpec) else None,
)
def test_a_check_with_a_missing_side_does_not_apply(check: CheckSpec, values: dict[str, Any]) -> None:
    assert run(check, values) == []


def test_sums_over_a_whole_list_and_products_by_row() -> None:
    values = {
        "items": [{"count": 2, "price": 50, "total": 100}, {"count": 3, "price": 0.5, "total": 1.5}],
        "sum": 101.5,
    }
    assert run(CheckSpec("sum_equals", ("items[*].total",), "sum"), values)[0].holds
    products = run(
        CheckSpec("product_equals", ("items[*].count", "items[*].price"), "items[*].total"), values
    )
    assert [r.holds for r in products] == [True, True]
    assert products[1].paths == ("items[1].count", "items[1].price", "items[1].total")


def test_labels_make_messages_readable() -> None:
    check = CheckSpec("between", ("reports[*].percent",), low=0, high=100)
    labels = {"reports[*].percent": "ความก้าวหน้าของงานฯ"}
    problem = run(check, {"reports": [{"percent": 5}, {"percent": 120}]}, labels)[1].problem
    assert problem is not None
    assert problem.message.startswith("ความก้าวหน้าของงานฯ (2) (120)")


def test_the_fiscal_year_runs_from_october() -> None:
    assert fiscal_year(2566) == (date(2022, 10, 1), date(2023, 9, 30))


@pytest.mark.parametrize(
    "check",
    [
        CheckSpec("smells_good", ("a",)),
        CheckSpec("at_most", ("a",)),
        CheckSpec("between", ("a",), low=0),
        CheckSpec("years", ("a",), "b", high=3),
        CheckSpec("ordered", ()),
    ],
)
def test_a_check_that_cannot_run_says_why(check: CheckSpec) -> None:
    with pytest.raises(ValueError, match=r"check"):
        run(check, REPORT)


def test_every_rule_is_tried_here() -> None:
    assert {
        "at_most",
        "ordered",
        "inside_fiscal_year",
        "numbered",
        "years",
        "ascending",
        "outline",
        "between",
        "sum_equals",
        "last_equals",
        "product_equals",
    } == RULE_NAMES
