"""``python -m workers.bench_service [SCANS…]``: what queue and store cost, beside `samnao digitize` on the same pages.

Two workers of one thread each, as `samnao worker` starts them, are warm before the clock runs: it runs from the submission to the
last record. `digitize` is timed by itself. Both are repeated in turns, so that a busy machine is busy for both.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from PIL import Image as Pillow
from rich.console import Console
from rich.table import Table

from ocr.open import find_documents
from workers.commands import common
from workers.crops import PICTURES
from workers.intake.door import Sent, submit
from workers.machine import cores
from workers.run import Run
from workers.service import Service, open_service
from workers.settings import PREFIX, Settings, load_settings
from workers.store import submissions
from workers.store.connect import reading


@dataclass(frozen=True, slots=True)
class Served:
    """A run through the service: seconds in all, and for a page those in jobs beside the child, and between jobs."""

    wall: float
    pages: int
    store: float
    queue: float


def digitized(scans: Sequence[Path], folder: Path, settings: Settings) -> float:
    """Seconds of `samnao digitize`."""
    run = Run(scans, folder, settings, pictures=folder / PICTURES, console=Console(quiet=True))
    for _ in run.scans():
        pass
    return run.seconds


@contextmanager
def workers(count: int, folder: Path, settings: Settings) -> Iterator[list[Path]]:
    """So many `samnao worker` of one thread each, ready to work; yields their logs."""
    given = {name: str(value) for name, value in settings.model_dump().items() if value is not None}
    given |= {"data": str(folder), "jobs": "1", "log_level": "info"}
    environment = {**os.environ, **{PREFIX + name.upper(): value for name, value in given.items()}}
    logs = [folder / f"worker-{number}.log" for number in range(count)]
    processes = []
    for log in logs:
        with log.open("wb") as file:
            command = [sys.executable, "-m", "workers.cli", "worker", "--jobs", "1"]
            processes.append(subprocess.Popen(command, env=environment, stdout=file, stderr=file))
    try:
        while not all(" ready." in log.read_text(encoding="utf-8") for log in logs):
            if any(process.poll() is not None for process in processes):
                raise SystemExit(f"a worker did not start:\n{logs[0].read_text(encoding='utf-8')}")
            time.sleep(0.1)
        yield logs
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait()


def served(scans: Sequence[Path], folder: Path, settings: Settings, count: int) -> Served:
    """The same scans sent to a service with `count` workers of one thread."""
    service = open_service(settings.model_copy(update={"data": folder}))
    documents = find_documents(scans)
    with workers(count, folder, settings) as logs:
        _wait(service, [Sent(page, page.name) for page in _blank_pages(folder, 4 * count)])
        since, start = time.time(), time.monotonic()
        pages = _wait(service, [Sent(file, file.name, group=d.source) for d in documents for file in d.files])
        wall = time.monotonic() - start
        store, pause, jobs = _costs(logs, since)
    service.close()
    return Served(wall, pages, store / pages, pause * jobs / pages)


def _blank_pages(folder: Path, count: int) -> list[Path]:
    """Pages with nothing on them: so that every worker has its child before the clock runs."""
    paths = [folder / f"blank-{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Pillow.new("L", (600, 800), 255 - number).save(path)
    return paths


def _wait(service: Service, sent: Sequence[Sent]) -> int:
    """Send and wait until all is done; the number of pages."""
    accepted = submit(service, sent, channel="command", sender="bench", name="bench")
    while True:
        with reading(service.engine) as session:
            progress = submissions.progress(session, accepted.submission_id)
        if progress.done:
            return progress.pages
        time.sleep(0.05)


def _costs(logs: Sequence[Path], since: float) -> tuple[float, float, int]:
    """Seconds spent in jobs beside their children, the median pause between two jobs, and the number of jobs."""
    store, gaps, jobs = 0.0, [], 0
    for log in logs:
        ended: float | None = None
        for line in log.read_text(encoding="utf-8").splitlines():
            event: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
            if event.get("event") != "done":
                continue
            at = datetime.fromisoformat(event["timestamp"]).timestamp()
            if at < since:
                continue
            store += event["seconds"] - event["of_these_in_child"]
            if ended is not None:
                gaps.append(max(0.0, at - event["seconds"] - ended))
            ended, jobs = at, jobs + 1
    return store, statistics.median(gaps), jobs


def table() -> Table:
    """An empty table of rounds."""
    empty = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("round", "pages", "digitize s", "service s", "ratio", "store ms/page", "queue ms/page"):
        empty.add_column(name, justify="right")
    return empty


def one_round(name: str, scans: Sequence[Path], settings: Settings, rounds: Table) -> float:
    """Time `digitize`, then the service, and add a row `name`; returns the service's seconds as parts of digitize's."""
    with TemporaryDirectory(prefix="samnao-bench-") as folder:
        alone = digitized(scans, Path(folder) / "out", settings)
        (data := Path(folder) / "data").mkdir()
        there = served(scans, data, settings, settings.jobs)
    ratio = there.wall / alone
    costs = (f"{1000 * there.store:.0f}", f"{1000 * there.queue:.0f}")
    rounds.add_row(name, str(there.pages), f"{alone:.1f}", f"{there.wall:.1f}", f"{ratio:.3f}", *costs)
    return ratio


def main(
    scans: Annotated[list[Path] | None, typer.Argument(help="scans to read (default: samples)")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="processes at one time")] = cores(),
    rounds: Annotated[int, typer.Option(min=1, help="how often each is timed")] = 3,
) -> None:
    """Compare the service with `samnao digitize`: seconds, and milliseconds a page of queue and store."""
    settings = load_settings().model_copy(update={"jobs": jobs})
    given = scans or [Path("samples")]
    done = table()
    ratios = [one_round(str(number), given, settings, done) for number in range(1, rounds + 1)]
    screen = common.screen()
    screen.print(f"{jobs} workers, load of the machine {os.getloadavg()[0]:.1f}")
    screen.print(done)
    screen.print(f"median ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    typer.run(main)
