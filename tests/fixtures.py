"""What tests ask for: a database, virtual host, database number or bucket of their own.

The server behind it starts when the first test of the run asks; all pytest-xdist workers share it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import (
    S3_KEYS,
    VIRTUAL_HOSTS,
    Server,
    new_database,
    new_folder,
    postgres,
    rabbitmq,
    rabbitmq_host,
    redis_server,
    s3_client,
    s3_endpoint,
    s3_server,
)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _shared(factory: pytest.TempPathFactory, make: Callable[[Path], Server]) -> tuple[Server, Path]:
    """The server of this run, started by whoever of the pytest-xdist workers asks first."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with _alone(base / f"{make.__name__}.lock"):
        known = base / f"{make.__name__}.json"
        if not known.exists():
            server = make(new_folder(make.__name__.replace("_", "-")))
            server.start()
            known.write_text(json.dumps({"folder": str(server.folder), "port": server.port}))
            return server, base
        said = json.loads(known.read_text())
    return (
        Server(make.__name__, Path(said["folder"]), "127.0.0.1", said["port"], (), lambda _: None),
        base,
    )


def _number(base: Path, name: str) -> int:
    """A number that no other test of this run has."""
    with _alone(base / f"{name}.lock"):
        path = base / f"{name}.number"
        number = int(path.read_text()) + 1 if path.exists() else 0
        path.write_text(str(number))
    return number


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return _shared(tmp_path_factory, postgres)[0]


@pytest.fixture
def postgres_url(postgres_server: Server) -> str:
    """The SQLAlchemy URL of an empty PostgreSQL database of this test's own."""
    return new_database(postgres_server)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'samnao.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an empty Redis database of this test's own."""
    server, base = _shared(tmp_path_factory, redis_server)
    return f"redis://{server.host}:{server.port}/{_number(base, 'redis') % 1023 + 1}"


@pytest.fixture
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an empty RabbitMQ virtual host of this test's own."""
    server, base = _shared(tmp_path_factory, rabbitmq)
    return rabbitmq_host(server, _number(base, "rabbitmq") % (VIRTUAL_HOSTS - 1))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of an S3 server at `endpoint`."""

    name: str
    endpoint: str


@pytest.fixture
def s3(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket of this test's own; keys and endpoint are in the environment, as boto3 looks for them."""
    server, base = _shared(tmp_path_factory, s3_server)
    name = f"bucket-{_number(base, 's3')}"
    s3_client(server).create_bucket(Bucket=name)
    for key, value in {**S3_KEYS, "AWS_ENDPOINT_URL": s3_endpoint(server)}.items():
        monkeypatch.setenv(key, value)
    return Bucket(name, s3_endpoint(server))
