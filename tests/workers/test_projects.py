"""The file of projects: one line a project, copies together, in the order of the records."""

from __future__ import annotations

import json
from pathlib import Path

from postprocess.forms import load_forms
from tests.postprocess.test_copies import VALUES, changed, line
from workers.projects import write_projects


def test_copies_of_one_project_stand_on_one_line(tmp_path: Path) -> None:
    other = changed(project_code="50410000-0002", project_name="งานอื่น")
    lines = [line(VALUES, 1), line(other, 2), line(VALUES, 3)]
    records = tmp_path / "records.jsonl"
    records.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    assert write_projects(records, tmp_path / "projects.jsonl", load_forms()) == 2
    first, second = map(json.loads, (tmp_path / "projects.jsonl").read_text(encoding="utf-8").splitlines())
    assert [s["source"] for s in first["sources"]] == ["1.pdf", "3.pdf"]
    assert [s["source"] for s in second["sources"]] == ["2.pdf"]
    assert first["values"] == VALUES
    assert first["status"] == "accepted"
    votes = {field["path"]: len(field["votes"]) for field in first["fields"]}
    assert votes["project_code"] == 2
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_no_record_no_project(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text("", encoding="utf-8")
    assert write_projects(tmp_path / "records.jsonl", tmp_path / "projects.jsonl", load_forms()) == 0
    assert (tmp_path / "projects.jsonl").read_text() == ""
