"""A migrated database of each kind, copied for each test from one that was migrated once."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from tests.servers import Server, new_database
from tests.workers.store.steps import Store
from workers.blobs import open_blobs
from workers.store.connect import migrate, open_engine


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    engine = open_engine(None, folder)
    migrate(engine)
    engine.dispose()
    return folder / "samnao.db"


@pytest.fixture(scope="session")
def migrated_url(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = new_database(postgres_server)
    engine = open_engine(url, tmp_path_factory.mktemp("migrated"))
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database of this test's own."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "samnao.db")
        return f"sqlite:///{tmp_path / 'samnao.db'}"
    template = make_url(request.getfixturevalue("migrated_url"))
    name = f"test_{uuid.uuid4().hex[:12]}"
    plain = template.set(drivername="postgresql", database="postgres").render_as_string()
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template.database}"')
    return template.set(database=name).render_as_string()


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(database_url, tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine, tmp_path: Path) -> Store:
    return Store(engine, open_blobs(None, tmp_path))
