"""The command line: `samnao COMMAND`. Exit status 0: all was read; 1: some was not; 2: nothing could be done."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from ocr.errors import SamnaoError

app = typer.Typer(
    name="samnao",
    help="Turns scanned Thai paper forms into checked, structured records.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Scans = Annotated[list[Path], typer.Argument(help="scans: files and folders, in any mix", show_default=False)]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="pages read at one time [default: one per core]")
]
Again = Annotated[
    bool, typer.Option("--again", help="read everything anew, also what an earlier run has read")
]


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Within, Ctrl-C and a polite kill only set a flag; what is yielded tells it."""
    stops: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if not stops:
            os.write(2, b"\nsamnao: stopping; the next run goes on from here\n")
        stops.append(number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield lambda: bool(stops)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@app.command()
def digitize(
    scans: Scans,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="folder for records.jsonl and failures.jsonl", show_default=False),
    ],
    jobs: Jobs = None,
    again: Again = False,
) -> None:
    """Read scans of known forms and write their records, one line of JSON each.

    DIR describes exactly the scans given. A second run with the same DIR reads only what is new or changed, and tries again
    what failed. Ctrl-C leaves whole lines; the next run goes on from there.
    """
    from ocr.open import find_documents
    from workers import setup
    from workers.digitize import Batch, Fatal, digitize
    from workers.progress import failure_lines, key_leaves, rows, table, totals, watch
    from workers.settings import load_settings

    settings, start = load_settings(), time.monotonic()
    store = setup.store(settings, out)
    documents = find_documents(scans, skip=_own(out, scans))
    if not documents:
        raise _nothing(scans)
    batch = Batch(
        documents, out, jobs or settings.jobs, settings.page_seconds, settings.page_megabytes, again
    )
    keys = key_leaves(setup.forms(settings))
    found, failed, console = [], [], Console(stderr=True)
    with interruptible() as stopped:
        try:
            for scan in watch(digitize(batch, setup.kit(settings), store, stopped), len(documents), console):
                found.extend(rows(scan, keys))
                failed.extend(failure_lines(scan))
        except Fatal as error:
            raise _Stop(str(error)) from error
        interrupted = stopped()
    order = {document.source: index for index, document in enumerate(documents)}
    found.sort(key=lambda row: order[row.source])
    screen = Console()
    screen.print(table(found, keys))
    if console.is_terminal:
        for line in failed:
            console.print(line, markup=False, highlight=False)
    sums = totals(found, time.monotonic() - start)
    screen.print(
        f"\n{sums['records']} records of {sums['scans']} scans in {sums['seconds']:.1f} s: {sums['accepted']} fields accepted, "
        f"{sums['review']} to review, {sums['missing']} missing",
        highlight=False,
    )
    screen.print(f"records:  {out / 'records.jsonl'}", highlight=False, soft_wrap=True)
    if failed:
        screen.print(f"failures: {out / 'failures.jsonl'} ({len(failed)})", highlight=False, soft_wrap=True)
    raise typer.Exit(130 if interrupted else 1 if failed else 0)


class _Stop(SamnaoError):
    """A run that cannot go on; the message says why."""


def _nothing(scans: list[Path]) -> SamnaoError:
    from workers.errors import InputError

    names = ", ".join(str(scan) for scan in scans)
    return InputError(f"no scan in {names}; samnao reads PDF, TIFF, JPEG, PNG and WebP")


def _own(out: Path, scans: list[Path]) -> list[Path]:
    """samnao's output folder, where it lies inside a folder of scans; its files are no scans."""
    return [] if out.resolve() in {scan.resolve() for scan in scans} else [out]


def main() -> None:
    """The program `samnao`."""
    try:
        app()
    except SamnaoError as error:
        print(f"samnao: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
