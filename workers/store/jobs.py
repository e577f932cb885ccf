"""Jobs as rows: made, held, ended, given up; with what that means for their document.

A document is always locked before its jobs, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from workers.store import history
from workers.store.connect import without_nul
from workers.store.errors import LeaseLost
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


JOBS, DOCUMENTS, PAGES = (cast(Table, one.__table__) for one in (Job, Document, Page))
# Statements that run for every page are made once: making them costs more than running them.


def add_jobs(
    session: Session, document_id: int, jobs: Iterable[tuple[str, int]], priority: int, now: float
) -> tuple[Bell, ...]:
    """Make jobs of (kind, page) for a document; returns their bells."""
    jobs = list(jobs)
    rows = [new_job(kind, document_id, page, priority, now) for kind, page in jobs]
    if rows:
        session.execute(ADD, rows)
    return tuple(Bell(kind, document_id, page) for kind, page in jobs)


ADD = insert(JOBS)


def new_job(kind: str, document_id: int, page: int, priority: int, now: float) -> dict[str, Any]:
    """The row of a job that waits, of which the queue is told just now."""
    return {
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


def lock_document(session: Session, document_id: int, *, skip_locked: bool = False) -> Document | None:
    """The document, held until the end of the transaction; always before its jobs, so that nobody waits in a circle.

    None where there is none or, with `skip_locked`, another one holds it. It does not keep others from referring to the document: rows of an arrival do that before they ask for this lock.
    """
    return session.scalar(
        select(Document)
        .where(Document.id == document_id)
        .with_for_update(key_share=True, skip_locked=skip_locked)
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
        raise lost(job_id, owner)
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


@dataclass(frozen=True, slots=True)
class Ended:
    """The document of a job that ended, locked until the end of the transaction."""

    id: int
    state: str
    priority: int
    pages: int | None
    pages_done: int


def end(session: Session, job_id: int, owner: str, *, pages: int = 0) -> Ended:
    """Delete a job and count so many `pages` of its document as done. LeaseLost where it is not `owner`'s."""
    document = session.execute(_COUNT_PAGES, {"job_": job_id, "pages_": pages}).one_or_none()
    deleted = session.execute(_END, {"job_": job_id, "owner_": owner}).one_or_none()
    if document is None or deleted is None:
        raise lost(job_id, owner)
    return Ended(*document)


_COUNT_PAGES = (
    update(DOCUMENTS)
    .where(
        DOCUMENTS.c.id == select(JOBS.c.document_id).where(JOBS.c.id == bindparam("job_")).scalar_subquery()
    )
    .values(pages_done=DOCUMENTS.c.pages_done + bindparam("pages_"))
    .returning(
        DOCUMENTS.c.id, DOCUMENTS.c.state, DOCUMENTS.c.priority, DOCUMENTS.c.pages, DOCUMENTS.c.pages_done
    )
)
_END = (
    delete(JOBS)
    .where(JOBS.c.id == bindparam("job_"), JOBS.c.owner == bindparam("owner_"), JOBS.c.state == "running")
    .returning(JOBS.c.id)
)


def lost(job_id: int, owner: str) -> LeaseLost:
    return LeaseLost(f"job {job_id} is no longer held by {owner}; another worker has it, or it is done")


def after_page(session: Session, document: Ended, now: float) -> tuple[Bell, ...]:
    """When the last page of `document` is done it is to be assembled."""
    if document.pages_done != document.pages:
        return ()
    session.execute(_ASSEMBLING, {"document_": document.id})
    return add_jobs(session, document.id, [(ASSEMBLE, 0)], document.priority, now)


_ASSEMBLING = update(DOCUMENTS).where(DOCUMENTS.c.id == bindparam("document_")).values(state="assembling")


def fail_document(session: Session, document_id: int, error: str, message: str, now: float) -> None:
    """The document ends here, visibly."""
    session.execute(
        update(DOCUMENTS)
        .where(DOCUMENTS.c.id == document_id)
        .values(state="failed", error=error, message=without_nul(message), finished=now)
    )
    history.add(
        session,
        history.SAMNAO,
        "failed",
        now=now,
        document_id=document_id,
        after={"error": error},
        reason=message,
    )


def set_aside(session: Session, job: Job, error: str, message: str, now: float) -> tuple[Bell, ...]:
    if job.kind == READ:
        assert job.owner is not None  # it is running
        document = end(session, job.id, job.owner, pages=1)
        fail_page(session, document.id, job.page, error, message, now)
        return after_page(session, document, now)
    job.state, job.owner, job.lease_until = "aside", None, None
    job.error, job.message = error, without_nul(message)
    session.flush()
    fail_document(session, job.document_id, error, message, now)
    return ()


def fail_page(session: Session, document_id: int, number: int, error: str, message: str, now: float) -> None:
    """The page cannot be read."""
    session.execute(
        update(PAGES)
        .where(PAGES.c.document_id == document_id, PAGES.c.number == number)
        .values(state="failed", error=error, message=without_nul(message), at=now)
    )


def locked(session: Session, *where: Any, order: Any = (Job.id,), limit: int | None = None) -> list[int]:
    """The ids of jobs, held until the end of the transaction; those that others hold are left out."""
    query = select(Job.id).where(*where).order_by(*order).limit(limit).with_for_update(skip_locked=True)
    return list(session.scalars(query))
