"""Running a batch for a command: settings and scans in, what the scans gave out, in their order or as it comes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from rich.console import Console

from ocr.errors import EngineError
from ocr.open import find_documents
from workers import setup
from workers.crops import PICTURES
from workers.digitize import Batch, Fatal, ScanDone, digitize
from workers.errors import InputError, OutputError
from workers.progress import watch
from workers.settings import Settings


@dataclass(slots=True)
class Run:
    """One batch: `scans()` does it; afterwards `interrupted`, `failures` and `seconds` tell how it went."""

    inputs: Sequence[Path]
    out: Path
    settings: Settings
    jobs: int | None = None
    again: bool = False
    plain: bool = False
    pictures: Path | None = None
    console: Console = field(default_factory=lambda: Console(stderr=True))
    sources: list[str] = field(default_factory=list)
    folders: frozenset[str] = frozenset()
    interrupted: bool = False
    failures: int = 0
    seconds: float = 0.0

    def scans(self) -> Iterator[ScanDone]:
        """Digitize, showing progress, and give each scan as soon as it is done, in whatever order.

        Raises InputError, OutputError, EngineError and ScanError where nothing can be done.
        """
        start = time.monotonic()
        settings = self.settings
        store = setup.store(settings, self.out, self.plain)
        documents = find_documents(self.inputs, skip=self._own())
        if not documents:
            names = ", ".join(str(path) for path in self.inputs)
            raise InputError(f"no scan in {names}; samnao reads PDF, TIFF, JPEG, PNG and WebP")
        self.sources = [document.source for document in documents]
        self.folders = frozenset(d.source for d in documents if d.files[0].name != Path(d.source).name)
        jobs = self.jobs or settings.jobs
        limits = settings.page_seconds, settings.page_megabytes
        batch = Batch(documents, self.out, jobs, *limits, self.again, self.plain)
        with interruptible() as stopped:
            try:
                with closing(digitize(batch, setup.kit(settings, self.pictures), store, stopped)) as events:
                    for scan in watch(events, len(documents), self.console, self.plain):
                        self.failures += len(scan.failures)
                        yield scan
            except Fatal as error:
                kind = OutputError if error.failure.code == OutputError.code else EngineError
                raise kind(str(error)) from error
            finally:
                self.interrupted = stopped()
                self.seconds = time.monotonic() - start

    @property
    def status(self) -> int:
        """The exit status of the command."""
        return 130 if self.interrupted else 1 if self.failures else 0

    def _own(self) -> list[Path]:
        """samnao's output folder, where it lies inside a folder of scans, or is one: its files are no scans."""
        same = self.out.resolve() in {path.resolve() for path in self.inputs}
        return [self.out / PICTURES] if same else [self.out]


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Within, Ctrl-C and a polite kill only set a flag; what is yielded tells it."""
    stops: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if not stops:
            os.write(2, b"\nsamnao: stopping; the same command goes on from here\n")
        stops.append(number)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants it to go on
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield lambda: bool(stops)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
