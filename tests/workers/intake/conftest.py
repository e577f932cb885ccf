from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from workers.blobs import open_blobs
from workers.service import Service
from workers.settings import Settings
from workers.store.connect import migrate, open_engine
from workers.store.queue import Bell


@pytest.fixture
def rung() -> list[Bell]:
    return []


@pytest.fixture
def service(tmp_path: Path, rung: list[Bell]) -> Iterator[Service]:
    """A service on SQLite and a folder; what it rings is in `rung`."""
    data = tmp_path / "data"
    settings = Settings(data=data, min_free_bytes=0)
    engine = open_engine(None, data)
    migrate(engine)
    opened = Service(settings, engine, open_blobs(None, data), rung.extend)
    yield opened
    opened.close()


def picture(seed: int, mode: str = "L") -> Pillow.Image:
    """A small page image, another for each seed."""
    noise = np.random.default_rng(seed).integers(200, 255, (60, 42), np.uint8)
    return Pillow.fromarray(noise).convert(mode)
