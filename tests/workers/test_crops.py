"""Pictures of fields: whatever the box, a small upright picture."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.types import Box, Line, Text, Word
from workers.crops import crop, picture_name, turn_of

_SIDE = st.integers(-50, 900)


def shape(data: bytes) -> tuple[int, ...]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return tuple(image.shape)


@settings(max_examples=40)
@given(
    st.sampled_from([(800, 600), (600, 800, 3)]),
    st.tuples(_SIDE, _SIDE, _SIDE, _SIDE),
    st.sampled_from((0, 90, 180, 270)),
)
def test_any_box_makes_a_picture(size: tuple[int, ...], box: tuple[int, int, int, int], turn: int) -> None:
    height, width = shape(crop(np.full(size, 200, np.uint8), box, turn))[:2]
    assert 1 <= width <= 1000 and height >= 1


def test_the_picture_is_turned_to_be_read() -> None:
    page = np.full((1170, 827), 255, np.uint8)
    page[100:200, 100:140] = 0  # dark at the top of a tall box
    tall = cv2.imdecode(np.frombuffer(crop(page, (100, 100, 140, 400)), np.uint8), cv2.IMREAD_GRAYSCALE)
    wide = cv2.imdecode(np.frombuffer(crop(page, (100, 100, 140, 400), 90), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert tall is not None and wide is not None
    assert tall.shape == wide.shape[::-1]
    right, left = wide[:, wide.shape[1] // 2 :], wide[:, : wide.shape[1] // 2]
    assert right.mean() < left.mean()  # turned clockwise, what was above is on the right


def test_the_way_words_run_tells_the_turn() -> None:
    places = {0: ((0, 0), (100, 0)), 180: ((100, 0), (0, 0)), 90: ((0, 100), (0, 0)), 270: ((0, 0), (0, 100))}
    for turn, at in places.items():
        words = [Word("ก", box, box, (0.9,)) for x, y in at for box in [Box(x, y, x + 10, y + 10)]]
        assert turn_of(Text(1, 300, 300, (Line(tuple(words)),))) == turn
    assert turn_of(None) == turn_of(Text(1, 300, 300, ())) == 0


def test_names_tell_scans_records_and_fields_apart() -> None:
    assert picture_name("ab" * 32, 2, 17) == "abababababababab/2-17.jpg"
