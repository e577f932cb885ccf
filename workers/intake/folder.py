"""Watched folders: what is put into DIR is taken when it is whole, and moved to DIR/done or DIR/failed.

A file is a document. A sub-folder is one submission, its loose page images one document. Files that come together are
one submission.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import structlog
import watchfiles

from workers.errors import InputError
from workers.intake import claims
from workers.intake.taking import PATIENCE, State, Watched, right_missing, step
from workers.service import Service
from workers.web.look import open_look

__all__ = ["Watched", "hold", "on_network", "watch"]

log = structlog.get_logger()

_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "9p",
        "fuse.sshfs",
        "fuse.rclone",
        "davfs",
        "virtiofs",
    }
)
_IDLE = 30.0


def watch(service: Service, folders: Sequence[Watched], stop: threading.Event) -> None:
    """Watch the `folders` until `stop` is set. InputError where one cannot be watched."""
    _check_apart([one.path.resolve() for one in folders], service.settings.data.resolve())
    with ExitStack() as held:
        for one in folders:
            held.enter_context(hold(one.path))
        wake = threading.Event()
        local = [one.path for one in folders if one.poll is None and not on_network(one.path)]
        listener = threading.Thread(target=_listen, args=(local, wake, stop), daemon=True)
        listener.start()
        states = [State() for _ in folders]
        look = open_look(1, service.settings.look_seconds, service.settings.look_megabytes)
        held.callback(look.close)
        log.info("watching", folders=len(folders), by_inotify=len(local))
        while not stop.is_set():
            wake.clear()
            pause = _IDLE
            for one, state in zip(folders, states, strict=True):
                now = time.monotonic()
                step(service, one, state, now, look)
                pause = min(pause, _pause(one, state, now, one.path in local))
            _wait(wake, stop, pause)
        listener.join()


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Make the folder ready to be watched, by this process alone; InputError says what is in the way."""
    if not path.is_dir():
        raise InputError(f"{path} is no folder: make it, or correct the name")
    try:
        for name in claims.OURS:
            (path / name).mkdir(exist_ok=True)
        file = (path / claims.WORKING / ".lock").open("w")
    except OSError as error:
        raise InputError(right_missing(path, error)) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{path} is watched by another samnao already: one is enough") from None
        except OSError:
            log.warning("this share cannot lock files: let only one samnao watch the folder")
        yield


def _check_apart(folders: Sequence[Path], data: Path) -> None:
    """InputError where a watched folder holds another one, or the service's own data: they would be taken for scans."""
    for place, one in enumerate(folders):
        for other in (data, *folders[:place], *folders[place + 1 :]):
            if other.is_relative_to(one):
                what = "the data folder of the service" if other == data else f"the watched folder {other}"
                raise InputError(f"{one} holds {what}: watch a folder of its own")


def on_network(path: Path) -> bool:
    """Whether the folder is on a share, where the system does not tell of changes made elsewhere."""
    real = path.resolve()
    mounts = {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    for parent in (real, *real.parents):
        if parent in mounts:
            return mounts[parent] in _NETWORK
    return False


def _pause(one: Watched, state: State, now: float, local: bool) -> float:
    """Seconds until the folder is to be looked at again, if nothing is heard of it."""
    if state.not_before > now:
        return state.not_before - now
    if any(entry.bad == () or entry.quiet(now) < PATIENCE for entry in state.entries.values()):
        return max(0.05, one.settle / 2)
    if local:
        return _IDLE
    return one.poll or 5.0


def _wait(wake: threading.Event, stop: threading.Event, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stop.is_set() and not wake.is_set() and (left := until - time.monotonic()) > 0:
        wake.wait(min(left, 0.5))


def _listen(folders: Sequence[Path], wake: threading.Event, stop: threading.Event) -> None:
    """Set `wake` whenever something happens in one of the `folders`."""
    if not folders:
        return
    try:
        for _ in watchfiles.watch(
            *folders, watch_filter=_not_ours, stop_event=stop, recursive=False, rust_timeout=500, debounce=100
        ):
            wake.set()
    except Exception as error:  # too many watches on this machine: the looks at intervals go on
        log.warning("the system does not tell of changes; looking at intervals", error=type(error).__name__)


def _not_ours(_: watchfiles.Change, path: str) -> bool:
    return Path(path).name not in claims.OURS
