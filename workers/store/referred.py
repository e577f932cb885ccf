"""Which blobs rows refer to: what may be tidied away."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from workers.store.schema import Document, Page


def unreferred(session: Session, digests: Collection[str]) -> set[str]:
    """Those of `digests` that are no document's scan and no page's picture."""
    scans = select(Document.sha256).where(Document.sha256.in_(digests))
    pictures = select(Page.image).where(Page.image.in_(digests))
    return set(digests) - set(session.scalars(union_all(scans, pictures)))
