"""The real web server as a process: on PostgreSQL and S3, and when it is told to end."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PIL import Image
from uvicorn.server import ServerState

from tests.fixtures import Bucket
from tests.workers.web.live import FORM, ROOT, Live, file, form, free_port, running
from workers.blobs import open_blobs
from workers.settings import Settings
from workers.store import people, submissions
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.web.app import create_app
from workers.web.server import protocol


def png(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (60, 80), shade).save(out, "PNG")
    return out.getvalue()


@contextmanager
def samnao_web(data: Path, **settings: str) -> Iterator[Live]:
    """`samnao web` itself, with a key for each role."""
    engine = open_engine(settings.get("database"), data)
    migrate(engine)
    with transaction(engine) as session:
        keys = {role: people.add_key(session, f"{role} key", role, now=time.time()) for role in people.ROLES}
    engine.dispose()
    port = free_port()
    environment = {**os.environ, "SAMNAO_DATA": str(data), "SAMNAO_MIN_FREE_BYTES": "0"}
    environment |= {f"SAMNAO_{name.upper()}": value for name, value in settings.items()}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers.cli", "web", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stderr=log,
        )
    live = Live(port, data, process, keys)
    try:
        live.wait()
        yield live
    finally:
        process.kill()
        process.wait()


def log_of(live: Live) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (live.data / "log").read_text().splitlines()]


def test_on_postgresql_and_s3(tmp_path: Path, postgres_url: str, s3: Bucket) -> None:
    """As the compose file has it; the broker is away, which only delays."""
    storage = f"s3://{s3.name}?endpoint={s3.endpoint}"
    with samnao_web(tmp_path, database=postgres_url, blobs=storage, broker="redis://127.0.0.1:1/0") as live:
        status, taken = live.send([file("a.png", png(1)), file("b.png", png(2))])
        assert status == 202, taken
        assert not list(tmp_path.rglob("samnao.db"))
        live.process.send_signal(signal.SIGTERM)
        assert live.process.wait(30) == 0
    engine = open_engine(postgres_url, tmp_path)
    with reading(engine) as session:
        found = submissions.arrivals(session, taken["id"])
    engine.dispose()
    blobs = open_blobs(storage, tmp_path)
    assert [blobs.exists(one.sha256) for one in found] == [True, True]


def test_told_to_end_it_finishes_what_is_under_way(tmp_path: Path) -> None:
    with running(tmp_path, drain_seconds=20) as live:
        _, taken = live.send([file("a.png", png(1))])
        body = form([file("b.png", png(2))])
        with live.connect() as stream, live.connect() as upload:
            for_all = f"Host: x\r\nAuthorization: Bearer {live.keys['submit']}\r\n"
            stream.sendall(f"GET {taken['events']} HTTP/1.1\r\n{for_all}\r\n".encode())
            while b"event: progress" not in stream.recv(65536):
                pass
            upload.sendall(
                (
                    f"POST /api/v1/submissions HTTP/1.1\r\n{for_all}Content-Type: {FORM['Content-Type']}\r\n"
                    f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
                ).encode()
            )
            assert upload.recv(65536).startswith(b"HTTP/1.1 100 ")  # it is being received
            upload.sendall(body[:-20])
            live.process.send_signal(signal.SIGTERM)
            while stream.recv(65536):  # the stream is ended, not broken off: the server says so and closes
                pass
            upload.sendall(body[-20:])
            assert upload.recv(65536).startswith(b"HTTP/1.1 202 ")
        assert live.process.wait(30) == 0
        assert live.left()[1] == 4  # two submissions, two documents
        assert [one["event"] for one in log_of(live) if one["event"] == "draining"]
        with pytest.raises(OSError):
            live.connect()


def test_a_large_upload_is_never_whole_in_memory(tmp_path: Path) -> None:
    def peak() -> int:
        status = Path(f"/proc/{live.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024

    with running(tmp_path, look_megabytes=2000) as live:
        live.send([file("small.png", png(1))])
        before = peak()
        status, answer = live.send([file("large.png", png(2) + bytes(100_000_000))])
        assert status == 202, answer
        assert peak() - before < 30


class Line(asyncio.Transport):
    """A connection whose other end takes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = asyncio.Event()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def abort(self) -> None:
        self.aborted.set()

    def close(self) -> None:
        raise AssertionError("closing would wait for what is not taken")


@pytest.mark.parametrize("taken", [False, True])
def test_a_client_that_takes_no_answer_is_let_go(taken: bool) -> None:
    async def talk() -> None:
        config = uvicorn.Config(create_app(Settings()), log_config=None, lifespan="off")
        config.load()
        line = Line()
        make: Any = protocol(0.05)
        made = make(config=config, server_state=ServerState(), app_state={})
        made.connection_made(line)
        made._timer.cancel()  # what it waits for otherwise
        made.pause_writing()
        if taken:
            made.resume_writing()
            assert made._writing is None
            made.pause_writing()
        await asyncio.wait_for(line.aborted.wait(), 10)

    with ThreadPoolExecutor(1) as aside:  # this thread may have a browser's loop
        aside.submit(asyncio.run, talk()).result()
