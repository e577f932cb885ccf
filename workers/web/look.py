"""A first look at each scan before it is taken: can it be opened at all? In a process of its own, under limits.

A scan may be made to take all memory or time of whoever opens it; here it costs a child process, which is killed.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from ocr.errors import PageMemory, PageTimeout, SamnaoError, ScanError, TooLarge
from ocr.open import Document, Limits, page_count
from ocr.open.image import check_pixels, readable_image
from ocr.open.sniff import sniff
from workers.errors import Refused
from workers.pool import Failure, Pool, Task

if TYPE_CHECKING:
    from workers.web.uploads import File  # not here at run time: the children need no web


@dataclass(frozen=True, slots=True)
class Look:
    """As many child processes as uploads may be looked at side by side; each is started when first needed."""

    pools: queue.SimpleQueue[Pool]
    seconds: float

    def at(self, files: Sequence[File], limits: Limits) -> None:
        """Refused names every file that cannot be opened within the limits. Blocks while all children are busy."""
        wrong: list[tuple[str, SamnaoError]] = []
        with self._child() as pool:
            for file in files:
                pool.start(Task(file.name, look, (file.path, limits), self.seconds))
                (outcome,) = pool.wait()
                if outcome.failure is not None:
                    wrong.append((file.name, _error(outcome.failure)))
        if wrong:
            raise Refused(wrong)

    def close(self) -> None:
        """End the children."""
        while not self.pools.empty():
            self.pools.get().kill()

    @contextmanager
    def _child(self) -> Iterator[Pool]:
        pool = self.pools.get()
        try:
            yield pool
        finally:
            self.pools.put(pool)


def open_look(children: int, seconds: float, megabytes: float) -> Look:
    """`children` child processes, each look limited to `seconds` and `megabytes`."""
    pools: queue.SimpleQueue[Pool] = queue.SimpleQueue()
    for _ in range(children):
        pools.put(Pool(1, megabytes, preload=(__name__,)))
    return Look(pools, seconds)


def look(path: Path, limits: Limits) -> int:
    """The pages of a scan; an error where it cannot be opened. Runs in the child."""
    pages = page_count(Document(path.name, (path,)), limits)
    if sniff(path) == "image":
        with readable_image(), path.open("rb") as file, Image.open(file) as image:
            check_pixels(*image.size, limits)
    return pages


_BOMB = "opening this scan takes more time or memory than a scan should: print it to a new PDF or scan it anew, then send that"


def _error(failure: Failure) -> SamnaoError:
    """The child's failure as the error it was; whatever brought the child down is too large."""
    if failure.died or failure.code in (PageTimeout.code, PageMemory.code):
        return TooLarge(_BOMB)
    kind = next((kind for kind in ScanError.__subclasses__() if kind.code == failure.code), ScanError)
    return kind(failure.message)
