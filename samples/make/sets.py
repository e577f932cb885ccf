"""Whole sets of documents: what each holds, where it goes, and the expected records beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from samples.make import style
from samples.make.content import invent
from samples.make.damage import KINDS
from samples.make.documents import Printed, expected, printed
from samples.make.scans import Recipe, make
from samples.make.stock import SUBJECTS
from samples.make.stock.types import Subject


def write_lines(lines: Iterable[dict[str, Any]], target: Path) -> None:
    """`lines` as JSON lines."""
    target.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )


def varied(
    seed: int, name: str, folder: Path, fonts: Sequence[str], subjects: Sequence[Subject] = SUBJECTS
) -> Printed:
    """A document of 1 to 4 records, or copies of one, in a style of its own: all chosen by `seed`."""
    rng = Random(seed)
    manner = style.choose(rng, fonts)
    count = rng.choice((1, 1, 1, 2, 3))
    projects = [invent(rng, subjects) for _ in range(count)]
    if count == 1 and rng.random() < 0.2:
        projects = [projects[0], replace(projects[0], signed=False, signer=None, position=None)]
    return printed(name, projects, manner, rng, folder, breaks=rng.random() < 0.35)


def born(folder: Path, count: int = 24, seed: int = 1000) -> None:
    """`count` born-digital reports with ``expected.jsonl``."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, Any]] = []
    for i in range(count):
        document = varied(seed + i, f"born-{i + 1:02}", folder, style.TUNING_FONTS)
        lines += expected(document, f"born-{i + 1:02}.pdf")
    write_lines(lines, folder / "expected.jsonl")


def scanned(
    folder: Path, recipes: Sequence[Recipe], fonts: Sequence[str], subjects: Sequence[Subject]
) -> None:
    """Makes `recipes` in `folder` with ``expected.jsonl``, written anew after each document."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, Any]] = []
    for recipe in recipes:
        lines += make(recipe, folder, fonts, subjects)
        write_lines(lines, folder / "expected.jsonl")


def random_recipes(seed: int, count: int) -> list[Recipe]:
    """`count` recipes over all kinds of scan, formats and marks."""
    rng = Random(seed)
    kinds = ("flatbed", "feeder", "fax", "faded", "phone", "copier", "clean")
    recipes = []
    for i in range(count):
        kind = kinds[i % len(kinds)] if rng.random() < 0.9 else rng.choice(kinds[:5])
        bilevel = KINDS[kind].bilevel
        suffix = rng.choice((".pdf", ".pdf", ".tif") if bilevel else (".pdf", ".pdf", ".tif", ""))
        if kind == "phone":
            suffix = rng.choice(("", "", ".pdf"))
        records = rng.choices((1, 2, 3), (75, 20, 5))[0]
        turns = rng.choices(((0,), (1,), (2,), (3,), (0, 2), (0, 1, 0)), (75, 5, 5, 5, 5, 5))[0]
        marks = tuple(
            m
            for m, chance in (("stamp", 0.25), ("holes", 0.2), ("staple", 0.15), ("fold", 0.1))
            if rng.random() < chance
        )
        recipes.append(
            Recipe(
                name=f"{kind}-{i + 1:02}{suffix}",
                seed=seed + i,
                kind=kind,
                records=records,
                copies=2 if records == 1 and rng.random() < 0.08 else 1,
                reports=rng.choice((0, 1, 2, 3, 4, 5, 6, 8)) if records == 1 else rng.choice((1, 2, 3)),
                short=rng.random() < 0.55,
                breaks=rng.random() < 0.3,
                turns=turns,
                backs=kind != "phone" and rng.random() < 0.12,
                marks=marks,
                quality=rng.randrange(45, 85),
            )
        )
    return recipes
