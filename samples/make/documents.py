"""A printed document: its PDF, its text, and the records that should be found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from samples.make import layout, printing, style, truth
from samples.make.content import Project


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
