"""Reading order from boxes and rules: every layout of the form, and what must hold for any boxes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.layout.order import reading_order
from ocr.types import Box, Rule

H = 10.0


def piece(x0: float, line: float, width: float) -> Box:
    """A piece of line number `line` (30 pixels apart), consonants 10 high."""
    return Box(x0, 30 * line, x0 + width, 30 * line + H)


def order(boxes: list[Box], rules: list[Rule] | None = None) -> list[int]:
    return [placed.index for placed in reading_order(boxes, rules or [])]


def cells(boxes: list[Box], rules: list[Rule] | None = None) -> list[list[int]]:
    """The blocks in reading order, each with its boxes."""
    found: dict[int, list[int]] = {}
    for placed in reading_order(boxes, rules or []):
        found.setdefault(placed.block, []).append(placed.index)
    return list(found.values())


def horizontal(y: float, x0: float = 0, x1: float = 800) -> Rule:
    return Rule(Box(x0, y, x1, y + 2), "horizontal")


def vertical(x: float, y0: float, y1: float) -> Rule:
    return Rule(Box(x, y0, x + 2, y1), "vertical")


def test_one_column_is_read_downwards_and_divided_into_paragraphs() -> None:
    boxes = [piece(50, 0, 550), piece(0, 1, 600), piece(0, 2, 200), piece(50, 3, 550), piece(0, 4, 590)]
    assert cells(boxes) == [[0, 1, 2], [3, 4]]


def test_two_pairs_on_a_line_are_read_line_by_line() -> None:
    boxes = [box for i in range(3) for box in (piece(0, i, 200 + 20 * i), piece(400, i, 150 + 30 * i))]
    assert order(boxes) == [0, 1, 2, 3, 4, 5]
    assert [placed.row for placed in reading_order(boxes)] == [0, 0, 1, 1, 2, 2]


def test_a_value_that_wraps_stays_with_its_cell() -> None:
    boxes = [
        piece(0, 0, 350),
        piece(400, 0, 200),
        piece(60, 1, 120),  # the left value goes on, under the value
        piece(0, 2, 200),
        piece(400, 2, 200),
    ]
    assert order(boxes) == [0, 2, 1, 3, 4]


def test_a_right_value_that_wraps_stays_with_its_cell() -> None:
    boxes = [piece(0, 0, 200), piece(400, 0, 380), piece(400, 1, 100), piece(0, 2, 200), piece(400, 2, 200)]
    assert order(boxes) == [0, 1, 2, 3, 4]
    assert [1, 2] in cells(boxes)


def progress_rows() -> list[Box]:
    """Two rows of a table with four columns, its cells wrapped, as the form's progress table has them."""
    rows = []
    for top in (0, 4):
        rows += [
            piece(0, top, 110),  # the label
            piece(160, top, 500),  # date and activity, over three columns
            piece(160, top + 1, 240),  # the figures, first line
            piece(450, top + 1, 80),  # one status
            piece(600, top + 1, 80),  # the other
            piece(160, top + 2, 200),
            piece(450, top + 2, 40),
            piece(600, top + 2, 60),
        ]
    return rows


def test_table_cells_are_read_whole_from_left_to_right() -> None:
    one = [0, 1, 2, 5, 3, 6, 4, 7]
    assert order(progress_rows()) == one + [i + 8 for i in one]
    blocks = cells(progress_rows())
    assert [3, 6] in blocks
    assert [4, 7] in blocks


def test_ruled_cells_are_read_whole_from_left_to_right() -> None:
    boxes = [
        piece(10, 0, 100),
        piece(210, 0, 180),
        piece(10, 1, 60),
        piece(210, 1, 150),
        piece(10, 2, 110),
        piece(210, 2, 60),
    ]
    rules = [horizontal(-10), horizontal(50), horizontal(85)]
    rules += [vertical(x, -10, 85) for x in (0, 200, 400)]
    assert order(boxes, rules) == [0, 2, 1, 3, 4, 5]


