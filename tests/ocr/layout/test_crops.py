"""Line pictures: cut out level, in black and white at twice the size."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ocr.layout.crops import black_and_white, line_picture
from ocr.layout.ink import find_ink
from ocr.layout.lines import with_runs
from ocr.layout.runs import Run
from ocr.types import Box


def test_pale_print_on_grey_paper_is_black_on_white() -> None:
    picture = np.full((20, 60), 200, np.uint8)
    picture[5:15, 10:20] = 150
    found = black_and_white(picture)
    assert found.shape == (40, 120)
    assert set(np.unique(found)) == {0, 255}
    assert (found[12:28, 22:38] == 0).all() and (found[:, 60:] == 255).all()


@given(arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 30))))
def test_any_picture_has_two_tones_at_most(picture: np.ndarray) -> None:
    found = black_and_white(picture)
    assert found.dtype == np.uint8 and found.shape == (2 * picture.shape[0], 2 * picture.shape[1])
    assert set(np.unique(found)) <= {0, 255}


@given(st.lists(st.floats(-2e4, 2e4), min_size=1, max_size=3), st.sampled_from([0, 40, 92]))
def test_a_baseline_that_leaves_the_sheet_harms_nothing(baseline: list[float], y: int) -> None:
    grey = np.full((100, 200), 255, np.uint8)
    grey[y : y + 8, 20:30] = grey[y : y + 8, 150:160] = 0
    ink = find_ink(grey, 200)
    run = Run(Box(20, y, 160, y + 8), np.array(baseline), 10.0, np.array([1, 2]))
    picture = line_picture(grey, with_runs(ink, [run], np.zeros(3, np.bool_)), 0).image
    assert picture.shape[1] == 148 and picture.min() < 128
