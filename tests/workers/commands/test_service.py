"""The commands of the service, as people give them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.workers.fakes import write_scan
from workers.cli import app
from workers.intake.door import Sent, submit
from workers.service import open_service
from workers.settings import load_settings
from workers.store import documents, queue
from workers.store.connect import transaction


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAMNAO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SAMNAO_ORPHAN_HOURS", "0")
    monkeypatch.setenv("SAMNAO_MIN_FREE_BYTES", "0")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def failed_document(folder: Path) -> int:
    service = open_service(load_settings())
    scan = write_scan(folder / "scan.tif", 1)
    files = [Sent(scan, scan.name)]
    accepted = submit(service, files, channel="command", sender="test", name="batch")
    now = time.time()
    with transaction(service.engine) as session:
        job = queue.claim(session, queue.OPEN, "me", 60, now)
        assert job is not None
        documents.failed(session, job, "me", "encrypted_file", "it is locked", now=now)
    service.blobs.put_bytes(b"nobody's")
    service.close()
    return accepted.documents[0][0]


def test_settings_are_listed_without_passwords(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMNAO_BROKER", "amqp://samnao:geheim@queue.example//")
    shown = run("settings").output
    assert "amqp://samnao:***@queue.example//" in shown
    assert "SAMNAO_BROKER" in shown
    assert "geheim" not in shown


def test_what_failed_is_listed_and_tried_again(data: Path) -> None:
    number = failed_document(data)
    assert run("retry").output == f"{number}  scan.tif  encrypted_file: it is locked\n"
    assert run("retry", "--all").output == f"{number}: tried again\n"
    assert run("retry", str(number)).output == f"{number}: nothing of it failed\n"
    assert run("retry").output == ""


def test_one_sweep_removes_what_nothing_refers_to(data: Path) -> None:
    failed_document(data)
    assert run("sweep", "--once").output == "rung again: 0; orphans removed: 1\n"


def test_nothing_is_assembled_anew_where_nothing_was_read(data: Path) -> None:
    failed_document(data)
    assert run("reextract").output == "0 documents are assembled anew\n"
