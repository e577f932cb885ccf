"""What several commands share."""

from __future__ import annotations

import getpass
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

Scans = Annotated[list[Path], typer.Argument(help="scans: files and folders, in any mix", show_default=False)]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="pages read at one time (default: one per core)")
]
Again = Annotated[
    bool, typer.Option("--again", help="read everything anew, also what an earlier run has read")
]


def screen() -> Console:
    """Standard output; wide enough for tables where no terminal sets its width."""
    console = Console()
    return console if console.is_terminal else Console(width=140)


def user() -> str:
    """Who runs this command, for the history."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command"


def stop_on_signals() -> threading.Event:
    """What is set when the process is asked to end."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    return stop
