"""The commands about this machine: doctor, settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    for command in (
        doctor,
        settings,
    ):
        app.command()(command)


def doctor(
    out: Annotated[Path, typer.Option("--out", "-o", help="folder that records are to go to")] = Path("out"),
) -> None:
    """Look whether everything samnao needs is here; each problem comes with its remedy."""
    from workers.doctor import examine

    problems = 0
    for finding in examine(out):
        print(f"{'PROBLEM' if finding.remedy else 'ok':8}{finding.subject}: {finding.found}")
        if finding.remedy:
            problems += 1
            print(f"        → {finding.remedy}")
    print("everything is here" if not problems else f"problems: {problems}")
    raise typer.Exit(1 if problems else 0)


def settings() -> None:
    """List every setting: its value, where that comes from, and what it is for."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from workers.settings import described, load_settings

    screen = Console() if sys.stdout.isatty() else Console(width=160)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("setting", "value", "from", "what it is"):
        table.add_column(name, overflow="fold", no_wrap=name == "setting")
    for one in described(load_settings()):
        table.add_row(*map(escape, (one.name, one.value, one.source, one.description)))
    screen.print(table)
