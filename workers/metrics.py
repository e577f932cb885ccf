"""What Prometheus is told: how deep the queue is, how fast work goes, what fails, how much is accepted.

Workers add up what they do (`done`, `failed`) and write it to the database now and then (`flush`); whichever web process is
asked tells the sums of all workers. Looks at the database are kept for some seconds, so that asking often costs nothing.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from workers.service import Service
from workers.store import queue, tally
from workers.store.connect import reading, transaction

T = TypeVar("T")

QUEUE_SECONDS, RECORDS_SECONDS = 4.0, 30.0
"""How old an answer may be: of the queue and the sums, and of counting records."""
PAGES = "read"
"""The stage that stands for pages."""

_lock = threading.Lock()
_sums: dict[tuple[str, str], tuple[int, float]] = {}


def done(stage: str, seconds: float) -> None:
    """Count a job that ended well: its kind, and what it took."""
    _count(("done", stage), seconds)


def failed(code: str) -> None:
    """Count an error of a job by its code, also one that is tried again."""
    _count(("failed", code), 0.0)


def _count(what: tuple[str, str], seconds: float) -> None:
    with _lock:
        times, before = _sums.get(what, (0, 0.0))
        _sums[what] = times + 1, before + seconds


def flush(engine: Engine) -> None:
    """Write down what was counted since the last time; where that fails it is kept for the next."""
    with _lock:
        taken = dict(_sums)
        _sums.clear()
    if not taken:
        return
    try:
        with transaction(engine) as session:
            tally.add(session, taken)
    except Exception:
        with _lock:
            for what, (times, seconds) in taken.items():
                more = _sums.get(what, (0, 0.0))
                _sums[what] = times + more[0], seconds + more[1]
        raise


@dataclass(slots=True)
class _Kept:
    """The answer to a question, for `seconds`; of many who ask at one time only one looks."""

    seconds: float
    until: float = 0.0
    answer: object = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, look: Callable[[], T]) -> T:
        with self.lock:
            if time.monotonic() >= self.until:
                self.answer = look()
                self.until = time.monotonic() + self.seconds
            return self.answer  # type: ignore[return-value]


@dataclass(slots=True, eq=False)
class Numbers(Collector):
    """The numbers of a service, as the database has them."""

    service: Service
    _queue: _Kept = field(default_factory=lambda: _Kept(QUEUE_SECONDS))
    _records: _Kept = field(default_factory=lambda: _Kept(RECORDS_SECONDS))
    _before: tuple[float, int] | None = None
    _rate: float = 0.0

    def collect(self) -> Iterator[Metric]:
        """All metrics; an exception where the database does not answer."""
        depth, sums = self._queue.get(self._look)
        records = self._records.get(self._count)
        yield from _of_queue(depth, time.time())
        yield from _of_work(sums)
        yield GaugeMetricFamily("samnao_pages_per_second", "Pages read lately, by all workers.", self._rate)
        yield from _of_records(records)
        free = shutil.disk_usage(self.service.settings.data).free
        yield GaugeMetricFamily("samnao_disk_free_bytes", "Room on the disk of the data folder.", free)

    def _look(self) -> tuple[queue.Depth, tally.Sums]:
        with reading(self.service.engine) as session:
            depth, sums = queue.depth(session), tally.sums(session)
        now, pages = time.monotonic(), sums.get(("done", PAGES), (0, 0.0))[0]
        if self._before is not None:
            self._rate = max(0.0, (pages - self._before[1]) / max(1e-6, now - self._before[0]))
        self._before = now, pages
        return depth, sums

    def _count(self) -> dict[str, int]:
        with reading(self.service.engine) as session:
            return tally.records_by_status(session)


def registry(service: Service) -> CollectorRegistry:
    """What ``prometheus_client.generate_latest`` takes, with the numbers of `service`."""
    made = CollectorRegistry(auto_describe=False)
    made.register(Numbers(service))
    return made


def _of_queue(depth: queue.Depth, now: float) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("samnao_jobs", "Jobs not yet done.", labels=["kind", "state"])
    oldest = GaugeMetricFamily(
        "samnao_oldest_job_seconds", "Age of the oldest of them.", labels=["kind", "state"]
    )
    for count in depth.jobs:
        jobs.add_metric([count.kind, count.state], count.count)
        oldest.add_metric([count.kind, count.state], max(0.0, now - count.oldest))
    yield jobs
    yield oldest
    yield GaugeMetricFamily(
        "samnao_documents_unfinished", "Documents neither done nor failed.", depth.documents
    )


def _of_work(sums: tally.Sums) -> Iterator[Metric]:
    stages = SummaryMetricFamily("samnao_stage_seconds", "Jobs done, and what they took.", labels=["stage"])
    failures = CounterMetricFamily("samnao_failures", "Errors of jobs by code.", labels=["code"])
    for (kind, label), (times, seconds) in sorted(sums.items()):
        if kind == "done":
            stages.add_metric([label], times, seconds)
        else:
            failures.add_metric([label], times)
    yield stages
    yield failures


def _of_records(records: dict[str, int]) -> Iterator[Metric]:
    family = GaugeMetricFamily("samnao_records", "Records by status.", labels=["status"])
    for status, count in sorted(records.items()):
        family.add_metric([status], count)
    yield family
    share = records.get("accepted", 0) / max(1, sum(records.values()))
    yield GaugeMetricFamily("samnao_accepted_share", "Share of records that nobody had to look at.", share)
