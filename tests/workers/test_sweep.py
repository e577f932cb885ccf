"""The sweep: lost work is rung for, orphans are removed, and nothing else is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.fakes import write_scan
from workers.blobs import open_blobs
from workers.intake.door import Sent, submit
from workers.service import Service
from workers.settings import Settings
from workers.store import documents, queue
from workers.store.connect import migrate, open_engine, transaction
from workers.store.queue import OPEN, READ, Bell
from workers.sweep import remove_orphans, sweep


@pytest.fixture
def service(tmp_path: Path, database_url: str) -> Iterator[Service]:
    settings = Settings(data=tmp_path / "data", database=database_url, min_free_bytes=0)
    engine = open_engine(database_url, settings.data)
    migrate(engine)
    bells: list[Bell] = []
    made = Service(settings, engine, open_blobs(None, settings.data), bells.extend)
    yield made
    made.close()


def sent(service: Service, folder: Path) -> int:
    scan = write_scan(folder / "one.tif", 1)
    files = [Sent(scan, scan.name)]
    accepted = submit(service, files, channel="command", sender="test", name="batch")
    return accepted.documents[0][0]


def test_what_nobody_heard_or_finished_is_rung_again(service: Service, tmp_path: Path) -> None:
    number, now = sent(service, tmp_path), time.time()
    assert sweep(service, now) == 0
    assert sweep(service, now + 61) == 1
    assert sweep(service, now + 62) == 0
    with transaction(service.engine) as session:
        job = queue.claim(session, OPEN, "one", 60, now)
    assert job is not None
    assert sweep(service, now + 59) == 0
    assert sweep(service, now + 61) == 0  # it waits a second, then
    assert sweep(service, now + 63) == 1
    with transaction(service.engine) as session:
        job = queue.claim(session, OPEN, "two", 60, now + 63)
        assert job is not None
        assert documents.opened(session, job, "two", 1, now=now + 63) == (Bell(READ, number, 1),)


def test_orphans_are_removed_when_they_are_old(service: Service, tmp_path: Path) -> None:
    sent(service, tmp_path)
    orphan = service.blobs.put_bytes(b"nobody's")
    young = service.blobs.put_bytes(b"of somebody who comes soon")
    kept = {name for name, _ in service.blobs.walk()} - {orphan}
    now = time.time()
    for name in kept | {orphan}:
        if name != young:
            path = tmp_path / "data" / "blobs" / name[:2] / name
            os.utime(path, (now - 7200, now - 7200))
    assert remove_orphans(service, now) == 1
    assert {name for name, _ in service.blobs.walk()} == kept
