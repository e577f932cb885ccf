"""Real servers for tests: PostgreSQL, RabbitMQ, Redis and an S3 server, as plain processes on free ports.

A guardian process ends a server, and removes its folder, when whoever started it is gone, however that went. Tests that
kill servers and start them again use `Server` directly; the others ask for the fixtures in tests/fixtures.py.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import psutil
import psycopg
import pytest
import redis
from celery import Celery

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PATIENCE = 180.0
"""Seconds a server may take to answer; RabbitMQ on a busy machine is the slow one."""

VIRTUAL_HOSTS = 8
S3_KEYS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server's program, with all that is needed to start it, kill it and start it again on the same port and data."""

    name: str
    folder: Path
    host: str
    port: int
    command: tuple[str, ...]
    answers: Callable[[Server], object]
    """Connects and asks something; raises where the server is not ready."""
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    before: tuple[str, ...] = ()
    """A command in a network namespace: what to put before the program."""

    @property
    def _group(self) -> Path:
        return self.folder / "group"

    def start(self) -> None:
        """Start the program and wait until it answers; where it ends early (its port is not yet free) start it again."""
        deadline = time.monotonic() + PATIENCE
        while True:
            if not self.alive():
                self._spawn()
            try:
                self.answers(self)
            except Exception as error:
                if time.monotonic() > deadline:
                    log = (self.folder / "log").read_text(errors="replace")[-3000:]
                    raise RuntimeError(f"{self.name} does not answer: {error}\n{log}") from error
                time.sleep(0.05)
            else:
                return

    def _spawn(self) -> None:
        script = 'cd "$1"; shift; setsid "$@" </dev/null >>log 2>&1 & echo $! >"$0"'
        command = [*self.before, *self._as_user(), *self.command]
        subprocess.run(
            ["sh", "-c", script, self._group, self.folder, *command],
            check=True,
            env={**os.environ, **self.environment, "HOME": str(self.folder)},
        )

    def _as_user(self) -> list[str]:
        if self.user is None:
            return []
        return ["setpriv", "--reuid", self.user, "--regid", self.user, "--clear-groups"]

    def alive(self) -> bool:
        """Whether the program runs."""
        try:
            process = psutil.Process(int(self._group.read_text()))
            return bool(process.status() != psutil.STATUS_ZOMBIE)
        except (OSError, ValueError, psutil.Error):
            return False

    def kill(self) -> None:
        """End it by SIGKILL, with every program it started."""
        with suppress(OSError, ValueError):
            os.killpg(int(self._group.read_text()), signal.SIGKILL)
        while self.alive():
            time.sleep(0.01)
        with suppress(FileNotFoundError):
            self._group.unlink()


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def needs_program(name: str, package: str) -> str:
    """The path of a program; skips the test where it is not installed."""
    found = shutil.which(name, path=os.environ["PATH"] + os.pathsep + _postgres_programs())
    if found is None:
        pytest.skip(f"{name} is not installed; run: sudo apt-get install {package}")
    return found


def _postgres_programs() -> str:
    return os.pathsep.join(
        str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )


