"""The files of an evaluation: expected lines and records in, a report out."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ocr.errors import ScanError
from ocr.open import Limits, find_documents, open_page
from postprocess.forms import Form
from workers.cache import explained, write_whole
from workers.crops import crop
from workers.errors import InputError
from workers.evaluate.compare import Comparison, Leaf, compare
from workers.evaluate.report import page


def json_lines(path: Path, what: str) -> list[dict[str, Any]]:
    """The objects in a file of JSON lines; InputError names the line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read ({error}); it should hold {what}, one line of JSON each"
        ) from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: not JSON ({error})") from error
        if not isinstance(value, dict) or "source" not in value:
            raise InputError(f"{path}, line {number}: an object with a source is expected")
        found.append(value)
    return found


def compare_files(expected: Path, records: Path, forms: Sequence[Form]) -> Comparison:
    """Compare the records in `records` with those in `expected`."""
    wanted = json_lines(expected, "the expected records")
    return compare(wanted, json_lines(records, "records"), forms)


def crops_of(leaves: Sequence[Leaf], folder: Path, limits: Limits) -> dict[Leaf, str]:
    """Pictures of `leaves` on the scans in `folder`, as data URLs, where the scans are still there."""
    crops: dict[Leaf, str] = {}
    for document in find_documents([folder]):
        boxed = [leaf for leaf in leaves if leaf.source == document.source and leaf.page and leaf.box]
        for number in sorted({leaf.page for leaf in boxed if leaf.page}):
            with suppress(ScanError):
                image = open_page(document, number, limits).image
                crops |= {
                    leaf: f"data:image/jpeg;base64,{base64.b64encode(crop(image, leaf.box)).decode()}"
                    for leaf in boxed
                    if leaf.page == number and leaf.box
                }
    return crops


def write_report(comparison: Comparison, out: Path, name: str, crops: Mapping[Leaf, str]) -> Path:
    """Write ``report.html`` and ``mistakes.jsonl``, the wrong fields, into `out`; returns the path of the report."""
    report = out / "report.html"
    mistakes = [
        json.dumps(asdict(leaf), ensure_ascii=False) + "\n" for leaf in comparison.leaves if not leaf.right
    ]
    with explained(out):
        write_whole(report, page(comparison, f"Evaluation of {name}", crops).encode())
        write_whole(out / "mistakes.jsonl", "".join(mistakes).encode())
    return report
