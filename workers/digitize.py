"""Digitize a batch: the pages of all scans in one pool of processes, the records in the order of the scans.

    inspect ──▶ read, read, … ──▶ find records ──▶ make record, make record, … ──▶ records.jsonl, failures.jsonl

Each arrow is a task of the pool (`workers.steps`), so that one scan of 300 pages keeps every core busy, as do 300 scans of one
page. Tasks late in a scan's life go first and only a few scans are open at one time: memory and disk stay flat.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ocr.open import Document
from workers import steps
from workers.cache import Store, explained, locked
from workers.errors import UnknownForm
from workers.journal import FAILURES, RECORDS, Journal, Lines
from workers.pool import MODULES, NO_USAGE, Failure, Outcome, Pool, Task, Usage

INSPECT_SECONDS = 600.0
"""Time limit for the digest and page count of one scan: it is as long as a slow network share makes it."""

Stage = Literal["inspect", "read", "find", "make"]


@dataclass(frozen=True, slots=True)
class Counted:
    """A scan was opened: it has so many pages, of which `to_read` are to be read."""

    source: str
    pages: int
    to_read: int


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page was read, or could not be."""

    source: str
    page: int
    failure: Failure | None
    usage: Usage


@dataclass(frozen=True, slots=True)
class ScanDone:
    """A scan is done, with its failures; `kept` where an earlier run had done it.

    `records` are its record lines, or the texts of its pages in a plain batch; `looks_cpu` are the CPU seconds of its
    second looks.
    """

    source: str
    pages: int
    records: tuple[str, ...]
    failures: tuple[dict[str, Any], ...]
    seconds: float
    kept: bool
    usage: Usage = NO_USAGE
    looks_cpu: float = 0.0


Event = Counted | PageDone | ScanDone


@dataclass(frozen=True, slots=True)
class Batch:
    """What to digitize, where to and with what; `again` reads even what is already read.

    A `plain` batch looks for no form: it ends with the texts of the pages.
    """

    documents: Sequence[Document]
    out: Path
    jobs: int
    page_seconds: float
    page_megabytes: float
    again: bool = False
    plain: bool = False


@dataclass(slots=True)
class _Open:
    """A scan in work."""

    index: int
    document: Document
    scan: steps.Scan | None = None
    pages: int = 0
    to_read: deque[int] = field(default_factory=deque)
    running: int = 0
    record_pages: list[tuple[int, ...]] = field(default_factory=list)
    records: list[str | None] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    usage: Usage = NO_USAGE
    looks_cpu: float = 0.0


