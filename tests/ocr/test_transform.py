"""Maps between frames and their ways back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.transform import IDENTITY, Displacement, Homography, Transform

angles = st.floats(-np.pi, np.pi)
shifts = st.floats(-500, 500)
small = st.floats(-1e-4, 1e-4)


@st.composite
def homographies(draw: st.DrawFn) -> Homography:
    """Turn, shift, scale and mild perspective."""
    a, k = draw(angles), draw(st.floats(0.5, 2))
    c, s = k * np.cos(a), k * np.sin(a)
    return Homography(
        np.array([[c, -s, draw(shifts)], [s, c, draw(shifts)], [draw(small), draw(small), 1.0]])
    )


@st.composite
def displacements(draw: st.DrawFn) -> Displacement:
    """Bends of up to 40 px that change slowly down the sheet."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    across = draw(st.lists(st.floats(-20, 20), min_size=columns, max_size=columns))
    down = np.linspace(draw(st.floats(0.2, 1)), draw(st.floats(0.2, 1)), rows)
    return Displacement(np.outer(down, across), 100.0, 150.0)


points = st.lists(
    st.tuples(st.floats(0, 1000, width=32), st.floats(0, 1000, width=32)), min_size=1, max_size=20
).map(lambda pairs: np.array(pairs, dtype=np.float64))


@given(st.lists(st.one_of(homographies(), displacements()), max_size=4), points)
@settings(max_examples=60)
def test_the_way_back_ends_where_it_began(maps: list[Homography | Displacement], there: np.ndarray) -> None:
    transform = Transform(tuple(maps))
    far = transform.apply(there)
    # only within the sheet is a projective map sure to be one to one
    near = np.abs(far).max(axis=1) < 5000
    back = transform.invert(far)
    assert np.abs(back - there)[near].max(initial=0) < 0.01


def test_the_identity_leaves_points_alone() -> None:
    there = np.array([[0.5, 0.5], [100.0, 3.0]])
    assert np.array_equal(IDENTITY.apply(there), there)
    assert np.array_equal(IDENTITY.invert(there), there)


def test_after_puts_the_new_step_first() -> None:
    shift = Homography(np.array([[1.0, 0, 10], [0, 1, 0], [0, 0, 1]]))
    double = Homography(np.diag([2.0, 2.0, 1.0]))
    transform = Transform((double,)).after(shift)
    assert transform.apply(np.array([[1.0, 1.0]])) == pytest.approx(np.array([[22.0, 2.0]]))


def test_a_displacement_is_bilinear_and_held_at_its_rim() -> None:
    bend = Displacement(np.array([[0.0, 10.0], [0.0, 30.0]]), 100.0, 200.0)
    there = np.array([[50.0, 0.0], [50.0, 100.0], [900.0, 900.0], [-5.0, 20.0]])
    assert bend.apply(there)[:, 1] - there[:, 1] == pytest.approx([5.0, 10.0, 30.0, 0.0])
