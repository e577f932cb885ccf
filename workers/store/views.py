"""What there is of a document: how far it came, its pages, the texts and second looks that are kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.store.errors import NotFound
from workers.store.schema import Arrival, Document, Page, PageText, SecondLook


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document; `source` is its name as first sent. Times in seconds since 1970."""

    id: int
    sha256: str
    size: int
    suffix: str
    source: str
    state: str
    priority: int
    pages: int | None
    pages_done: int
    records: int | None
    error: str | None
    message: str | None
    reader: str | None
    extractor: str | None
    at: float
    finished: float | None


@dataclass(frozen=True, slots=True)
class PageView:
    """A page; `image` is the digest of its picture, `width` and `height` are those of the scan in pixels."""

    number: int
    state: str
    error: str | None
    message: str | None
    image: str | None
    width: int | None
    height: int | None
    seconds: float | None


def find(session: Session, document_id: int) -> DocumentView:
    """One document; NotFound where there is none."""
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound(f"there is no document {document_id}")
    source = session.scalar(
        select(Arrival.source)
        .where(Arrival.document_id == document_id)
        .order_by(Arrival.submission_id, Arrival.position)
        .limit(1)
    )
    return DocumentView(
        row.id,
        row.sha256,
        row.size,
        row.suffix,
        source or row.sha256[:12] + row.suffix,
        row.state,
        row.priority,
        row.pages,
        row.pages_done,
        row.records,
        row.error,
        row.message,
        row.reader,
        row.extractor,
        row.at,
        row.finished,
    )


def pages(session: Session, document_id: int) -> tuple[PageView, ...]:
    """The pages of a document, in order."""
    rows = session.execute(
        select(
            Page.number,
            Page.state,
            Page.error,
            Page.message,
            Page.image,
            Page.width,
            Page.height,
            Page.seconds,
        )
        .where(Page.document_id == document_id)
        .order_by(Page.number)
    )
    return tuple(PageView(*row) for row in rows)


def texts(session: Session, document_id: int) -> dict[int, bytes]:
    """The kept texts of a document by page, as `dump_text` wrote them."""
    rows = session.execute(
        select(PageText.number, PageText.data)
        .where(PageText.document_id == document_id)
        .order_by(PageText.number)
    )
    return {number: data for number, data in rows}  # noqa: C416 (rows are no pairs for dict())


def second_looks(session: Session, document_id: int) -> dict[tuple[int, str], tuple[str, ...]]:
    """The kept second looks of a document: (page, digest of the zones) → texts."""
    rows = session.scalars(select(SecondLook).where(SecondLook.document_id == document_id))
    return {(row.number, row.zones): tuple(row.texts) for row in rows}


def set_aside(session: Session, *, before: int | None = None, limit: int = 50) -> tuple[DocumentView, ...]:
    """Documents that failed, the latest first."""
    query = select(Document.id).where(Document.state == "failed").order_by(Document.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Document.id < before)
    return tuple(find(session, document_id) for document_id in session.scalars(query))
