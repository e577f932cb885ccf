"""What a worker does with each job: claim it, fetch the scan, let a child process do the work, store what came of it.

    open      the scan ──▶ how many pages it has
    read      a page   ──▶ its text and its picture
    assemble  the texts ──▶ records

The child has time and memory limits, no database and no network. What can pass is tried again later, what cannot ends
the page or the document at once.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from ocr.errors import ChangedWhileReading, PageTimeout
from ocr.open import Document
from workers import metrics, steps
from workers.cache import Store, Texts
from workers.digitize import INSPECT_SECONDS
from workers.errors import UnknownForm
from workers.logs import place
from workers.pool import MODULES, Failure, Pool, Task, failure_of
from workers.service import Service
from workers.store import copies, documents, queue, views
from workers.store.connect import passes, reading, transaction
from workers.store.errors import BlobMissing, LeaseLost
from workers.store.keep import search_of
from workers.store.queue import ASSEMBLE, OPEN, READ, Bell, Claimed

log = structlog.get_logger()
T = TypeVar("T")
redoable = partial(transaction, redoable=True)
"""A transaction that need not wait for the disk: after a power cut the same work is done again."""

_PAUSE = 0.5
"""Seconds between two tries to reach a database that is away."""
_RESTING, _FORGOTTEN = 600.0, 86400.0
"""Seconds after which work files count as not in use, and as no longer needed."""


class Failed(Exception):
    """The work on a job ended without a result."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Stopping(Exception):
    """The worker is to end: what it holds goes back."""


@dataclass(slots=True)
class Worker:
    """What the threads of one process share. `store` names the digests of all that makes texts and records."""

    service: Service
    kit: steps.Kit
    store: Store
    owners: dict[str, int] = field(default_factory=dict)
    """The claims in hand, by owner, and what they are about."""
    pools: list[Pool] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    local: threading.local = field(default_factory=threading.local)

    def pool(self) -> Pool:
        """This thread's pool of one child process."""
        if not hasattr(self.local, "pool"):
            megabytes = self.service.settings.page_megabytes
            self.local.pool = Pool(1, megabytes, steps.set_up, (self.kit.work,), MODULES)
            self.pools.append(self.local.pool)
        found: Pool = self.local.pool
        return found

    def stop(self) -> None:
        """End what is under way at once; each thread hands its job back."""
        self.stopping.set()
        for pool in self.pools:
            pool.interrupt()

    def close(self) -> None:
        """End the child processes."""
        for pool in self.pools:
            pool.kill()


