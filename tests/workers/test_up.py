"""The supervisor: what dies is started again, what is told to end ends, and nothing outlives it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from workers.up import Child, Supervisor, commands

DIES = "import sys; print('ดีใจ'); sys.exit(3)"
LIVES = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('here', flush=True); signal.pause()"
DEAF = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
)


class Screen(io.StringIO):
    """What is said, and a way to wait for it."""

    def wait_for(self, text: str, times: int = 1) -> None:
        while self.getvalue().count(text) < times:
            time.sleep(0.01)


def child(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code], wait=0.01)


def run(supervisor: Supervisor) -> tuple[threading.Thread, list[int]]:
    status: list[int] = []
    thread = threading.Thread(target=lambda: status.append(supervisor.run()))
    thread.start()
    return thread, status


def test_what_dies_is_started_again_and_waited_for_longer_each_time() -> None:
    screen = Screen()
    dying = child("dying", DIES)
    supervisor = Supervisor([dying, child("living", LIVES)], 30, screen)
    thread, status = run(supervisor)
    screen.wait_for("dying  │ ended with exit status 3", 3)
    supervisor.stop.set()
    thread.join()
    assert status == [0]
    assert dying.wait >= 0.08
    assert "dying  │ ดีใจ\n" in screen.getvalue()
    assert "living │ here\n" in screen.getvalue()


def test_what_does_not_end_in_time_is_killed() -> None:
    screen = Screen()
    deaf = child("deaf", DEAF)
    supervisor = Supervisor([deaf], 0, screen)
    thread, status = run(supervisor)
    screen.wait_for("deaf │ deaf")
    supervisor.stop.set()
    thread.join()
    assert status == [1]
    assert "was killed" in screen.getvalue()


def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from workers.up import Child, Supervisor; "
        f"Supervisor([Child('one', [sys.executable, '-c', {LIVES!r}])], 30).run()"
    )
    outer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert outer.stdout is not None
    assert outer.stdout.readline() == "one │ here\n"
    (inner,) = psutil.Process(outer.pid).children()
    os.kill(outer.pid, signal.SIGKILL)
    outer.wait()
    outer.stdout.close()
    inner.wait(30)


def test_children_are_samnao_s_own_commands() -> None:
    (sweep,) = commands({"sweep": ["sweep", "--once"]})
    assert list(sweep.command) == [sys.executable, "-m", "workers.cli", "sweep", "--once"]
