"""How much is under way: what the door asks before it takes more in."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workers.store.schema import Document

UNFINISHED = ("waiting", "reading", "assembling")


def unfinished(session: Session, most: int) -> int:
    """How many documents are neither done nor failed; counted up to `most`, so that a full queue costs little."""
    under_way = select(Document.id).where(Document.state.in_(UNFINISHED)).limit(most).subquery()
    return session.execute(select(func.count()).select_from(under_way)).scalar_one()
