"""The command line: `samnao COMMAND`. Exit status 0: all was read; 1: some was not; 2: nothing could be done."""

from __future__ import annotations

import io
import json
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from ocr.errors import SamnaoError
from workers import commands_intake, commands_service, commands_web
from workers.pool import MODULES, start_server

app = typer.Typer(
    name="samnao",
    help="Turns scanned Thai paper forms into checked, structured records.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Scans = Annotated[list[Path], typer.Argument(help="scans: files and folders, in any mix", show_default=False)]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="pages read at one time (default: one per core)")
]
Again = Annotated[
    bool, typer.Option("--again", help="read everything anew, also what an earlier run has read")
]


@app.command()
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
    tries again what failed. Ctrl-C leaves whole lines; the same command goes on from there.
    """
    start_server(MODULES)  # what is imported below loads at the same time as what the workers need
    from workers import setup
    from workers.progress import key_leaves, rows, table, totals
    from workers.projects import PROJECTS, write_projects
    from workers.run import Run
    from workers.settings import load_settings

    settings = load_settings()
    forms = setup.forms(settings)
    keys = key_leaves(forms)
    run = Run(scans, out, settings, jobs, again)
    found = [row for scan in run.scans() for row in rows(scan, keys)]
    order = {source: index for index, source in enumerate(run.sources)}
    found.sort(key=lambda row: order[row.source])
    screen = _screen()
    screen.print(table(found, keys))
    screen.print(f"\n{totals(found, run.seconds)}", highlight=False)
    projects = write_projects(out / "records.jsonl", out / PROJECTS, forms)
    screen.print(f"records:  {out / 'records.jsonl'}", highlight=False, soft_wrap=True)
    screen.print(f"projects: {out / PROJECTS} ({projects})", highlight=False, soft_wrap=True)
    if run.failures:
        screen.print(f"failures: {out / 'failures.jsonl'} ({run.failures})", highlight=False, soft_wrap=True)
    raise typer.Exit(run.status)


@app.command()
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


@app.command()
def evaluate(
    folder: Annotated[
        Path, typer.Argument(help="folder of scans with expected.jsonl beside them", show_default=False)
    ],
    records: Annotated[
        Path | None, typer.Option("--records", help="compare these records instead of digitizing the scans")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="folder for records and report (default: out/evaluate-NAME)"),
    ] = None,
    jobs: Jobs = None,
    again: Again = False,
) -> None:
    """Compare what is read with what is known to stand on the scans, as a table and as report.html."""
    from workers import setup
    from workers.evaluate.command import compare_files, crops_of, write_report
    from workers.evaluate.report import tables, worst
    from workers.run import Run
    from workers.settings import load_settings

    settings = load_settings()
    out = out or Path("out") / f"evaluate-{folder.resolve().name}"
    expected = folder / "expected.jsonl"
    if records is None:
        run = Run([folder], out, settings, jobs, again)
        for _ in run.scans():
            pass
        if run.interrupted:
            raise typer.Exit(run.status)
        records = out / "records.jsonl"
    comparison = compare_files(expected, records, setup.forms(settings))
    screen = _screen()
    for view in tables(comparison):
        screen.print(view)
        screen.print()
    crops = crops_of(worst(comparison), folder, setup.limits(settings))
    report = write_report(comparison, out, folder.resolve().name, crops)
    screen.print(f"report: {report}", highlight=False, soft_wrap=True)


@app.command()
def calibrate(
    folder: Annotated[
        Path, typer.Argument(help="folder of scans with expected.jsonl beside them", show_default=False)
    ],
    unseen: Annotated[
        Path | None,
        typer.Option(help="report on the scans of this folder instead, which the fit does not see"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="folder for numbers and report (default: out/calibrate-NAME)"),
    ] = None,
    jobs: Jobs = None,
) -> None:
    """Fit the confidences to scans whose truth is known, and report how well they keep their word.

    Writes calibration.json and calibration.html. To use the numbers put them in place of postprocess/calibration.json.
    """
    from workers.calibrate.command import calibrate as fitted
    from workers.calibrate.command import judged, write
    from workers.calibrate.report import tables
    from workers.settings import load_settings

    settings, screen = load_settings(), _screen()
    out = out or Path("out") / f"calibrate-{folder.resolve().name}"
    jobs = jobs or settings.jobs

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    calibration, leaves = fitted(folder, out, settings, jobs, tell)
    if unseen is not None:
        leaves = judged(unseen, out, settings, jobs, tell, calibration)
    for table in tables(leaves, calibration):
        screen.print(table)
        screen.print()
    title = f"Calibration on {folder.resolve().name}"
    numbers, report = write(
        out, calibration, leaves, title if unseen is None else f"{title}, seen on {unseen.name}"
    )
    screen.print(f"numbers: {numbers}\nreport:  {report}", highlight=False, soft_wrap=True)


@app.command()
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


forms_app = typer.Typer(help="The forms that samnao knows, and checking new ones.", no_args_is_help=True)
app.add_typer(forms_app, name="forms")


@forms_app.command("list")
def list_forms() -> None:
    """List the forms that samnao knows."""
    from workers import setup
    from workers.settings import load_settings

    for form in setup.forms(load_settings()):
        print(f"{form.name}  {form.version}  {form.title}")


@forms_app.command("show")
def show_form(
    name: Annotated[str, typer.Argument(help="a form's name, as `samnao forms list` gives it")],
) -> None:
    """Show the fields of a form: the path of each value, its kind and the labels it is found by."""
    from workers import setup
    from workers.errors import InputError
    from workers.forms import described
    from workers.settings import load_settings

    known = {form.name: form for form in setup.forms(load_settings())}
    if name not in known:
        raise InputError(f"no form is called {name}; known are {', '.join(known)}")
    _screen().print(described(known[name]))


@forms_app.command("check")
def check_form(file: Annotated[Path, typer.Argument(help="a form definition (TOML)")]) -> None:
    """Check a form definition: a mistake is named with its key."""
    from postprocess.forms import load_form

    form = load_form(file)
    leaves = sum(1 for _ in form.leaves())
    print(
        f"{file}: good. {form.name}, version {form.version}, {len(form.sections)} sections, {leaves} kinds of values"
    )


@app.command()
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


commands_service.register(app)
commands_intake.register(app)
commands_web.register(app)


def _screen() -> Console:
    """Standard output; wide enough for tables where no terminal sets its width."""
    screen = Console()
    return screen if screen.is_terminal else Console(width=140)


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
