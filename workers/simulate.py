"""A simulated archive: documents go all their way through the store, with a stub in place of the reader.

``python -m workers.simulate`` says what a document and the common questions cost in an empty store and in a full one. At each
tenth of the way a sample of documents goes in one by one, each step a transaction of its own as in the service, and is timed;
those between are committed many at a time, for no better reason than that nobody waits all day.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from postprocess.forms.model import Search
from workers.simulated import DISTRICTS, digest, record_of, text_of
from workers.store import audit, documents, queue, records, search, submissions, views
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.store.records import Filter

FORM = Search(title="title", code="code", office="office", year="year")
BATCH = 200
"""Documents in a submission."""
OWNER = "simulation"

TYPED = ("โค", "โครงการ", "ถนนและทางเท้า บางนา", "ห้องสมุด 2566", "tablet จตุจักร", "ไม่มีอย่างนี้")


@dataclass(slots=True)
class Timing:
    """Wall-clock and processor seconds of a sample of documents."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.thread_time()
        yield
        self.wall.append(time.perf_counter() - wall)
        self.processor.append(time.thread_time() - processor)


@dataclass(frozen=True, slots=True)
class Archive:
    """What is simulated: so many documents of so many pages each, in a database."""

    engine: Engine
    documents: int
    pages: int
    sample: int
    fill: int
    """Documents in one transaction between the samples."""
    empty: Engine | None = None
    """A store without anything in it, to compare with."""


def send(session: Session, first: int, count: int) -> None:
    """A submission of documents numbered from `first`."""
    files = [
        submissions.Incoming(f"box-{n // 100}/{n}.pdf", digest("scan", n), 500_000, ".pdf")
        for n in range(first, first + count)
    ]
    submissions.accept(
        session,
        files,
        channel="command",
        sender="simulation",
        name=f"box {first}",
        priority=9,
        now=time.time(),
    )


def one_by_one(engine: Engine, pages: int, number: int) -> None:
    """A document goes through the service: each step a transaction of its own."""
    steps(lambda step: _alone(engine, step), pages, number)


def _alone(engine: Engine, step: Callable[[Session], Any]) -> Any:
    with transaction(engine, redoable=True) as session:
        return step(session)


def steps(run: Callable[[Callable[[Session], Any]], Any], pages: int, number: int) -> None:
    """All steps of the most urgent document, as `number`; `run` gives each a session."""
    now = time.time()

    def claim(kind: str) -> queue.Claimed:
        job: queue.Claimed | None = run(lambda session: queue.claim(session, kind, OWNER, 60, now))
        assert job is not None  # nobody else works here
        return job

    job = claim(queue.OPEN)
    run(lambda session: documents.opened(session, job, OWNER, pages, now=now))
    for _ in range(pages):
        page = claim(queue.READ)
        read = partial(
            documents.page_read,
            job=page,
            owner=OWNER,
            text=text_of(number, page.page),
            image=digest("page", number, page.page),
            width=2480,
            height=3508,
            blank=False,
            seconds=2.5,
            now=now,
        )
        run(read)
    last = claim(queue.ASSEMBLE)
    line = record_of(number, pages)
    run(
        lambda session: documents.assembled(
            session, last, OWNER, [line], (), {"simulated": FORM}, reader="stub", extractor="stub", now=now
        )
    )


def run(archive: Archive, say: Callable[[str], None]) -> None:
    """Fill the store and say what documents cost on the way, then what questions cost."""
    done = sent = 0

    def more(count: int) -> None:
        nonlocal sent
        while sent < min(archive.documents, done + count):
            size = min(BATCH, archive.documents - sent)
            with transaction(archive.engine) as session:
                send(session, sent, size)
            sent += size

    say(f"{'documents':>10} {'ms/document':>12} {'processor':>10} {'MB':>8}")
    for tenth in range(11):
        goal = archive.documents * tenth // 10
        while done < goal - (archive.sample if tenth == 10 else 0):
            count = min(archive.fill, goal - done)
            more(count)
            with transaction(archive.engine, redoable=True) as session:
                for _ in range(count):
                    steps(lambda step: step(session), archive.pages, done)
                    done += 1
        timing = Timing()
        for _ in range(min(archive.sample, archive.documents - done)):
            more(1)
            with timing():
                one_by_one(archive.engine, archive.pages, done)
            done += 1
        if timing.wall:
            wall, processor = (1000 * statistics.median(part) for part in (timing.wall, timing.processor))
            say(f"{done:>10} {wall:>12.1f} {processor:>10.1f} {size_of(archive.engine) / 1e6:>8.0f}")
    if archive.empty is not None:
        compare(archive, say)
    say("")
    for name, milliseconds in questions(archive):
        say(f"{name:<44} {milliseconds:>9.1f} ms")


