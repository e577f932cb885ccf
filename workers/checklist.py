"""``checklist.html`` beside the records: the fields that a person should look at, each with its picture.

It is one page for reading on screen or paper, with the pictures in a folder beside it; to settle fields there is the review screen.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from postprocess.forms import Form
from workers.cache import explained, write_whole
from workers.crops import PICTURES, picture_name
from workers.store.doubt import DOUBTFUL, reason_of
from workers.web.review import typed
from workers.web.review.layout import label_of
from workers.web.review.words import say

CHECKLIST = "checklist.html"
MOST = 2000
"""So many fields are listed: more would not be short, and nobody could open the page."""
_LANGUAGE = "th"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field to look at: what people call it, what was read, why it is doubtful, its page, its picture if there is one."""

    label: str
    text: str
    why: tuple[str, ...]
    page: int | None
    picture: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The fields of one record to look at; `name` is its title or, without one, empty."""

    source: str
    record: int
    name: str
    doubts: tuple[Doubt, ...]


def write_checklist(records: Path, out: Path, forms: Sequence[Form]) -> int:
    """Write the list for the records in the file `records` into the folder `out`; returns how many fields wait.

    Pictures of scans that are no longer among the records are deleted.
    """
    known = {form.name: form for form in forms}
    sheets, waiting, listed, scans = [], 0, 0, set()
    with records.open(encoding="utf-8") as lines, explained(out):
        for raw in lines:
            line = json.loads(raw)
            scans.add(line["source_sha256"][:16])
            doubts = tuple(_doubts(line, known.get(line["form"]), out / PICTURES))
            waiting += len(doubts)
            if doubts and listed < MOST:
                sheets.append(_sheet(line, known.get(line["form"]), doubts[: MOST - listed]))
                listed += len(sheets[-1].doubts)
        text = _TEMPLATES.get_template(CHECKLIST).render(
            sheets=sheets, waiting=waiting, listed=listed, pictures=PICTURES
        )
        write_whole(out / CHECKLIST, text.encode())
        for folder in (out / PICTURES).glob("[0-9a-f]" * 16):
            if folder.name not in scans:
                shutil.rmtree(folder, ignore_errors=True)
    return waiting


def _sheet(line: Mapping[str, Any], form: Form | None, doubts: tuple[Doubt, ...]) -> Sheet:
    title = line["values"].get(form.search.title) if form and form.search.title else None
    return Sheet(line["source"], line["record"], str(title or ""), doubts)


def _doubts(line: Mapping[str, Any], form: Form | None, pictures: Path) -> Iterator[Doubt]:
    for position, field in enumerate(line["fields"]):
        if field["status"] not in DOUBTFUL:
            continue
        leaf = typed.leaf_of(form, field["path"])
        shown = typed.shown(leaf, field["value"], _LANGUAGE) or field["text"] or field["raw"] or ""
        known = field["problems"] or ()
        why = [typed.in_language(problem["message"], _LANGUAGE) for problem in known]
        name = picture_name(line["source_sha256"], line["record"], position)
        yield Doubt(
            label_of(form, field["path"], _LANGUAGE),
            shown,
            tuple(dict.fromkeys(why)) or (say(f"reason_{reason_of(known)}", _LANGUAGE),),
            field["page"],
            name if (pictures / name).exists() else None,
        )
