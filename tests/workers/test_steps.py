"""What passes between the calls of a scan: sheets, segments and second looks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from ocr.errors import ChangedWhileReading, ScanError
from ocr.open import Document, fingerprint
from ocr.testing import ScriptedEngine
from ocr.types import Sheet, Text, Zone
from tests.workers.fakes import FaultyEngine, kit_for, slip_lines, text_of, write_scan
from workers import steps
from workers.cache import Texts
from workers.pipeline import digitize_document
from workers.steps import Kit, Scan


@dataclass(frozen=True, slots=True)
class LookingEngine:
    """Reads slips of doubtful print, and notes each second look."""

    log: Path

    def read(self, sheet: Sheet, number: int) -> Text:
        text = text_of(slip_lines(7), number)
        lines = [
            replace(
                line, words=tuple(replace(word, confidences=(0.6,) * len(word.text)) for word in line.words)
            )
            for line in text.lines
        ]
        return replace(text, lines=tuple(lines))

    def reread(self, asked: Iterable[tuple[Sheet, Sequence[Zone]]]) -> list[tuple[str, ...]]:
        found = []
        for sheet, zones in asked:
            with self.log.open("a") as log:
                log.write(f"{sheet.image.shape[1]} {len(zones)}\n")
            found.append(("0007",) * len(zones))
        return found


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    document = Document("a.tif", (write_scan(tmp_path / "a.tif", 1, 2),))
    return Scan(document, fingerprint(document), Texts(tmp_path / "texts"), tmp_path / "work")


def kit_of(engine: LookingEngine) -> Kit:
    return replace(kit_for(FaultyEngine(engine.log)), engine=engine)


@pytest.mark.parametrize("shape", [(50, 40), (50, 40, 3)])
def test_a_sheet_is_found_as_it_was_left(tmp_path: Path, scan: Scan, shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    steps._leave(Sheet(image, 200.0), scan.work, 1)
    sheet = steps._sheet(scan, 1, kit_of(LookingEngine(tmp_path / "log")))
    assert sheet is not None
    assert sheet.dpi == 200.0
    assert np.array_equal(sheet.image, image)


def test_a_second_look_is_kept_and_needs_no_sheet_of_the_same_run(tmp_path: Path, scan: Scan) -> None:
    engine = LookingEngine(tmp_path / "log")
    kit = kit_of(engine)
    assert steps.read(scan, 1, kit)
    assert not list(scan.work.glob("sheet-2"))
    assert steps.find_records(scan, [1], kit) == [(1,)]
    made = steps.make_record(scan, 0, False, kit)
    first = made.line
    assert made.looks_cpu >= 0
    looks = engine.log.read_text()
    assert looks
    assert steps.make_record(scan, 0, False, kit).line == first
    assert engine.log.read_text() == looks
    for left in (*scan.work.glob("sheet-*"), *scan.texts.folder.glob("*.json")):
        left.unlink()
    assert steps.make_record(scan, 0, False, kit).line == first  # the page is prepared anew
    assert set(engine.log.read_text().splitlines()) == set(looks.splitlines())
    assert json.loads(steps.make_record(scan, 0, True, kit).line)["status"] == "review"


def test_damaged_texts_are_dropped_with_an_error(tmp_path: Path, scan: Scan) -> None:
    kit = kit_of(LookingEngine(tmp_path / "log"))
    steps.read(scan, 1, kit)
    scan.texts.path(1).write_bytes(b"half")
    with pytest.raises(ScanError, match="damaged"):
        steps.page_texts(scan, [1], kit)
    assert not scan.texts.folder.exists()


def test_a_scan_that_changed_gives_nothing(tmp_path: Path, scan: Scan) -> None:
    kit = kit_of(LookingEngine(tmp_path / "log"))
    steps.read(scan, 1, kit)
    write_scan(tmp_path / "a.tif", 3)
    with pytest.raises(ChangedWhileReading, match="same command again"):
        steps.find_records(scan, [1], kit)
    assert scan.texts.load(1) is None


def test_one_process_does_the_same_as_the_pool(tmp_path: Path, scan: Scan) -> None:
    kit = kit_for(FaultyEngine(tmp_path / "log"))
    engine = ScriptedEngine([text_of(slip_lines(n), n) for n in (1, 2)])
    records = list(digitize_document(scan.document, kit.forms, engine, kit.limits))
    assert [record.values["code"] for record in records] == ["0001", "0002"]
    assert [record.pages for record in records] == [(1,), (2,)]
