"""``projects.jsonl`` beside ``records.jsonl``: the projects of a run, each with the records that are copies of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from postprocess.copies import Key, Project, grouped, key_of, project
from postprocess.forms import Form
from workers.cache import explained
from workers.serialise import json_line

PROJECTS = "projects.jsonl"
SCHEMA = "samnao-project/1"


def write_projects(records: Path, out: Path, forms: Sequence[Form]) -> int:
    """Write the projects of the records in the file `records` to `out`, in the order of their first records.

    Only what identifies a record is held in memory, and the records of one project at a time. Returns how many
    projects there are.
    """
    known = {form.name: form for form in forms}
    places: list[int] = []
    keys: list[Key] = []
    with records.open("rb") as lines, explained(out.parent):
        while raw := _line(lines):
            line = json.loads(raw[1])
            if line["form"] in known:
                places.append(raw[0])
                keys.append(key_of(line, known[line["form"]]))
        groups = grouped(keys)
        part = out.with_name(f"{out.name}.{os.getpid()}.part")
        with part.open("w", encoding="utf-8") as target:
            for group in groups:
                copies = []
                for index in group:
                    lines.seek(places[index])
                    copies.append(json.loads(lines.readline()))
                form = known[copies[0]["form"]]
                target.write(json_line(project_json(project(copies, form), keys[group[0]])) + "\n")
        part.replace(out)
    return len(groups)


def _line(lines: Any) -> tuple[int, bytes] | None:
    at = lines.tell()
    raw = lines.readline()
    return (at, raw) if raw.strip() else None


def project_json(found: Project, key: Key) -> dict[str, Any]:
    """The project as a line of the file: as a record, with its sources, and for each field the votes."""
    return {
        "schema": SCHEMA,
        "form": found.form,
        "code": key.code,
        "year": key.year,
        "title": key.title,
        "sources": [
            {"source": source, "record": record, "version": version}
            for (source, record), version in zip(found.sources, found.versions, strict=True)
        ],
        "status": found.status,
        "values": found.values,
        "fields": list(_fields(found)),
    }


def _fields(found: Project) -> Iterator[dict[str, Any]]:
    for field in found.fields:
        yield {
            "path": field.path,
            "value": field.value,
            "text": field.text,
            "confidence": field.confidence,
            "status": field.status,
            "votes": [
                {
                    "source": vote.source,
                    "path": vote.path,
                    "value": vote.value,
                    "confidence": vote.confidence,
                    "status": vote.status,
                }
                for vote in field.votes
            ],
            "problems": [{"code": p.code, "message": p.message} for p in field.problems],
        }