class Fatal(Exception):
    """Nothing more can be done on this machine; carries the `failure` that said so."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def digitize(
    batch: Batch, kit: Callable[[Path], steps.Kit], store: Store, stopped: Callable[[], bool]
) -> Generator[Event, None, None]:
    """Digitize `batch` into its folder, telling what happens; ends early, with whole files, when `stopped()`.

    `kit` is made for the work folder it is given. Raises OutputError, and Fatal where no page can be read at all.
    """
    with explained(batch.out), locked(batch.out) as work:
        yield from _Run(batch, kit(work), store, work).events(stopped)


class _Run:
    def __init__(self, batch: Batch, kit: steps.Kit, store: Store, work: Path) -> None:
        self.batch, self.kit, self.store, self.work = batch, kit, store, work
        self.next = 0  # the first document not yet inspected
        self.open: dict[int, _Open] = {}
        self.urgent: deque[Task] = deque()
        self.shas: dict[int, str] = {}
        self.retried: set[Any] = set()
        self.events_due: deque[Event] = deque()
        names = (FAILURES,) if batch.plain else (RECORDS, FAILURES)
        self.journal = Journal(batch.out, [d.source for d in batch.documents], self._recall, names)

    def events(self, stopped: Callable[[], bool]) -> Iterator[Event]:
        try:
            with Pool(
                self.batch.jobs, self.batch.page_megabytes, steps.set_up, (self.work,), MODULES
            ) as pool:
                while not stopped():
                    while pool.idle and (task := self._next_task()) is not None:
                        pool.start(task)
                    if not pool.busy:
                        break
                    for outcome in pool.wait():
                        self._take(outcome)
                    while self.events_due:
                        yield self.events_due.popleft()
        finally:
            self.journal.close()

    def _next_task(self) -> Task | None:
        if self.urgent:
            return self.urgent.popleft()
        waiting = sum(len(scan.to_read) for scan in self.open.values())
        if self.next < len(self.batch.documents) and waiting < 4 * self.batch.jobs:
            index = self.next
            self.next += 1
            seconds = max(INSPECT_SECONDS, self.batch.page_seconds)
            self.open[index] = _Open(index, self.batch.documents[index], running=1)
            return Task(
                ("inspect", index, 0), steps.inspect, (self.batch.documents[index], self.kit), seconds
            )
        for scan in self.open.values():
            if scan.to_read:
                return self._task(scan, "read", scan.to_read.popleft(), steps.read)
        return None

    def _task(self, scan: _Open, stage: Stage, number: int, call: Callable[..., Any], *more: Any) -> Task:
        scan.running += 1
        return Task(
            (stage, scan.index, number), call, (scan.scan, number, *more, self.kit), self.batch.page_seconds
        )

    def _take(self, outcome: Outcome) -> None:
        stage, index, number = outcome.task.key
        failure, scan = outcome.failure, self.open[index]
        if failure is not None and failure.fatal:
            raise Fatal(failure)
        if failure is not None and failure.died and outcome.task.key not in self.retried:
            self.retried.add(outcome.task.key)
            self.urgent.append(outcome.task)
            return
        scan.running -= 1
        scan.usage += outcome.usage
        if stage == "inspect":
            self._inspected(scan, outcome)
        elif stage == "read":
            self._page_read(scan, number, outcome)
        elif stage == "find":
            self._found(scan, outcome)
        else:
            if failure is not None:
                self._fail(scan, scan.record_pages[number][0], failure)
            else:
                scan.records[number] = outcome.value.line
                scan.looks_cpu += outcome.value.looks_cpu
            if not scan.running:
                self._finish(scan)

    def _fail(self, scan: _Open, page: int | None, failure: Failure) -> None:
        line = {
            "source": scan.document.source,
            "page": page,
            "error": failure.code,
            "message": failure.message,
        }
        scan.failures.append(line)

    def _inspected(self, scan: _Open, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self._fail(scan, None, outcome.failure)
            self._finish(scan)
            return
        sha256, scan.pages = outcome.value
        self.shas[scan.index] = sha256
        kept = None if self.batch.again else self.store.load(scan.document.source, sha256)
        if kept is not None and not kept["failures"]:
            self._finish(scan, kept=kept)
            return
        texts = self.store.texts(sha256)
        self.store.forget_outdated(sha256)
        if self.batch.again:
            texts.forget()
        scan.scan = steps.Scan(scan.document, sha256, texts, self.work / str(scan.index))
        numbers = range(1, scan.pages + 1)
        scan.to_read.extend(number for number in numbers if not texts.path(number).exists())
        self.events_due.append(Counted(scan.document.source, scan.pages, len(scan.to_read)))
        if not scan.to_read:
            self._find(scan)

    def _page_read(self, scan: _Open, number: int, outcome: Outcome) -> None:
        self.events_due.append(PageDone(scan.document.source, number, outcome.failure, outcome.usage))
        if outcome.failure is not None:
            self._fail(scan, number, outcome.failure)
        if not scan.to_read and not scan.running:
            self._find(scan)

    def _find(self, scan: _Open) -> None:
        lost = {failure["page"] for failure in scan.failures}
        pages = [number for number in range(1, scan.pages + 1) if number not in lost]
        scan.failures.sort(key=lambda failure: failure["page"])
        scan.running += 1
        call = steps.page_texts if self.batch.plain else steps.find_records
        seconds = self.batch.page_seconds + scan.pages  # splitting takes milliseconds a page
        self.urgent.append(Task(("find", scan.index, 0), call, (scan.scan, pages, self.kit), seconds))

    def _found(self, scan: _Open, outcome: Outcome) -> None:
        lost = {failure["page"] for failure in scan.failures}
        if outcome.failure is not None:
            if not (lost and outcome.failure.code == UnknownForm.code):  # the lost pages say enough
                self._fail(scan, None, outcome.failure)
            self._finish(scan)
        elif self.batch.plain:
            texts = iter(outcome.value)
            scan.records = ["" if page in lost else next(texts) for page in range(1, scan.pages + 1)]
            self._finish(scan)
        else:
            scan.record_pages = outcome.value
            scan.records = [None] * len(outcome.value)
            for number, pages in enumerate(outcome.value):
                incomplete = any(min(pages) - 1 <= page <= max(pages) + 1 for page in lost)
                self.urgent.append(self._task(scan, "make", number, steps.make_record, incomplete))

    def _finish(self, scan: _Open, kept: dict[str, Any] | None = None) -> None:
        records = tuple(line for line in scan.records if line is not None)
        result = kept or {
            "pages": scan.pages,
            "records": records,
            "failures": scan.failures,
            "seconds": scan.usage.wall,
        }
        if kept is None:
            self.store.save(scan.document.source, self.shas.get(scan.index, ""), result)
        if scan.scan is not None:
            shutil.rmtree(scan.scan.work, ignore_errors=True)
        del self.open[scan.index]
        self.journal.done(scan.index)
        done = ScanDone(
            scan.document.source,
            result["pages"],
            tuple(result["records"]),
            tuple(result["failures"]),
            result["seconds"],
            kept is not None,
            scan.usage,
            scan.looks_cpu,
        )
        self.events_due.append(done)

    def _recall(self, index: int) -> Lines:
        result = self.store.load(self.batch.documents[index].source, self.shas.get(index, ""))
        return (result["records"], result["failures"]) if result else ((), ())
