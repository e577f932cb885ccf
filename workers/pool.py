"""A small process pool that survives its workers: each task has a time and a memory limit of its own.

The pools of the standard library break when a worker is killed. Here a worker that crashes, hangs or takes too much
memory costs its own task only: the worker and everything it started are killed, a fresh one takes its place, and the
task ends in a `Failure`. Tasks are handed out only to idle workers, so that nothing piles up between the processes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import connection as pipes
from multiprocessing import forkserver, get_context
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from ocr.errors import EngineError, PageMemory, PageTimeout, SamnaoError
from workers.errors import OutputError, PageCrash

TICK = 0.25
"""Seconds between two looks at the time and memory of the busy workers."""

MODULES = ("workers.steps", "workers.warm")
"""What the workers of a batch share: imported once, before they are forked."""


@dataclass(frozen=True, slots=True)
class Task:
    """A call `function(*arguments)` to make in a worker; `key` is the caller's own; `seconds` is its time limit."""

    key: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task gave no value: the stable `code` and message of an error.

    `fatal` where no other task can succeed either; `died` where the worker was killed, perhaps from outside.
    """

    code: str
    message: str
    fatal: bool = False
    died: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What a task took: wall and CPU seconds of the worker and of the programs it ran, and their peak memory in MB."""

    wall: float = 0.0
    own_cpu: float = 0.0
    programs_cpu: float = 0.0
    own_peak: float = 0.0
    programs_peak: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Both together: times add up, of the peaks the higher counts."""
        return Usage(
            self.wall + other.wall,
            self.own_cpu + other.own_cpu,
            self.programs_cpu + other.programs_cpu,
            max(self.own_peak, other.own_peak),
            max(self.programs_peak, other.programs_peak),
        )


NO_USAGE = Usage()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended: `value`, or None and a `failure`."""

    task: Task
    value: Any
    failure: Failure | None
    usage: Usage = NO_USAGE


