"""Whole sets of documents: what each holds, where it goes, and the expected records beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from samples.make import layout, printing, style, truth
from samples.make.content import Project, invent
from samples.make.stock import SUBJECTS
from samples.make.stock.types import Subject


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed document: its projects, style, and the pages each record touches."""

    name: str
    projects: tuple[Project, ...]
    style: style.Style
    pages: tuple[tuple[int, ...], ...]


def printed(
    name: str, projects: Sequence[Project], manner: style.Style, rng: Random, folder: Path, breaks: bool
) -> Printed:
    """Prints `projects` to ``folder/name.pdf`` with its text in ``folder/name.gt.txt``."""
    page = layout.document(projects, manner, rng, breaks)
    target = folder / f"{name}.pdf"
    printing.print_pdf(page, target)
    marks = printing.take_marks(target)
    pages = [(marks[f"{i}/start"], marks[f"{i}/end"]) for i in range(1, len(projects) + 1)]
    (folder / f"{name}.gt.txt").write_text(truth.nfc(layout.plain_text(page)), encoding="utf-8")
    spans = tuple(tuple(range(a, b + 1)) for a, b in pages)
    return Printed(name, tuple(projects), manner, spans)


def expected(document: Printed, source: str, **more: Any) -> list[dict[str, Any]]:
    """The expected lines of `document`, one for each record."""
    certified = document.style.certificate != "absent"
    return [
        {
            "source": source,
            **more,
            "record": i,
            "pages": list(document.pages[i - 1]),
            "values": truth.values(project, certified),
        }
        for i, project in enumerate(document.projects, 1)
    ]


def write_lines(lines: Iterable[dict[str, Any]], target: Path) -> None:
    """`lines` as JSON lines."""
    target.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


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
