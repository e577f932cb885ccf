"""The jobs: who does which, until when, and what is to be done when nobody does.

The database is the truth. A `Bell` is only a hint to send along the broker: whoever is rung claims the most urgent job of
that kind. A claim is a lease; what holds it renews it (`heartbeat`), and `sweep` takes it from what died.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from workers.store import history
from workers.store.errors import LeaseLost, NotFound
from workers.store.schema import Document, Job, Page

OPEN, READ, ASSEMBLE = "open", "read", "assemble"
KINDS = (OPEN, READ, ASSEMBLE)
BELLS = 1000
"""The most bells that one call returns: the sweep rings for the rest."""


@dataclass(frozen=True, slots=True)
class Bell:
    """There is work of this `kind`: what to ring the queue for; `page` is 0 where it is about the whole document."""

    kind: str
    document_id: int
    page: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that `owner` has until its lease runs out; `attempts` counts this one."""

    id: int
    kind: str
    document_id: int
    page: int
    attempts: int
    priority: int
    owner: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many jobs of a kind are in a state; `oldest` is when the oldest of them was made."""

    kind: str
    state: str
    count: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Depth:
    """How much there is to do: the jobs, and how many `documents` are not yet done or failed."""

    jobs: tuple[Count, ...]
    documents: int


def claim(session: Session, kind: str, owner: str, lease_seconds: float, now: float) -> Claimed | None:
    """Take the most urgent waiting job of `kind`; None where there is none. No two claims get the same."""
    first = (
        select(Job.id)
        .where(Job.kind == kind, Job.state == "waiting", Job.not_before <= now)
        .order_by(Job.priority, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = session.execute(
        update(Job)
        .where(Job.id == first)
        .values(state="running", owner=owner, lease_until=now + lease_seconds, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.document_id, Job.page, Job.attempts, Job.priority)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else Claimed(*row, owner)


def heartbeat(session: Session, owner: str, lease_seconds: float, now: float) -> int:
    """Renew all leases that `owner` holds; returns how many."""
    return _count(
        session,
        update(Job)
        .where(Job.id.in_(_locked(session, Job.owner == owner, Job.state == "running")))
        .values(lease_until=now + lease_seconds),
    )


def release(session: Session, owner: str) -> tuple[Bell, ...]:
    """Give back all that `owner` holds, as if never claimed: for a clean end."""
    jobs = _locked(session, Job.owner == owner, Job.state == "running")
    session.execute(
        update(Job)
        .where(Job.id.in_(jobs))
        .values(state="waiting", owner=None, lease_until=None, attempts=Job.attempts - 1)
    )
    return bells_of(session, jobs)


def retry_later(
    session: Session, job_id: int, owner: str, error: str, message: str, delay: float, now: float
) -> None:
    """Let the job wait `delay` seconds and be tried again. LeaseLost where `owner` has it no longer."""
    held(session, job_id, owner)
    session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(
            state="waiting",
            owner=None,
            lease_until=None,
            not_before=now + delay,
            error=error,
            message=message,
        )
    )


def give_up(
    session: Session, job_id: int, owner: str, error: str, message: str, now: float
) -> tuple[Bell, ...]:
    """Set the job aside after too many tries. LeaseLost where `owner` has it no longer.

    A page that cannot be read is failed and its document goes on without it; else the document is failed.
    """
    job = held(session, job_id, owner)
    return _aside(session, job, error, message, now)


def sweep(session: Session, now: float, tries: int, ring_after: float) -> tuple[Bell, ...]:
    """Take back what died, give up what died `tries` times, and say what to ring again.

    A job whose lease ran out waits again, twice as long after each try. A waiting job is rung again when its time has
    come and nobody was told for `ring_after` seconds.
    """
    bells: list[Bell] = []
    lost = session.execute(
        select(Job.id, Job.document_id, Job.attempts)
        .where(Job.state == "running", Job.lease_until < now)
        .order_by(Job.id)
        .limit(BELLS)
    ).all()
    for job_id, document_id, attempts in lost:
        if attempts >= tries:
            lock_document(session, document_id)
        job = session.scalar(
            select(Job)
            .where(Job.id == job_id, Job.state == "running", Job.lease_until < now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if job is None:
            continue
        if job.attempts >= tries:
            bells += _aside(session, job, job.error or LOST, job.message or _LOST, now)
            continue
        job.state, job.owner, job.lease_until = "waiting", None, None
        job.not_before = now + backoff(job.attempts)
        job.error, job.message, job.rung = LOST, _LOST, 0
    session.flush()
    silent = _locked(
        session,
        Job.state == "waiting",
        Job.not_before <= now,
        Job.rung <= now - ring_after,
        order=(Job.priority, Job.id),
        limit=BELLS,
    )
    if silent:
        session.execute(update(Job).where(Job.id.in_(silent)).values(rung=now))
        bells += bells_of(session, silent)
    return tuple(bells)


LOST = "worker_lost"
_LOST = "the worker that had this in hand died or was cut off"


def backoff(attempts: int) -> float:
    """Seconds to wait after this many tries: 1, 2, 4 … at most five minutes."""
    return float(min(300, 2 ** max(0, attempts - 1)))


def depth(session: Session) -> Depth:
    """How much there is to do, by kind and state."""
    rows: Iterable[Any] = session.execute(
        select(Job.kind, Job.state, func.count(), func.min(Job.at)).group_by(Job.kind, Job.state)
    )
    documents = session.scalar(
        select(func.count()).where(Document.state.in_(("waiting", "reading", "assembling")))
    )
    return Depth(tuple(Count(*row) for row in rows), documents or 0)


def retry(session: Session, document_id: int, actor: str, now: float) -> tuple[Bell, ...]:
    """Try a failed document, or the failed pages of one, again because `actor` asks. NotFound for no such document."""
    document = lock_document(session, document_id)
    if document is None:
        raise NotFound(f"there is no document {document_id}")
    failed = list(
        session.scalars(
            select(Page).where(Page.document_id == document_id, Page.state == "failed").order_by(Page.number)
        )
    )
    if document.state != "failed" and not (document.state == "done" and failed):
        return ()
    history.add(
        session,
        actor,
        "retried",
        now=now,
        document_id=document_id,
        before={"error": document.error},
        reason=document.message,
    )
    session.execute(delete(Job).where(Job.document_id == document_id, Job.state == "aside"))
    document.error = document.message = document.finished = None
    if document.pages is None:
        document.state = "waiting"
        jobs = [(OPEN, 0)]
    elif failed:
        document.state = "reading"
        document.pages_done -= len(failed)
        for page in failed:
            page.state, page.error, page.message, page.at = "waiting", None, None, None
        jobs = [(READ, page.number) for page in failed]
    else:
        document.state = "assembling"
        jobs = [(ASSEMBLE, 0)]
    session.flush()
    return add_jobs(session, document_id, jobs, document.priority, now)


# ---------------------------------------------------------------- for the other modules of the store


def add_jobs(
    session: Session, document_id: int, jobs: Iterable[tuple[str, int]], priority: int, now: float
) -> tuple[Bell, ...]:
    """Make jobs of (kind, page) for a document; returns their bells."""
    jobs = list(jobs)
    rows = [
        {
            "kind": kind,
            "document_id": document_id,
            "page": page,
            "state": "waiting",
            "priority": priority,
            "attempts": 0,
            "not_before": 0.0,
            "rung": now,
            "at": now,
        }
        for kind, page in jobs
    ]
    if rows:
        session.execute(insert(Job), rows)
    return tuple(Bell(kind, document_id, page) for kind, page in jobs)


def lock_document(session: Session, document_id: int) -> Document | None:
    """The document, held until the end of the transaction; always before its jobs, so that nobody waits in a circle."""
    return session.scalar(
        select(Document)
        .where(Document.id == document_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def held(session: Session, job_id: int, owner: str) -> Job:
    """The job, its document locked, if `owner` has it still; else LeaseLost."""
    document_id = session.scalar(select(Job.document_id).where(Job.id == job_id))
    if document_id is not None:
        lock_document(session, document_id)
    job = session.scalar(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    )
    if job is None or job.state != "running" or job.owner != owner:
        raise LeaseLost(f"job {job_id} is no longer held by {owner}; another worker has it, or it is done")
    return job


def bells_of(session: Session, jobs: Sequence[int]) -> tuple[Bell, ...]:
    """The bells of these jobs, the most urgent first."""
    rows = session.execute(
        select(Job.kind, Job.document_id, Job.page)
        .where(Job.id.in_(jobs))
        .order_by(Job.priority, Job.id)
        .limit(BELLS)
    )
    return tuple(Bell(*row) for row in rows)


def page_settled(session: Session, document: Document, now: float) -> tuple[Bell, ...]:
    """Count a page of the locked `document` as done; after the last one the document is to be assembled."""
    document.pages_done += 1
    bells: tuple[Bell, ...] = ()
    if document.pages_done == document.pages:
        document.state = "assembling"
        bells = add_jobs(session, document.id, [(ASSEMBLE, 0)], document.priority, now)
    session.flush()
    return bells


def fail_document(session: Session, document: Document, error: str, message: str, now: float) -> None:
    """The locked `document` ends here, visibly."""
    document.state, document.error, document.message, document.finished = "failed", error, message, now
    history.add(
        session,
        history.SAMNAO,
        "failed",
        now=now,
        document_id=document.id,
        after={"error": error},
        reason=message,
    )
    session.flush()


def _aside(session: Session, job: Job, error: str, message: str, now: float) -> tuple[Bell, ...]:
    document = lock_document(session, job.document_id)
    assert document is not None  # the job refers to it
    if job.kind == READ:
        session.delete(job)
        fail_page(session, document, job.page, error, message, now)
        return page_settled(session, document, now)
    job.state, job.owner, job.lease_until, job.error, job.message = "aside", None, None, error, message
    fail_document(session, document, error, message, now)
    return ()


def fail_page(
    session: Session, document: Document, number: int, error: str, message: str, now: float
) -> None:
    """The page cannot be read."""
    session.execute(
        update(Page)
        .where(Page.document_id == document.id, Page.number == number)
        .values(state="failed", error=error, message=message, at=now)
    )


def _locked(session: Session, *where: Any, order: Any = (Job.id,), limit: int | None = None) -> list[int]:
    """The ids of jobs, held until the end of the transaction; those that others hold are left out."""
    query = select(Job.id).where(*where).order_by(*order).limit(limit).with_for_update(skip_locked=True)
    return list(session.scalars(query))


def _count(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement)
    return int(result.rowcount)
