"""Nothing is lost and nothing doubled, whatever is killed when; `make faults` is the long run of the same."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.e2e.faults import Run
from tests.e2e.programs import ROOT, Program
from tests.e2e.setups import SETUPS
from tests.workers.fakes import write_scan
from workers.intake.door import Sent, submit
from workers.service import open_service
from workers.settings import Settings
from workers.store.connect import reading
from workers.store.schema import Job


@pytest.mark.parametrize("setup", SETUPS)
def test_every_document_is_done_exactly_once_though_everything_is_killed(setup: str, tmp_path: Path) -> None:
    result = Run(
        setup, seed=3, folder=tmp_path, documents=10, kills=3, pause=(0.1, 0.5), page_seconds=0.2
    ).run()
    assert list(result.wrong) == []


def test_a_worker_that_is_told_to_end_hands_back_what_it_cannot_finish(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", min_free_bytes=0)
    service = open_service(settings)
    scan = write_scan(tmp_path / "scan.tif", 1)
    submit(service, [Sent(scan, scan.name)], channel="command", sender="test", name="batch")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SAMNAO_DATA": str(settings.data),
        "SAMNAO_DRAIN_SECONDS": "0.2",
        "STUB_LOG": str(tmp_path / "readings"),
        "STUB_SECONDS": "600",
    }
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.workers.stub", "worker", "-c", "2"]
    worker = Program("worker", command, environment, tmp_path / "log")
    worker.start()
    try:
        while not (tmp_path / "readings").exists():
            assert worker.alive()
            time.sleep(0.05)
    finally:
        worker.end(signal.SIGTERM)
    assert worker.process is not None
    assert worker.process.returncode == 0
    with reading(service.engine) as session:
        (job,) = session.scalars(select(Job))
        assert (job.kind, job.state, job.attempts, job.owner) == ("read", "waiting", 0, None)
    service.close()
