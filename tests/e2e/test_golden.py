"""Scans that must be read right, whatever else changes: the reference report, and a second form defined in TOML alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocr.engine import TesseractEngine
from ocr.open import Limits, find_documents
from postprocess.copies import grouped, key_of, project
from postprocess.forms import load_forms
from workers.pipeline import digitize_document
from workers.serialise import record_json

GOLDEN = Path(__file__).parents[1] / "golden"
KEYS = [
    "project_code",
    "fiscal_year",
    "start_date",
    "end_date",
    "budget_received",
    "budget_used",
    "agency",
    "responsible_person",
    "coordinator_phone",
    "strategy_issue",
]


def records(scan: str, forms: Path | None = None) -> list[dict[str, Any]]:
    """The records of one golden scan as samnao writes them."""
    known = load_forms() + (load_forms(forms) if forms else ())
    (document,) = find_documents([GOLDEN / scan])
    return [
        record_json(record, document.source, "")
        for record in digitize_document(document, known, TesseractEngine(), Limits())
    ]


def expected(name: str, scan: str) -> list[dict[str, Any]]:
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["source"] == scan]


def test_the_reference_report_gives_its_four_records() -> None:
    found = records("reference.pdf")
    truth = expected("reference.expected.jsonl", "reference.pdf")
    assert [r["pages"] for r in found] == [r["pages"] for r in truth]
    for one, other in zip(found, truth, strict=True):
        values, wanted = one["values"], other["values"]
        assert {key: values[key] for key in KEYS} == {key: wanted[key] for key in KEYS}
        reports = [(p["number"], p["date"], p["disbursed"]) for p in values["progress_reports"]]
        assert reports == [(p["number"], p["date"], p["disbursed"]) for p in wanted["progress_reports"]]
    # four printings of one report: what identifies it is the same in each
    assert len({json.dumps({key: r["values"][key] for key in KEYS}) for r in found}) == 1
    form = next(form for form in load_forms() if form.name == found[0]["form"])
    assert grouped([key_of(record, form) for record in found]) == [[0, 1, 2, 3]]
    whole = project(found, form)
    assert [number for _, number in whole.sources] == [1, 2, 3, 4]
    assert {key: whole.values[key] for key in KEYS} == {key: truth[0]["values"][key] for key in KEYS}


@pytest.mark.parametrize("scan", ["repair-lines.png", "repair-ruled.pdf"])
def test_a_second_form_needs_only_its_definition(scan: str) -> None:
    (record,) = records(scan, forms=GOLDEN.parents[1] / "samples" / "forms")
    (truth,) = expected("repair.expected.jsonl", scan)
    values, wanted = record["values"], truth["values"]
    assert record["form"] == "school-repair"
    for key in ("district", "request_date", "citizen_id", "repair_types", "urgency", "items", "total"):
        assert values[key] == wanted[key], key


def test_a_page_of_no_known_form_gives_no_record() -> None:
    assert not records("repair-lines.png")
