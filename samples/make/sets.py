"""Whole sets of documents: what each holds, where it goes, and the expected records beside it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2

from samples.make import reference, style
from samples.make import repair as repair_form
from samples.make.content import invent
from samples.make.damage import KINDS
from samples.make.documents import Printed, expected, printed
from samples.make.printing import print_pdf, take_marks
from samples.make.samples import RECIPES
from samples.make.scans import Recipe, make, scan_pages
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


def random_recipes(seed: int, count: int, worse: bool = False) -> list[Recipe]:
    """`count` recipes over all kinds of scan, formats and marks, on devices that are out of order if `worse`."""
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
                worse=worse,
            )
        )
    return recipes


REPAIR_FONTS = ("Sarabun", "Laksaman", "Loma", "Niramit", "Norasi", "IBM Plex Sans Thai Looped")


def repairs(folder: Path, count: int = 9, seed: int = 500) -> None:
    """`count` repair requests, each as a born-digital PDF and as a scan, with ``expected.jsonl``."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, Any]] = []
    kinds = ("flatbed", "feeder", "fax", "faded", "phone", "copier")
    for i in range(count):
        kind = kinds[i % len(kinds)]
        suffix = ".pdf" if i % 2 else ".jpg" if not KINDS[kind].bilevel else ".png"
        lines += repair(folder, f"repair-{i + 1}", f"repair-{i + 1}-{kind}{suffix}", kind, seed + i, i % 3)
        write_lines(lines, folder / "expected.jsonl")


def repair(
    folder: Path,
    born_name: str,
    scan_name: str,
    kind: str,
    seed: int,
    variant: int,
    dpi: int | None = None,
    quality: int = 70,
) -> list[dict[str, Any]]:
    """One repair request in `folder`, born digital (left out where `born_name` is empty) and scanned."""
    rng = Random(seed)
    form = repair_form.invent(rng)
    font = REPAIR_FONTS[seed % len(REPAIR_FONTS)]
    target = folder / scan_name
    with tempfile.TemporaryDirectory() as scratch:
        pdf = Path(scratch) / "form.pdf"
        print_pdf(repair_form.page([form], variant, font, rng), pdf)
        take_marks(pdf)
        if len(pypdfium2.PdfDocument(pdf)) != 1:
            raise ValueError(f"seed {seed} does not fit on one page; choose another")
        recipe = Recipe(scan_name, seed, kind, dpi=dpi, quality=quality)
        scan_pages(pdf, recipe, target)
        if born_name:
            shutil.copy(pdf, folder / f"{born_name}.pdf")
    rest = {"record": 1, "pages": [1], "values": repair_form.values(form)}
    found = [{"source": scan_name, "kind": kind, **rest}]
    return [{"source": f"{born_name}.pdf", "kind": "born", **rest}, *found] if born_name else found


def golden(folder: Path) -> None:
    """The documents of the tests: the reference report, and two repair requests."""
    with tempfile.TemporaryDirectory() as scratch:
        reference.scan(folder / "reference.pdf", Path(scratch))
    write_lines(reference.expected(), folder / "reference.expected.jsonl")
    lines = repair(folder, "", "repair-lines.png", "copier", 606, 0, dpi=200)
    lines += repair(folder, "", "repair-ruled.pdf", "feeder", 611, 1, dpi=200, quality=45)
    write_lines(lines, folder / "repair.expected.jsonl")


def committed(folder: Path) -> None:
    """The samples of the repository with ``expected.jsonl``: reports, a born-digital one, a repair request."""
    lines: list[dict[str, Any]] = []
    for recipe in RECIPES:
        target = folder / recipe.name
        if target.is_dir():
            shutil.rmtree(target)
        lines += make(recipe, folder)
        (folder / f"{target.stem}.gt.txt").unlink()
    with tempfile.TemporaryDirectory() as scratch:
        document = varied(1012, "born-digital", Path(scratch), style.TUNING_FONTS)
        shutil.copy(Path(scratch) / "born-digital.pdf", folder / "born-digital.pdf")
    lines += expected(document, "born-digital.pdf", kind="born digital")
    lines += repair(folder, "", "repair-request.pdf", "copier", 620, 2, dpi=200)
    write_lines(lines, folder / "expected.jsonl")
