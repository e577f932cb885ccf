"""The processes of the service, started, ended and killed by tests."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUICK = {
    "SAMNAO_LEASE_SECONDS": "4",
    "SAMNAO_SWEEP_SECONDS": "1",
    "SAMNAO_RING_SECONDS": "3",
    "SAMNAO_RETRY_SECONDS": "0.2",
    "SAMNAO_TRIES": "100",
    "SAMNAO_DRAIN_SECONDS": "10",
}
"""Settings with which a death is noticed soon, and a document is tried again however often it comes."""


@dataclass(slots=True)
class Program:
    """A process of the service that can be killed and started again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    began: int = 0
    """Where the log of the present process begins."""

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.began = log.tell()
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self.command],  # nothing outlives the test
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def end(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(60)

    def kill(self) -> None:
        self.end(signal.SIGKILL)
