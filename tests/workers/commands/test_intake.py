"""The commands by which scans come in and records go out, as a person gives them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import uvicorn
from sqlalchemy import select
from typer.testing import CliRunner

from tests.workers.export.views import repair_values
from tests.workers.intake.conftest import picture
from workers import cli
from workers.blobs import open_blobs
from workers.intake.door import Sent
from workers.intake.remote import Server, send
from workers.service import Service
from workers.settings import Settings
from workers.store import people
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.store.keep import replace
from workers.store.schema import History
from workers.store.submissions import arrivals, listed
from workers.web.app import create_app

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a small service of its own, with SANE's test device."""
    (tmp_path / "sane").mkdir()
    (tmp_path / "sane" / "dll.conf").write_text("test\n")
    for name in [name for name in os.environ if name.startswith("SAMNAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path / "sane"))
    monkeypatch.setenv("SAMNAO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SAMNAO_MIN_FREE_BYTES", "0")
    return tmp_path / "data"


def run(*arguments: str | Path) -> tuple[int, str]:
    """Exit status, and output with what the program says of its errors."""
    result = CliRunner().invoke(cli.app, [str(one) for one in arguments])
    return result.exit_code, result.output + str(result.exception or "")


def sent(data: Path) -> list[tuple[str, str, int, list[str]]]:
    """Channel, name, priority and sources of every submission, the oldest first."""
    engine = open_engine(None, data)
    with reading(engine) as session:
        found = [
            (view.channel, view.name, view.priority, [one.source for one in arrivals(session, view.id)])
            for view in reversed(listed(session))
        ]
    engine.dispose()
    return found


def _put(path: Path, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed).save(path)
    return path


def test_submit_takes_what_can_be_taken_and_names_the_rest(tmp_path: Path, data: Path) -> None:
    for number in (1, 2, 10):
        _put(tmp_path / "แฟ้ม" / f"{number}.png", number)
    (tmp_path / "x.docx").write_bytes(b"PK\x03\x04")
    status, output = run(
        "submit", tmp_path / "แฟ้ม", _put(tmp_path / "ก.png", 4), tmp_path / "x.docx", "--priority", "9"
    )
    assert status == 1
    assert "submission 1: 2 documents" in output
    assert "x.docx: this is an office document" in output
    assert sent(data) == [("command", "แฟ้ม.pdf …", 9, ["แฟ้ม.pdf", "ก.png"])]
    status, output = run("submit", tmp_path / "ก.png")
    assert (status, output.strip()) == (0, "submission 2: 1 document, 1 of them known already")
    status, output = run("submit", "--together", tmp_path / "แฟ้ม", tmp_path / "ก.png", "--name", "รวม")
    assert status == 0
    assert sent(data)[-1] == ("command", "รวม", 5, ["แฟ้ม.pdf"])
    assert run("submit", tmp_path / "nothing")[0] != 0


def test_scan_hands_in_a_batch_before_all_else(data: Path) -> None:
    status, output = run(
        "scan", "--device", "test:0", "--resolution", "75", "--pages", "3", "--name", "กล่อง 1"
    )
    assert status == 0, output
    assert "submission 1: 1 document" in output
    assert sent(data) == [("scanner", "กล่อง 1", 0, ["กล่อง 1.pdf"])]
    assert list((data / "scans").iterdir()) == []
    assert run("scan", "--list")[1].split()[0] == "test:0"
    assert run("scan", "--device", "test:0", "--duplex")[0] != 0


def test_export_backup_and_restore(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMNAO_FORMS", str(ROOT / "samples" / "forms"))
    run("submit", _put(tmp_path / "ก.png", 1))
    engine = open_engine(None, data)
    line = {"record": 1, "form": "school-repair", "form_version": "v", "pages": [1], "status": "review"}
    with transaction(engine) as session:
        replace(session, 1, [line | {"values": repair_values(), "fields": []}], {}, now=1.0)
    engine.dispose()
    status, output = run("export")
    assert status == 0
    engine = open_engine(None, data)
    with reading(engine) as session:
        exported = session.scalars(select(History).where(History.action == "exported")).one()
        assert exported.more["format"] == "jsonl"
    engine.dispose()
    assert json.loads(output)["values"]["phone"] == "020000001"
    assert run("export", "--out", tmp_path / "out.xlsx", "--form", "school-repair")[0] == 0
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames == ["ระเบียน", "รายการที่ขอซ่อม"]
    assert run("export", "--out", tmp_path / "out.csv", "--table", "items")[0] == 0
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("\n") == 3
    assert "a workbook cannot be printed" in run("export", "--format", "xlsx")[1]
    assert "no record has the status done" in run("export", "--status", "done")[1]
    (tmp_path / "file").write_text("")
    assert "cannot be written" in run("export", "--out", tmp_path / "file" / "out.csv")[1]
    assert "1 files copied" in run("backup", tmp_path / "backup")[1]
    monkeypatch.setenv("SAMNAO_DATA", str(tmp_path / "again"))
    assert "restored" in run("restore", tmp_path / "backup")[1]
    assert run("export")[1] == output


def test_watch_takes_files_until_it_is_told_to_stop(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "กล่อง"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.cli", "watch", folder, "--settle", "0.1"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _put(tmp_path / "ก.png", 1).rename(folder / "ก.png")
        until = time.monotonic() + 60
        while not (folder / "done" / "ก.png").exists() and time.monotonic() < until:
            os.sched_yield()
            threading.Event().wait(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert sent(data) == [("folder", "ก.png", 5, ["ก.png"])]
    assert "taken from a folder" in said
    assert "ก.png" not in said
    status, output = run("watch", tmp_path / "nowhere")
    assert status != 0
    assert "is no folder: make it" in output


# ---------------------------------------------------------------- another machine


@pytest.fixture
def other(tmp_path: Path) -> Iterator[tuple[Server, Service]]:
    """samnao web as another machine would have it, and a key for it."""
    settings = Settings(data=tmp_path / "other", min_free_bytes=0, upload_files=5)
    engine = open_engine(None, settings.data)
    migrate(engine)
    with transaction(engine) as session:
        key = people.add_key(session, "scanner in room 3", "submit", now=1.0)
    service = Service(settings, engine, open_blobs(None, settings.data), lambda _: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings, service), host="127.0.0.1", port=port, log_config=None, lifespan="on"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        threading.Event().wait(0.02)
    yield Server(f"http://127.0.0.1:{port}", key), service
    server.should_exit = True
    thread.join(30)
    service.close()


def test_scans_go_to_another_machine(
    other: tuple[Server, Service], tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, service = other
    monkeypatch.setenv("SAMNAO_KEY", server.key)
    scan = ("scan", "--device", "test:0", "--resolution", "75", "--pages", "2", "--office", "เขต")
    status, output = run(*scan, "--server", server.address)
    assert status == 0, output
    assert f"submission 1 at {server.address}: 1 document" in output
    monkeypatch.setenv("SAMNAO_SERVER", server.address)
    status, output = run("submit", _put(tmp_path / 'ชื่อ "พิเศษ".png', 1), "--name", "กล่อง")
    assert status == 0, output
    found = sent(service.settings.data)
    assert [(name, priority) for _, name, priority, _ in found][1] == ("กล่อง", 5)
    assert found[0][2] == 0
    assert found[1][3] == ["ชื่อ 'พิเศษ'.png"]
    assert not (data / "samnao.db").exists()
    # The answer was lost: the same again under the same key is no second submission.
    files = [Sent(tmp_path / 'ชื่อ "พิเศษ".png', "x.png")]
    first, second = (send(server, files, {}, "scan-1") for _ in range(2))
    assert first == second
    # What the other machine refuses is said in its words, and the pages stay.
    many = [_put(tmp_path / "many" / f"{n}.tif", n) for n in range(6)]
    status, output = run("submit", *many)
    assert status == 2 or "files" in output
    monkeypatch.setenv("SAMNAO_KEY", "wrong")
    status, output = run(*scan)
    assert status != 0
    assert "refuses the key" in output
    assert "2 pages are kept in" in output
    (kept,) = (data / "scans").iterdir()
    shutil.rmtree(kept)
    monkeypatch.setenv("SAMNAO_SERVER", "http://127.0.0.1:9")
    assert "cannot be reached" in run("submit", many[0])[1]
    monkeypatch.delenv("SAMNAO_KEY")
    assert "an API key is needed" in run("submit", many[0])[1]
