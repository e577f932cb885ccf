"""`python -m ocr.training`: fetch the sources, make lines, train, evaluate, package.

`python -m ocr.training all` does all of it, from nothing to `ocr/models/samnao.traineddata`; it takes hours, and goes on
where it was cut off when called again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .evaluate import STOCK, Model, evaluate_lines, evaluate_pages, held_out_lines, line_table, page_table
from .package import MODEL, publish
from .rounds import write_round
from .sources import BUILD, fetch_all
from .train import PLAN, Stage, stage_checkpoint, train_stage

app = typer.Typer(help="Makes samnao's Tesseract model.", no_args_is_help=True, add_completion=False)

_RUN = Annotated[str, typer.Option(help="Name of the training run, a folder under build/training/runs.")]


@app.command()
def fetch() -> None:
    """Fetch fonts and text counts into build/training (npm, pip and apt must be there)."""
    fetch_all()


@app.command()
def lines(number: int, count: int = 9000) -> None:
    """Write round NUMBER of fresh training lines."""
    typer.echo(write_round(number, count))


def _list(stage: Stage) -> Path:
    listing = BUILD / "rounds" / f"round-{stage.round:03d}.list"
    return listing if listing.exists() else write_round(stage.round, stage.lines)


def _finished(number: int, run: Path) -> bool:
    return (run / f"stage-{number:03d}.done").exists()


@app.command()
def train(run: _RUN = "main") -> None:
    """Run the stages of the plan that have not been run yet; lines are made as they are needed."""
    folder = BUILD / "runs" / run
    for number, stage in enumerate(PLAN):
        if not _finished(number, folder):
            typer.echo(f"stage {number} of {len(PLAN)}: {stage.lines} lines at rate {stage.rate}")
            train_stage(folder, number, stage, _list(stage))
            (folder / f"stage-{number:03d}.done").touch()


@app.command()
def package(run: _RUN = "main", last: int = 1, dictionaries: bool = True) -> None:
    """Write the mean of the LAST stages' networks to ocr/models with its digest."""
    folder = BUILD / "runs" / run
    chosen = [
        stage_checkpoint(folder, number)
        for number in range(len(PLAN))
        if stage_checkpoint(folder, number).exists()
    ]
    if not chosen:
        raise typer.BadParameter(
            f"no stage of run {run!r} has been trained yet: run `python -m ocr.training train` first"
        )
    typer.echo(f"{publish(chosen[-last:], dictionaries)}  {MODEL}")


@app.command()
def evaluate(
    each: Annotated[int, typer.Option(help="Held-out lines for each kind of damage.")] = 150,
    pages: Annotated[Path | None, typer.Option(help="Folder of NAME.png with NAME.gt.txt beside it.")] = None,
    model: Annotated[Path, typer.Option(help="The model to compare with the stock ones.")] = MODEL,
) -> None:
    """Print the model's error rates beside those of tha, tha+eng and script/Thai, all from one run."""
    models = (Model(model.stem, model.parent), *STOCK)
    typer.echo(line_table(evaluate_lines(held_out_lines(each), models)))
    if pages is not None:
        for psm in (4, 6):
            typer.echo(f"\nWhole pages, psm {psm}\n\n{page_table(evaluate_pages(pages, models, psm))}")


@app.command("all")
def everything() -> None:
    """Fetch, train and package: everything from nothing to the finished model."""
    fetch_all()
    train()
    package()


if __name__ == "__main__":
    app()
