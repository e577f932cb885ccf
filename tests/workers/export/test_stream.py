"""The whole way: records in a real database, out in each format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from postprocess.forms import FormError, form_from_text, load_forms
from tests.workers.export.views import REPAIR, repair_form, repair_values
from workers.errors import InputError
from workers.export import stream
from workers.store.connect import migrate, open_engine, transaction
from workers.store.keep import replace, search_of
from workers.store.records import Filter
from workers.store.submissions import Incoming, accept

FORMS = (*load_forms(), repair_form())


def _line(number: int, values: dict[str, Any], form: str) -> dict[str, Any]:
    field = {"path": "total", "value": 1, "raw": "1", "text": "1", "confidence": 0.5, "status": "review"}
    field |= {"page": 1, "box": [1, 2, 3, 4], "changes": [], "problems": [], "alternatives": []}
    return {
        "schema": "samnao/1",
        "form": form,
        "form_version": "v",
        "source": "x",
        "source_sha256": "x",
        "pages": [1],
        "record": number,
        "status": "review",
        "values": values,
        "fields": [field],
    }


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """Two submissions: 450 records of one form in one document, and one record each of another and of an unknown form."""
    made = open_engine(database_url, tmp_path)
    migrate(made)
    with transaction(made) as session:
        for place, (source, lines) in enumerate(
            {
                "ก.pdf": [_line(n, repair_values(f"โรงเรียน {n}"), "school-repair") for n in range(1, 451)],
                "ข.pdf": [
                    _line(1, {"project_name": "=1+1", "fiscal_year": 2566}, "bma-project-progress"),
                    _line(2, {"ช่อง": "ค่า"}, "gone-form"),
                ],
            }.items()
        ):
            incoming = [Incoming(source, f"{place:064x}", 1, ".pdf")]
            accepted = accept(session, incoming, channel="command", sender="me", name="x", now=1.0 + place)
            replace(session, accepted.documents[0][0], lines, search_of(FORMS), now=100.0 + place)
    yield made
    made.dispose()


def _rows(engine: Engine, which: Filter = Filter(), table: str = "records") -> list[dict[str, str]]:  # noqa: B008
    data = b"".join(stream("csv", engine, FORMS, which, table)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def test_jsonl_has_the_lines_of_the_contract(engine: Engine) -> None:
    lines = [json.loads(line) for line in b"".join(stream("jsonl", engine, FORMS)).splitlines()]
    assert len(lines) == 452
    assert list(lines[0])[:4] == ["schema", "form", "form_version", "source"]
    assert lines[449]["values"]["school"] == "โรงเรียน 450"
    assert lines[0]["source"] == "ก.pdf"
    assert lines[0]["fields"][0]["box"] == [1, 2, 3, 4]


def test_csv_of_several_forms_keeps_their_columns_apart(engine: Engine) -> None:
    rows = _rows(engine)
    assert len(rows) == 452
    assert rows[0]["ชื่อโรงเรียน"] == "โรงเรียน 1"
    assert rows[0]["ชื่อโครงการ/กิจกรรม"] == ""
    assert rows[450]["ชื่อโครงการ/กิจกรรม"] == "'=1+1"
    assert rows[450]["ชื่อโรงเรียน"] == ""
    assert json.loads(rows[451]["ข้อมูล"])["ช่อง"] == "ค่า"
    assert len(_rows(engine, table="items")) == 900
    with pytest.raises(InputError, match=r"known are records, .*items"):
        stream("csv", engine, FORMS, table="nothing")


def test_filters(engine: Engine) -> None:
    assert len(_rows(engine, Filter(form="school-repair"))) == 450
    assert len(_rows(engine, Filter(year=2566))) >= 1
    assert len(_rows(engine, Filter(submission_id=2))) == 2
    assert len(_rows(engine, Filter(since=101.0))) == 2
    assert len(_rows(engine, Filter(until=101.0))) == 450
    assert _rows(engine, Filter(status=("accepted",))) == []
    assert "ชื่อโครงการ/กิจกรรม" not in _rows(engine, Filter(form="school-repair"))[0]


def test_a_workbook_has_a_sheet_for_each_table(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"".join(stream("xlsx", engine, FORMS)))
    book = openpyxl.load_workbook(path, read_only=True)
    assert {sheet.title: sum(1 for _ in sheet.rows) for sheet in book} == {
        "แบบแสดงรายงานความก้าวหน้": 2,
        "รายงานความก้าวหน้า": 1,
        "ค่าใช้จ่าย": 1,
        "แบบขอซ่อมแซมอาคารสถานที่": 451,
        "รายการที่ขอซ่อม": 901,
        "gone-form": 2,
    }
    book.close()


def test_titles_name_what_is_there() -> None:
    text = REPAIR.read_text("utf-8").replace("[titles]", '[titles]\nnothing = "ไม่มี"')
    with pytest.raises(FormError, match="nothing is no field or group"):
        form_from_text(text, "x.toml")
    assert repair_form().printed_labels()["certification.signed"] == "ลงชื่อแล้ว"
