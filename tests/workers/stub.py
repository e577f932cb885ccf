"""The worker's Celery app with an engine that needs no time: ``celery -A tests.workers.stub worker``.

Each page is a slip whose code is its width (`tests.workers.fakes`). STUB_LOG names the log of its readings, STUB_FAULTS what
goes wrong on which page, as JSON, STUB_SECONDS how long a page takes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.open import Limits
from ocr.types import Sheet, Text, Zone
from tests.workers.fakes import FaultyEngine, slip_form
from workers import setup
from workers.settings import Settings
from workers.steps import Kit


@dataclass(frozen=True, slots=True)
class PatientEngine:
    """Reads as `engine` does, and takes its time."""

    engine: FaultyEngine
    seconds: float

    def read(self, sheet: Sheet, number: int) -> Text:
        text = self.engine.read(sheet, number)
        time.sleep(self.seconds)
        return text

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:
        return self.engine.reread(asked)


def stub_kit(settings: Settings, pictures: Path | None = None) -> Callable[[Path], Kit]:
    faults = {int(page): fault for page, fault in json.loads(os.environ.get("STUB_FAULTS", "{}")).items()}
    engine = PatientEngine(
        FaultyEngine(Path(os.environ["STUB_LOG"]), faults), float(os.environ.get("STUB_SECONDS", "0"))
    )
    return lambda work: Kit(engine, Limits(), (slip_form(),), work, pictures)


setup.kit = stub_kit  # before the worker asks for it

from workers.tasks import app  # noqa: E402

__all__ = ["app"]
