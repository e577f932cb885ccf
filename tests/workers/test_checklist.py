"""What `digitize` leaves for people: the workbook, and the list of fields to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workers.fakes import slip_form
from workers import checklist
from workers.checklist import CHECKLIST, write_checklist
from workers.crops import PICTURES, picture_name
from workers.errors import OutputError
from workers.workbook import WORKBOOK, write_workbook

FORMS = [slip_form()]


def record(source: str, *doubtful: str, form: str = "test-slip", place: str = "อาคารเรียน") -> dict[str, Any]:
    values = {"code": "0042", "amount": 1200, "place": place}
    return {
        "form": form, "form_version": "v1", "source": source, "source_sha256": source.encode().hex().ljust(64, "0"), "pages": [1, 2], "record": 1,
        "status": "review" if doubtful else "accepted", "values": values,
        "fields": [
            {
                "path": path, "value": value, "raw": str(value), "text": str(value), "confidence": 0.5, "page": 1,
                "status": "review" if path in doubtful else "accepted", "box": [1, 2, 3, 4], "changes": [],
                "problems": [], "alternatives": [],
            }
            for path, value in values.items()
        ],
    }  # fmt: skip


def written(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return path


def test_doubtful_fields_are_listed_with_their_pictures(tmp_path: Path) -> None:
    one = record("a.tif", "place", place="<script>alert(1)</script>")
    name = picture_name(one["source_sha256"], 1, 2)
    old = picture_name("f" * 64, 1, 1)
    for picture in (name, old):
        (tmp_path / PICTURES / picture).parent.mkdir(parents=True)
        (tmp_path / PICTURES / picture).write_bytes(b"jpeg")
    assert write_checklist(written(tmp_path, one, record("b.tif")), tmp_path, FORMS) == 1
    page = (tmp_path / CHECKLIST).read_text("utf-8")
    assert f'src="{PICTURES}/{name}"' in page
    assert "สถานที่จัดส่ง" in page and "รหัสพัสดุ" not in page and "b.tif" not in page
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert not (tmp_path / PICTURES / old).exists()  # its scan is gone


def test_a_list_that_is_not_short_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checklist, "MOST", 3)
    given = [record(f"{n}.tif", "code", "amount") for n in range(4)]
    assert write_checklist(written(tmp_path, *given), tmp_path, FORMS) == 8
    page = (tmp_path / CHECKLIST).read_text("utf-8")
    assert page.count("<li>") == 3
    assert "8 ช่อง แสดง 3 ช่องแรก" in page


def test_nothing_to_look_at_is_said(tmp_path: Path) -> None:
    assert write_checklist(written(tmp_path, record("a.tif")), tmp_path, FORMS) == 0
    assert "ไม่มีช่องใดต้องตรวจ" in (tmp_path / CHECKLIST).read_text("utf-8")


def test_the_workbook_holds_every_record(tmp_path: Path) -> None:
    lines = written(tmp_path, record("a.tif"), record("b.tif", "code", "place"), record("c.tif", form="gone"))
    write_workbook(lines, tmp_path / WORKBOOK, FORMS)
    sheets = openpyxl.load_workbook(tmp_path / WORKBOOK).worksheets
    rows = [[cell.value for cell in row] for row in sheets[0].iter_rows()]
    assert [row[:7] for row in rows[1:]] == [
        [1, "test-slip", "a.tif", "1–2", 1, "ผ่าน", 0],
        [2, "test-slip", "b.tif", "1–2", 1, "รอตรวจ", 2],
    ]
    assert rows[1][8:] == ["0042", 1200, "อาคารเรียน"]
    assert sheets[1].max_row == 2  # a form that is no longer known
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_workbook_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    lines = written(tmp_path, record("a.tif"))
    (tmp_path / WORKBOOK).mkdir()
    with pytest.raises(OutputError):
        write_workbook(lines, tmp_path / WORKBOOK, FORMS)
