"""The fault test: documents in flight while every part of the service is killed again and again.

``python -m tests.e2e.faults`` runs the long one and prints its table. A seed makes the kills repeatable.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from sqlalchemy import Engine

from tests.e2e.outcome import audit, unfinished
from tests.e2e.programs import QUICK, ROOT, Program
from tests.e2e.setups import SETUPS, servers
from tests.servers import Server, free_port
from tests.workers.fakes import write_scan
from workers.blobs import open_blobs
from workers.store import people
from workers.store.connect import migrate, open_engine, transaction


@dataclass(frozen=True, slots=True)
class Result:
    """What a run was and what it found; `wrong` is empty where nothing was lost, doubled or left."""

    setup: str
    seed: int
    documents: int
    pages: int
    kills: Mapping[str, int]
    in_flight: int
    """Documents taken in and not done at the kill with the most of them."""
    seconds: float
    readings: int
    """Pages read, those that a kill made necessary again included."""
    orphans: int
    wrong: Sequence[str]


@dataclass(slots=True)
class Run:
    """One run of a setup, in `folder`."""

    setup: str
    seed: int
    folder: Path
    documents: int
    kills: int
    pause: tuple[float, float]
    page_seconds: float = 0.5
    killed: Counter[str] = field(default_factory=Counter)
    most: int = 0
    submitted: dict[str, Sequence[Path]] = field(default_factory=dict)
    """Idempotency key → files, of the submissions that were confirmed."""
    refused: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    deadline: float = 0.0

    def run(self) -> Result:
        chance, start = random.Random(self.seed), time.monotonic()
        self.deadline = start + 240 + 2 * self.documents + 20 * self.kills
        scans = self._scans(chance)
        with servers(self.setup) as (database, broker, machines):
            environment = self._environment(database, broker)
            engine = open_engine(database, self.folder / "data")
            migrate(engine)
            with transaction(engine) as session:
                key = people.add_key(session, "faults", "submit", now=time.time())
            port = free_port()
            programs = self._programs(environment, port)
            for program in programs:
                if program.name != "worker":
                    program.start()
            sender = threading.Thread(target=self._send, args=(scans, port, key), daemon=True)
            sender.start()
            try:
                self._chaos(chance, [*programs, *machines], engine, sender)
                if not any(one.process for one in programs if one.name == "worker"):
                    self._start_workers(programs)
                left = self._wait(programs, engine, sender)
            finally:
                for program in programs:
                    program.end(signal.SIGTERM)
            once = [sys.executable, "-m", "workers.cli", "sweep", "--once"]
            swept = subprocess.run(
                once,
                cwd=ROOT,
                env={**environment, "SAMNAO_ORPHAN_HOURS": "0"},
                check=True,
                capture_output=True,
                text=True,
            )
            orphans = int(swept.stdout.split("orphans removed: ")[1].split()[0])
            blobs = open_blobs(None, self.folder / "data")
            ended = [f"{name} ended by itself {count} times" for name, count in self.ended.items()]
            wrong = [*left, *self.refused, *ended, *audit(engine, blobs, scans, self.submitted)]
            engine.dispose()
        log = self.folder / "readings"
        readings = len(log.read_text().splitlines()) if log.exists() else 0
        return Result(
            self.setup,
            self.seed,
            len(scans),
            sum(map(len, scans.values())),
            dict(self.killed),
            self.most,
            time.monotonic() - start,
            readings,
            orphans,
            wrong,
        )

    def _scans(self, chance: random.Random) -> dict[Path, list[int]]:
        values = list(range(1, 3 * self.documents + 1))
        chance.shuffle(values)
        scans = {}
        for number in range(self.documents):
            pages = [values.pop() for _ in range(chance.randint(1, 3))]
            scans[write_scan(self.folder / "scans" / f"{number:04d}.tif", *pages)] = pages
        return scans

    def _environment(self, database: str | None, broker: str | None) -> dict[str, str]:
        named = {"SAMNAO_DATABASE": database, "SAMNAO_BROKER": broker}
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("SAMNAO_")},
            **QUICK,
            **{name: value for name, value in named.items() if value is not None},
            "SAMNAO_DATA": str(self.folder / "data"),
            "SAMNAO_FORMS": str(ROOT / "samples/forms"),
            "STUB_LOG": str(self.folder / "readings"),
            "STUB_SECONDS": str(self.page_seconds),
            "PYTHONPATH": str(ROOT),
        }

    def _programs(self, environment: Mapping[str, str], port: int) -> list[Program]:
        python = [sys.executable, "-m"]
        worker = [*python, "celery", "--quiet", "-A", "tests.workers.stub", "worker", "-c", "2", "-n"]
        web = {**environment, "SAMNAO_PORT": str(port)}
        return [
            Program("worker", [*worker, "one@%h"], environment, self.folder / "worker-1.log"),
            Program("worker", [*worker, "two@%h"], environment, self.folder / "worker-2.log"),
            Program("web", [*python, "workers.cli", "web"], web, self.folder / "web.log"),
            Program("sweep", [*python, "workers.cli", "sweep"], environment, self.folder / "sweep.log"),
        ]

    def _send(self, scans: Mapping[Path, Sequence[int]], port: int, key: str) -> None:
        """Send all scans, five at a time and every tenth submission twice, each until it is confirmed."""
        files = list(scans)
        for first in range(0, len(files), 5):
            name = f"batch-{first // 5}"
            for _ in range(2 if first % 50 == 0 else 1):
                self._send_until_confirmed(files[first : first + 5], name, port, key)

    def _send_until_confirmed(self, files: Sequence[Path], name: str, port: int, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": name}
        while True:
            parts = [("files", (file.name, file.read_bytes(), "image/tiff")) for file in files]
            with suppress(httpx2.HTTPError):
                address = f"http://127.0.0.1:{port}/api/v1/submissions"
                answer = httpx2.post(address, headers=headers, data={"name": name}, files=parts, timeout=20)
                if answer.status_code == 202:
                    self.submitted[name] = files
                    return
                if answer.status_code < 429:
                    self.refused.append(f"refused: {answer.status_code} {answer.text}")
                    return
            time.sleep(0.2)

    def _chaos(
        self,
        chance: random.Random,
        victims: Sequence[Program | Server],
        engine: Engine,
        sender: threading.Thread,
    ) -> None:
        while not self.submitted and sender.is_alive() and self._alive(victims):
            time.sleep(0.1)
        for number in range(self.kills):
            time.sleep(chance.uniform(*self.pause))
            if number == self.kills // 6:  # by then most of the scans are in, and all wait
                self._start_workers(victims)
            victim = chance.choice([one for one in victims if not isinstance(one, Program) or one.process])
            under_way = unfinished(engine)
            if not sender.is_alive() and under_way == 0:
                return
            self.most = max(self.most, under_way or 0)
            if isinstance(victim, Program) and victim.name == "worker":
                self._until_busy(victim, engine)
                time.sleep(chance.uniform(0, self.page_seconds))
            victim.kill()
            self.killed[victim.name] += 1
            time.sleep(chance.uniform(0, 1))
            victim.start()
            if not self._alive(victims):
                return

    def _until_busy(self, worker: Program, engine: Engine) -> None:
        """Wait until it has done some work, or there is none: one that is killed while it starts shows nothing."""
        until = time.monotonic() + 90
        while time.monotonic() < until and unfinished(engine) != 0:
            if b'"done"' in worker.log.read_bytes()[worker.began :] or not worker.alive():
                return
            time.sleep(0.1)

    def _start_workers(self, victims: Sequence[Program | Server]) -> None:
        while sum(map(len, self.submitted.values())) < 0.8 * self.documents and self._alive(victims):
            time.sleep(0.1)
        for one in victims:
            if one.name == "worker":
                one.start()

    def _wait(self, programs: Sequence[Program], engine: Engine, sender: threading.Thread) -> list[str]:
        while sender.is_alive() or unfinished(engine) != 0:
            if not self._alive(programs):
                return [
                    f"{unfinished(engine)} documents not done in time; still sending: {sender.is_alive()}"
                ]
            time.sleep(0.3)
        return []

    def _alive(self, programs: Sequence[Program | Server]) -> bool:
        """Start again what ended by itself, which is counted; False when the time is over."""
        for program in programs:
            if isinstance(program, Program) and program.process and program.process.poll() is not None:
                self.ended[program.name] += 1
                time.sleep(1)
                program.start()
        return time.monotonic() < self.deadline


def table(results: Sequence[Result]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| setup | seed | documents (pages) | most in flight at a kill | killed | pages read again | orphans removed | s | wrong |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        killed = ", ".join(f"{name} {count}" for name, count in sorted(one.kills.items()))
        cells = (
            one.setup,
            one.seed,
            f"{one.documents} ({one.pages})",
            one.in_flight,
            f"{sum(one.kills.values())}: {killed}",
            one.readings - one.pages,
            one.orphans,
            f"{one.seconds:.0f}",
            "; ".join(one.wrong) or "nothing",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """The long run: `python -m tests.e2e.faults [SEED] [DOCUMENTS] [KILLS]`."""
    seed, documents, kills = (int(one) for one in (*arguments, *("1", "260", "30")[len(arguments) :]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = []
    for setup in SETUPS:
        folder = Path(tempfile.mkdtemp(prefix=f"samnao-faults-{uuid.uuid4().hex[:4]}-"))
        result = Run(setup, seed, folder, documents, kills, (0.3, 3.0), page_seconds=1).run()
        results.append(result)
        print(table([result]).splitlines()[-1], flush=True)
        if result.wrong:
            print(f"logs: {folder}")
        else:
            shutil.rmtree(folder)
    print()
    print(table(results))
    return 1 if any(result.wrong for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
