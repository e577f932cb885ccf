"""Writes rounds of fresh training lines, and the held-out lines, as `.lstmf` documents with their lists."""

from __future__ import annotations

from pathlib import Path

from .fonts import faces
from .lines import lines, png
from .lstmf import write_documents
from .sources import BUILD, TESSDATA
from .starter import stock_characters
from .text import load_sources

LINES_PER_DOCUMENT = 250
HELD_OUT_SEED = 2_000_000_000


def write_round(number: int, count: int, build: Path = BUILD, held_out: bool = False) -> Path:
    """Write round `number` of `count` lines; returns the list of its documents for lstmtraining or lstmeval.

    Every round has seeds of its own, so that no line comes twice. Held-out lines come from the held-out fonts.
    """
    sources = load_sources(stock_characters(TESSDATA / "tha.traineddata"), build)
    first = (HELD_OUT_SEED if held_out else 0) + number * 1_000_000
    name = f"{'held' if held_out else 'round'}-{number:03d}"
    made = (png(line) for line in lines(first, count, sources, faces(held_out, build)))
    paths = write_documents(made, build / "rounds" / name, LINES_PER_DOCUMENT)
    listing = build / "rounds" / f"{name}.list"
    listing.write_text("".join(f"{path.resolve()}\n" for path in paths), "utf-8")
    return listing
