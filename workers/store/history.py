"""What happened, who did it, from what to what. Rows are only ever added: the database itself refuses anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, insert, select
from sqlalchemy.orm import Session

from workers.store.connect import without_nul
from workers.store.schema import History

SAMNAO = "samnao"
"""The actor where no person and no key did it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the history; `at` in seconds since 1970."""

    id: int
    at: float
    actor: str
    action: str
    submission_id: int | None
    document_id: int | None
    record_id: int | None
    path: str | None
    before: Any
    after: Any
    reason: str | None
    more: Any


def add(
    session: Session,
    actor: str,
    action: str,
    *,
    now: float,
    submission_id: int | None = None,
    document_id: int | None = None,
    record_id: int | None = None,
    path: str | None = None,
    before: Any = None,
    after: Any = None,
    reason: str | None = None,
    more: Any = None,
) -> None:
    """Write down that `actor` did `action`."""
    session.execute(
        _ADD,
        {
            "at": now,
            "actor": without_nul(actor),
            "action": action,
            "submission_id": submission_id,
            "document_id": document_id,
            "record_id": record_id,
            "path": path,
            "before": before,
            "after": after,
            "reason": without_nul(reason),
            "more": more,
        },
    )


_ADD = insert(cast(Table, History.__table__))


def of_record(
    session: Session, record_id: int, *, before: int | None = None, limit: int = 1000
) -> tuple[Event, ...]:
    """What happened to a record, the latest first; `before` is the id where the last page of rows ended."""
    return _events(session, History.record_id == record_id, before, limit)


def of_document(
    session: Session, document_id: int, *, before: int | None = None, limit: int = 1000
) -> tuple[Event, ...]:
    """What happened to a document and its records, the latest first."""
    return _events(session, History.document_id == document_id, before, limit)


def _events(session: Session, of: ColumnElement[bool], before: int | None, limit: int) -> tuple[Event, ...]:
    query = select(History).where(of).order_by(History.id.desc()).limit(limit)
    if before is not None:
        query = query.where(History.id < before)
    return tuple(
        Event(
            row.id,
            row.at,
            row.actor,
            row.action,
            row.submission_id,
            row.document_id,
            row.record_id,
            row.path,
            row.before,
            row.after,
            row.reason,
            row.more,
        )
        for row in session.scalars(query)
    )
