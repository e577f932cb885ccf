"""Workers on machines of their own: one is cut off in the middle of its work, the others finish it.

Each machine is a network namespace with an address of its own on a bridge; database, broker and blob store listen on the bridge.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.e2e.outcome import asked, audit, unfinished
from tests.e2e.programs import QUICK, ROOT, Program
from tests.servers import (
    S3_KEYS,
    new_database,
    new_folder,
    postgres,
    redis_server,
    s3_client,
    s3_endpoint,
    s3_server,
)
from tests.workers.fakes import write_scan
from workers.blobs import open_blobs
from workers.broker import ringer
from workers.intake.door import Sent, submit
from workers.service import Service
from workers.settings import Settings
from workers.store.connect import migrate, open_engine
from workers.store.queue import READ
from workers.store.schema import Job

MACHINES = 3


@dataclass(frozen=True, slots=True)
class Network:
    """A bridge with an `address`, and namespaces on it."""

    address: str
    name: str

    def namespace(self, number: int) -> str:
        return f"{self.name}{number}"

    def cut(self, number: int, *, off: bool) -> None:
        ip("link", "set", f"{self.name}v{number}", "down" if off else "up")


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@pytest.fixture
def network() -> Iterator[Network]:
    number = os.getpid() % 200 + 20
    made = Network(f"10.213.{number}.1", f"smn{number}")
    try:
        ip("netns", "add", made.namespace(0))
        ip("-n", made.namespace(0), "link", "set", "lo", "up")  # a chroot or container may refuse to enter it
        ip("link", "add", made.name, "type", "bridge")
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network namespaces may be made here: {getattr(error, 'stderr', error)}")
    finally:
        with suppress(OSError):
            subprocess.run(["ip", "netns", "del", made.namespace(0)], check=False, capture_output=True)
    try:
        ip("addr", "add", f"{made.address}/24", "dev", made.name)
        ip("link", "set", made.name, "up")
        for machine in range(1, MACHINES + 1):
            space, outer, inner = made.namespace(machine), f"{made.name}v{machine}", f"{made.name}w{machine}"
            ip("netns", "add", space)
            ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", space)
            ip("link", "set", outer, "master", made.name, "up")
            ip("-n", space, "addr", "add", f"10.213.{number}.{machine + 1}/24", "dev", inner)
            ip("-n", space, "link", "set", inner, "up")
            ip("-n", space, "link", "set", "lo", "up")
        yield made
    finally:
        for machine in range(1, MACHINES + 1):
            subprocess.run(["ip", "netns", "del", made.namespace(machine)], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", made.name], check=False, capture_output=True)


def until(worker: Program, true: Callable[[], object]) -> None:
    """Wait until it is so, while `worker` lives."""
    deadline = time.monotonic() + 300
    while not true():
        assert worker.alive()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_machines_finish_the_work_of_a_third_that_is_cut_off(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = [
        make(new_folder(make.__name__), network.address) for make in (postgres, redis_server, s3_server)
    ]
    for server in servers:
        server.start()
    database, broker, store = servers
    s3_client(store).create_bucket(Bucket="scans")
    for name, value in S3_KEYS.items():
        monkeypatch.setenv(name, value)
    settings = Settings(
        data=tmp_path / "here",
        database=new_database(database),
        broker=f"redis://{broker.host}:{broker.port}/1",
        blobs=f"s3://scans?endpoint={s3_endpoint(store)}",
        min_free_bytes=0,
    )
    engine = open_engine(settings.database, settings.data)
    migrate(engine)
    blobs = open_blobs(settings.blobs, settings.data)
    service = Service(settings, engine, blobs, ringer(settings))
    scans = {write_scan(tmp_path / f"{n}.tif", 2 * n, 2 * n + 1): [2 * n, 2 * n + 1] for n in range(1, 16)}
    submit(service, [Sent(path, path.name) for path in scans], channel="command", sender="test", name="batch")
    shared = {
        **os.environ,
        **QUICK,
        "SAMNAO_DATABASE": str(settings.database),
        "SAMNAO_BROKER": str(settings.broker),
        "SAMNAO_BLOBS": str(settings.blobs),
        "STUB_SECONDS": "1",
        "PYTHONPATH": str(ROOT),
    }
    programs = []
    for number in range(1, MACHINES + 1):
        log = tmp_path / f"readings-{number}"
        own = {**shared, "SAMNAO_DATA": str(tmp_path / f"machine-{number}"), "STUB_LOG": str(log)}
        python = ["ip", "netns", "exec", network.namespace(number), sys.executable, "-m"]
        worker = [*python, "celery", "--quiet", "-A", "tests.workers.stub", "worker", "-c", "2", "-n"]
        programs.append(Program("worker", [*worker, f"w{number}@%h"], own, tmp_path / f"worker-{number}.log"))
    sweep = [sys.executable, "-m", "workers.cli", "sweep"]
    third = programs[-1]
    programs.append(
        Program("sweep", sweep, {**shared, "SAMNAO_DATA": str(tmp_path / "here")}, tmp_path / "sweep.log")
    )
    try:
        third.start()
        assert third.process is not None
        mine = Job.kind == READ, Job.owner.like(f"%:{third.process.pid}:%")
        reading = tmp_path / "readings-3"
        until(third, lambda: asked(engine, select(func.count()).where(*mine)) and reading.exists())
        network.cut(MACHINES, off=True)
        for program in programs:
            if program is not third:
                program.start()
        until(third, lambda: unfinished(engine) == 0)
        network.cut(MACHINES, off=False)
        until(third, lambda: "lease lost" in third.log.read_text())
    finally:
        for program in programs:
            program.end(signal.SIGTERM)
    assert list(audit(engine, blobs, scans, {"batch": None})) == []
    done = [
        len((tmp_path / f"readings-{number}").read_text().splitlines()) for number in range(1, MACHINES + 1)
    ]
    assert all(done)
    assert sum(done) > sum(map(len, scans.values()))  # what the third had in hand was done again
    service.close()
    for server in servers:
        server.kill()
