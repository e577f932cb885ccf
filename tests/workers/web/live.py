"""A web server in a process of its own, and bytes sent to it as no good client would."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import func, select

from workers.store import people
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.store.people import ROLES, Role
from workers.store.schema import Document, Submission

ROOT = Path(__file__).parents[3]
BOUNDARY = "boundary-of-tests"
Part = tuple[bytes, bytes]
"""Its Content-Disposition and its content."""


@dataclass(frozen=True, slots=True)
class Live:
    """A running server: its port, its data folder, its process, and a key for each role."""

    port: int
    data: Path
    process: subprocess.Popen[bytes]
    keys: Mapping[Role, str]

    def left(self) -> tuple[list[Path], int]:
        """The files that uploads left (temporary ones and blobs), and how many rows."""
        files = [
            Path(folder, name)
            for top in ("work", "blobs")
            for folder, folders, names in os.walk(
                self.data / top
            )  # unlike rglob, no error where a folder goes
            for name in [*names, *(name for name in folders if name.startswith("upload-"))]
        ]
        engine = open_engine(None, self.data)
        with reading(engine) as session:
            rows = sum(
                session.scalar(select(func.count()).select_from(t)) or 0 for t in (Submission, Document)
            )
        engine.dispose()
        return files, rows

    def log(self) -> str:
        """What it logged up to now."""
        return (self.data / "log").read_text()

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + 120
        while True:
            try:
                if self.ask("GET", "/readyz", role=None)[0] == 200:
                    return
            except OSError:
                assert self.process.poll() is None, self.log()
                assert time.monotonic() < until
                time.sleep(0.05)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        role: Role | None = "submit",
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = dict(headers or {})
        if role is not None:
            sent.setdefault("Authorization", f"Bearer {self.keys[role]}")
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def send(
        self, parts: Sequence[Part], headers: Mapping[str, str] | None = None, role: Role | None = "submit"
    ) -> tuple[int, dict[str, Any]]:
        status, found, body = self.ask(
            "POST", "/api/v1/submissions", form(parts), FORM | dict(headers or {}), role
        )
        assert found["content-type"] in ("application/json", "application/problem+json"), body
        return status, json.loads(body)


FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def file(name: str | bytes, content: bytes) -> Part:
    raw = name.encode() if isinstance(name, str) else name
    return b'form-data; name="files"; filename="' + raw + b'"', content


def text(name: str, value: str) -> Part:
    return f'form-data; name="{name}"'.encode(), value.encode()


def form(parts: Sequence[Part]) -> bytes:
    body = b"".join(
        b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (BOUNDARY.encode(), disposition, content)
        for disposition, content in parts
    )
    return body + b"--%s--\r\n" % BOUNDARY.encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(data: Path, **settings: object) -> Iterator[Live]:
    """The server on `data`, with `settings`, until the end of the block."""
    engine = open_engine(None, data)
    migrate(engine)
    people._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with transaction(engine) as session:
        keys = {role: people.add_key(session, f"{role} key", role, now=time.time()) for role in ROLES}
    engine.dispose()
    port = free_port()
    wanted = {"data": data, "port": port, "min_free_bytes": 0, **settings}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMNAO_")}
    environment |= {f"SAMNAO_{name.upper()}": str(value) for name, value in wanted.items()}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.workers.web.serve"], cwd=ROOT, env=environment, stderr=log
        )
    try:
        live = Live(port, data, process, keys)
        live.wait()
        yield live
    finally:
        process.kill()
        process.wait()
