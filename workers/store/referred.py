"""Which blobs rows refer to: what may be tidied away."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from workers.store.schema import Document, Page


def unreferred(session: Session, digests: Collection[str]) -> set[str]:
    """Those of `digests` that are no document's scan and no page's picture."""
    scans = select(Document.sha256).where(Document.sha256.in_(digests))
    pictures = select(Page.image).where(Page.image.in_(digests))
    return set(digests) - set(session.scalars(union_all(scans, pictures)))


def referred(session: Session) -> Iterator[str]:
    """The digests of all blobs that rows refer to, each once for each row."""
    for query in (select(Document.sha256), select(Page.image).where(Page.image.is_not(None))):
        for digest in session.scalars(query.execution_options(yield_per=10_000)):
            if digest is not None:
                yield digest
