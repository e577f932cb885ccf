"""A whole batch through real processes, with an engine that fails to order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocr.open import find_documents
from tests.workers.fakes import FaultyEngine, kit_for, write_scan
from workers.cache import FOLDER, Store, locked
from workers.digitize import Batch, Fatal, ScanDone, digitize
from workers.errors import OutputError


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    return tmp_path / "scans"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls.log"


def run(
    scans: Path,
    out: Path,
    engine: FaultyEngine,
    *,
    jobs: int = 2,
    seconds: float = 60.0,
    megabytes: float = 500.0,
    again: bool = False,
    reader: str = "reader",
    extractor: str = "extractor",
    stopped: Callable[[], bool] = lambda: False,
) -> list[ScanDone]:
    batch = Batch(
        find_documents(sorted(scans.iterdir(), key=lambda path: int(path.stem))),
        out,
        jobs,
        seconds,
        megabytes,
        again,
    )
    events = digitize(batch, lambda work: kit_for(engine), Store(out / FOLDER, reader, extractor), stopped)
    return [event for event in events if isinstance(event, ScanDone)]


def lines(out: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / name).read_text().splitlines()]


def found(out: Path) -> list[tuple[str, str]]:
    return [(record["source"], record["values"]["code"]) for record in lines(out, "records.jsonl")]


def failed(out: Path) -> list[tuple[str, int | None, str]]:
    return [(line["source"], line["page"], line["error"]) for line in lines(out, "failures.jsonl")]


def test_records_come_in_the_order_of_the_scans(scans: Path, out: Path, log: Path) -> None:
    for number in range(1, 13):
        write_scan(scans / f"{number}.tif", number, 100 + number)
    run(scans, out, FaultyEngine(log))
    expected = [(f"{n}.tif", code) for n in range(1, 13) for code in (f"{n:04d}", f"{100 + n:04d}")]
    assert found(out) == expected
    assert failed(out) == []
    first = lines(out, "records.jsonl")[0]
    assert list(first) == [
        "schema", "form", "form_version", "source", "source_sha256", "pages", "record", "status", "values", "fields",
    ]  # fmt: skip
    assert (first["schema"], first["pages"], first["record"]) == ("samnao/1", [1], 1)
    assert {field["path"] for field in first["fields"]} == {"code", "amount", "place"}
    assert not (out / FOLDER / "work").exists()
    one = out.with_name("one by one")
    run(scans, one, FaultyEngine(log), jobs=1)
    assert (one / "records.jsonl").read_bytes() == (out / "records.jsonl").read_bytes()


def test_one_long_scan_keeps_every_worker_busy(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", *range(1, 17))
    run(scans, out, FaultyEngine(log))
    assert [code for _, code in found(out)] == [f"{n:04d}" for n in range(1, 17)]
    assert len(FaultyEngine(log).readers()) == 2


def test_a_fault_costs_its_page_only(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1, 2, 3)
    write_scan(scans / "2.tif", 4, 5)
    write_scan(scans / "3.tif", 6, 7)
    write_scan(scans / "4.tif", 8, 9)
    (scans / "5.tif").write_bytes(b"II*\0 cut off")
    write_scan(scans / "6.tif", 10, 11)
    faults = {2: "crash", 4: "hang", 6: "swallow", 8: "refuse"}
    run(scans, out, FaultyEngine(log, faults), seconds=12.0)
    good = [("1.tif", "0001"), ("1.tif", "0003"), ("2.tif", "0005"), ("3.tif", "0007"), ("4.tif", "0009")]
    assert found(out) == [*good, ("6.tif", "0010"), ("6.tif", "0011")]
    *pages, damaged = failed(out)
    assert pages == [
        ("1.tif", 2, "page_crash"),
        ("2.tif", 1, "page_timeout"),
        ("3.tif", 1, "page_memory"),
        ("4.tif", 1, "page"),
    ]
    assert damaged[:2] == ("5.tif", None)
    assert all(line["message"] for line in lines(out, "failures.jsonl"))


def test_a_record_beside_a_lost_page_is_for_review(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1, 2, 3, 4)
    run(scans, out, FaultyEngine(log, {1: "refuse"}))
    statuses = [record["status"] for record in lines(out, "records.jsonl")]
    assert statuses == ["review", "accepted", "accepted"]


def test_a_worker_killed_from_outside_costs_nothing(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", *range(1, 7))
    run(scans, out, FaultyEngine(log, {3: "die once"}))
    assert [code for _, code in found(out)] == [f"{n:04d}" for n in range(1, 7)]
    assert failed(out) == []


def test_what_is_no_known_form_is_reported_not_forced(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1)
    write_scan(scans / "2.tif", 2, 3)
    write_scan(scans / "3.tif", 4)
    run(scans, out, FaultyEngine(log, {2: "letter", 3: "empty", 4: "empty"}))
    assert found(out) == [("1.tif", "0001")]
    assert failed(out) == [("2.tif", None, "unknown_form"), ("3.tif", None, "unknown_form")]
    assert ["blank" in line["message"] for line in lines(out, "failures.jsonl")] == [False, True]


def test_a_second_run_reads_only_what_is_new_changed_or_failed(scans: Path, out: Path, log: Path) -> None:
    for number in range(1, 5):
        write_scan(scans / f"{number}.tif", number)
    write_scan(scans / "5.tif", 5, 6)
    run(scans, out, FaultyEngine(log, {5: "refuse"}))
    before = (out / "records.jsonl").read_bytes()
    log.unlink()
    again = run(scans, out, FaultyEngine(log, {5: "refuse"}))
    assert FaultyEngine(log).calls() == [5]
    assert [scan.kept for scan in sorted(again, key=lambda scan: scan.source)] == [True] * 4 + [False]
    assert (out / "records.jsonl").read_bytes() == before
    log.unlink()
    write_scan(scans / "2.tif", 22)
    write_scan(scans / "0.tif", 30)
    (scans / "4.tif").unlink()
    run(scans, out, FaultyEngine(log))
    assert FaultyEngine(log).calls() == [5, 22, 30]
    assert [code for _, code in found(out)] == ["0030", "0001", "0022", "0003", "0005", "0006"]
    assert failed(out) == []


def test_again_reads_everything(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1, 2)
    run(scans, out, FaultyEngine(log))
    run(scans, out, FaultyEngine(log), again=True)
    assert FaultyEngine(log).calls() == [1, 1, 2, 2]


def test_a_changed_form_is_extracted_anew_without_reading(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1, 2)
    run(scans, out, FaultyEngine(log))
    (scan,) = run(scans, out, FaultyEngine(log), extractor="another form")
    assert not scan.kept
    assert FaultyEngine(log).calls() == [1, 2]
    run(scans, out, FaultyEngine(log), reader="another model")
    assert len(list((out / FOLDER / "texts").rglob("*.json.gz"))) == 2
    assert FaultyEngine(log).calls() == [1, 1, 2, 2]


@pytest.mark.parametrize("resumed", [False, True])
def test_an_interrupted_run_leaves_whole_lines_and_the_next_goes_on(
    scans: Path, out: Path, log: Path, resumed: bool
) -> None:
    for number in range(1, 9):
        write_scan(scans / f"{number}.tif", number)
    if resumed:
        run(scans, out, FaultyEngine(log))
    whole = [(f"{n}.tif", f"{n:04d}") for n in range(1, 9)]
    growing = out / FOLDER / "records.jsonl.new" if resumed else out / "records.jsonl"
    stopped = lambda: growing.exists() and growing.stat().st_size > 0  # noqa: E731
    # The last scan never ends by itself, so the run is cut off before the end however fast the others are.
    run(scans, out, FaultyEngine(log, {8: "hang"}), again=True, stopped=stopped)
    assert (out / "records.jsonl").read_text().endswith("\n")
    if resumed:
        assert sorted(found(out)) == whole  # what was not reached keeps its old lines
    else:
        assert 0 < len(found(out)) < 8
        assert found(out) == [line for line in whole if line in found(out)]
    done = len(FaultyEngine(log).calls())
    run(scans, out, FaultyEngine(log))
    assert found(out) == whole
    assert len(FaultyEngine(log).calls()) <= done + 8


def test_a_machine_that_cannot_read_stops_at_once(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1)
    with pytest.raises(Fatal, match="install it"):
        run(scans, out, FaultyEngine(log, {1: "missing"}))


def test_two_runs_never_write_to_one_folder(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1)
    with locked(out), pytest.raises(OutputError, match="another samnao"):
        run(scans, out, FaultyEngine(log))


def test_a_file_is_no_output_folder(scans: Path, out: Path, log: Path) -> None:
    write_scan(scans / "1.tif", 1)
    out.write_text("a file")
    with pytest.raises(OutputError, match="choose a folder"):
        run(scans, out, FaultyEngine(log))
