"""`python -m ocr.training`: fetch the sources, make lines, train, evaluate, package.

`python -m ocr.training all` does all of it, from nothing to `ocr/models/samnao.traineddata`; it takes hours, and goes on
where it was cut off when called again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .evaluate import (
    STOCK,
    Model,
    evaluate_lines,
    evaluate_pages,
    evaluate_sheets,
    held_out_lines,
    held_out_sheets,
    line_table,
    page_table,
)
from .package import MODEL, publish
from .rounds import write_round
from .sources import BUILD, fetch_all
from .train import PLAN, Stage, stage_checkpoint, train_stage

app = typer.Typer(help="Makes samnao's Tesseract model.", no_args_is_help=True, add_completion=False)

_FOLDER = Annotated[Path, typer.Option(help="Where sources, lines and checkpoints lie.")]
_RUN = Annotated[str, typer.Option(help="Name of the training run, a folder under runs/.")]


@app.command()
def fetch(folder: _FOLDER = BUILD) -> None:
    """Fetch fonts and text counts (npm, pip and apt must be there)."""
    fetch_all(folder)


@app.command()
def lines(number: int, count: int = 9000, folder: _FOLDER = BUILD) -> None:
    """Write round NUMBER of fresh training lines."""
    typer.echo(write_round(number, count, folder))


def _list(stage: Stage, folder: Path) -> Path:
    listing = folder / "rounds" / f"round-{stage.round:03d}.list"
    return listing if listing.exists() else write_round(stage.round, stage.lines, folder)


def _finished(number: int, run: Path) -> bool:
    return (run / f"stage-{number:03d}.done").exists()


@app.command()
def train(
    run: _RUN = "main",
    folder: _FOLDER = BUILD,
    rounds: Annotated[int, typer.Option(help="Only the first stages of the plan.")] = len(PLAN),
    lines: Annotated[int | None, typer.Option(help="So many lines a stage instead of the plan's.")] = None,
) -> None:
    """Run the stages of the plan that have not been run yet; lines are made as they are needed."""
    place = folder / "runs" / run
    for number, planned in enumerate(PLAN[:rounds]):
        stage = replace(planned, lines=lines or planned.lines)
        if not _finished(number, place):
            typer.echo(f"stage {number + 1} of {rounds}: {stage.lines} lines at rate {stage.rate}")
            train_stage(place, number, stage, _list(stage, folder), folder)
            (place / f"stage-{number:03d}.done").touch()


@app.command()
def package(
    run: _RUN = "main",
    last: int = 1,
    dictionaries: bool = True,
    folder: _FOLDER = BUILD,
    target: Annotated[Path, typer.Option(help="The file to write; its digest goes beside it.")] = MODEL,
) -> None:
    """Write the mean of the LAST stages' networks to TARGET with its digest."""
    place = folder / "runs" / run
    trained = [stage_checkpoint(place, number) for number in range(len(PLAN))]
    chosen = [checkpoint for checkpoint in trained if checkpoint.exists()][-last:]
    if not chosen:
        raise typer.BadParameter(
            f"no stage of run {run!r} has been trained yet: run `python -m ocr.training train` first"
        )
    typer.echo(f"{publish(chosen, dictionaries, target, folder)}  {target}")


@app.command()
def evaluate(
    each: Annotated[int, typer.Option(help="Held-out lines for each kind of damage.")] = 150,
    sheets: Annotated[int, typer.Option(help="Held-out pages of twelve lines for each kind of damage.")] = 10,
    pages: Annotated[Path | None, typer.Option(help="Folder of NAME.png with NAME.gt.txt beside it.")] = None,
    model: Annotated[Path, typer.Option(help="The model to compare with the stock ones.")] = MODEL,
    folder: _FOLDER = BUILD,
) -> None:
    """Print the model's error rates beside those of tha, tha+eng and script/Thai, all from one run."""
    models = (Model(model.stem, model.parent), *STOCK)
    typer.echo(
        f"Lines as scanned, unprepared\n\n{line_table(evaluate_lines(held_out_lines(each, folder), models))}"
    )
    ready = evaluate_sheets(held_out_sheets(sheets, folder), models)
    typer.echo(f"\nPages, prepared and cut into lines by samnao\n\n{line_table(ready)}")
    if pages is not None:
        for psm in (4, 6):
            typer.echo(f"\nWhole pages, psm {psm}\n\n{page_table(evaluate_pages(pages, models, psm))}")


@app.command("all")
def everything(
    folder: _FOLDER = BUILD,
    target: Annotated[Path, typer.Option(help="The model file to write.")] = MODEL,
    rounds: Annotated[int, typer.Option(help="Only the first stages of the plan.")] = len(PLAN),
    lines: Annotated[int | None, typer.Option(help="So many lines a stage instead of the plan's.")] = None,
) -> None:
    """Fetch, train and package: everything from nothing to the finished model.

    A trial of all steps takes minutes: --folder /tmp/trial --target /tmp/trial/samnao.traineddata --rounds 2 --lines 200.
    """
    fetch_all(folder)
    train(folder=folder, rounds=rounds, lines=lines)
    package(folder=folder, target=target)


if __name__ == "__main__":
    app()
