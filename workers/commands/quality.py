"""The commands that say how good the reading is: evaluate, calibrate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from workers.commands import common
from workers.commands.common import Again, Jobs


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    for command in (
        evaluate,
        calibrate,
    ):
        app.command()(command)


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
    screen = common.screen()
    for view in tables(comparison):
        screen.print(view)
        screen.print()
    crops = crops_of(worst(comparison), folder, setup.limits(settings))
    report = write_report(comparison, out, folder.resolve().name, crops)
    screen.print(f"report: {report}", highlight=False, soft_wrap=True)


def calibrate(
    folders: Annotated[
        list[Path],
        typer.Argument(help="folders of scans with expected.jsonl beside them", show_default=False),
    ],
    unseen: Annotated[
        Path | None,
        typer.Option(help="report on the scans of this folder instead, which the fit does not see"),
    ] = None,
    worse: Annotated[
        list[Path] | None,
        typer.Option(
            help="scans from devices out of order: they shape the weights and the thresholds of poor and faint ones"
        ),
    ] = None,
    apart: Annotated[
        list[Path] | None,
        typer.Option(
            help="scans that nobody has looked at: the thresholds come from them, the weights do not"
        ),
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
    from workers.calibrate.command import leaves_of, write
    from workers.calibrate.report import tables
    from workers.settings import load_settings

    settings, screen = load_settings(), common.screen()
    names = "-".join(folder.resolve().name for folder in folders)
    out = out or Path("out") / f"calibrate-{names}"
    jobs = jobs or settings.jobs

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    calibration, leaves = fitted(folders, out, settings, jobs, tell, worse or (), apart or ())
    if unseen is not None:
        leaves = leaves_of(unseen, out, settings, jobs, tell, calibration)
    for table in tables(leaves, calibration):
        screen.print(table)
        screen.print()
    title = f"Calibration on {names}"
    numbers, report = write(
        out, calibration, leaves, title if unseen is None else f"{title}, seen on {unseen.name}"
    )
    screen.print(f"numbers: {numbers}\nreport:  {report}", highlight=False, soft_wrap=True)
