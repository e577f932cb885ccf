"""Who sent what: a sender with the least role sees only what is its own."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workers.store.schema import Arrival, Record, Submission


def sent_document(session: Session, document_id: int, sender: str) -> bool:
    """Whether `sender` has sent this document."""
    return bool(
        session.scalar(
            select(
                exists()
                .where(Arrival.document_id == document_id)
                .where(Submission.id == Arrival.submission_id, Submission.sender == sender)
            )
        )
    )


def sent_record(session: Session, record_id: int, sender: str) -> bool:
    """Whether `sender` has sent the document of this record."""
    document_id = session.scalar(select(Record.document_id).where(Record.id == record_id))
    return document_id is not None and sent_document(session, document_id, sender)
