"""Submissions: files that came together, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workers.store import history, jobs, queue
from workers.store.connect import without_nul
from workers.store.errors import IdempotencyConflict, NotFound
from workers.store.jobs import Bell
from workers.store.schema import Arrival, Document, Job, Submission

URGENT, NORMAL, BULK = 0, 5, 9


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file whose bytes are in the blob store: `source` is its name as sent, cleaned; `suffix` as in ".pdf"."""

    source: str
    sha256: str
    size: int
    suffix: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of files that were sent: `documents` are (id, SHA-256, whether the scan had come before), in order.

    `repeated`, where the idempotency key says that it is all an answer given before.
    """

    submission_id: int
    documents: tuple[tuple[int, str, bool], ...]
    repeated: bool
    bells: tuple[Bell, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a submission is: documents by state, pages read of those known, records made."""

    documents: dict[str, int]
    pages: int
    pages_done: int
    records: int

    @property
    def done(self) -> bool:
        """Nothing more will happen by itself."""
        return not any(n for state, n in self.documents.items() if state not in ("done", "failed"))


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission as it was sent; `at` in seconds since 1970."""

    id: int
    at: float
    channel: str
    sender: str
    name: str
    office: str | None
    priority: int


@dataclass(frozen=True, slots=True)
class ArrivalView:
    """A document as it came in a submission."""

    position: int
    source: str
    duplicate: bool
    document_id: int
    sha256: str
    size: int
    state: str
    pages: int | None
    pages_done: int
    records: int | None
    error: str | None
    message: str | None


def accept(
    session: Session,
    incoming: Sequence[Incoming],
    *,
    channel: str,
    sender: str,
    name: str,
    office: str | None = None,
    priority: int = NORMAL,
    idempotency_key: str | None = None,
    request_digest: str | None = None,
    now: float,
) -> Accepted:
    """Take in files: each scan becomes a document, once and for all.

    A scan that came before is linked and not done again; one that failed is tried again. The same `idempotency_key` of
    the same sender gets the first answer again, IdempotencyConflict where `request_digest` is another.
    """
    if idempotency_key is not None and (
        earlier := _earlier(session, sender, idempotency_key, request_digest)
    ):
        return earlier
    values = {
        "at": now,
        "channel": channel,
        "sender": without_nul(sender),
        "name": without_nul(name),
        "office": without_nul(office),
        "priority": priority,
        "idempotency_key": idempotency_key,
        "request_digest": request_digest,
    }
    try:
        with session.begin_nested():
            submission_id = session.execute(
                insert(Submission).values(values).returning(Submission.id)
            ).scalar_one()
    except IntegrityError:
        assert idempotency_key is not None  # nothing else is unique
        again = _earlier(session, sender, idempotency_key, request_digest)
        assert again is not None  # it was there a moment ago, and submissions stay
        return again
    known = _documents(session, incoming, priority, now)
    seen: set[int] = set()
    documents: list[tuple[int, str, bool]] = []
    for one in incoming:
        document_id, new = known[one.sha256]
        documents.append((document_id, one.sha256, not new or document_id in seen))
        seen.add(document_id)
    if documents:
        session.execute(
            insert(Arrival),
            [
                {
                    "submission_id": submission_id,
                    "position": position,
                    "document_id": document_id,
                    "source": without_nul(one.source),
                    "duplicate": duplicate,
                }
                for position, (one, (document_id, _, duplicate)) in enumerate(
                    zip(incoming, documents, strict=True)
                )
            ],
        )
    bells = _start(session, known, priority, sender, now)
    history.add(
        session,
        sender,
        "submitted",
        now=now,
        submission_id=submission_id,
        after={"files": len(documents), "duplicates": sum(duplicate for _, _, duplicate in documents)},
        more={"channel": channel},
    )
    return Accepted(submission_id, tuple(documents), False, bells[: jobs.BELLS])


def _earlier(session: Session, sender: str, key: str, digest: str | None) -> Accepted | None:
    found = session.execute(
        select(Submission.id, Submission.request_digest).where(
            Submission.sender == sender, Submission.idempotency_key == key
        )
    ).one_or_none()
    if found is None:
        return None
    if found.request_digest != digest:
        raise IdempotencyConflict(
            "this idempotency key was used before for something else; send the same request again, or another key"
        )
    rows = session.execute(
        select(Document.id, Document.sha256, Arrival.duplicate)
        .join(Arrival, Arrival.document_id == Document.id)
        .where(Arrival.submission_id == found.id)
        .order_by(Arrival.position)
    )
    return Accepted(found.id, tuple((a, b, c) for a, b, c in rows), True)


_ROWS = 500
"""Rows for one statement: SQLite counts its parameters."""


def _documents(
    session: Session, incoming: Sequence[Incoming], priority: int, now: float
) -> dict[str, tuple[int, bool]]:
    """For each digest the document's id and whether it is new. In order of the digests, so that nobody waits in a circle."""
    files = sorted({one.sha256: one for one in incoming}.values(), key=lambda one: one.sha256)
    insert_new: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    known: dict[str, tuple[int, bool]] = {}
    for start in range(0, len(files), _ROWS):
        part = files[start : start + _ROWS]
        rows = [
            {
                "sha256": one.sha256,
                "size": one.size,
                "suffix": without_nul(one.suffix),
                "state": "waiting",
                "priority": priority,
                "pages_done": 0,
                "at": now,
            }
            for one in part
        ]
        new = session.execute(
            insert_new(Document)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["sha256"])
            .returning(Document.sha256, Document.id)
        )
        known.update({sha256: (document_id, True) for sha256, document_id in new})
        old = session.execute(
            select(Document.sha256, Document.id).where(
                Document.sha256.in_([one.sha256 for one in part if one.sha256 not in known])
            )
        )
        known.update({sha256: (document_id, False) for sha256, document_id in old})
    return known


