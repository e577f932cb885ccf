"""Whether the store holds together: what must be true when nothing is left to do, and what must be true always."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from workers.blobs import Blobs
from workers.store.schema import Arrival, Document, Field, History, Job, Page, PageText, Record, Submission

_MOST = 100
"""Complaints of one kind: more of the same help nobody."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is not as it must be: a stable `code`, what it is about, and what is wrong."""

    code: str
    about: str
    message: str


def check(session: Session, blobs: Blobs | None = None, *, busy: bool = False) -> list[Complaint]:
    """What is wrong in the store; nothing, where every document is done exactly once and nothing is missing or doubled.

    While work is under way (`busy`) unfinished documents, waiting jobs and blobs not yet referred to are no complaints.
    Every blob's name is read, no blob's bytes.
    """
    found = list(_documents(session))
    found += _pages(session)
    found += _records(session)
    found += _jobs(session)
    if not busy:
        found += _unfinished(session)
    if blobs is not None:
        found += _blobs(session, blobs, busy)
    return found


def _documents(session: Session) -> Iterator[Complaint]:
    yield from _rows(
        session,
        "never_sent",
        "document",
        select(Document.id).where(~exists().where(Arrival.document_id == Document.id)),
        "it belongs to no submission",
    )
    yield from _rows(
        session,
        "empty_submission",
        "submission",
        select(Submission.id).where(~exists().where(Arrival.submission_id == Submission.id)),
        "no document of it is left",
    )
    times = (
        select(
            History.document_id,
            func.sum(case((History.action == "assembled", 1), else_=0)).label("made"),
            func.sum(case((History.action.in_(("retried", "reextract")), 1), else_=0)).label("asked"),
        )
        .where(History.document_id.is_not(None))
        .group_by(History.document_id)
        .subquery()
    )
    made, asked = func.coalesce(times.c.made, 0), func.coalesce(times.c.asked, 0)
    counted = select(Document.id).outerjoin(times, times.c.document_id == Document.id)
    yield from _rows(
        session,
        "done_twice",
        "document",
        counted.where(made > asked + 1),
        "it was assembled more often than asked",
    )
    yield from _rows(
        session,
        "never_done",
        "document",
        counted.where(Document.state == "done", made == 0),
        "it is done, but nobody assembled it",
    )


def _unfinished(session: Session) -> Iterator[Complaint]:
    yield from _rows(
        session,
        "unfinished",
        "document",
        select(Document.id).where(Document.state.not_in(("done", "failed"))),
        "it is neither done nor failed",
    )
    yield from _rows(
        session,
        "job_left",
        "document",
        select(Job.document_id).where(Job.state != "aside"),
        "a job of it is left",
    )


def _jobs(session: Session) -> Iterator[Complaint]:
    failed = exists().where(Document.id == Job.document_id, Document.state == "failed")
    yield from _rows(
        session,
        "aside_unseen",
        "document",
        select(Job.document_id).where(Job.state == "aside", ~failed),
        "a job of it was given up, but it does not say that it failed",
    )
    stuck = and_(
        Document.state.in_(("waiting", "reading", "assembling")),
        ~exists().where(Job.document_id == Document.id),
    )
    yield from _rows(
        session,
        "stuck",
        "document",
        select(Document.id).where(stuck),
        "it is not done, and no job of it is left",
    )


def _pages(session: Session) -> Iterator[Complaint]:
    opened = Document.pages.is_not(None)
    numbers = (
        select(
            Page.document_id,
            func.count().label("count"),
            func.max(Page.number).label("last"),
            func.sum(case((Page.state != "waiting", 1), else_=0)).label("done"),
        )
        .group_by(Page.document_id)
        .subquery()
    )
    count, last, done = (func.coalesce(numbers.c[name], 0) for name in ("count", "last", "done"))
    of = select(Document.id).outerjoin(numbers, numbers.c.document_id == Document.id)
    yield from _rows(
        session,
        "pages_incomplete",
        "document",
        of.where(opened, or_(count != Document.pages, last != Document.pages)),
        "it has not the pages it was opened with",
    )
    yield from _rows(
        session,
        "pages_miscounted",
        "document",
        of.where(opened, done != Document.pages_done),
        "it has not as many pages read as it says",
    )
    yield from _rows(
        session,
        "page_waits",
        "document",
        of.where(Document.state == "done", done != Document.pages),
        "it is done, but a page of it waits",
    )
    text = exists().where(PageText.document_id == Page.document_id, PageText.number == Page.number)
    yield from _rows(
        session,
        "text_missing",
        "document",
        select(Page.document_id).where(Page.state.in_(("read", "blank")), ~text),
        "a page of it was read, but its text is not kept",
    )


def _records(session: Session) -> Iterator[Complaint]:
    counts = select(Record.document_id, func.count().label("count")).group_by(Record.document_id).subquery()
    count = func.coalesce(counts.c.count, 0)
    wrong: ColumnElement[bool] = and_(Document.state == "done", count != Document.records)
    yield from _rows(
        session,
        "records_miscounted",
        "document",
        select(Document.id).outerjoin(counts, counts.c.document_id == Document.id).where(wrong),
        "it has not as many records as it says",
    )
    fields = (
        select(Field.record_id, func.count().label("count"), func.max(Field.position).label("last"))
        .group_by(Field.record_id)
        .subquery()
    )
    yield from _rows(
        session,
        "fields_incomplete",
        "record",
        select(Record.id)
        .outerjoin(fields, fields.c.record_id == Record.id)
        .where(or_(fields.c.count.is_(None), fields.c.count != fields.c.last + literal(1))),
        "fields of it are missing",
    )


def _blobs(session: Session, blobs: Blobs, busy: bool) -> Iterator[Complaint]:
    named: set[bytes] = set()
    for query in (select(Document.sha256), select(Page.image).where(Page.image.is_not(None))):
        named.update(
            bytes.fromhex(str(digest))
            for digest in session.scalars(query.execution_options(yield_per=10_000))
        )
    seen: set[bytes] = set()
    orphans = 0
    for digest, _ in blobs.walk():
        one = bytes.fromhex(digest)
        seen.add(one)
        if one not in named and not busy and (orphans := orphans + 1) <= _MOST:
            yield Complaint("blob_orphaned", f"blob {digest}", "nothing refers to it")
    for one in sorted(named - seen)[:_MOST]:
        yield Complaint(
            "blob_missing", f"blob {one.hex()}", "it is not in the blob store; restore it from the backup"
        )


def _rows(session: Session, code: str, what: str, query: Select[Any], message: str) -> Iterable[Complaint]:
    ids = session.scalars(query.distinct().limit(_MOST))
    return [Complaint(code, f"{what} {one}", message) for one in ids]
