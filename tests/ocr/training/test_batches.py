"""Lines as the network sees them, and batches of them."""

from __future__ import annotations

import itertools
import subprocess
import sys

import cv2
import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.training.batches import batched, encode, widths
from ocr.training.pixels import FULL, HEIGHT, levels, network_input, scaled
from ocr.training.plan import Plan, rate_at


def _line(rows: int, columns: int) -> np.ndarray:
    image = np.full((rows, columns), 230, np.uint8)
    cv2.putText(
        image, "Samnao 123", (4, rows * 3 // 4), cv2.FONT_HERSHEY_SIMPLEX, rows / 40, 30, 2, cv2.LINE_AA
    )
    return image


@settings(max_examples=30)
@given(st.integers(6, 160), st.integers(3, 700))
def test_any_picture_becomes_48_rows_of_int8(rows: int, columns: int) -> None:
    noise = np.random.default_rng(rows * 1000 + columns).integers(0, 256, (rows, columns), np.uint8)
    found = network_input(noise)
    assert found.shape[0] == HEIGHT and found.dtype == np.int8
    assert abs(found.shape[1] - columns * HEIGHT / rows) <= 1
    assert found.min() >= -FULL


def test_paper_is_high_and_ink_is_low() -> None:
    found = network_input(_line(48, 300))
    assert np.median(found) > 100 and found.min() < -90


def test_light_and_contrast_make_no_difference() -> None:
    dark = (_line(60, 300) * 0.5 + 60).astype(np.uint8)
    difference = np.abs(network_input(dark).astype(int) - network_input(_line(60, 300)).astype(int))
    assert np.percentile(difference, 95) < 6


def test_levels_are_those_of_dips_and_peaks_in_the_middle_row() -> None:
    image = np.full((3, 9), 200, np.uint8)
    image[1] = [200, 200, 10, 200, 20, 220, 30, 200, 200]
    # dips 10, 20, 30, the first quarter of them ends within the first; peaks 200 (left of 10), 200, 220, 200
    black, white = levels(image)
    assert 10 <= black <= 11 and 200 <= white <= 221


def test_an_empty_line_is_no_division_by_nothing() -> None:
    assert np.unique(network_input(np.full((48, 40), 128, np.uint8))).size == 1


def test_scaling_keeps_the_size_asked_for_and_the_greys() -> None:
    image = np.tile(np.linspace(0, 255, 200).astype(np.uint8), (40, 1))
    for factor in (0.4, 1.0, 1.7):
        found = scaled(image, factor)
        assert found.shape == (round(40 * factor), round(200 * factor))
        middle = found[found.shape[0] // 2]
        assert abs(int(middle[0])) < 12 and int(middle[-1]) > 240
        assert (np.diff(middle.astype(int)) >= -2).all()


def test_codes_are_ids_and_what_has_none_is_left_out() -> None:
    ids = {"ก": 3, "๙": 4}
    assert encode("ก๙ก", ids) == (3, 4, 3)
    assert encode("กx", ids) is None and encode("", ids) is None


@settings(max_examples=30)
@given(st.lists(st.integers(3, 1600), min_size=1, max_size=60), st.integers(2000, 9000))
def test_batches_hold_lines_of_about_one_width_and_lose_nothing_they_hold(
    columns: list[int], budget: int
) -> None:
    samples = [(np.full((HEIGHT, width), n, np.int8), (n,)) for n, width in enumerate(columns)]
    for batch in batched(iter(samples), budget):
        lines, rows, width = batch.pixels.shape
        assert rows == HEIGHT and width in widths() and lines == max(4, round(budget / width))
        for pixels, codes in zip(batch.pixels, batch.codes, strict=True):
            assert (pixels == np.float32(codes[0]) / np.float32(FULL)).all()
            assert columns[codes[0]] <= width


def test_every_width_is_whole_steps_of_the_network_and_within_reach_of_the_next() -> None:
    assert all(width % 24 == 0 for width in widths())
    assert all(b / a < 1.34 for a, b in itertools.pairwise(widths()))


def test_the_rate_rises_then_falls_to_nearly_nothing() -> None:
    plan = Plan(lines=100_000, rate=1e-3)
    assert rate_at(plan, 0, 0) < 1e-5
    rates = [rate_at(plan, 1000 + n, n) for n in range(0, 100_001, 5000)]
    assert rates[0] == pytest.approx(1e-3)
    assert rates == sorted(rates, reverse=True) and rates[-1] == pytest.approx(1e-5)


def test_the_makers_end_with_a_training_that_is_killed() -> None:
    program = (
        "import os, sys; from ocr.training.batches import processes; pool = processes(1); "
        "print(pool.submit(os.getpid).result(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as training:
        assert training.stdout is not None
        maker = psutil.Process(int(training.stdout.readline()))
        assert maker.is_running()
        training.kill()
        maker.wait(60)