def new_folder(name: str) -> Path:
    """A folder that a guardian removes when this run of pytest is gone, after it has killed what runs in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"samnao-{name}-"))
    folder.chmod(0o755)
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    script = (
        'tail --pid="$1" -f /dev/null; [ -s "$2/group" ] && kill -s KILL -- "-$(cat "$2/group")"; '
        'i=0; until rm -rf "$2" 2>/dev/null || [ $i = 50 ]; do i=$((i+1)); sleep 0.1; done'
    )
    subprocess.run(
        [
            "sh",
            "-c",
            'setsid "$@" </dev/null >/dev/null 2>&1 &',
            "-",
            "sh",
            "-c",
            script,
            "-",
            str(owner),
            str(folder),
        ],
        check=True,
    )
    return folder


def postgres(folder: Path, host: str = "127.0.0.1", before: tuple[str, ...] = ()) -> Server:
    """A PostgreSQL cluster in `folder`, not started: user postgres, no password."""
    program, initdb = needs_program("postgres", "postgresql"), needs_program("initdb", "postgresql")
    user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
    data, port = folder / "data", free_port()
    server = Server(
        "postgres",
        folder,
        host,
        port,
        (program, "-D", str(data), "-h", host, "-k", str(folder), "-p", str(port)),
        lambda one: psycopg.connect(_conninfo(one, "postgres"), connect_timeout=5).close(),
        user=user,
        before=before,
    )
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    command = [*server._as_user(), initdb, "-D", str(data), *options]
    subprocess.run(
        command, check=True, cwd=folder, capture_output=True, env={**os.environ, "HOME": str(folder)}
    )
    with (data / "postgresql.conf").open("a") as settings:
        settings.write("fsync = off\nmax_connections = 200\n")
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all trust\n")
    return server


def _conninfo(server: Server, database: str) -> str:
    return f"postgresql://postgres@{server.host}:{server.port}/{database}"


def new_database(server: Server) -> str:
    """The SQLAlchemy URL of a new, empty database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_conninfo(server, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return _conninfo(server, name).replace("postgresql://", "postgresql+psycopg://")


def redis_server(folder: Path, host: str = "127.0.0.1", before: tuple[str, ...] = ()) -> Server:
    """A Redis server in `folder`, not started; it keeps what it is told through a kill."""
    program, port = needs_program("redis-server", "redis-server"), free_port()
    options = ("--bind", host, "--port", str(port), "--protected-mode", "no", "--dir", str(folder))
    command = (program, *options, "--save", "", "--appendonly", "yes", "--databases", "1024")
    return Server("redis", folder, host, port, command, _ask_redis, before=before)


def _ask_redis(server: Server) -> None:
    with redis.Redis(server.host, server.port, socket_connect_timeout=5) as connection:
        connection.ping()


def rabbitmq(folder: Path, host: str = "127.0.0.1", before: tuple[str, ...] = ()) -> Server:
    """A RabbitMQ server in `folder`, not started, with an epmd of its own: user and password tests, virtual hosts v0 …"""
    needs_program("rabbitmqctl", "rabbitmq-server")
    program = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # Debian's wrapper in /usr/sbin takes no folders
    port, distribution, mapper = free_port(), free_port(), free_port()
    hosts = [f"v{number}" for number in range(VIRTUAL_HOSTS)]
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    definitions = {
        "users": [{"name": "tests", "password": "tests", "tags": "administrator"}],
        "vhosts": [{"name": name} for name in hosts],
        "permissions": [{"user": "tests", "vhost": name, **everything} for name in hosts],
    }
    (folder / "definitions.json").write_text(json.dumps(definitions))
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = {host}:{port}\nload_definitions = {folder}/definitions.json\n"
        "log.console = true\nlog.console.level = warning\nlog.file = false\ndisk_free_limit.absolute = 50MB\n"
    )
    (folder / "plugins").write_text("[].\n")
    node = f"samnao-{uuid.uuid4().hex[:8]}@localhost"
    environment = {
        "RABBITMQ_NODENAME": node,
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "ERL_EPMD_PORT": str(mapper),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
    }
    # An epmd that Erlang starts outlives it: this one is of the group that is killed together.
    script = f"epmd -port {mapper} & exec {program}"
    return Server(
        "rabbitmq", folder, host, port, ("sh", "-c", script), _ask_rabbitmq, environment, before=before
    )


def _ask_rabbitmq(server: Server) -> None:
    with Celery(broker=rabbitmq_host(server, VIRTUAL_HOSTS - 1)).connection_for_read() as connection:
        connection.connect()


def rabbitmq_host(server: Server, number: int) -> str:
    """The URL of virtual host `number`."""
    return f"amqp://tests:tests@{server.host}:{server.port}/v{number}"


def s3_server(folder: Path, host: str = "127.0.0.1", before: tuple[str, ...] = ()) -> Server:
    """An S3 server, not started. It is moto's: Debian, PyPI and npm have none that keeps its objects and is kept up."""
    port = free_port()
    command = (sys.executable, "-m", "moto.server", "-H", host, "-p", str(port))
    return Server("s3", folder, host, port, command, lambda one: s3_client(one).list_buckets(), before=before)


def s3_endpoint(server: Server) -> str:
    return f"http://{server.host}:{server.port}"


def s3_client(server: Server) -> S3Client:
    return boto3.client(
        "s3",
        endpoint_url=s3_endpoint(server),
        aws_access_key_id=S3_KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=S3_KEYS["AWS_SECRET_ACCESS_KEY"],
        region_name=S3_KEYS["AWS_DEFAULT_REGION"],
    )
