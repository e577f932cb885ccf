"""What becomes of a document: opened, its pages read, assembled into records; or failed.

    accept ─▶ waiting ── opened ─▶ reading ── page_read, page_failed ─▶ assembling ── assembled ─▶ done
                 └───────────────────── failed ─────────────────────────────┘

Each of these functions ends one job: in the transaction that stores the result the job is deleted and the next ones are
made. LeaseLost says that the job is no longer `owner`'s: then nothing may be stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from postprocess.forms.model import Search
from workers.store import history, jobs, keep
from workers.store.connect import without_nul
from workers.store.jobs import DOCUMENTS, PAGES, Bell
from workers.store.queue import Claimed
from workers.store.schema import Arrival, Base, Document, PageText, Record, SecondLook


def opened(session: Session, job: Claimed, owner: str, pages: int, *, now: float) -> tuple[Bell, ...]:
    """The scan has so many `pages`: each is to be read."""
    document = jobs.end(session, job.id, owner)
    session.execute(
        update(DOCUMENTS)
        .where(DOCUMENTS.c.id == document.id)
        .values(state="reading", pages=pages, pages_done=0)
    )
    if pages == 0:
        jobs.fail_document(session, document.id, "no_pages", "this scan has no pages; scan it again", now)
        return ()
    numbers = range(1, pages + 1)
    session.execute(
        insert(PAGES), [{"document_id": document.id, "number": n, "state": "waiting"} for n in numbers]
    )
    to_read = [(jobs.READ, n) for n in numbers]
    return jobs.add_jobs(session, document.id, to_read, document.priority, now)[: jobs.BELLS]


def page_read(
    session: Session,
    job: Claimed,
    owner: str,
    text: bytes,
    image: str | None,
    width: int,
    height: int,
    blank: bool,
    seconds: float,
    *,
    now: float,
) -> tuple[Bell, ...]:
    """A page was read: `text` as `dump_text` writes it, `image` the digest of its picture, its size in pixels as scanned."""
    document = jobs.end(session, job.id, owner, pages=1)
    session.execute(
        _PAGE_READ,
        {
            "document_": document.id,
            "number_": job.page,
            "state": "blank" if blank else "read",
            "error": None,
            "message": None,
            "image": image,
            "width": width,
            "height": height,
            "seconds": seconds,
            "at": now,
        },
    )
    upsert(session, PageText, {"document_id": document.id, "number": job.page, "data": text})
    return jobs.after_page(session, document, now)


_PAGE_READ = (
    update(PAGES)
    .where(PAGES.c.document_id == bindparam("document_"), PAGES.c.number == bindparam("number_"))
    .values(
        {
            name: bindparam(name)
            for name in ("state", "error", "message", "image", "width", "height", "seconds", "at")
        }
    )
)


def page_failed(
    session: Session, job: Claimed, owner: str, error: str, message: str, *, now: float
) -> tuple[Bell, ...]:
    """A page cannot be read: its document goes on without it."""
    document = jobs.end(session, job.id, owner, pages=1)
    jobs.fail_page(session, document.id, job.page, error, message, now)
    return jobs.after_page(session, document, now)


def assembled(
    session: Session,
    job: Claimed,
    owner: str,
    record_lines: Sequence[Mapping[str, Any]],
    failures: Sequence[Mapping[str, Any]] = (),
    search: Mapping[str, Search] | None = None,
    *,
    reader: str | None = None,
    extractor: str | None = None,
    looks: Mapping[tuple[int, str], Sequence[str]] | None = None,
    now: float,
) -> tuple[int, ...]:
    """The document is done: its records as `record_json` makes them replace those it had; returns their ids.

    `failures` are dicts with page, error and message of records that could not be made. `search` is each form's table of
    that name. `looks` are the second looks taken: (page, digest of the zones) → texts.
    """
    document = jobs.end(session, job.id, owner)
    ids = keep.replace(session, document.id, record_lines, search or {}, now=now)
    for (number, zones), texts in (looks or {}).items():
        row = {"document_id": document.id, "number": number, "zones": zones, "texts": list(texts)}
        upsert(session, SecondLook, row)
    first = failures[0] if failures else {"error": None, "message": None}
    made_by = {"extractor": extractor} if reader is None else {"reader": reader, "extractor": extractor}
    session.execute(
        update(DOCUMENTS)
        .where(DOCUMENTS.c.id == document.id)
        .values(
            state="done",
            records=len(ids),
            finished=now,
            error=first["error"],
            message=without_nul(first["message"]),
            **made_by,
        )
    )
    history.add(
        session,
        history.SAMNAO,
        "assembled",
        now=now,
        document_id=document.id,
        after={"records": len(ids), "failures": len(failures)},
        more=made_by,
    )
    return ids


def failed(
    session: Session, job: Claimed, owner: str, error: str, message: str, *, now: float
) -> tuple[Bell, ...]:
    """The job cannot be done and trying again would not help: the page, or the document, is failed."""
    if job.kind == jobs.READ:
        return page_failed(session, job, owner, error, message, now=now)
    jobs.fail_document(session, jobs.end(session, job.id, owner).id, error, message, now)
    return ()


# ---------------------------------------------------------------- extracting again


@dataclass(frozen=True, slots=True)
class Which:
    """Which documents: all of what is given must hold; nothing given means every document that was read.

    `outdated` is the digest of the present extractor: documents that another one made. `form` is one that a record has.
    `before`: those that ended before then, in seconds since 1970.
    """

    documents: tuple[int, ...] | None = None
    submission_id: int | None = None
    form: str | None = None
    outdated: str | None = None
    before: float | None = None


def reextract(
    session: Session,
    which: Which,
    *,
    priority: int = 9,
    limit: int = 1000,
    actor: str = history.SAMNAO,
    now: float,
) -> tuple[Bell, ...]:
    """Let documents be assembled anew from their kept texts, at most `limit` at a time: call again until none is left.

    Documents that failed after they were read (an unknown form) are among them. What persons settled stays.
    """
    query = _again(which).order_by(Document.id).limit(limit).with_for_update(skip_locked=True, key_share=True)
    bells: list[Bell] = []
    for document in session.scalars(query.execution_options(populate_existing=True)):
        document.state, document.error, document.message, document.finished = "assembling", None, None, None
        bells += jobs.add_jobs(session, document.id, [(jobs.ASSEMBLE, 0)], priority, now)
        history.add(session, actor, "reextract", now=now, document_id=document.id)
    session.flush()
    return tuple(bells)


def _again(which: Which) -> Select[Document]:
    query = select(Document).where(
        Document.state.in_(("done", "failed")), Document.pages > 0, Document.pages_done == Document.pages
    )
    if which.documents is not None:
        query = query.where(Document.id.in_(which.documents))
    if which.submission_id is not None:
        of = select(Arrival.document_id).where(Arrival.submission_id == which.submission_id)
        query = query.where(Document.id.in_(of))
    if which.form is not None:
        query = query.where(exists().where(Record.document_id == Document.id, Record.form == which.form))
    if which.before is not None:
        query = query.where(Document.finished < which.before)
    if which.outdated is not None:
        query = query.where(or_(Document.extractor.is_(None), Document.extractor != which.outdated))
    return query


def upsert(session: Session, table: type[Base], row: dict[str, Any]) -> None:
    """Put `row` in `table`, in place of the one with the same primary key."""
    session.execute(_upsert(table, session.get_bind().dialect.name), row)


@cache
def _upsert(table: type[Base], dialect: str) -> Any:
    make: Any = (sqlite if dialect == "sqlite" else postgresql).insert
    target = cast(Table, table.__table__)
    statement = make(target)
    changed = {
        column.name: statement.excluded[column.name] for column in target.columns if not column.primary_key
    }
    return statement.on_conflict_do_update(index_elements=list(target.primary_key), set_=changed)


def forget_texts(session: Session, document_id: int) -> None:
    """Drop the kept texts and second looks of a document, before it is read anew."""
    session.execute(delete(PageText).where(PageText.document_id == document_id))
    session.execute(delete(SecondLook).where(SecondLook.document_id == document_id))
