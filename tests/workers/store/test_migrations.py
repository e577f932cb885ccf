"""The migrations make exactly the tables that the code expects, and many may start at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from tests.workers.store.steps import Store
from workers.store.connect import dump_json, migrate, open_engine, reading, transaction
from workers.store.errors import StoreError
from workers.store.schema import Base

_OWN = ("record_find",)
"""Made by hand in the migrations: the index of the search."""


def _differences(engine: Engine) -> list[object]:
    def mine(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or not str(name).startswith(_OWN)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": mine, "compare_type": True, "target_metadata": Base.metadata}
        )
        found = compare_metadata(context, Base.metadata)
    return [one for one in found if "ix_record_find" not in repr(one)]


def test_the_tables_are_as_the_code_says(engine: Engine) -> None:
    assert _differences(engine) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_many_processes_may_migrate_at_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else None

    def start(_: int) -> None:
        engine = open_engine(url, tmp_path)
        migrate(engine)
        engine.dispose()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(start, range(4)))


def test_many_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    def start(engine: Engine) -> object:
        together.wait()
        with engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    together = Barrier(8)
    for number in range(60):  # one time in twelve they meet where SQLite lets nobody wait
        engines = [open_engine(None, tmp_path / str(number)) for _ in range(8)]
        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(start, engines)) == {"wal"}
        for engine in engines:
            engine.dispose()


@pytest.mark.parametrize("change", ["UPDATE history SET actor = 'x'", "DELETE FROM history"])
def test_history_only_grows(store: Store, change: str) -> None:
    store.send("ก")
    with pytest.raises(DBAPIError, match="only ever added"), transaction(store.engine) as session:
        session.execute(text(change))
    with reading(store.engine) as session:
        assert session.scalar(text("SELECT count(*) FROM history")) == 1


def test_readers_keep_no_writer_waiting(store: Store) -> None:
    store.send("ก")
    with reading(store.engine) as session:
        count = text("SELECT count(*) FROM document")
        assert session.scalar(count) == 1
        store.send("ข")
        assert session.scalar(count) == 1  # one unchanging picture


def test_sqlite_is_durable_and_checks_references(tmp_path: Path) -> None:
    engine = open_engine(None, tmp_path / "data")
    migrate(engine)

    def pragma(name: str, *, redoable: bool = False) -> object:
        with transaction(engine, redoable=redoable) as session:
            return session.scalar(text(f"PRAGMA {name}"))

    assert pragma("journal_mode") == "wal"
    assert pragma("foreign_keys") == 1
    assert pragma("synchronous", redoable=True) == 1
    assert pragma("synchronous") == 2
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="postgresql://"):
        open_engine(url, tmp_path)


def test_an_error_of_the_database_shows_no_parameters(store: Store) -> None:
    with pytest.raises(DBAPIError) as caught, transaction(store.engine) as session:
        session.execute(text("SELECT :name FROM nothing"), {"name": "สมศรี"})
    assert "สมศรี" not in str(caught.value)


def test_json_loses_nothing_but_nul() -> None:
    assert dump_json({"a": "x\0y", "b": "\\u0000"}) == '{"a": "xy", "b": "\\\\u0000"}'