def compare(archive: Archive, say: Callable[[str], None]) -> None:
    """What a document costs here and in the empty store, by turns: so other work on the machine slows both alike."""
    assert archive.empty is not None  # else there is nothing to compare with
    full, empty = Timing(), Timing()
    stores = ((archive.engine, full), (archive.empty, empty))
    for number in range(archive.sample):
        for engine, timing in stores:
            with transaction(engine) as session:
                send(session, 10 * archive.documents + number, 1)
            with timing():
                one_by_one(engine, archive.pages, number)
    for what, here, there in (
        ("ms/document", full.wall, empty.wall),
        ("processor", full.processor, empty.processor),
    ):
        a, b = 1000 * statistics.median(here), 1000 * statistics.median(there)
        say(f"{what}, full and empty store by turns: {a:.1f} and {b:.1f} ({100 * (a / b - 1):+.0f} %)")


def questions(archive: Archive) -> Iterator[tuple[str, float]]:
    """What common questions cost now, each the median of several; the last ones fill the queue."""
    engine = archive.engine

    def timed(ask: Callable[[Session], Any], times: int = 9) -> float:
        taken = []
        for _ in range(times):
            with reading(engine) as session:
                start = time.perf_counter()
                ask(session)
                taken.append(time.perf_counter() - start)
        return 1000 * statistics.median(taken)

    for typed in TYPED:
        yield f"search “{typed}”", timed(partial(search.find, typed=typed))
    last = archive.documents
    yield "newest 100 records", timed(lambda s: records.latest(s))
    yield (
        "100 records in the middle, with fields",
        timed(lambda s: records.listed(s, after=last // 2, fields=True)),
    )
    office = Filter(office=f"สำนักงานเขต{DISTRICTS[0]}", year=2566)
    yield "newest 100 records of an office and a year", timed(lambda s: records.latest(s, office))
    yield "one record", timed(lambda s: records.load(s, last // 2))
    yield (
        "one document with its pages",
        timed(lambda s: (views.find(s, last // 2), views.pages(s, last // 2))),
    )
    yield f"progress of a submission of {BATCH} documents", timed(lambda s: submissions.progress(s, 1))
    yield "depth of the empty queue", timed(queue.depth)
    yield "check of the whole store (once)", timed(lambda s: audit.check(s), 1)
    with transaction(engine) as session:
        send(session, last, max(BATCH, last // 10))
    for _ in range(max(1, last // 100)):
        with transaction(engine, redoable=True) as session:
            job = queue.claim(session, queue.OPEN, OWNER, 60, time.time())
            assert job is not None  # just sent
            documents.opened(session, job, OWNER, archive.pages, now=time.time())
    with reading(engine) as session:
        jobs = sum(one.count for one in queue.depth(session).jobs)
    taken = []
    for _ in range(50):
        with transaction(engine, redoable=True) as session:
            start = time.perf_counter()
            queue.claim(session, queue.READ, OWNER, 60, time.time())
            taken.append(time.perf_counter() - start)
    yield f"claim, {jobs} jobs waiting", 1000 * statistics.median(taken)
    yield f"depth, {jobs} jobs waiting", timed(queue.depth)
    yield (
        f"progress of a submission of {max(BATCH, last // 10)}",
        timed(lambda s: submissions.progress(s, submissions.listed(s, limit=1)[0].id)),
    )


def size_of(engine: Engine) -> int:
    """Bytes that the database has on disk."""
    with reading(engine) as session:
        if engine.dialect.name == "sqlite":
            pages = session.scalar(
                text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            )
        else:
            pages = session.scalar(text("SELECT pg_database_size(current_database())"))
    return int(pages or 0)


def main() -> None:
    """Read the command line and simulate."""
    parser = argparse.ArgumentParser(prog="python -m workers.simulate", description=__doc__.split("\n\n")[0])
    parser.add_argument("--documents", type=int, default=100_000, help="documents in all (100000)")
    parser.add_argument("--pages", type=int, default=10, help="pages of each (10)")
    parser.add_argument("--sample", type=int, default=300, help="documents timed at each tenth (300)")
    parser.add_argument(
        "--fill", type=int, default=50, help="documents in one transaction between samples (50)"
    )
    parser.add_argument("--database", help="URL of an empty database (default: SQLite in --folder)")
    parser.add_argument(
        "--empty", help="URL of another empty database to compare with (default: as --database)"
    )
    parser.add_argument("--folder", type=Path, default=Path("out/simulation"), help="made anew, for SQLite")
    chosen = parser.parse_args()
    if chosen.database is None:
        shutil.rmtree(chosen.folder, ignore_errors=True)
    engine, empty = (
        open_engine(chosen.database, chosen.folder),
        open_engine(chosen.empty, chosen.folder / "empty"),
    )
    migrate(engine)
    migrate(empty)
    archive = Archive(
        engine,
        chosen.documents,
        chosen.pages,
        chosen.sample,
        chosen.fill,
        empty if engine.dialect.name == empty.dialect.name else None,
    )
    run(archive, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
