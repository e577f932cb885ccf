"""`samnao up`: the processes of a service on one machine, kept alive and ended together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_SETTLED = 60.0
"""Seconds after which a process that ran counts as well again."""
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """A process to keep alive: `due` is when it is to be started, `wait` how long after its next death."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    due: float = 0.0
    wait: float = _FIRST_WAIT
    talk: threading.Thread | None = None


@dataclass(slots=True)
class Supervisor:
    """Keeps `children` alive until told to stop; their words go to `out`, each line with its name before it."""

    children: Sequence[Child]
    patience: float
    """Seconds that they have to end in peace."""
    out: IO[str] = field(default_factory=lambda: sys.stdout)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Until `stop` is set; 0, or 1 where a process had to be killed in the end."""
        width = max(len(child.name) for child in self.children)
        try:
            while not self.stop.is_set():
                for child in self.children:
                    self._look(child, width)
                self.stop.wait(0.2)
        finally:
            killed = self._end(width)
        return 1 if killed else 0

    def _look(self, child: Child, width: int) -> None:
        now = time.monotonic()
        if child.process is not None:
            status = child.process.poll()
            if status is None:
                return
            if now - child.started > _SETTLED:
                child.wait = _FIRST_WAIT
            how = f"signal {-status}" if status < 0 else f"exit status {status}"
            self._say(child, f"ended with {how}; it is started again in {child.wait:g} s", width)
            child.process, child.due = None, now + child.wait
            child.wait = min(2 * child.wait, _LONGEST_WAIT)
        if now >= child.due:
            child.started = now
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # Ctrl-C is for this process, which then ends the others
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
            assert child.process.stdout is not None
            arguments = (child, child.process.stdout, width)
            child.talk = threading.Thread(target=self._pass_on, args=arguments, daemon=True)
            child.talk.start()

    def _pass_on(self, child: Child, stream: IO[str], width: int) -> None:
        with stream:
            for line in stream:
                self._say(child, line.rstrip("\n"), width)

    def _say(self, child: Child, text: str, width: int) -> None:
        with suppress(OSError, ValueError):  # nobody listens any more
            self.out.write(f"{child.name:{width}} │ {text}\n")
            self.out.flush()

    def _end(self, width: int) -> bool:
        alive = [child for child in self.children if child.process and child.process.poll() is None]
        for child in alive:
            assert child.process is not None
            with suppress(ProcessLookupError):
                child.process.terminate()
        deadline, killed = time.monotonic() + self.patience, False
        for child in alive:
            assert child.process is not None
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                killed = True
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
                self._say(child, "did not end in time and was killed", width)
        for child in self.children:
            if child.talk is not None:
                child.talk.join(5)
        return killed


def _die_with_parent() -> None:
    """In the child: be told to end when this process is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def commands(parts: Mapping[str, Sequence[str]]) -> list[Child]:
    """The children for samnao's own commands: name → arguments."""
    return [
        Child(name, [sys.executable, "-m", "workers.cli", *arguments]) for name, arguments in parts.items()
    ]
