"""The program as a user runs it: real scans through real Tesseract, real processes, real signals."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from PIL import Image

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
FAX, BORN = "coarse-fax.pdf", "born-digital.pdf"
LEAF = [
    "path",
    "value",
    "raw",
    "text",
    "confidence",
    "status",
    "page",
    "box",
    "changes",
    "problems",
    "alternatives",
]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "workers.cli", *map(str, arguments)]


def samnao(*arguments: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        command(*arguments), capture_output=True, text=True, cwd=ROOT, timeout=300, check=False
    )
    assert result.returncode == status, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result


def lines(path: Path) -> list[dict[str, Any]]:
    assert path.read_text().endswith("\n") or not path.read_text()
    return [json.loads(line) for line in path.read_text().splitlines()]


def leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], f"{path}.{key}" if path else key)]
    if isinstance(value, list) and value:
        return [leaf for number, item in enumerate(value) for leaf in leaves(item, f"{path}[{number}]")]
    return [path]


def test_scans_become_records_and_are_read_once(tmp_path: Path) -> None:
    scans = tmp_path / "box"
    scans.mkdir()
    out = scans / "records"  # inside the folder of scans: not digitized itself
    for name in (FAX, BORN):
        shutil.copy(SAMPLES / name, scans / name)
    (scans / "cut.pdf").write_bytes((SAMPLES / FAX).read_bytes()[:20000])
    (scans / "empty.tif").write_bytes(b"")
    (scans / "wrong name.pdf").write_bytes(b"hello")
    (scans / "note.txt").write_text("no scan")
    result = samnao("digitize", scans, "--out", out, status=1)
    records, failures = lines(out / "records.jsonl"), lines(out / "failures.jsonl")
    assert [(r["source"], r["record"], r["pages"]) for r in records] == [(BORN, 1, [1, 2]), (FAX, 1, [1, 2])]
    assert {f["source"] for f in failures} == {"cut.pdf", "empty.tif", "wrong name.pdf"}
    assert all(list(f) == ["source", "page", "error", "message"] and f["message"] for f in failures)
    for record in records:
        assert record["schema"] == "samnao/1"
        assert sorted({*leaves(record["values"])} - {f["path"] for f in record["fields"]}) == []
        for field in record["fields"]:
            assert list(field) == LEAF
            assert 0 <= field["confidence"] <= 1
            assert field["status"] in ("accepted", "review", "missing")
            assert field["page"] is None or field["page"] in record["pages"]
            assert (field["box"] is None) or (
                field["box"][0] < field["box"][2] and field["box"][1] < field["box"][3]
            )
    assert records[0]["values"]["project_code"] in result.stdout
    assert not (out / ".samnao" / "work").exists()
    book = openpyxl.load_workbook(out / "records.xlsx")
    assert [row[2].value for row in book.worksheets[0].iter_rows(min_row=2)] == [BORN, FAX]
    doubtful = sum(field["status"] != "accepted" for record in records for field in record["fields"])
    page = (out / "checklist.html").read_text("utf-8")
    assert page.count("<li>") == doubtful
    pictures = re.findall(r'img src="([^"]+)"', page)
    assert pictures and all((out / picture).read_bytes().startswith(b"\xff\xd8") for picture in pictures)

    before = (out / "records.jsonl").read_bytes()
    again = samnao("digitize", scans, "--out", out, status=1)
    assert again.stderr.count("already read") == 2
    assert (out / "records.jsonl").read_bytes() == before
    assert (out / "checklist.html").read_text("utf-8") == page

    pictures = samnao(
        "show", f"{out / 'records.jsonl'}:2", "--scans", scans, "--out", tmp_path / "show"
    ).stdout.split()
    assert [Path(picture).name for picture in pictures] == ["coarse-fax-p1.png", "coarse-fax-p2.png"]
    with Image.open(pictures[0]) as picture:
        red, green, _ = np.moveaxis(np.asarray(picture.convert("RGB"), int), -1, 0)
    assert (green > red + 60).any()

    expected = [e for e in lines(SAMPLES / "expected.jsonl") if e["source"] in (FAX, BORN)]
    (scans / "expected.jsonl").write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in expected))
    table = samnao("evaluate", scans, "--records", out / "records.jsonl", "--out", tmp_path / "report").stdout
    assert "2 of 2" in table
    assert (tmp_path / "report" / "report.html").stat().st_size > 5000


def test_any_page_is_read_as_text(tmp_path: Path) -> None:
    with Image.open(SAMPLES / "tables-fax.tif") as scan:
        scan.save(tmp_path / "page.png", dpi=scan.info["dpi"])
    printed = samnao("read", tmp_path / "page.png").stdout
    assert "โครงการ" in printed
    assert len(printed.splitlines()) > 10
    samnao("read", SAMPLES / BORN, "--out", tmp_path / "texts")
    first, second = (tmp_path / "texts" / "born-digital.txt").read_text().split("\f")
    assert "ชื่อโครงการ" in first
    assert second
    assert lines(tmp_path / "texts" / "failures.jsonl") == []


def test_a_stop_leaves_whole_lines_and_the_next_run_goes_on(tmp_path: Path) -> None:
    scans, out = tmp_path / "box", tmp_path / "out"
    scans.mkdir()
    born = (SAMPLES / BORN).read_bytes()
    for index in range(1, 4):  # the digests differ, so each is read
        (scans / f"{index}.pdf").write_bytes(born + b"\n%" + str(index).encode())
    running = subprocess.Popen(
        command("digitize", scans, "--out", out, "--jobs", "1"), cwd=ROOT, stderr=subprocess.PIPE, text=True,
        stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert running.stderr is not None
    assert running.stderr.readline().startswith("[1/3]")
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: all processes of the group
    _, rest = running.communicate(timeout=120)
    assert running.returncode == 130
    assert "Traceback" not in rest
    done = lines(out / "records.jsonl")
    assert 1 <= len(done) < 3
    result = samnao("digitize", scans, "--out", out)
    assert result.stderr.count("already read") >= len(done)
    whole = lines(out / "records.jsonl")
    assert [record["source"] for record in whole] == [f"{index}.pdf" for index in range(1, 4)]
    assert whole[: len(done)] == done