def failure_of(error: BaseException) -> Failure:
    """`error` as data. Errors that samnao did not raise on purpose are named with their place in the code."""
    if isinstance(error, SamnaoError):
        return Failure(error.code, str(error), isinstance(error, EngineError))
    if isinstance(error, MemoryError):
        return Failure(
            PageMemory.code, "the page takes more memory than this machine has; scan it at a lower resolution"
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(
            OutputError.code, "the disk is full; free some space and run the same command again", fatal=True
        )
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    return Failure(
        PageCrash.code,
        f"the reader failed on this page ({type(error).__name__}{place}); please report it with the scan",
    )


def _usage(start: tuple[float, resource.struct_rusage, resource.struct_rusage]) -> Usage:
    own, programs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(
        wall=time.monotonic() - start[0],
        own_cpu=own.ru_utime + own.ru_stime - start[1].ru_utime - start[1].ru_stime,
        programs_cpu=programs.ru_utime + programs.ru_stime - start[2].ru_utime - start[2].ru_stime,
        own_peak=own.ru_maxrss / 1024,
        programs_peak=programs.ru_maxrss / 1024,
    )


def _serve(pipe: pipes.Connection, setup: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    """The life of a worker: calls in, replies out, until the pipe closes."""
    os.setpgrp()  # so that the worker and the programs it runs are killed together, and Ctrl-C is the parent's alone
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if setup is not None:
        setup(*arguments)
    while True:
        try:
            function, given = pipe.recv()
        except (EOFError, OSError):
            return
        except Exception as error:
            pipe.send((None, failure_of(error), Usage()))
            continue
        start = (
            time.monotonic(),
            resource.getrusage(resource.RUSAGE_SELF),
            resource.getrusage(resource.RUSAGE_CHILDREN),
        )
        value, failure = None, None
        try:
            value = function(*given)
        except Exception as error:
            failure = failure_of(error)
        usage = _usage(start)
        try:
            reply = ForkingPickler.dumps((value, failure, usage))
        except Exception as error:
            reply = ForkingPickler.dumps((None, failure_of(error), usage))
        try:
            pipe.send_bytes(reply)
        except OSError:  # whoever asked was killed meanwhile
            return


def start_server(preload: tuple[str, ...]) -> None:
    """Start the process that forks the workers, if it does not run yet, and let it import `preload` meanwhile.

    Workers are to have one thread each: there is one of them for each core.
    """
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    os.environ["OMP_THREAD_LIMIT"] = "1"
    get_context("forkserver").set_forkserver_preload(list(preload))
    forkserver.ensure_running()


def resident(pid: int) -> int:
    """Resident bytes of a process and of all its descendants; 0 where there is no such process.

    Looked up in /proc where it is: psutil searches all processes of the machine for the children of one.
    """
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident(int(child)) for child in children)
    except (OSError, ValueError, IndexError):
        pass
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return int(process.memory_info().rss) + sum(resident(child.pid) for child in process.children())
    return 0


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: pipes.Connection
    task: Task | None = None
    since: float = 0.0

    def memory(self) -> float:
        """Resident megabytes of the worker and of every program it runs; 0 once it is gone."""
        return resident(self.process.pid) / 2**20

    def kill(self) -> None:
        """End the worker and every program it runs, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class Pool:
    """At most `jobs` workers, each limited to `megabytes` with the programs it runs.

    `setup(*arguments)` runs once in each fresh worker; `preload` names modules to import before workers are forked.
    Use as a context manager: leaving it kills whatever still runs.
    """

    jobs: int
    megabytes: float
    setup: Callable[..., None] | None = None
    arguments: tuple[Any, ...] = ()
    preload: tuple[str, ...] = ()
    peak: float = 0.0
    _workers: list[_Worker] = field(default_factory=list)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def idle(self) -> int:
        """How many tasks can be started now."""
        return self.jobs - self.busy

    @property
    def busy(self) -> int:
        """How many tasks are running."""
        return sum(worker.task is not None for worker in self._workers)

    def start(self, task: Task) -> None:
        """Hand `task` to an idle worker; ValueError where there is none."""
        if not self.idle:
            raise ValueError("every worker is busy: call wait() first")
        worker = next((w for w in self._workers if w.task is None), None) or self._hire()
        try:
            worker.pipe.send((task.function, task.arguments))
        except OSError:  # it died while idle
            self._dismiss(worker)
            worker = self._hire()
            worker.pipe.send((task.function, task.arguments))
        worker.task, worker.since = task, time.monotonic()

    def wait(self) -> list[Outcome]:
        """Block until at least one running task has ended; empty only where none runs."""
        while busy := [worker for worker in self._workers if worker.task is not None]:
            ready = pipes.wait([worker.pipe for worker in busy], timeout=TICK)
            outcomes = [self._receive(worker) for worker in busy if worker.pipe in ready]
            now = time.monotonic()
            for worker in busy:
                if worker.task is not None and (excess := self._excess(worker, now)):
                    outcomes.append(Outcome(worker.task, None, excess))
                    self._dismiss(worker)
            if outcomes:
                return outcomes
        return []

    def kill(self) -> None:
        """End every worker at once; their tasks give no outcome."""
        for worker in list(self._workers):
            self._dismiss(worker)

    def interrupt(self) -> None:
        """Kill what runs, from another thread: the tasks end in a failure that `died`."""
        for worker in list(self._workers):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(worker.process.pid, signal.SIGKILL)
            worker.process.kill()

    def _hire(self) -> _Worker:
        start_server(self.preload)
        context = get_context("forkserver")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.setup, self.arguments), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.task = None
        worker.kill()

    def _receive(self, worker: _Worker) -> Outcome:
        task = worker.task
        assert task is not None
        try:
            value, failure, usage = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(1)
            code = worker.process.exitcode
            how = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
            self._dismiss(worker)
            return Outcome(
                task,
                None,
                Failure(PageCrash.code, f"the process that read the page died ({how}); try again", died=True),
            )
        except Exception as error:
            self._dismiss(worker)
            return Outcome(task, None, failure_of(error))
        worker.task = None
        return Outcome(task, value, failure, usage)

    def _excess(self, worker: _Worker, now: float) -> Failure | None:
        assert worker.task is not None
        if now - worker.since > worker.task.seconds:
            message = f"this took longer than {worker.task.seconds:g} s; look at the scan, or raise SAMNAO_PAGE_SECONDS"
            return Failure(PageTimeout.code, message)
        used = worker.memory()
        self.peak = max(self.peak, used)
        if used > self.megabytes:
            message = (
                f"this took more than {self.megabytes:g} MB of memory; scan at a lower resolution, "
                "or raise SAMNAO_PAGE_MEGABYTES"
            )
            return Failure(PageMemory.code, message)
        return None
