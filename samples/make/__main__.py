"""``python -m samples.make SET [FOLDER]``: makes a set of documents anew."""

from __future__ import annotations

from pathlib import Path

import typer

from samples.make import sets

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Makes sets of invented reports and forms with their expected records."""


@app.command()
def born(folder: Path, count: int = 24, seed: int = 1000) -> None:
    """Born-digital reports, to try extraction on without any OCR."""
    sets.born(folder, count, seed)


if __name__ == "__main__":
    app()
