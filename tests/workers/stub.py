"""The worker's Celery app with an engine that needs no time: ``celery -A tests.workers.stub worker``.

Each page is a slip whose code is its width (`tests.workers.fakes`). STUB_LOG names the log of its readings, STUB_FAULTS what
goes wrong on which page, as JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from ocr.open import Limits
from tests.workers.fakes import FaultyEngine, slip_form
from workers import setup
from workers.settings import Settings
from workers.steps import Kit


def stub_kit(settings: Settings) -> Callable[[Path], Kit]:
    faults = {int(page): fault for page, fault in json.loads(os.environ.get("STUB_FAULTS", "{}")).items()}
    engine = FaultyEngine(Path(os.environ["STUB_LOG"]), faults)
    return lambda work: Kit(engine, Limits(), (slip_form(),), work)


setup.kit = stub_kit  # before the worker asks for it

from workers.tasks import app  # noqa: E402

__all__ = ["app"]
