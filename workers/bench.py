"""``python -m workers.bench [SCANS…]``: samnao beside raw Tesseract and OCRmyPDF on the same pages.

Every reader gets the same pages and the same number of processes. Wall time is the reader's alone; CPU time counts all its
processes; the peak is that of its largest process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import psutil
import typer
from PIL import Image as Pillow
from rich.console import Console
from rich.table import Table

from ocr.open import find_documents, open_page, page_count
from workers import setup
from workers.commands import common
from workers.crops import PICTURES
from workers.machine import cores
from workers.pool import Usage
from workers.run import Run
from workers.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Result:
    """One reader's run over all pages: seconds, megabytes; `outside` is the share of CPU time outside Tesseract, `looks`
    that of second looks.
    """

    name: str
    wall: float
    cpu: float
    peak: float
    outside: float | None = None
    looks: float | None = None


def pages_of(scans: Sequence[Path], folder: Path, settings: Settings) -> list[Path]:
    """Every page of `scans` as a PNG file in `folder`, named in order."""
    files: list[Path] = []
    limits = setup.limits(settings)
    for document in find_documents(scans):
        for number in range(1, page_count(document, limits) + 1):
            page = open_page(document, number, limits)
            file = folder / f"{len(files):04d}.png"
            Pillow.fromarray(page.image).save(file, dpi=(page.dpi, page.dpi), compress_level=1)
            files.append(file)
    return files


def measured(name: str, commands: Sequence[Sequence[str]], jobs: int) -> Result:
    """Run `commands`, `jobs` at a time, each with one thread."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}

    def one(command: Sequence[str]) -> Usage:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed with status {process.returncode}")
        return Usage(programs_cpu=used.ru_utime + used.ru_stime, programs_peak=used.ru_maxrss / 1024)

    start = time.monotonic()
    with ThreadPoolExecutor(jobs) as threads:
        total = sum(threads.map(one, commands), Usage())
    return Result(name, time.monotonic() - start, total.programs_cpu, total.programs_peak)


def tesseract(pages: Sequence[Path], language: str, jobs: int) -> Result:
    """Raw Tesseract, one process a page."""
    commands = [["tesseract", str(page), str(page.with_suffix("")), "-l", language] for page in pages]
    return measured(f"tesseract -l {language}", commands, jobs)


def ocrmypdf(pages: Sequence[Path], options: Sequence[str], jobs: int) -> Result | None:
    """OCRmyPDF on all pages in one file; None where it is not installed."""
    if shutil.which("ocrmypdf") is None:
        return None
    whole = pages[0].with_name("pages.pdf")
    images = [Pillow.open(page) for page in pages]
    for image in images:
        image.encoderinfo = {}
    images[0].save(whole, save_all=True, append_images=images[1:], quality=92)
    command = [
        "ocrmypdf",
        "--jobs",
        str(jobs),
        "-l",
        "tha+eng",
        *options,
        str(whole),
        str(whole.with_suffix(".out.pdf")),
    ]
    return measured(" ".join(["ocrmypdf", *options]), [command], 1)


def samnao(scans: Sequence[Path], folder: Path, settings: Settings) -> Result:
    """`samnao digitize` with everything on."""
    run = Run(scans, folder, settings, pictures=folder / PICTURES, console=Console(quiet=True))
    used = Usage()
    server: set[int] = set()
    cpu = looks = 0.0
    for scan in run.scans():
        used += scan.usage
        looks += scan.looks_cpu
        for child in psutil.Process().children():
            if child.pid not in server:
                server.add(child.pid)
                times = child.cpu_times()  # what the workers share is loaded in the server that forks them
                cpu += times.user + times.system
    own = used.own_cpu + cpu
    total = own + used.programs_cpu
    peak = max(used.own_peak, used.programs_peak)
    whole = max(total, 1e-9)
    return Result("samnao digitize", run.seconds, total, peak, own / whole, looks / whole)


def view(results: Sequence[Result], pages: int) -> Table:
    """The results as a table; times are also given as multiples of the first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("reader")
    names = (
        "pages/min",
        "seconds",
        "× the first",
        "CPU s/page",
        "peak MB of a process",
        "CPU outside Tesseract",
        "CPU of second looks",
    )
    for name in names:
        table.add_column(name, justify="right")
    for result in results:
        table.add_row(
            result.name,
            f"{60 * pages / result.wall:.1f}",
            f"{result.wall:.1f}",
            f"{result.wall / results[0].wall:.2f}",
            f"{result.cpu / pages:.2f}",
            f"{result.peak:.0f}",
            "" if result.outside is None else f"{100 * result.outside:.0f} %",
            "" if result.looks is None else f"{100 * result.looks:.1f} %",
        )
    return table


def compete(scans: Sequence[Path], jobs: int) -> Iterator[Result | int]:
    """The number of pages, then each reader's result."""
    settings = load_settings().model_copy(update={"jobs": jobs})
    with TemporaryDirectory(prefix="samnao-bench-") as name:
        folder = Path(name)
        pages = pages_of(scans, folder, settings)
        yield len(pages)
        yield tesseract(pages, "tha+eng", jobs)
        yield tesseract(pages, "tha", jobs)
        yield samnao(scans, folder / "out", settings)
        for options in ([], ["--deskew", "--rotate-pages", "--clean"]):
            result = ocrmypdf(pages, options, jobs)
            if result is not None:
                yield result


def main(
    scans: Annotated[list[Path] | None, typer.Argument(help="scans to read (default: samples)")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="processes at one time")] = cores(),
) -> None:
    """Compare samnao with raw Tesseract and OCRmyPDF: pages a minute, CPU, memory."""
    screen = common.screen()
    number, results = 0, []
    for item in compete(scans or [Path("samples")], jobs):
        if isinstance(item, int):
            number = item
            screen.print(f"{number} pages, {jobs} processes, load of the machine {os.getloadavg()[0]:.1f}")
        else:
            results.append(item)
    screen.print(view(results, number))
    if shutil.which("ocrmypdf") is None:
        screen.print("OCRmyPDF is not installed; for its rows: sudo apt-get install ocrmypdf unpaper")


if __name__ == "__main__":
    typer.run(main)
