"""The bench runs what it says and counts all of it; how fast is not for a test to say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.workers.fakes import write_scan
from workers.bench import Result, measured, pages_of, view
from workers.settings import load_settings


def test_all_readers_get_the_same_pages(tmp_path: Path) -> None:
    write_scan(tmp_path / "scans" / "a.tif", 1, 2)
    write_scan(tmp_path / "scans" / "b.tif", 3, 4)
    (tmp_path / "pages").mkdir()
    pages = pages_of([tmp_path / "scans"], tmp_path / "pages", load_settings())
    widths = []
    for page in pages:
        with Image.open(page) as image:
            widths.append(image.width)
    assert widths == [61, 62, 63, 64]


def test_the_processes_of_a_reader_are_counted_together() -> None:
    work = "sum(range(10**6))"
    one = measured("one", [[sys.executable, "-c", work]], 2)
    four = measured("four", [[sys.executable, "-c", work]] * 4, 2)
    assert 0 < one.cpu < four.cpu
    assert one.peak > 1
    with pytest.raises(SystemExit, match="status 3"):
        measured("bad", [[sys.executable, "-c", "raise SystemExit(3)"]], 2)


def test_the_table_shows_every_reader() -> None:
    table = view([Result("raw", 10.0, 5.0, 90.0), Result("samnao", 12.0, 6.0, 300.0, 0.25)], 20)
    assert table.row_count == 2
    assert list(table.columns[3].cells) == ["1.00", "1.20"]
