"""`samnao show`: pictures of pages with what was found on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ocr.open import Document, Limits, find_documents, open_page
from workers.cache import explained
from workers.draw import draw_fields
from workers.errors import InputError
from workers.evaluate.command import json_lines


def chosen_records(name: str) -> list[dict[str, Any]] | None:
    """The records that ``records.jsonl`` or ``records.jsonl:3`` (its third line) names; None where `name` is no such file."""
    match = re.fullmatch(r"(.+\.jsonl)(?::(\d+))?", name)
    if match is None:
        return None
    records = json_lines(Path(match[1]), "records")
    if match[2] is None:
        return records
    if not 1 <= int(match[2]) <= len(records):
        raise InputError(f"{match[1]} has {len(records)} records; there is no record {match[2]}")
    return [records[int(match[2]) - 1]]


def document_of(source: str, folders: Sequence[Path]) -> Document:
    """The scan that `source` names, looked for in `folders`; InputError where it is in none."""
    for folder in folders:
        for place in (folder / source, folder):
            if place.exists() and place.resolve().name == PurePosixPath(source).name:
                for document in find_documents([place]):
                    if document.source == place.resolve().name:
                        return document
    places = ", ".join(str(folder) for folder in folders)
    raise InputError(f"no scan {source} in {places}; say with --scans where the scans are")


def draw_records(
    records: Sequence[dict[str, Any]], folders: Sequence[Path], out: Path, limits: Limits
) -> Iterator[Path]:
    """Draw every page that `records` stand on; gives the pictures as they are written."""
    for source in dict.fromkeys(record["source"] for record in records):
        document = document_of(source, folders)
        own = [record for record in records if record["source"] == source]
        for number in sorted({page for record in own for page in record["pages"]}):
            fields = [field for record in own for field in record["fields"] if field["page"] == number]
            first = [record for record in own if record["pages"][0] == number]
            missing = [f["path"] for record in first for f in record["fields"] if f["status"] == "missing"]
            picture = draw_fields(open_page(document, number, limits).image, fields, missing)
            stem = re.sub(r"[/\\\0]", "-", str(PurePosixPath(source).with_suffix("")))
            path = out / f"{stem}-p{number}.png"
            with explained(out):
                out.mkdir(parents=True, exist_ok=True)
                picture.save(path, compress_level=3)
            yield path
