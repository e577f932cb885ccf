"""Records and their fields: looked up, listed, given back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workers.serialise import contract
from workers.store.errors import NotFound
from workers.store.schema import Arrival, Document, Field, Record

BY_PERSON = ("settled", "unreadable")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One leaf: `value` as it stands, `machine` as it was read; `box` (x0, y0, x1, y1) in pixels of the page as scanned."""

    position: int
    path: str
    value: Any
    machine: Any
    raw: str | None
    text: str | None
    confidence: float
    status: str
    page: int | None
    box: tuple[int, int, int, int] | None
    changes: Any
    problems: Any
    alternatives: Any
    settled_by: str | None
    settled_at: float | None


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record; `fields` are in the order of the paper, and empty where a list was asked for."""

    id: int
    document_id: int
    sha256: str
    source: str
    number: int
    form: str
    form_version: str
    pages: tuple[int, ...]
    status: str
    values: dict[str, Any]
    title: str | None
    code: str | None
    office: str | None
    year: int | None
    doubtful: int
    worth: float
    version: int
    claimed_by: str | None
    claimed_until: float | None
    at: float
    settled: float | None
    rows_by_hand: tuple[str, ...]
    fields: tuple[FieldView, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records: all of what is given must hold. Times in seconds since 1970, `until` is not included."""

    status: tuple[str, ...] = ()
    form: str | None = None
    office: str | None = None
    year: int | None = None
    code: str | None = None
    submission_id: int | None = None
    document_id: int | None = None
    since: float | None = None
    until: float | None = None
    ids: tuple[int, ...] | None = None
    """What a search found."""


def load(session: Session, record_id: int) -> RecordView:
    """One record with its fields; NotFound where there is none."""
    for record in full(session, Record.id == record_id):
        return record
    raise NotFound(f"there is no record {record_id}")


def listed(
    session: Session,
    which: Filter = Filter(),
    *,
    after: int = 0,
    limit: int = 100,
    fields: bool = False,
) -> tuple[RecordView, ...]:
    """Records in the order they were made; `after` is the id where the last page ended."""
    query = filtered(select_records(), which).where(Record.id > after).order_by(Record.id).limit(limit)
    return views(session, query, fields)


def latest(
    session: Session,
    which: Filter = Filter(),
    *,
    before: int | None = None,
    limit: int = 100,
) -> tuple[RecordView, ...]:
    """Records without their fields, the latest first; `before` is the id where the last page ended."""
    query = filtered(select_records(), which).order_by(Record.id.desc()).limit(limit)
    return tuple(views(session, query if before is None else query.where(Record.id < before), False))


def stream(
    session: Session, which: Filter = Filter(), *, fields: bool = True, rows: int = 500
) -> Iterator[RecordView]:
    """All records that `which` means, `rows` at a time in memory."""
    after = 0
    while part := listed(session, which, after=after, limit=rows, fields=fields):
        yield from part
        after = part[-1].id
        session.expunge_all()


def filtered(query: Select[Any], which: Filter) -> Select[Any]:
    """`query`, which selects from Record, with the conditions of `which`."""
    if which.status:
        query = query.where(Record.status.in_(which.status))
    for column, value in (
        (Record.form, which.form),
        (Record.office, which.office),
        (Record.year, which.year),
        (Record.code, which.code),
        (Record.document_id, which.document_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if which.ids is not None:
        query = query.where(Record.id.in_(which.ids))
    if which.submission_id is not None:
        of = select(Arrival.document_id).where(Arrival.submission_id == which.submission_id)
        query = query.where(Record.document_id.in_(of))
    if which.since is not None:
        query = query.where(Record.at >= which.since)
    if which.until is not None:
        query = query.where(Record.at < which.until)
    return query


def line_of(record: RecordView) -> dict[str, Any]:
    """The record as the record contract writes it."""
    return contract(record, record.source, record.sha256, [leaf_of(field) for field in record.fields])


def leaf_of(field: FieldView) -> dict[str, Any]:
    """A leaf as the record contract writes it; its row in the database holds the same, and more."""
    return {
        "path": field.path,
        "value": field.value,
        "raw": field.raw,
        "text": field.text,
        "confidence": field.confidence,
        "status": field.status,
        "page": field.page,
        "box": None if field.box is None else list(field.box),
        "changes": field.changes,
        "problems": field.problems,
        "alternatives": field.alternatives,
    }


def full(session: Session, where: Any, most: int | None = None) -> tuple[RecordView, ...]:
    """Records with their fields, in order; `most` of them at most, the newest."""
    newest = select_records().where(where).order_by(Record.id.desc()).limit(most)
    return views(session, newest, True)[::-1]


def select_records() -> Select[Any]:
    """Records with the digest and the first source of their documents: what `views` takes."""
    source = (
        select(Arrival.source)
        .where(Arrival.document_id == Record.document_id)
        .order_by(Arrival.submission_id, Arrival.position)
        .limit(1)
        .correlate(Record)
        .scalar_subquery()
    )
    return select(Record, Document.sha256, source).join(Document, Document.id == Record.document_id)


def views(session: Session, query: Select[Any], fields: bool) -> tuple[RecordView, ...]:
    """What `query`, made of `select_records`, finds."""
    return tuple(_views(session, query, fields))


def _views(session: Session, query: Select[Any], fields: bool) -> Iterator[RecordView]:
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    of: dict[int, list[FieldView]] = {row[0].id: [] for row in rows}
    if fields and of:
        found = session.scalars(
            select(Field)
            .where(Field.record_id.in_(of))
            .order_by(Field.record_id, Field.position)
            .execution_options(populate_existing=True)
        )
        for field in found:
            of[field.record_id].append(_field_view(field))
    for record, sha256, source in rows:
        yield RecordView(
            id=record.id,
            document_id=record.document_id,
            sha256=sha256,
            source=source or sha256,
            number=record.number,
            form=record.form,
            form_version=record.form_version,
            pages=tuple(record.pages),
            status=record.status,
            values=record.values,
            title=record.title,
            code=record.code,
            office=record.office,
            year=record.year,
            doubtful=record.doubtful,
            worth=record.worth,
            version=record.version,
            claimed_by=record.claimed_by,
            claimed_until=record.claimed_until,
            at=record.at,
            settled=record.settled,
            rows_by_hand=tuple(record.rows_by_hand),
            fields=tuple(of[record.id]),
        )


def _field_view(field: Field) -> FieldView:
    return FieldView(
        position=field.position,
        path=field.path,
        value=field.value,
        machine=field.machine,
        raw=field.raw,
        text=field.text,
        confidence=field.confidence,
        status=field.status,
        page=field.page,
        box=None if field.box is None else (field.box[0], field.box[1], field.box[2], field.box[3]),
        changes=field.changes,
        problems=field.problems,
        alternatives=field.alternatives,
        settled_by=field.settled_by,
        settled_at=field.settled_at,
    )
