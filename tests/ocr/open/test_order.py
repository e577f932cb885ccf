"""Printed cells of born-digital pages, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.open.cells import Cell
from ocr.open.order import reading_order
from ocr.types import Box, Word
from tests.ocr.open.blocks import PROSE, at, printed, prose, texts


def test_pairs_on_one_line_and_cells_that_wrap(tmp_path: Path) -> None:
    content = prose() + at(72, 500, "ก : ขคง") + at(330, 500, "จ : ฉชซ")
    rows = [("ที่ ๑", "ประชุม", "50.00"), ("", "คณะทำงาน", ""), ("", "ครั้งแรก", "")]
    for column in range(3):
        for i, row in enumerate(rows):
            if row[column]:
                content += at((72, 200, 420)[column], 440 - 22 * i, row[column])
    page = printed(tmp_path / "a.pdf", content)
    lines = texts(page)[6:]
    assert lines == ["ก : ขคง", "จ : ฉชซ", "ที่ ๑", "ประชุม", "คณะทำงาน", "ครั้งแรก", "50.00"]
    assert page.text is not None
    pair, other, first, *cell, figure = page.text.lines[6:]
    assert pair.row == other.row
    assert pair.block != other.block
    assert first.row == cell[0].row == figure.row
    assert len({line.block for line in cell}) == 1
    assert len({first.block, cell[0].block, figure.block}) == 3


def test_rules_divide_cells_and_are_given(tmp_path: Path) -> None:
    content = prose() + at(72, 400, "กขคงจ") + at(116, 400, "ฉชซญ")
    assert texts(printed(tmp_path / "a.pdf", content))[-1] == "กขคงจ ฉชซญ"
    ruled = (
        content + "1 w 111.5 380 m 111.5 420 l S 60 420 200 0.8 re f 60 380 100 .8 re f 160 380 100 .8 re f"
    )
    page = printed(tmp_path / "b.pdf", ruled)
    assert texts(page)[-2:] == ["กขคงจ", "ฉชซญ"]
    assert page.text is not None
    assert [rule.direction for rule in page.text.rules] == ["horizontal", "horizontal", "vertical"]
    assert [round(rule.box.width) for rule in page.text.rules[:2]] == [833, 833]


def test_what_floats_is_put_where_it_stands(tmp_path: Path) -> None:
    """Page number painted first, header painted last, signature painted after what stands under it."""
    body = prose(640) + at(72, 300, PROSE[0])
    content = at(290, 40, "- 1 -") + body + at(300, 420, "ลงชื่อ") + at(200, 780, "แบบรายงาน")
    lines = texts(printed(tmp_path / "a.pdf", content))
    assert lines == ["แบบรายงาน", *PROSE, "ลงชื่อ", PROSE[0], "- 1 -"]


def test_bullets_stay_with_their_items_and_paragraphs_are_blocks(tmp_path: Path) -> None:
    content = at(72, 740, "•") + at(100, 740, PROSE[0]) + at(72, 714, "1.") + at(100, 714, PROSE[1])
    page = printed(tmp_path / "a.pdf", content + at(100, 600, PROSE[2]) + at(72, 574, PROSE[3]) + prose(500))
    assert texts(page)[:2] == [f"• {PROSE[0]}", f"1. {PROSE[1]}"]
    assert page.text is not None
    blocks = [line.block for line in page.text.lines]
    assert len(set(blocks[:3])) == 3
    assert blocks[2] == blocks[3]


def test_tagged_paragraphs_are_blocks(tmp_path: Path) -> None:
    def tagged(*lines: str) -> str:
        parts = [f"/P <</MCID {i}>> BDC {line} EMC" for i, line in enumerate(lines)]
        return "\n".join([*parts, ""])

    first = at(72, 740, PROSE[0]) + at(72, 714, PROSE[1])
    page = printed(
        tmp_path / "a.pdf", tagged(first, at(72, 688, PROSE[2]), at(72, 662, PROSE[3])) + prose(500)
    )
    assert page.text is not None
    assert [line.block for line in page.text.lines][:4] == [0, 0, 1, 2]


cells = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 30), st.integers(1, 20)),
    min_size=1,
    max_size=25,
    unique=True,
)


@given(cells)
@settings(max_examples=60)
def test_every_cell_is_read_once(places: Sequence[tuple[int, int, int]]) -> None:
    given_cells = []
    for i, (x, y, width) in enumerate(places):
        box = Box(x * 30.0, y * 40.0, x * 30.0 + width * 12.0, y * 40.0 + 20.0)
        given_cells.append(Cell((Word(str(i), box, box, (1.0,)),), box, box.y1, 30.0))
    lines = reading_order(given_cells, ())
    assert sorted(line.text for line in lines) == sorted(str(i) for i in range(len(places)))
    assert [line.block for line in lines] == sorted(line.block for line in lines)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12))
@settings(max_examples=30)
def test_a_single_column_is_read_downwards(widths: list[int]) -> None:
    given_cells = []
    for i, width in enumerate(widths):
        box = Box(100.0, i * 50.0, 100.0 + 40.0 * width, i * 50.0 + 30.0)
        given_cells.append(Cell((Word(str(i), box, box, (1.0,)),), box, box.y1, 30.0))
    order = np.random.default_rng(len(widths)).permutation(len(widths))
    shuffled = [given_cells[i] for i in order]
    assert [line.text for line in reading_order(shuffled, ())] == [str(i) for i in range(len(widths))]
