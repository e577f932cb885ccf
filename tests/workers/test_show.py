"""Pictures of fields: where labels go, and which scan a record means."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageColor

from ocr.open import Limits
from tests.workers.fakes import write_scan
from workers import draw
from workers.draw import COLOURS, _stacked, draw_fields
from workers.errors import InputError
from workers.show import document_of, draw_records


def leaf(
    path: str, status: str, box: tuple[int, int, int, int] | None, value: Any = "ค่าวัสดุ"
) -> dict[str, Any]:
    return {"path": path, "status": status, "box": box, "value": value, "confidence": 0.5, "page": 1}


def test_every_field_is_boxed_in_the_colour_of_its_status() -> None:
    page = np.full((700, 500), 255, np.uint8)
    fields = [leaf("a", "accepted", (50, 60, 200, 90)), leaf("b", "review", (50, 300, 200, 330), 7)]
    picture = draw_fields(page, [*fields, leaf("c", "missing", None)], ["c"])
    assert picture.width > 800
    assert picture.height > 700
    for field, x, y in ((fields[0], 48, 70), (fields[1], 48, 310)):
        red, green, blue = ImageColor.getrgb(COLOURS[field["status"]])[:3]
        assert picture.getpixel((x, y)) == (red, green, blue)
    assert picture.getpixel((400, 600)) == (255, 255, 255)


def test_without_a_thai_font_paths_are_still_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "thai_font_file", lambda: None)
    page = np.full((700, 500, 3), 255, np.uint8)
    drawn = np.asarray(draw_fields(page, [leaf("a", "accepted", (50, 60, 200, 90))], []))
    assert (drawn[:, 510:] < 200).any()


@given(st.lists(st.floats(-50, 900), max_size=20).map(sorted), st.floats(5, 40))
@settings(max_examples=80)
def test_labels_keep_order_and_stay_apart_and_on_the_page(wanted: list[float], step: float) -> None:
    tops = _stacked(wanted, step, 800.0)
    assert all(b - a >= step - 1e-6 for a, b in itertools.pairwise(tops))
    assert all(-1e-6 <= top <= 800 - step + 1e-6 for top in tops)


def test_the_scan_of_a_record_is_found(tmp_path: Path) -> None:
    scan = write_scan(tmp_path / "box" / "a.tif", 1, 2)
    for number in (1, 2):
        write_scan(tmp_path / "box" / "loose" / f"{number}.tif", number)
    assert document_of("a.tif", [tmp_path / "box"]).files == (scan,)
    assert document_of("box/a.tif", [tmp_path]).files == (scan,)
    assert document_of("a.tif", [scan]).files == (scan,)
    assert len(document_of("loose", [tmp_path / "box"]).files) == 2
    assert len(document_of("loose", [tmp_path / "box" / "loose"]).files) == 2
    with pytest.raises(InputError, match="--scans"):
        document_of("b.tif", [tmp_path / "box"])


def test_a_picture_for_every_page_of_the_records(tmp_path: Path) -> None:
    write_scan(tmp_path / "box" / "a.tif", 1, 2, 3)
    line = {"source": "box/a.tif", "pages": [1, 3], "fields": [leaf("a", "accepted", (1, 2, 9, 9))]}
    pictures = list(draw_records([json.loads(json.dumps(line))], [tmp_path], tmp_path / "out", Limits()))
    assert [picture.name for picture in pictures] == ["box-a-p1.png", "box-a-p3.png"]
    assert all(picture.stat().st_size for picture in pictures)
