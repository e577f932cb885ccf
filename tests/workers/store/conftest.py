"""A migrated database of each kind, and steps that many tests take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.workers.store.steps import Store
from workers.blobs import open_blobs
from workers.store.connect import migrate, open_engine


@pytest.fixture
def engine(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(database_url, tmp_path)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine, tmp_path: Path) -> Store:
    return Store(engine, open_blobs(None, tmp_path))
