"""Line pictures: black and white, at twice the size."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ocr.layout.crops import black_and_white


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
