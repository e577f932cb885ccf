"""The commands that read scans here and now: digitize, read, show."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from workers.commands import common
from workers.commands.common import Again, Jobs, Scans
from workers.pool import MODULES, start_server


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    for command in (
        digitize,
        read,
        show,
    ):
        app.command()(command)


def digitize(
    scans: Scans,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="folder for records.jsonl and failures.jsonl", show_default=False),
    ],
    jobs: Jobs = None,
    again: Again = False,
) -> None:
    """Read scans of known forms and write their records, one line of JSON each.

    The folder describes exactly the scans given. A second run with the same folder reads only what is new or changed, and
    tries again what failed. Beside the records there is a workbook of them, and a list of the fields to look at, each with its picture. Ctrl-C leaves whole lines; the same command goes on from there.
    """
    start_server(MODULES)  # what is imported below loads at the same time as what the workers need
    from workers import setup
    from workers.checklist import CHECKLIST, write_checklist
    from workers.crops import PICTURES
    from workers.journal import FAILURES, RECORDS
    from workers.progress import key_leaves, rows, table, totals
    from workers.projects import PROJECTS, write_projects
    from workers.run import Run
    from workers.settings import load_settings
    from workers.workbook import WORKBOOK, write_workbook

    settings = load_settings()
    forms = setup.forms(settings)
    keys = key_leaves(forms)
    run = Run(scans, out, settings, jobs, again, pictures=out / PICTURES)
    found = [row for scan in run.scans() for row in rows(scan, keys)]
    order = {source: index for index, source in enumerate(run.sources)}
    found.sort(key=lambda row: order[row.source])
    screen = common.screen()
    screen.print(table(found, keys))
    screen.print(f"\n{totals(found, run.seconds)}", highlight=False)
    records = out / RECORDS
    projects = write_projects(records, out / PROJECTS, forms)
    write_workbook(records, out / WORKBOOK, forms)
    waiting = write_checklist(records, out, forms)
    for name, file in (
        ("records", f"{records}"),
        ("table", f"{out / WORKBOOK}"),
        ("to check", f"{out / CHECKLIST} ({waiting})"),
        ("projects", f"{out / PROJECTS} ({projects})"),
        *([("failures", f"{out / FAILURES} ({run.failures})")] if run.failures else []),
    ):
        screen.print(f"{name + ':':<10}{file}", highlight=False, soft_wrap=True)
    raise typer.Exit(run.status)


def read(
    scans: Scans,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="folder for the texts (default: print them)")
    ] = None,
    jobs: Jobs = None,
    again: Again = False,
) -> None:
    """Read scans with no form at all: any Thai page as plain text in reading order.

    One printed line a line; a form feed between two pages.
    """
    start_server(MODULES)
    from workers.reading import print_texts, text_names, write_texts
    from workers.run import Run
    from workers.settings import load_settings

    settings = load_settings()
    if out is None:
        with TemporaryDirectory(prefix="samnao-") as folder:
            run = Run(scans, Path(folder), settings, jobs, plain=True)
            print_texts(run.scans(), lambda: run.sources, lambda text: print(text, end=""))
    else:
        run = Run(scans, out, settings, jobs, again, plain=True)
        names: dict[str, str] = {}

        def name(source: str) -> str:
            names.update({} if names else text_names(run.sources, run.folders))
            return names[source]

        write_texts(run.scans(), out, name)
    raise typer.Exit(run.status)


def show(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RECORDS-OR-SCAN", help="records.jsonl, records.jsonl:3 (its third line), or a scan"
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="folder for the pictures")] = Path("out/show"),
    scans: Annotated[
        Path | None,
        typer.Option("--scans", help="folder of the scans (default: here, or beside the records)"),
    ] = None,
) -> None:
    """Draw the pages with every field boxed, labelled and coloured: green accepted, orange for review."""
    from workers import setup
    from workers.run import Run
    from workers.settings import load_settings
    from workers.show import chosen_records, draw_records

    settings, status = load_settings(), 0
    records = chosen_records(what)
    if records is not None:
        beside = Path(what.rpartition(":")[0] or what).parent
        folders = [scans] if scans else [Path(), beside, beside.parent]
    else:
        run = Run([Path(what)], out, settings)
        records = [json.loads(line) for scan in run.scans() for line in scan.records]
        folders, status = [Path(what)], run.status
    for path in draw_records(records, folders, out, setup.limits(settings)):
        print(path)
    raise typer.Exit(status)
