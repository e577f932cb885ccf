"""The committed expected records: whole, in order, each beside its scan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
FILES = (
    ROOT / "samples" / "expected.jsonl",
    ROOT / "tests" / "golden" / "reference.expected.jsonl",
    ROOT / "tests" / "golden" / "repair.expected.jsonl",
)
LINES = [(file, json.loads(line)) for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
REPORT_FIELDS = {
    "project_name", "project_code", "fiscal_year", "start_date", "end_date", "budget_received", "budget_used",
    "agency", "responsible_person", "coordinator_name", "coordinator_phone", "rationale", "objectives",
    "targets_quantity", "targets_quality", "strategy_issue", "strategy_sub_issue", "strategy_goal", "indicator",
    "progress_reports", "certification",
}  # fmt: skip
PROGRESS_FIELDS = {
    "number", "date", "activity", "progress_percent", "disbursed", "plan_status", "target_status", "expenses",
}  # fmt: skip


def pages_of(source: Path) -> int:
    if source.is_dir():
        return len(list(source.iterdir()))
    if source.suffix == ".pdf":
        return len(pypdfium2.PdfDocument(source))
    with Image.open(source) as image:
        return getattr(image, "n_frames", 1)


@pytest.mark.parametrize(
    ("file", "line"), LINES, ids=[f"{line['source']}#{line['record']}" for _, line in LINES]
)
def test_an_expected_record_names_its_scan_and_pages(file: Path, line: dict[str, Any]) -> None:
    source = file.parent / line["source"]
    assert source.exists()
    assert line["pages"] == sorted(set(line["pages"]))
    assert 1 <= line["pages"][0] <= line["pages"][-1] <= pages_of(source)
    assert set(line) == {"source", "kind", "record", "pages", "values"}


@pytest.mark.parametrize("values", [line["values"] for _, line in LINES if "project_code" in line["values"]])
def test_an_expected_report_has_the_fields_of_the_contract(values: dict[str, Any]) -> None:
    assert set(values) == REPORT_FIELDS
    assert set(values["certification"]) == {"signed", "signer_name", "signer_position"}
    for number, report in enumerate(values["progress_reports"], 1):
        assert set(report) == PROGRESS_FIELDS
        assert report["number"] == number


def test_records_of_a_document_are_numbered_in_order() -> None:
    seen: dict[tuple[Path, str], int] = {}
    for file, line in LINES:
        key = file, line["source"]
        assert line["record"] == seen.get(key, 0) + 1
        seen[key] = line["record"]


def test_the_samples_are_enough_and_small() -> None:
    folder = ROOT / "samples"
    sources = {line["source"] for file, line in LINES if file.parent == folder}
    assert len(sources) >= 12
    assert sum(pages_of(folder / source) for source in sources) >= 30
    size = sum(
        f.stat().st_size
        for s in sources
        for f in ([folder / s] if (folder / s).is_file() else (folder / s).iterdir())
    )
    assert size <= 8_000_000
