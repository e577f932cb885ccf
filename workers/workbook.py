"""``records.xlsx`` beside ``records.jsonl``: the same records for people, a sheet for each group of fields that repeats."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postprocess.forms import Form
from workers.cache import explained
from workers.export.tables import tables_of
from workers.export.xlsx import write_xlsx

WORKBOOK = "records.xlsx"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of ``records.jsonl`` as the tables want it; `id` is the number of the line."""

    id: int
    form: str
    form_version: str
    source: str
    pages: tuple[int, ...]
    number: int
    status: str
    doubtful: int
    at: float
    values: dict[str, Any]


def write_workbook(records: Path, out: Path, forms: Sequence[Form]) -> None:
    """Write the records in the file `records` to the workbook `out`, few of them in memory at one time.

    OutputError where it cannot be written.
    """
    with records.open(encoding="utf-8") as lines:
        present = {json.loads(line)["form"] for line in lines}
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    with explained(out.parent):
        try:
            write_xlsx(_lines(records), tables_of(present, forms), part)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def _lines(records: Path) -> Iterator[Line]:
    now = time.time()
    with records.open(encoding="utf-8") as lines:
        for number, raw in enumerate(lines, 1):
            line = json.loads(raw)
            doubtful = sum(field["status"] != "accepted" for field in line["fields"])
            yield Line(
                number, line["form"], line["form_version"], line["source"], tuple(line["pages"]), line["record"],
                line["status"], doubtful, now, line["values"],
            )  # fmt: skip
