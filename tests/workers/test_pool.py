"""The pool against everything a task can do to its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from ocr.errors import DamagedFile, EngineMissing
from workers.pool import Outcome, Pool, Task


def double(number: int) -> int:
    return 2 * number


def fail(error: Exception) -> None:
    raise error


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def hang() -> None:
    time.sleep(600)


def hang_in_program() -> None:
    subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"], check=True)


def swallow(megabytes: int) -> None:
    held = bytearray(os.urandom(2**20)) * megabytes
    time.sleep(600)
    del held


class Unpicklable(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__("two")
        self.lock = threading.Lock()


def fail_badly() -> None:
    raise Unpicklable(1, 2)


def give_badly() -> Any:
    return threading.Lock()


def process_id() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(jobs=2, megabytes=400, preload=("workers.pool",)) as pool:
        yield pool


def one(pool: Pool, function: Any, *arguments: Any, seconds: float = 60.0) -> Outcome:
    pool.start(Task("key", function, arguments, seconds))
    (outcome,) = pool.wait()
    assert outcome.task.key == "key"
    return outcome


def code(outcome: Outcome) -> str | None:
    return outcome.failure.code if outcome.failure else None


def test_values_come_back(pool: Pool) -> None:
    tasks = [Task(n, double, (n,), 60.0) for n in range(20)]
    seen: dict[int, int] = {}
    while tasks or pool.busy:
        while pool.idle and tasks:
            pool.start(tasks.pop())
        seen.update({o.task.key: o.value for o in pool.wait()})
    assert seen == {n: 2 * n for n in range(20)}


def test_no_task_beyond_the_idle_workers(pool: Pool) -> None:
    for number in range(2):
        pool.start(Task(number, double, (number,), 60.0))
    with pytest.raises(ValueError, match="busy"):
        pool.start(Task(3, double, (3,), 60.0))
    while pool.busy:
        pool.wait()
    assert pool.wait() == []


def test_errors_come_back_with_code_and_message(pool: Pool) -> None:
    failure = one(pool, fail, DamagedFile("cut off; scan again")).failure
    assert failure is not None
    assert (failure.code, failure.message, failure.fatal) == ("damaged_file", "cut off; scan again", False)
    failure = one(pool, fail, EngineMissing("install it")).failure
    assert failure is not None
    assert failure.fatal


def test_an_unforeseen_error_is_a_failure_without_its_text(pool: Pool) -> None:
    failure = one(pool, fail, KeyError("นายสมมติ")).failure
    assert failure is not None
    assert failure.code == "page_crash"
    assert "สมมติ" not in failure.message
    assert "KeyError" in failure.message


@pytest.mark.parametrize("function", [fail_badly, give_badly])
def test_what_cannot_be_pickled_is_a_failure(pool: Pool, function: Any) -> None:
    assert code(one(pool, function)) == "page_crash"
    assert one(pool, double, 2).value == 4


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_killed_worker_costs_its_task_only(pool: Pool, number: int) -> None:
    pool.start(Task("dies", die, (number,), 60.0))
    pool.start(Task("lives", double, (21,), 60.0))
    outcomes: dict[str, Outcome] = {}
    while pool.busy:
        outcomes.update({o.task.key: o for o in pool.wait()})
    assert code(outcomes["dies"]) == "page_crash"
    assert outcomes["lives"].value == 42
    assert one(pool, double, 3).value == 6


def test_a_worker_that_dies_while_idle_is_replaced(pool: Pool) -> None:
    first = one(pool, process_id).value
    dying = psutil.Process(first)
    dying.kill()
    psutil.wait_procs([dying])
    assert [one(pool, double, n).value for n in range(4)] == [0, 2, 4, 6]


@pytest.mark.parametrize("function", [hang, hang_in_program])
def test_a_hanging_task_ends_at_its_limit_with_all_it_started(pool: Pool, function: Any) -> None:
    assert code(one(pool, function, seconds=1.0)) == "page_timeout"
    sleeping = [
        p for p in psutil.process_iter(["cmdline"]) if "time.sleep(600)" in " ".join(p.info["cmdline"] or [])
    ]
    assert not sleeping
    assert one(pool, double, 5).value == 10


def test_a_task_that_takes_too_much_memory_ends(pool: Pool) -> None:
    assert code(one(pool, swallow, 700)) == "page_memory"
    assert one(pool, double, 6).value == 12


def test_leaving_the_pool_ends_what_runs() -> None:
    with Pool(jobs=1, megabytes=400) as own:
        pid = one(own, process_id).value
        own.start(Task("key", hang, (), 600.0))
    assert not psutil.pid_exists(pid)
