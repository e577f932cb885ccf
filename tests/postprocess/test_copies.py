"""Copies of one project: found, aligned, voted; later versions are no misreadings."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postprocess.copies import Key, Project, grouped, key_of, project
from postprocess.forms import load_forms

FORM = next(form for form in load_forms() if form.name == "bma-project-progress")
GOLDEN = Path(__file__).parents[1] / "golden" / "reference.expected.jsonl"
VALUES: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8").splitlines()[0])["values"]


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {
            p: v
            for key, inner in value.items()
            for p, v in leaves(inner, f"{path}.{key}" if path else key).items()
        }
    if isinstance(value, list) and value:
        return {p: v for n, inner in enumerate(value) for p, v in leaves(inner, f"{path}[{n}]").items()}
    return {path: value}


def line(values: dict[str, Any], number: int = 1, doubts: dict[str, float] | None = None) -> dict[str, Any]:
    """A record as the contract writes it, every leaf accepted but those of `doubts`, which have these confidences."""
    doubts = doubts or {}
    fields = [
        {
            "path": path,
            "value": value,
            "text": None if value is None else str(value),
            "confidence": doubts.get(path, 0.998),
            "status": "review" if path in doubts else "accepted",
            "problems": [],
        }
        for path, value in leaves(values).items()
    ]
    return {
        "form": FORM.name,
        "source": f"{number}.pdf",
        "record": 1,
        "pages": [1, 2],
        "values": values,
        "fields": fields,
    }


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(VALUES), **changes}


def field(found: Project, path: str) -> Any:
    return next(f for f in found.fields if f.path == path)


def test_phases_of_one_programme_are_projects_of_their_own() -> None:
    keys = [Key("f", None, 2566, f"โครงการปรับปรุงทางเท้าถนนสุขุมวิท ระยะที่ {n}", False) for n in ("1", "๑", "2")]
    assert grouped(keys) == [[0, 1], [2]]


def test_the_reference_is_one_project_with_four_sources() -> None:
    lines = [json.loads(text) for text in GOLDEN.read_text(encoding="utf-8").splitlines()]
    records = [{**line(one["values"]), "record": one["record"]} for one in lines]
    assert grouped([key_of(record, FORM) for record in records]) == [[0, 1, 2, 3]]
    found = project(records, FORM)
    assert found.sources == tuple(("1.pdf", n) for n in (1, 2, 3, 4))
    assert found.versions == (1, 1, 1, 1)
    assert found.values["project_code"] == "50410000-6831"
    assert len(found.values["progress_reports"]) == 5


def test_two_outvote_one_that_is_not_sure() -> None:
    wrong = line(changed(budget_received=26700), 3, {"budget_received": 0.8})
    found = project([wrong, line(VALUES, 1), line(VALUES, 2)], FORM)
    got = field(found, "budget_received")
    assert (got.value, got.status) == (VALUES["budget_received"], "accepted")
    assert sorted(vote.value for vote in got.votes) == sorted([26700, 26200, 26200])


def test_sure_readings_that_differ_are_for_a_person() -> None:
    found = project([line(VALUES, 1), line(VALUES, 2), line(changed(budget_received=26700), 3)], FORM)
    got = field(found, "budget_received")
    assert got.status == "review"
    assert [p.code for p in got.problems] == ["copies_differ"]
    assert found.status == "review"


def test_doubtful_readings_that_agree_are_believed_together() -> None:
    doubt = {"coordinator_phone": 0.97}
    alone = project([line(VALUES, 1, doubt)], FORM)
    together = project([line(VALUES, n, doubt) for n in (1, 2, 3)], FORM)
    assert field(alone, "coordinator_phone").status == "review"
    assert field(together, "coordinator_phone").status == "accepted"


def earlier() -> dict[str, Any]:
    reports = copy.deepcopy(VALUES["progress_reports"][:3])
    return changed(progress_reports=reports, budget_used=0)


def test_a_later_version_is_no_misreading() -> None:
    found = project([line(earlier(), 1), line(VALUES, 2)], FORM)
    assert found.versions == (1, 2)
    assert found.values["budget_used"] == VALUES["budget_used"]
    assert field(found, "budget_used").problems == ()
    assert len(found.values["progress_reports"]) == 5


def test_a_row_lost_in_reading_makes_no_version() -> None:
    reports = copy.deepcopy(VALUES["progress_reports"])
    lost = changed(progress_reports=[reports[0], *reports[2:]])
    found = project([line(lost, 1), line(VALUES, 2)], FORM)
    assert found.versions == (1, 1)
    assert len(found.values["progress_reports"]) == 5


def test_a_lost_paragraph_does_not_shift_the_others() -> None:
    short = changed(objectives=VALUES["objectives"][1:])
    found = project([line(VALUES, 1), line(short, 2)], FORM)
    assert found.values["objectives"] == VALUES["objectives"]


def test_codes_that_were_read_surely_keep_projects_apart() -> None:
    a, b = (
        Key("f", "50410000-6831", 2566, "งานเดียวกัน", True),
        Key("f", "50410000-6832", 2566, "งานเดียวกัน", True),
    )
    assert grouped([a, b]) == [[0], [1]]
    unsure = Key("f", "50410000-6832", 2566, "งานเดียวกัน", False)
    assert grouped([a, unsure]) == [[0, 1]]
    lost = Key("f", None, 2566, "งานเดียวกน", False)
    assert grouped([a, lost]) == [[0, 1]]
    assert grouped([a, Key("f", None, 2567, "งานเดียวกัน", False)]) == [[0], [1]]
    assert grouped([a, b, lost]) == [[0], [1], [2]]  # it could be either


def test_no_record_is_no_project() -> None:
    with pytest.raises(ValueError, match="at least one"):
        project([], FORM)


@given(st.permutations(range(3)))
@settings(max_examples=6)
def test_the_order_of_copies_does_not_matter(order: list[int]) -> None:
    lines = [line(VALUES, 1), line(changed(budget_received=1), 2, {"budget_received": 0.6}), line(VALUES, 3)]
    assert project([lines[n] for n in order], FORM).values == VALUES


@given(st.lists(st.sampled_from(["1", "2", None]), min_size=1, max_size=8))
def test_every_record_is_in_one_group(codes: list[str | None]) -> None:
    keys = [Key("f", code, 2566, f"ชื่อ {code}", code is not None) for code in codes]
    assert sorted(i for group in grouped(keys) for i in group) == list(range(len(keys)))