def test_headings_beside_a_ruled_table_keep_their_place() -> None:
    boxes = [
        piece(0, 0, 100),  # two ticked options
        piece(250, 0, 100),
        piece(0, 1, 150),  # a heading
        *(piece(x, line, 60) for line in (2, 3) for x in (10, 210)),
    ]
    rules = [horizontal(y) for y in (50, 80, 110)] + [vertical(x, 50, 110) for x in (0, 200, 400)]
    assert order(boxes, rules) == [0, 1, 2, 3, 4, 5, 6]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [piece(0, i, 300 - 3 * (i % 2)) for i in range(8)]
    right = [piece(340, i, 300 - 4 * (i % 3)) for i in range(8)]
    boxes = [box for pair in zip(left, right, strict=True) for box in pair]
    assert order(boxes) == [*range(0, 16, 2), *range(1, 16, 2)]


def test_a_stretched_blank_in_running_text_is_no_column() -> None:
    boxes = [piece(0, 0, 600), piece(0, 1, 150), piece(195, 1, 405), piece(0, 2, 600), piece(0, 3, 600)]
    assert cells(boxes) == [[0, 1, 2, 3, 4]]


def test_a_list_marker_is_no_column() -> None:
    boxes = [piece(0, 0, 15), piece(40, 0, 400), piece(0, 1, 15), piece(40, 1, 380)]
    placed = reading_order(boxes)
    assert [p.index for p in placed] == [0, 1, 2, 3]
    assert placed[0].block == placed[1].block


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    st.floats(0, 900),
    st.floats(0, 900),
    st.floats(2, 400),
    st.floats(6, 14),
)


@settings(max_examples=150)
@given(st.lists(boxes, max_size=25), st.booleans())
def test_no_box_is_lost_or_doubled(pieces: list[Box], ruled: bool) -> None:
    rules = [vertical(300, 0, 1000), horizontal(400, 0, 1000)] if ruled else []
    placed = reading_order(pieces, rules)
    assert sorted(p.index for p in placed) == list(range(len(pieces)))
    blocks = [p.block for p in placed]
    assert blocks == sorted(blocks)


@settings(max_examples=60)
@given(st.lists(boxes, max_size=15), st.integers(-50, 50), st.sampled_from([0.5, 1.0, 2.0, 4.0]))
def test_place_and_scale_do_not_matter(pieces: list[Box], shift: int, scale: float) -> None:
    moved = [
        Box(b.x0 * scale + shift, b.y0 * scale + shift, b.x1 * scale + shift, b.y1 * scale + shift)
        for b in pieces
    ]
    before = [p.index for p in reading_order(pieces)]
    assert sorted(before) == sorted(p.index for p in reading_order(moved))
    if all(float(v).is_integer() for b in pieces for v in (b.x0, b.y0, b.x1, b.y1)):
        assert before == [p.index for p in reading_order(moved)]


@settings(max_examples=60)
@given(st.permutations(range(16)))
def test_the_order_of_the_input_does_not_matter(shuffle: list[int]) -> None:
    pieces = progress_rows()
    found = [shuffle[i] for i in order([pieces[i] for i in shuffle])]
    assert found == order(pieces)


def test_nothing_is_read_from_nothing() -> None:
    assert reading_order([]) == []


def test_a_column_with_empty_cells_is_a_column_beside_one_that_goes_on() -> None:
    boxes: list[Box] = []
    rows: list[list[int]] = []
    for row in range(3):
        line = 4 * row
        parts = [piece(0, line, 80), piece(105, line, 180), piece(300, line, 60), piece(372, line, 60)]
        parts += [piece(105, line + 1, 160), piece(372, line + 1, 60)]
        parts += [piece(105, line + 2, 170), piece(372, line + 2, 40), piece(105, line + 3, 150)]
        rows.append([len(boxes) + i for i in (0, 1, 4, 6, 8, 2, 3, 5, 7)])
        boxes += parts
    assert order(boxes) == [i for row in rows for i in row]
