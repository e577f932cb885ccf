"""``python -m samples.make SET [FOLDER]``: makes a set of documents anew."""

from __future__ import annotations

from pathlib import Path

import typer

from samples.make import sets
from samples.make.stock import HELDOUT_SUBJECTS, TUNING_SUBJECTS
from samples.make.style import HELDOUT_FONTS, TUNING_FONTS

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Makes sets of invented reports and forms with their expected records."""


@app.command()
def born(folder: Path, count: int = 24, seed: int = 1000) -> None:
    """Born-digital reports, to try extraction on without any OCR."""
    sets.born(folder, count, seed)


@app.command()
def scans(
    folder: Path, count: int = 30, seed: int = 2000, heldout: bool = False, worse: bool = False
) -> None:
    """Scans of every kind; `--heldout` takes the fonts and subjects that are kept for reporting, `--worse` devices that
    are out of order.
    """
    fonts = HELDOUT_FONTS if heldout else TUNING_FONTS
    subjects = HELDOUT_SUBJECTS if heldout else TUNING_SUBJECTS
    sets.scanned(folder, sets.random_recipes(seed, count, worse), fonts, subjects)


@app.command()
def repairs(folder: Path, count: int = 9, seed: int = 500) -> None:
    """School-repair requests, born digital and scanned."""
    sets.repairs(folder, count, seed)


@app.command()
def golden(folder: Path = Path("tests/golden")) -> None:
    """The documents of the tests."""
    sets.golden(folder)


@app.command()
def samples(folder: Path = Path("samples")) -> None:
    """The committed samples, the same set each time."""
    sets.committed(folder)


if __name__ == "__main__":
    app()
