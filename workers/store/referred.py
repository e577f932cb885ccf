"""Which blobs rows refer to: what may be tidied away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.store.schema import Document, Page


@dataclass(frozen=True, slots=True)
class Referred:
    """The blobs that rows referred to at one moment: the first 64 bits of their digests, sorted; 8 MB for a million."""

    starts: NDArray[np.uint64]

    def __contains__(self, digest: str) -> bool:
        start = np.uint64(int(digest[:16], 16))
        place = int(np.searchsorted(self.starts, start))
        return place < len(self.starts) and bool(self.starts[place] == start)


def all_referred(session: Session) -> Referred:
    """What rows refer to now. Read as a whole: an index of pictures would cost every page more than this costs the sweep."""
    starts = np.fromiter((int(digest[:16], 16) for digest in referred(session)), dtype=np.uint64)
    starts.sort()
    return Referred(starts)


def referred(session: Session) -> Iterator[str]:
    """The digests of all blobs that rows refer to, each once for each row."""
    for query in (select(Document.sha256), select(Page.image).where(Page.image.is_not(None))):
        for digest in session.scalars(query.execution_options(yield_per=10_000)):
            if digest is not None:
                yield digest
