"""The way to the database: SQLite or PostgreSQL by URL, its tables made, transactions opened."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, overload

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from workers.store.errors import StoreError

WAIT_SECONDS = 30
"""How long a writer waits for another one on SQLite."""
_LOCK = 0x5A3A0
_BEGIN = "samnao_begin"


def open_engine(url: str | None, data: Path) -> Engine:
    """The database at `url`; without one, SQLite in the folder `data`, which is made. StoreError for a URL that is none."""
    if url is None:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        parsed = URL.create("sqlite", database=str((data / "samnao.db").absolute()))
    else:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise StoreError(_NO_URL) from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "postgresql+psycopg":
        return create_engine(
            parsed,
            pool_size=20,
            max_overflow=40,
            pool_pre_ping=True,
            json_serializer=dump_json,
            hide_parameters=True,
            connect_args=_NOTICING,
        )
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise StoreError(_NO_URL)
    engine = create_engine(
        parsed,
        pool_size=20,
        max_overflow=40,
        json_serializer=dump_json,
        hide_parameters=True,
        connect_args={"timeout": WAIT_SECONDS},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


_NO_URL = "the database URL is not understood: write sqlite:////folder/samnao.db or postgresql://user:password@host/name"


_NOTICING = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}
"""Both ends notice within half a minute that the other is cut off: the locks of such a worker keep nobody waiting for long."""


def _set_up(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions of its own
    for pragma in (
        f"busy_timeout = {WAIT_SECONDS * 1000}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -65536",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Switch a new database to a write-ahead log, once for all.

    SQLite lets nobody wait here: of two that switch at once one is refused. So one at a time does, by a lock of the folder;
    closing the database itself would let go the locks that SQLite holds on it.
    """
    _, _, file = connection.execute("PRAGMA database_list").fetchone()
    folder = os.open(Path(file).parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network share that knows no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        os.close(folder)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_BEGIN, 'IMMEDIATE')}")


@contextmanager
def transaction(engine: Engine, *, redoable: bool = False) -> Iterator[Session]:
    """A session that writes: all of it is stored at the end, or nothing where an exception leaves it.

    On SQLite it is the only writer meanwhile, so keep it short. What is `redoable` does not wait for the disk: after a
    power cut the last seconds of it may have to be done again, while what was not redoable is there, and all before it.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Between transactions; another one's setting may still stand.
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA synchronous = {'NORMAL' if redoable else 'FULL'}")
        with Session(connection, expire_on_commit=False) as session, session.begin():
            if redoable and engine.dialect.name == "postgresql":
                session.execute(_NOT_WAITING)
            yield session


_NOT_WAITING = text("SET LOCAL synchronous_commit = off")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads, one unchanging picture of the database, and keeps no writer waiting."""
    if engine.dialect.name == "sqlite":
        options: dict[str, Any] = {_BEGIN: "DEFERRED"}
    else:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        engine.connect().execution_options(**options) as connection,
        Session(connection, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


def migrate(engine: Engine) -> None:
    """Bring the tables to what this version of samnao needs; safe when several processes start at once."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def passes(error: BaseException) -> bool:
    """Whether `error` is one of the database that may be gone at the next try: a lost connection, a lock, a full disk."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or type(error).__name__ in ("OperationalError", "InternalError")


_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def dump_json(value: Any) -> str:
    """`value` as JSON, without the NUL characters that PostgreSQL cannot keep."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _NUL.sub(r"\1", written) if "\\u0000" in written else written


@overload
def without_nul(value: str) -> str: ...
@overload
def without_nul(value: str | None) -> str | None: ...
def without_nul(value: str | None) -> str | None:
    """`value` without the NUL characters that PostgreSQL cannot keep."""
    return value.replace("\0", "") if value is not None and "\0" in value else value
