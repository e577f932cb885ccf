"""The queue against a model: whatever workers, sweeps, persons and time do, both say the same, and all gets done."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.workers.store.steps import Store, line
from workers.blobs import open_blobs
from workers.store import documents, queue
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.store.errors import LeaseLost
from workers.store.queue import ASSEMBLE, KINDS, OPEN, READ, Claimed
from workers.store.schema import Document, Job

LEASE, TRIES, RING = 10.0, 3, 20.0
OWNERS = st.sampled_from(["a", "b"])


@dataclass
class ModelJob:
    kind: str
    document: int
    page: int
    priority: int
    made: int
    rung: float
    state: str = "waiting"
    owner: str | None = None
    until: float = 0.0
    attempts: int = 0
    not_before: float = 0.0


@dataclass
class ModelDocument:
    priority: int
    state: str = "waiting"
    to_read: int | None = None
    failed: frozenset[int] = frozenset()


class Queue(RuleBasedStateMachine):
    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.now, self.made, self.sent = 100.0, 0, 0
        self.documents: dict[int, ModelDocument] = {}
        self.jobs: list[ModelJob] = []
        self.claims: list[tuple[Claimed, ModelJob]] = []
        self._finish()  # what an example that failed has left
        self.base = self._last_document()

    def _last_document(self) -> int:
        with reading(self.store.engine) as session:
            return session.scalar(select(Document.id).order_by(Document.id.desc()).limit(1)) or 0

    # -------------------------------------------------------- what may happen

    @rule(priority=st.sampled_from([0, 5, 9]), again=st.booleans())
    def send(self, priority: int, again: bool) -> None:
        number = self.sent if again and self.sent else self.sent + 1
        self.sent = number
        document = self.store.send(f"{self.base} {number}", now=self.now, priority=priority).documents[0][0]
        if document not in self.documents:
            self.documents[document] = ModelDocument(priority)
            self._add(OPEN, document, 0)
            return
        known = self.documents[document]
        if known.state == "done":
            return
        if known.priority > priority:
            known.priority = priority
            for job in self.jobs:
                if job.document == document and job.state == "waiting":
                    job.priority = priority
        if known.state == "failed":
            self._retry(document)

    @rule(seconds=st.sampled_from([1.0, 5.0, 11.0, 400.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(kind=st.sampled_from(KINDS), owner=OWNERS)
    def claim(self, kind: str, owner: str) -> None:
        job = self.store.claim(kind, owner, self.now, LEASE)
        free = [j for j in self.jobs if (j.kind, j.state) == (kind, "waiting") and j.not_before <= self.now]
        if not free:
            assert job is None
            return
        first = min(free, key=lambda j: (j.priority, j.made))
        first.state, first.owner, first.until = "running", owner, self.now + LEASE
        first.attempts += 1
        assert job is not None
        assert (job.kind, job.document_id, job.page) == (first.kind, first.document, first.page)
        assert (job.attempts, job.owner) == (first.attempts, owner)
        self.claims.append((job, first))

    @precondition(lambda self: self.claims)
    @rule(which=st.integers(0, 5), how=st.sampled_from(["finish", "finish", "fail", "later", "give up"]))
    def end(self, which: int, how: str) -> None:
        claimed, job = self.claims.pop(which % len(self.claims))
        holds = job in self.jobs and (job.state, job.owner) == ("running", claimed.owner)
        try:
            self._really(claimed, how)
        except LeaseLost:
            assert not holds
            return
        assert holds
        if how == "later":
            job.state, job.owner, job.not_before = "waiting", None, self.now + 7
        elif how == "give up":
            self._give_up(job)
        else:
            self._done(job, failed=how == "fail")

    def _really(self, job: Claimed, how: str) -> None:
        if how == "finish" and job.kind == OPEN:
            self.store.open(job, 2, self.now)
        elif how == "finish" and job.kind == READ:
            self.store.read(job, self.now)
        elif how == "finish":
            self.store.assemble(job, [line()], self.now)
        else:
            with transaction(self.store.engine) as session:
                if how == "fail":
                    documents.failed(session, job, job.owner, "x", "y", now=self.now)
                elif how == "later":
                    queue.retry_later(session, job.id, job.owner, "x", "y", 7.0, self.now)
                else:
                    queue.give_up(session, job.id, job.owner, "x", "y", self.now)

    @rule(owner=OWNERS)
    def heartbeat(self, owner: str) -> None:
        with transaction(self.store.engine) as session:
            held = queue.heartbeat(session, owner, LEASE, self.now)
        mine = [job for job in self.jobs if (job.state, job.owner) == ("running", owner)]
        assert held == len(mine)
        for job in mine:
            job.until = self.now + LEASE

    @rule(owner=OWNERS)
    def release(self, owner: str) -> None:
        with transaction(self.store.engine) as session:
            bells = queue.release(session, owner)
        mine = [job for job in self.jobs if (job.state, job.owner) == ("running", owner)]
        assert len(bells) == len(mine)
        for job in mine:
            job.state, job.owner = "waiting", None
            job.attempts -= 1
        # The worker is gone: it will not come back under the same name for these.
        self.claims = [(claimed, job) for claimed, job in self.claims if claimed.owner != owner]

    @rule()
    def sweep(self) -> None:
        bells = self.store.sweep(self.now, TRIES, RING)
        expected = []
        for job in [j for j in self.jobs if j.state == "running" and j.until < self.now]:
            if job.attempts >= TRIES:
                expected += self._give_up(job)
                continue
            job.state, job.owner, job.rung = "waiting", None, 0.0
            job.not_before = self.now + queue.backoff(job.attempts)
        for job in self.jobs:
            if job.state == "waiting" and job.not_before <= self.now and job.rung <= self.now - RING:
                job.rung = self.now
                expected.append(job)
        assert sorted((b.kind, b.document_id, b.page) for b in bells) == sorted(
            (j.kind, j.document, j.page) for j in expected
        )

    @precondition(lambda self: self.documents)
    @rule(which=st.integers(0, 5))
    def person_retries(self, which: int) -> None:
        document = sorted(self.documents)[which % len(self.documents)]
        with transaction(self.store.engine) as session:
            queue.retry(session, document, "มานี", self.now)
        known = self.documents[document]
        if known.state == "failed" or (known.state == "done" and known.failed):
            self._retry(document)

    # -------------------------------------------------------- the model

    def _add(self, kind: str, document: int, page: int) -> ModelJob:
        self.made += 1
        job = ModelJob(kind, document, page, self.documents[document].priority, self.made, self.now)
        self.jobs.append(job)
        return job

    def _done(self, job: ModelJob, *, failed: bool) -> list[ModelJob]:
        document = self.documents[job.document]
        self.jobs.remove(job)
        if job.kind == READ:
            assert document.to_read is not None
            document.to_read -= 1
            if failed:
                document.failed |= {job.page}
            if document.to_read == 0:
                document.state = "assembling"
                return [self._add(ASSEMBLE, job.document, 0)]
        elif failed:
            document.state = "failed"
        elif job.kind == OPEN:
            document.state, document.to_read = "reading", 2
            return [self._add(READ, job.document, page) for page in (1, 2)]
        else:
            document.state = "done"
        return []

    def _give_up(self, job: ModelJob) -> list[ModelJob]:
        if job.kind == READ:
            return self._done(job, failed=True)
        job.state, job.owner = "aside", None
        self.documents[job.document].state = "failed"
        return []

    def _retry(self, document: int) -> None:
        known = self.documents[document]
        self.jobs = [job for job in self.jobs if not (job.document == document and job.state == "aside")]
        if known.to_read is None:
            known.state = "waiting"
            self._add(OPEN, document, 0)
        elif known.failed:
            known.state, known.to_read = "reading", len(known.failed)
            for page in sorted(known.failed):
                self._add(READ, document, page)
            known.failed = frozenset()
        else:
            known.state = "assembling"
            self._add(ASSEMBLE, document, 0)

    # -------------------------------------------------------- they agree

    def teardown(self) -> None:
        with reading(self.store.engine) as session:
            rows = session.scalars(select(Job).where(Job.document_id > self.base).order_by(Job.id)).all()
            found = session.execute(select(Document.id, Document.state).where(Document.id > self.base))
            states = {row.id: row.state for row in found}
        assert states == {number: one.state for number, one in self.documents.items()}
        shown = [(r.kind, r.document_id, r.page, r.state, r.priority, r.attempts, r.owner) for r in rows]
        jobs = sorted(self.jobs, key=lambda job: job.made)
        model = [(j.kind, j.document, j.page, j.state, j.priority, j.attempts, j.owner) for j in jobs]
        assert shown == model
        self._finish()
        assert self.store.complaints() == []

    def _finish(self) -> None:
        for owner in ("a", "b"):
            with transaction(self.store.engine) as session:
                queue.release(session, owner)
        self.store.work(now=1e9)


@pytest.fixture(params=["sqlite", "postgres"])
def model_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    folder = Path(tempfile.mkdtemp())
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    engine = open_engine(url, folder)
    migrate(engine)
    yield Store(engine, open_blobs(None, folder))
    engine.dispose()
    shutil.rmtree(folder)


def test_the_queue_does_what_its_model_does(model_store: Store) -> None:
    # The database goes on from example to example, each with documents of its own: a new one costs too much.
    machine = type("Queue", (Queue,), {"store": model_store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
