"""What a worker does with jobs, without a broker: real store, real child processes, an engine with faults on order."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ocr.open import Limits
from tests.workers.fakes import FaultyEngine, slip_form, write_scan
from workers import steps, work
from workers.blobs import open_blobs
from workers.cache import Store
from workers.intake.door import Sent, submit
from workers.pool import Failure
from workers.service import Service
from workers.settings import Settings
from workers.store import documents, queue, records, views
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.store.queue import ASSEMBLE, OPEN, READ, Bell, Claimed

EVERY = (ASSEMBLE, READ, OPEN)


class Place:
    """A worker on a store of its own, and the bells it rang."""

    def __init__(self, folder: Path, url: str | None, faults: Mapping[int, str], **settings: Any) -> None:
        self.folder, self.bells = folder, list[Bell]()
        chosen = {"retry_seconds": 0, "min_free_bytes": 0, "page_seconds": 300, **settings}
        self.settings = Settings(data=folder / "data", database=url, **chosen)
        engine = open_engine(url, self.settings.data)
        migrate(engine)
        blobs = open_blobs(None, self.settings.data)
        self.service = Service(self.settings, engine, blobs, self.bells.extend)
        self.engine = FaultyEngine(folder / "log", dict(faults))
        self.worker = self.new_worker(self.engine)

    def new_worker(self, engine: FaultyEngine, extractor: str = "e") -> work.Worker:
        self.settings.data.joinpath("work").mkdir(exist_ok=True)
        kit = steps.Kit(engine, Limits(), (slip_form(),), self.settings.data / "work")
        return work.Worker(self.service, kit, Store(self.settings.data, "r" * 16, extractor))

    def send(self, name: str, *pages: int, priority: int = 5) -> int:
        scan = write_scan(self.folder / "scans" / name, *pages)
        sent = [Sent(scan, name)]
        accepted = submit(self.service, sent, channel="command", sender="test", name=name, priority=priority)
        return accepted.documents[0][0]

    def work(self, worker: work.Worker | None = None) -> int:
        """Do all there is to do; how many jobs that were."""
        count = 0
        while work.work(worker or self.worker, EVERY):
            count += 1
        return count

    def document(self, number: int) -> views.DocumentView:
        with reading(self.service.engine) as session:
            return views.find(session, number)

    def pages(self, number: int) -> tuple[views.PageView, ...]:
        with reading(self.service.engine) as session:
            return views.pages(session, number)

    def codes(self, number: int) -> list[str]:
        with reading(self.service.engine) as session:
            found = records.listed(session, records.Filter(document_id=number))
            return sorted(record.values["code"] for record in found)

    def jobs(self) -> dict[str, int]:
        with reading(self.service.engine) as session:
            return {f"{one.kind} {one.state}": one.count for one in queue.depth(session).jobs}

    def close(self) -> None:
        self.worker.close()
        self.service.close()


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    given = getattr(request, "param", {})
    made = Place(tmp_path, None, **{"faults": {}, **given})
    yield made
    made.close()


def test_a_document_goes_all_the_way(tmp_path: Path, database_url: str) -> None:
    place = Place(tmp_path, database_url, {})
    number = place.send("two.tif", 1, 2)
    assert place.work() == 4
    document = place.document(number)
    assert (document.state, document.pages, document.records) == ("done", 2, 2)
    assert (document.reader, document.extractor) == ("r" * 16, "e")
    assert place.codes(number) == ["0001", "0002"]
    for page in place.pages(number):
        assert page.image is not None
        assert place.service.blobs.exists(page.image)
        assert (page.state, page.width, page.height) == ("read", 60 + page.number, 120)
    assert [bell.kind for bell in place.bells] == ["open", "read", "read", "assemble"]
    assert place.jobs() == {}
    assert list((place.settings.data / "work").iterdir()) == []
    place.close()


@pytest.mark.parametrize("place", [{"faults": {2: "crash"}, "tries": 2}], indirect=True)
def test_a_poison_page_is_set_aside_and_can_be_retried(place: Place) -> None:
    number = place.send("poison.tif", 1, 2, 3)
    place.work()
    document = place.document(number)
    assert (document.state, document.records) == ("done", 2)
    assert [(page.state, page.error) for page in place.pages(number)] == [
        ("read", None),
        ("failed", "page_crash"),
        ("read", None),
    ]
    assert place.engine.calls().count(2) == 2
    with transaction(place.service.engine) as session:
        assert queue.retry(session, number, "somebody", time.time()) == (Bell(READ, number, 2),)
    healed = place.new_worker(FaultyEngine(place.folder / "log"))
    place.work(healed)
    healed.close()
    assert place.codes(number) == ["0001", "0002", "0003"]


@pytest.mark.parametrize("place", [{"faults": {1: "refuse"}}], indirect=True)
def test_what_cannot_pass_is_not_tried_again(place: Place) -> None:
    number = place.send("refused.tif", 1, 2)
    place.work()
    assert place.engine.calls() == [1, 2]
    assert [page.error for page in place.pages(number)] == ["page", None]
    assert place.codes(number) == ["0002"]


@pytest.mark.parametrize("place", [{"faults": {1: "die once"}}], indirect=True)
def test_a_child_that_was_killed_is_tried_again(place: Place) -> None:
    number = place.send("once.tif", 1)
    place.work()
    assert place.engine.calls() == [1, 1]
    assert place.document(number).state == "done"


def test_what_may_pass_is_told_from_what_cannot() -> None:
    first, second = (Claimed(1, READ, 1, 1, attempts, 5, "me") for attempts in (1, 2))
    late = Failure("page_timeout", "too slow")
    assert work.can_pass(late, first)
    assert not work.can_pass(late, second)
    assert work.can_pass(Failure("page_crash", "killed", died=True), second)
    assert work.can_pass(Failure("output", "the disk is full", fatal=True), second)
    assert not work.can_pass(Failure("damaged_file", "torn"), first)


@pytest.mark.parametrize("place", [{"faults": {1: "letter"}}], indirect=True)
def test_an_unknown_form_fails_the_document_and_a_new_form_needs_no_second_reading(place: Place) -> None:
    number = place.send("letter.tif", 1)
    place.work()
    assert (place.document(number).state, place.document(number).error) == ("failed", "unknown_form")
    with transaction(place.service.engine) as session:
        which = documents.Which(outdated="another", before=time.time())
        assert documents.reextract(session, which, now=time.time()) == (Bell(ASSEMBLE, number, 0),)
    assert place.work() == 1
    assert place.engine.calls() == [1]


def test_the_scanner_overtakes_the_archive(place: Place) -> None:
    for page in range(1, 6):
        place.send(f"archive-{page}.tif", page, priority=9)
    work.work(place.worker, (OPEN,))
    place.send("scanner.tif", 100, priority=0)
    while work.work(place.worker, (ASSEMBLE,)) or work.work(place.worker, (OPEN, READ)):
        if place.codes(6):
            break
    assert place.engine.calls() == [100]
    assert place.codes(6) == ["0100"]


@pytest.mark.parametrize("place", [{"faults": {1: "hang"}}], indirect=True)
def test_a_worker_that_is_stopped_hands_back_what_it_holds(place: Place) -> None:
    place.send("slow.tif", 1)
    work.work(place.worker, (OPEN,))
    thread = threading.Thread(target=work.work, args=(place.worker, (READ,)))
    thread.start()
    while not place.engine.calls():
        time.sleep(0.01)
    place.worker.stop()
    thread.join()
    assert place.jobs() == {"read waiting": 1}
    with transaction(place.service.engine) as session:
        job = queue.claim(session, READ, "another", 60, time.time())
    assert job is not None
    assert job.attempts == 1


@pytest.mark.parametrize("place", [{"faults": {1: "hang"}}], indirect=True)
def test_a_worker_that_lost_its_lease_stores_nothing(place: Place) -> None:
    number = place.send("slow.tif", 1)
    work.work(place.worker, (OPEN,))
    thread = threading.Thread(target=work.work, args=(place.worker, (READ,)))
    thread.start()
    while not place.engine.calls():
        time.sleep(0.01)
    later = time.time() + 100
    with transaction(place.service.engine) as session:
        assert queue.sweep(session, later, 3, 0) == ()
        again = queue.claim(session, READ, "another", 60, later + 100)
    assert again is not None
    place.worker.pools[-1].interrupt()  # the child dies: the failure is not this worker's to store any more
    thread.join()
    assert place.jobs() == {"read running": 1}
    assert place.pages(number)[0].state == "waiting"


def test_a_scan_that_is_gone_from_the_blob_store_fails_visibly(place: Place) -> None:
    number = place.send("gone.tif", 1)
    place.service.blobs.delete(place.document(number).sha256)
    place.work()
    assert (place.document(number).state, place.document(number).error) == ("failed", "blob_missing")


def test_a_database_that_is_away_is_waited_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_PAUSE", 0)
    calls = []

    def action(session: Session) -> str:
        calls.append(session)
        if len(calls) < 3:
            raise OperationalError("SELECT", {}, Exception("away"))
        return "there"

    assert work.patiently(place.worker, action) == "there"
    place.worker.stopping.set()
    calls.clear()
    with pytest.raises(work.Stopping):
        work.patiently(place.worker, action)


def test_work_files_are_kept_small(place: Place) -> None:
    folder, now = place.settings.data / "work", time.time()
    ages = {"fresh": 0, "resting": 5000, "old": 90000}
    for name, age in ages.items():
        (folder / name).mkdir()
        (folder / name / "sheet").write_bytes(b"x" * 2**20)
        os.utime(folder / name, (now - age, now - age))
    assert work.tidy(place.worker, now) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["fresh", "resting"]
    small = replace(place.service, settings=place.settings.model_copy(update={"work_megabytes": 1}))
    place.worker.service = small
    assert work.tidy(place.worker, now) == 1
    assert [path.name for path in folder.iterdir()] == ["fresh"]
