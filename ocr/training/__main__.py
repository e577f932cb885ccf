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
from .package import MODEL, publish, trained
from .plan import LINES, Plan
from .sources import BUILD, TESSDATA, fetch_all
from .starter import starter_network

app = typer.Typer(help="Makes samnao's Tesseract model.", no_args_is_help=True, add_completion=False)

_FOLDER = Annotated[Path, typer.Option(help="Where sources and training runs lie.")]
_RUN = Annotated[str, typer.Option(help="Name of the training run, a folder under runs/.")]
_LINES = Annotated[int, typer.Option(help="So many training lines.")]
_MAKERS = Annotated[int, typer.Option(help="Processes that make lines; each makes some hundred a second.")]


@app.command()
def fetch(folder: _FOLDER = BUILD) -> None:
    """Fetch fonts and text counts (npm, pip and apt must be there)."""
    fetch_all(folder)


@app.command()
def train(
    run: _RUN = "main",
    folder: _FOLDER = BUILD,
    lines: _LINES = LINES,
    makers: _MAKERS = 1,
) -> None:
    """Train from Debian's `tha` on fresh lines; goes on where it was cut off when called again."""
    from .train import train as descend  # PyTorch is there only where a model is made

    start = starter_network(TESSDATA / "tha.traineddata")
    for said in descend(start, replace(Plan(), lines=lines), folder / "runs" / run, makers, folder):
        typer.echo(said)


@app.command()
def package(
    run: _RUN = "main",
    dictionaries: bool = True,
    folder: _FOLDER = BUILD,
    target: Annotated[Path, typer.Option(help="The file to write; its digest goes beside it.")] = MODEL,
) -> None:
    """Write what a run has trained to TARGET, with its digest."""
    try:
        network = trained(folder / "runs" / run)
    except FileNotFoundError:
        raise typer.BadParameter(
            f"run {run!r} has not been trained to its end: run `python -m ocr.training train` first"
        ) from None
    typer.echo(f"{publish(network, dictionaries, target)}  {target}")


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
    lines: _LINES = LINES,
    makers: _MAKERS = 1,
) -> None:
    """Fetch, train and package: everything from nothing to the finished model.

    A trial of all steps takes minutes: --folder /tmp/trial --target /tmp/trial/samnao.traineddata --lines 2000.
    """
    fetch_all(folder)
    train(folder=folder, lines=lines, makers=makers)
    package(folder=folder, target=target)


if __name__ == "__main__":
    app()
