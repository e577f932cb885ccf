"""The jobs: who does which, until when, and what is to be done when nobody does.

The database is the truth. A `Bell` is only a hint to send along the broker: whoever is rung claims the most urgent job of
that kind. A claim is a lease; what holds it renews it (`heartbeat`), and `sweep` takes it from what died.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from workers.store import history
from workers.store.errors import NotFound
from workers.store.jobs import (
    ASSEMBLE,
    BELLS,
    JOBS,
    KINDS,
    OPEN,
    READ,
    Bell,
    add_jobs,
    bells_of,
    held,
    lock_document,
    locked,
    set_aside,
)
from workers.store.schema import Document, Job, Page

__all__ = ["ASSEMBLE", "KINDS", "OPEN", "READ", "Bell", "Claimed", "claim"]


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
    found = session.execute(
        _CLAIM, {"kind_": kind, "now_": now, "owner_": owner, "until_": now + lease_seconds}
    ).one_or_none()
    if found is None:
        return None
    return Claimed(found.id, found.kind, found.document_id, found.page, found.attempts, found.priority, owner)


_CLAIM = (
    update(JOBS)
    .where(
        JOBS.c.id
        == select(JOBS.c.id)
        .where(
            JOBS.c.kind == bindparam("kind_"),
            JOBS.c.state == "waiting",
            JOBS.c.not_before <= bindparam("now_"),
        )
        .order_by(JOBS.c.priority, JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    .values(
        state="running",
        owner=bindparam("owner_"),
        lease_until=bindparam("until_"),
        attempts=JOBS.c.attempts + 1,
    )
    .returning(
        JOBS.c.id,
        JOBS.c.kind,
        JOBS.c.document_id,
        JOBS.c.page,
        JOBS.c.attempts,
        JOBS.c.priority,
    )
)


def heartbeat(session: Session, owner: str, lease_seconds: float, now: float) -> int:
    """Renew all leases that `owner` holds; returns how many."""
    return _count(
        session,
        update(Job)
        .where(Job.id.in_(locked(session, Job.owner == owner, Job.state == "running")))
        .values(lease_until=now + lease_seconds),
    )


def release(session: Session, owner: str) -> tuple[Bell, ...]:
    """Give back all that `owner` holds, as if never claimed: for a clean end."""
    jobs = locked(session, Job.owner == owner, Job.state == "running")
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
    return set_aside(session, job, error, message, now)


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
        if attempts >= tries and lock_document(session, document_id, skip_locked=True) is None:
            continue
        job = session.scalar(
            select(Job)
            .where(Job.id == job_id, Job.state == "running", Job.lease_until < now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if job is None:
            continue
        if job.attempts >= tries:
            bells += set_aside(session, job, job.error or LOST, job.message or _LOST, now)
            continue
        job.state, job.owner, job.lease_until = "waiting", None, None
        job.not_before = now + backoff(job.attempts)
        job.error, job.message, job.rung = LOST, _LOST, 0
    session.flush()
    silent = locked(
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
    # Counted in the index alone; the job made first is the one with the least id.
    groups = (
        select(Job.kind, Job.state, func.count().label("count"), func.min(Job.id).label("first"))
        .group_by(Job.kind, Job.state)
        .subquery()
    )
    rows: Iterable[Any] = session.execute(
        select(groups.c.kind, groups.c.state, groups.c.count, Job.at).join(Job, Job.id == groups.c.first)
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


def _count(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement)
    return int(result.rowcount)
