"""The command line: `samnao COMMAND`. Exit status 0: all was read; 1: some was not; 2: nothing could be done."""

from __future__ import annotations

import io
import sys
import traceback
from pathlib import Path

import typer

from ocr.errors import SamnaoError
from workers.commands import forms, intake, machine, out, quality, scans, service, web

app = typer.Typer(
    name="samnao",
    help="Turns scanned Thai paper forms into checked, structured records.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for subject in (scans, quality, forms, machine, service, intake, out, web):
    subject.register(app)


def main() -> None:
    """The program `samnao`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Thai goes out as UTF-8 whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except SamnaoError as error:
        print(f"samnao: {error}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
        print(
            f"samnao: this should not have happened ({place}); please report it with the command",
            file=sys.stderr,
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
