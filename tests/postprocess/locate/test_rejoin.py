"""Lines that were cut inside an entry come together again, whatever order they were read in."""

from __future__ import annotations

import pytest

from ocr.types import Line
from postprocess.locate.rejoin import whole_entries
from postprocess.types import Place
from tests.postprocess.layouts import line
from tests.postprocess.locate.reading import FORM


def places(*rows: tuple[str, ...], gap: float = 40) -> list[Place]:
    """The cells of each row as lines of their own, column by column, as columns are read."""
    found: list[tuple[int, int, Line]] = []
    for n, row in enumerate(rows):
        x = 250.0
        for column, text in enumerate(row):
            printed = line(text, x, 200 + 66 * n, n, column)
            found.append((column, n, printed))
            x = printed.box.x1 + gap
    return [Place(1, printed) for _, _, printed in sorted(found, key=lambda entry: entry[:2])]


def texts(found: tuple[Place, ...]) -> list[str]:
    return [place.line.text for place in found]


@pytest.mark.parametrize(
    "row",
    [
        ("ค่าป้าย =", "5,500.-", "บาท"),
        ("ค่าป้าย", "= 5,500.-", "บาท"),
        ("ค่าอาหารเสริม (นม)", "= 5,500.- บาท"),
        ("ค่าป้าย = 5,", "500.- บาท"),
        ("ค่าป้าย = 5,500.-", "บาท"),
        ("ค่าป้าย = 5,500.", "- บาท"),
    ],
)
def test_an_entry_read_as_columns_is_one_line_again(row: tuple[str, ...]) -> None:
    found = whole_entries(places(row, ("ค่าโคมไฟ LED", "= 300.- บาท")), FORM)
    first, second = (text.replace(" ", "") for text in texts(found))
    assert (first, second) == ("".join(row).replace(" ", ""), "ค่าโคมไฟLED=300.-บาท")


@pytest.mark.parametrize(
    "row",
    [
        ("ค่าป้าย", "5,500 บาท"),
        ("ค่าป้าย = 5,500", "เป็นไปตามแผน"),
        ("ค่าป้าย = 5,500 บาท", "ค่าโคมไฟ = 300 บาท"),
        ("ค่าป้าย", "ค่าโคมไฟ = 300 บาท"),
    ],
)
def test_cells_side_by_side_stay_apart(row: tuple[str, ...]) -> None:
    assert texts(whole_entries(places(row), FORM)) == list(row)


def test_what_stands_far_away_is_no_part_of_an_entry() -> None:
    assert len(whole_entries(places(("ค่าป้าย =", "5,500"), gap=400), FORM)) == 2


def test_a_page_without_lines() -> None:
    assert whole_entries((), FORM) == ()
