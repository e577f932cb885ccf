"""Invented projects: the same for the same seed, and true to the rules of the form."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from random import Random

import pytest

from samples.make import people, repair, truth
from samples.make.content import Project, invent
from samples.make.stock import HELDOUT_SUBJECTS, SUBJECTS, TUNING_SUBJECTS
from samples.make.style import HELDOUT_FONTS, TUNING_FONTS, choose

SEEDS = range(60)


@pytest.fixture(scope="module")
def projects() -> list[Project]:
    return [invent(Random(seed)) for seed in SEEDS]


def test_a_seed_makes_the_same_project_and_style_again(projects: list[Project]) -> None:
    assert projects == [invent(Random(seed)) for seed in SEEDS]
    assert choose(Random(5)) == choose(Random(5))


def test_expenses_add_up_to_the_sum_disbursed(projects: list[Project]) -> None:
    reports = [report for project in projects for report in project.reports if report.expenses]
    assert reports
    for report in reports:
        assert sum(expense.satang for expense in report.expenses) == report.disbursed


def test_days_lie_in_the_fiscal_year_in_order(projects: list[Project]) -> None:
    for project in projects:
        first, last = date(project.fiscal_year - 544, 10, 1), date(project.fiscal_year - 543, 9, 30)
        days = [report.day for report in project.reports]
        assert days == sorted(set(days))
        for day in (project.start, project.end, *days):
            assert day is None or first <= day <= last
        assert project.start is None or project.end is None or project.start <= project.end


def test_money_used_is_never_more_than_received(projects: list[Project]) -> None:
    for project in projects:
        assert project.used is None or project.received is None or 0 <= project.used <= project.received


def test_no_slot_of_a_phrase_stays_open_and_text_is_nfc(projects: list[Project]) -> None:
    for project in projects:
        text = repr(truth.values(project))
        assert not re.search(r"{\w+}", text.replace("{'", ""))
        for value in (*project.rationale, *project.objectives, project.name):
            assert value == unicodedata.normalize("NFC", value)
            assert "\u0e4d\u0e32" not in value
            assert "  " not in value


def test_what_is_kept_for_reporting_is_not_tuned_on() -> None:
    assert not set(TUNING_FONTS) & set(HELDOUT_FONTS)
    assert not set(TUNING_SUBJECTS) & set(HELDOUT_SUBJECTS)
    assert set(TUNING_SUBJECTS) | set(HELDOUT_SUBJECTS) == set(SUBJECTS)


def test_there_are_fifty_districts() -> None:
    assert len(set(people.DISTRICTS)) == 50


def test_citizen_numbers_have_their_check_digit_and_belong_to_nobody() -> None:
    for seed in SEEDS:
        digits = [int(c) for c in people.citizen_id(Random(seed)) if c.isdigit()]
        assert len(digits) == 13
        assert digits[0] == 0
        assert (11 - sum(d * (13 - i) for i, d in enumerate(digits[:12])) % 11) % 10 == digits[12]


def test_repair_requests_add_up() -> None:
    for seed in SEEDS:
        values = repair.values(repair.invent(Random(seed)))
        assert values["total"] == pytest.approx(sum(item["amount"] for item in values["items"]))
        assert values["repair_types"]
