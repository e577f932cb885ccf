"""From a recipe to a scanned document with its expected records."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pypdfium2

from samples.make import damage, files, paper, style
from samples.make.content import Project, invent
from samples.make.documents import expected, printed
from samples.make.stock import SUBJECTS
from samples.make.stock.types import Subject


@dataclass(frozen=True, slots=True)
class Recipe:
    """One document to be made: what is printed, how it is scanned, and into which file (`name` with its suffix).

    `turns` are quarter turns anticlockwise, one for each page, the last one repeated. `backs` scans the empty
    backs too. `worse` scans on a device that is out of order. `copies` prints the same project so often. `style` overrides choices of `samples.make.style.choose`.
    """

    name: str
    seed: int
    kind: str
    records: int = 1
    copies: int = 1
    reports: int | None = None
    short: bool = False
    breaks: bool = False
    font: str | None = None
    style: dict[str, Any] = field(default_factory=dict)
    dpi: int | None = None
    turns: tuple[int, ...] = (0,)
    backs: bool = False
    marks: tuple[str, ...] = ()
    quality: int = 60
    worse: bool = False


def make(
    recipe: Recipe,
    folder: Path,
    fonts: Sequence[str] = style.TUNING_FONTS,
    subjects: Sequence[Subject] = SUBJECTS,
) -> list[dict[str, Any]]:
    """Prints and scans `recipe` into `folder`; its expected lines."""
    rng = Random(recipe.seed)
    manner = replace(style.choose(rng, fonts, recipe.font), **recipe.style)
    projects = [_project(recipe, rng, subjects) for _ in range(recipe.records)]
    projects = [project for project in projects for _ in range(recipe.copies)]
    target = folder / recipe.name
    with tempfile.TemporaryDirectory() as scratch:
        document = printed(target.stem, projects, manner, rng, Path(scratch), recipe.breaks)
        shutil.copy(Path(scratch) / f"{target.stem}.gt.txt", folder / f"{target.stem}.gt.txt")
        scan_pages(Path(scratch) / f"{target.stem}.pdf", recipe, target)
    step = 2 if recipe.backs else 1
    spans = tuple(tuple((n - 1) * step + 1 for n in span) for span in document.pages)
    document = replace(document, pages=spans)
    return expected(document, recipe.name, kind=recipe.kind)


def scan_pages(pdf: Path, recipe: Recipe, target: Path) -> None:
    """Scans the printed `pdf` into `target` as `recipe` says."""
    device = damage.KINDS[recipe.kind]
    dpi = recipe.dpi or device.dpi[recipe.seed % len(device.dpi)]
    files.write(list(_pages(pdf, recipe, dpi)), device.bilevel, dpi, target, recipe.quality)


def _pages(pdf: Path, recipe: Recipe, dpi: float) -> Iterator[damage.Scan]:
    source = pypdfium2.PdfDocument(pdf)
    colour = Random(recipe.seed).random() < (0.85 if "stamp" in recipe.marks else 0.3)
    for index in range(len(source)):
        rng = np.random.default_rng([recipe.seed, index])
        bitmap = source[index].render(scale=dpi / 72).to_numpy()[:, :, 2::-1]
        printed_sheet = paper.f32(bitmap) / 255
        sheet = _marked(printed_sheet, recipe, rng, dpi, last=index == len(source) - 1)
        if recipe.kind == "flatbed" and not colour:
            sheet, printed_sheet = damage.grey(sheet), damage.grey(printed_sheet)
        turn = recipe.turns[min(index, len(recipe.turns) - 1)]
        yield np.ascontiguousarray(np.rot90(damage.scanned(sheet, recipe.kind, rng, recipe.worse), turn))
        if recipe.backs:
            back = paper.show_through(np.ones_like(printed_sheet), printed_sheet, rng)
            yield np.ascontiguousarray(np.rot90(damage.scanned(back, recipe.kind, rng, recipe.worse), turn))


def _marked(sheet: paper.Ink, recipe: Recipe, rng: np.random.Generator, dpi: float, last: bool) -> paper.Ink:
    if "stamp" in recipe.marks and (last or rng.random() < 0.4):
        sheet = paper.stamped(sheet, rng, dpi)
    if "fold" in recipe.marks:
        sheet = paper.folded(sheet, rng)
    if "holes" in recipe.marks:
        sheet = paper.punched(sheet, rng, dpi)
    if "staple" in recipe.marks:
        sheet = paper.stapled(sheet, rng, dpi)
    return sheet


def _project(recipe: Recipe, rng: Random, subjects: Sequence[Subject]) -> Project:
    project = invent(rng, subjects, recipe.reports)
    if recipe.short:
        project = replace(project, rationale=project.rationale[:2], objectives=project.objectives[:3])
    return project