def _start(
    session: Session, known: dict[str, tuple[int, bool]], priority: int, sender: str, now: float
) -> tuple[Bell, ...]:
    """Jobs for the new documents; of the old ones the unfinished become as urgent as this, the failed are tried again."""
    new = [document_id for document_id, is_new in known.values() if is_new]
    rows = [jobs.new_job(jobs.OPEN, document_id, 0, priority, now) for document_id in new]
    if rows:
        session.execute(jobs.ADD, rows)
    bells = [Bell(jobs.OPEN, document_id, 0) for document_id in new]
    for document_id in sorted(document_id for document_id, is_new in known.values() if not is_new):
        document = jobs.lock_document(session, document_id)
        assert document is not None  # documents stay
        if document.state == "done":
            continue
        if document.priority > priority:
            document.priority = priority
            session.execute(
                update(Job)
                .where(Job.document_id == document_id, Job.state == "waiting")
                .values(priority=priority)
            )
        if document.state == "failed":
            bells += queue.retry(session, document_id, sender, now)
    return tuple(bells)


def progress(session: Session, submission_id: int) -> Progress:
    """How far a submission is; NotFound where there is none."""
    find(session, submission_id)
    of = select(Arrival.document_id).where(Arrival.submission_id == submission_id).distinct().subquery()
    rows = session.execute(
        select(
            Document.state,
            func.count(),
            func.coalesce(func.sum(Document.pages), 0),
            func.coalesce(func.sum(Document.pages_done), 0),
            func.coalesce(func.sum(Document.records), 0),
        )
        .join(of, of.c.document_id == Document.id)
        .group_by(Document.state)
    ).all()
    return Progress(
        {row[0]: row[1] for row in rows},
        sum(row[2] or 0 for row in rows),
        sum(row[3] or 0 for row in rows),
        sum(row[4] or 0 for row in rows),
    )


def find(session: Session, submission_id: int) -> SubmissionView:
    """One submission; NotFound where there is none."""
    row = session.get(Submission, submission_id)
    if row is None:
        raise NotFound(f"there is no submission {submission_id}")
    return _view(row)


def listed(
    session: Session, *, sender: str | None = None, before: int | None = None, limit: int = 50
) -> tuple[SubmissionView, ...]:
    """Submissions, the latest first; `before` is the id where the last page ended."""
    query = select(Submission).order_by(Submission.id.desc()).limit(limit)
    if sender is not None:
        query = query.where(Submission.sender == sender)
    if before is not None:
        query = query.where(Submission.id < before)
    return tuple(_view(row) for row in session.scalars(query))


def arrivals(
    session: Session, submission_id: int, *, after: int = -1, limit: int = 500
) -> tuple[ArrivalView, ...]:
    """The documents of a submission in the order sent; `after` is the position where the last page ended."""
    rows: Iterable[Any] = session.execute(
        select(
            Arrival.position,
            Arrival.source,
            Arrival.duplicate,
            Document.id,
            Document.sha256,
            Document.size,
            Document.state,
            Document.pages,
            Document.pages_done,
            Document.records,
            Document.error,
            Document.message,
        )
        .join(Document, Document.id == Arrival.document_id)
        .where(Arrival.submission_id == submission_id, Arrival.position > after)
        .order_by(Arrival.position)
        .limit(limit)
    )
    return tuple(ArrivalView(*row) for row in rows)


def _view(row: Submission) -> SubmissionView:
    return SubmissionView(row.id, row.at, row.channel, row.sender, row.name, row.office, row.priority)