def new_owner() -> str:
    """A name for one claim: whoever lost a lease and claims again is somebody else."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def work(worker: Worker, kinds: Sequence[str]) -> bool:
    """Claim the most urgent job of the first of `kinds` that has one, and do it. False where there is none."""
    owner = new_owner()
    seconds = worker.service.settings.lease_seconds

    def claim(session: Session) -> Claimed | None:
        claims = (queue.claim(session, kind, owner, seconds, time.time()) for kind in kinds)
        return next((job for job in claims if job is not None), None)

    try:
        job = patiently(worker, claim)
    except Stopping:
        return False
    if job is None:
        return False
    start = time.monotonic()
    told = log.bind(job=job.kind, document=job.document_id, page=job.page, attempt=job.attempts)
    worker.owners[owner] = job.id
    worker.local.child = 0.0
    try:
        bells = _ended(worker, job, told)
    except LeaseLost:
        told.warning("lease lost; another worker has the job")
        return True
    except Stopping:
        bells = ()
        with suppress(Exception), transaction(worker.service.engine) as session:  # else the lease runs out
            bells = queue.release(session, owner)
        told.info("handed back")
    except Exception as error:
        told.warning(
            "result not stored; the job is done again when its lease has run out", cause=place(error)
        )
        return True
    else:
        seconds = time.monotonic() - start
        told.info("done", seconds=round(seconds, 3), of_these_in_child=round(worker.local.child, 3))
    finally:
        worker.owners.pop(owner, None)
    worker.service.ring(bells)
    return True


def _ended(worker: Worker, job: Claimed, told: Any) -> tuple[Bell, ...]:
    try:
        return _counted(worker, job)
    except (LeaseLost, Stopping):
        raise
    except Failed as error:
        failure = error.failure
    except BlobMissing as error:
        failure = Failure(error.code, str(error))
    except Exception as error:
        told.warning("job failed", cause=place(error))
        failure = failure_of(error)
        failure = Failure(failure.code, failure.message, fatal=True)
    if worker.stopping.is_set() and (failure.died or failure.fatal):
        raise Stopping
    metrics.failed(failure.code)
    told.warning("failed", code=failure.code, passes=can_pass(failure, job))
    now, settings = time.time(), worker.service.settings
    if not can_pass(failure, job):
        return patiently(
            worker, lambda s: documents.failed(s, job, job.owner, failure.code, failure.message, now=now)
        )
    if job.attempts >= settings.tries:
        return patiently(
            worker, lambda s: queue.give_up(s, job.id, job.owner, failure.code, failure.message, now)
        )
    delay = settings.retry_seconds * 2 ** (job.attempts - 1)
    patiently(
        worker,
        lambda s: queue.retry_later(s, job.id, job.owner, failure.code, failure.message, delay, now),
    )
    return ()


def _counted(worker: Worker, job: Claimed) -> tuple[Bell, ...]:
    start = time.monotonic()
    bells = _DO[job.kind](worker, job)
    metrics.done(job.kind, time.monotonic() - start)
    return bells


def can_pass(failure: Failure, job: Claimed) -> bool:
    """Whether the next try may do better: a child that was killed, a full disk, a machine too busy for the time limit."""
    if failure.code == PageTimeout.code:
        return job.attempts < 2
    return failure.died or failure.fatal or failure.code == ChangedWhileReading.code


# ---------------------------------------------------------------- the three kinds


def _open(worker: Worker, job: Claimed) -> tuple[Bell, ...]:
    with _scan(worker, job) as scan:
        seconds = max(INSPECT_SECONDS, worker.service.settings.page_seconds)
        _, pages = _in_child(worker, steps.inspect, seconds, scan.document, worker.kit)
    return patiently(worker, lambda s: documents.opened(s, job, job.owner, pages, now=time.time()))


def _read(worker: Worker, job: Claimed) -> tuple[Bell, ...]:
    settings, start = worker.service.settings, time.monotonic()
    picture = steps.Picture(settings.picture_pixels, settings.picture_quality)
    with _scan(worker, job) as scan:
        seen, width, height = _in_child(
            worker, steps.read_with_picture, settings.page_seconds, scan, job.page, picture, worker.kit
        )
        text = scan.texts.path(job.page).read_bytes()
        image = worker.service.blobs.put(steps.picture_path(scan, job.page), move=True)
    seconds = time.monotonic() - start
    return patiently(
        worker,
        lambda s: documents.page_read(
            s, job, job.owner, text, image, width, height, not seen, seconds, now=time.time()
        ),
    )


def _assemble(worker: Worker, job: Claimed) -> tuple[Bell, ...]:
    settings, kit = worker.service.settings, worker.kit
    pages, texts, looks = patiently(
        worker,
        lambda s: (
            views.pages(s, job.document_id),
            views.texts(s, job.document_id),
            views.second_looks(s, job.document_id),
        ),
        reading,
    )
    lost = [page for page in pages if page.state == "failed"]
    if len(lost) == len(pages):
        raise Failed(Failure(lost[0].error or "", lost[0].message or ""))
    lines: list[Mapping[str, Any]] = []
    failures: list[dict[str, Any]] = []
    with _scan(worker, job) as scan:
        scan.texts.keep(texts, looks)
        seconds = settings.page_seconds + len(pages)  # splitting takes milliseconds a page
        try:
            found = _in_child(worker, steps.find_records, seconds, scan, sorted(texts), kit)
        except Failed as error:
            if not (lost and error.failure.code == UnknownForm.code):  # the lost pages say enough
                raise
            found = []
        for number, of in enumerate(found):
            incomplete = any(min(of) - 1 <= page.number <= max(of) + 1 for page in lost)
            try:
                made = _in_child(
                    worker, steps.make_record, settings.page_seconds, scan, number, incomplete, kit
                )
                lines.append(json.loads(made.line))
            except Failed as error:
                if can_pass(error.failure, job):
                    raise
                code, message = error.failure.code, error.failure.message
                failures.append({"page": of[0], "error": code, "message": message})
        new = {key: value for key, value in scan.texts.second_looks().items() if key not in looks}
    patiently(
        worker,
        lambda s: documents.assembled(
            s,
            job,
            job.owner,
            copies.compared(s, job.document_id, lines, kit.forms),
            failures,
            search_of(kit.forms),
            reader=worker.store.reader,
            extractor=worker.store.extractor,
            looks=new,
            now=time.time(),
        ),
    )
    shutil.rmtree(scan.work, ignore_errors=True)
    return ()


_DO: dict[str, Callable[[Worker, Claimed], tuple[Bell, ...]]] = {
    OPEN: _open,
    READ: _read,
    ASSEMBLE: _assemble,
}


# ---------------------------------------------------------------- what they share


def patiently(
    worker: Worker,
    action: Callable[[Session], T],
    opened: Callable[[Engine], AbstractContextManager[Session]] = redoable,
) -> T:
    """Do `action` in a transaction; while the database is away, wait for it. Stopping when told to stop meanwhile."""
    while True:
        try:
            with opened(worker.service.engine) as session:
                return action(session)
        except Exception as error:
            if not passes(error):
                raise
            if worker.stopping.wait(_PAUSE):
                raise Stopping from error


@contextmanager
def _scan(worker: Worker, job: Claimed) -> Iterator[steps.Scan]:
    """The document of `job` with its scan as a local file; what is made of it stays until it is done."""
    view = patiently(worker, lambda s: views.find(s, job.document_id), reading)
    folder = worker.kit.work / view.sha256
    path = folder / f"scan{view.suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)  # `tidy` leaves it alone
    if not path.exists():
        part = folder / f"part-{uuid.uuid4().hex}"
        fetched = worker.service.blobs.fetch(view.sha256, part)
        with suppress(FileExistsError):  # another thread was as quick
            os.link(fetched, path)
        shutil.rmtree(part, ignore_errors=True)
    texts = Texts(folder / f"texts-{worker.store.reader[:16]}")
    yield steps.Scan(Document(view.source, (path,)), view.sha256, texts, folder)


def tidy(worker: Worker, now: float) -> int:
    """Remove the work files of documents that others finished, and the oldest of all where there is no room; how many."""
    settings = worker.service.settings
    found: list[tuple[float, int, Path]] = []
    for folder in worker.kit.work.iterdir():
        with suppress(OSError):
            size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            found.append((folder.stat().st_mtime, size, folder))
    room, removed = settings.work_megabytes * 2**20, 0
    total = sum(size for _, size, _ in found)
    for touched, size, folder in sorted(found):
        in_use = now - touched < max(_RESTING, 4 * settings.page_seconds)
        if not in_use and (total > room or now - touched > _FORGOTTEN):
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                folder.unlink(missing_ok=True)  # of a program that was killed
            total, removed = total - size, removed + 1
    return removed


def work_folder(data: Path) -> Path:
    """Where the work files of this machine are kept until it starts anew: a power cut may have left halves of the old ones."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        boot = "0"
    mine = data.absolute() / "work" / socket.gethostname()
    folder = mine / boot
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in mine.iterdir():
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _in_child(worker: Worker, function: Callable[..., Any], seconds: float, *arguments: Any) -> Any:
    """What `function(*arguments)` returns in this thread's child; Failed where it does not."""
    if worker.stopping.is_set():
        raise Stopping
    pool = worker.pool()
    pool.start(Task(None, function, arguments, seconds))
    (outcome,) = pool.wait()
    worker.local.child = getattr(worker.local, "child", 0.0) + outcome.usage.wall
    if outcome.failure is not None:
        raise Failed(outcome.failure)
    return outcome.value
