"""The sheet laid flat: outline, turns, skew and bend, and the way back to the scan."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ocr.prepare import prepare
from ocr.prepare.curl import fit
from ocr.prepare.flat import flatten
from ocr.prepare.ink import blobs, ink
from ocr.prepare.lines import chain
from ocr.prepare.outline import find_outline
from ocr.prepare.skew import find_skew, undersides
from ocr.types import Image, Page, Sheet

Draw = Callable[..., Image]
quiet = settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def marked(page: Image) -> tuple[Image, np.ndarray]:
    """The page with five black squares where no print is, and their centres."""
    out = page.copy()
    rows, columns = page.shape
    places = [(0.05, 0.06), (0.95, 0.05), (0.95, 0.5), (0.06, 0.95), (0.93, 0.94)]
    centres = []
    for fx, fy in places:
        x, y = round(fx * columns), round(fy * rows)
        out[y - 14 : y + 14, x - 14 : x + 14] = 0
        centres.append((x, y))
    return out, np.array(centres, dtype=np.float64)


def squares(sheet: Sheet) -> np.ndarray:
    """The centres of the black squares on a prepared sheet, slanting ones too, and of whatever else is solid there."""
    mask = ink(sheet.image, 128)
    found = []
    for contour in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        x, y, wide, high = cv2.boundingRect(contour)
        own = np.count_nonzero(mask[y : y + high, x : x + wide])
        # a contour goes through the middles of the pixels
        hull = cv2.contourArea(cv2.convexHull(contour)) + wide + high
        if 20 < max(wide, high) < 40 and own > 0.9 * hull:
            found.append((x + wide / 2, y + high / 2))
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def rotated(page: Image, degrees: float, paper: int = 255) -> tuple[Image, np.ndarray]:
    """The page turned clockwise on a canvas that holds it, and the matrix from page to canvas."""
    rows, columns = page.shape
    matrix = np.asarray(cv2.getRotationMatrix2D((columns / 2, rows / 2), -degrees, 1.0), np.float64)
    c, s = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (round(columns * c + rows * s), round(columns * s + rows * c))
    matrix[:, 2] += np.array(size) / 2 - np.array([columns, rows]) / 2
    turned = cv2.warpAffine(page, matrix, size, flags=cv2.INTER_CUBIC, borderValue=paper)
    return np.asarray(turned, np.uint8), matrix


@given(degrees=st.floats(-14, 14), quarter=st.integers(0, 3))
@quiet
def test_marks_on_turned_scans_map_back(thai_page: Draw, degrees: float, quarter: int) -> None:
    page, centres = marked(thai_page())
    scan, matrix = rotated(page, degrees)
    true = centres @ matrix[:, :2].T + matrix[:, 2]
    rows, columns = scan.shape
    for _ in range(quarter):
        true = np.column_stack([true[:, 1], columns - true[:, 0]])
        rows, columns = columns, rows
    sheet = prepare(Page(1, np.ascontiguousarray(np.rot90(scan, quarter)), 150))
    found = sheet.to_page.apply(squares(sheet))
    assert len(found) == len(true)
    for point in true:
        assert np.linalg.norm(found - point, axis=1).min() < 2


@example(  # a strip of the surround, thick at one side and a hair at the next
    jitter=[0.0, 0.0389165, 0.0083618, -0.0351563, -0.0030848, 0.0091553, -0.0150266, 0.0],
    bend=0.0078125,
    quarter=0,
)
@example(  # two sides bowed by more than the width of the step that is looked for along them
    jitter=[0.0327690, 0.0, -0.0181713, -0.0021567, 0.04, -0.0217203, -0.0212359, 0.04],
    bend=-0.0198601,
    quarter=3,
)
@example(  # the marks come out slanting
    jitter=[0.0151503, 0.0371872, 0.015138, -0.04, -0.0081065, 0.0214311, 0.0206635, 0.0119052],
    bend=0.0193667,
    quarter=2,
)
@given(
    jitter=st.lists(st.floats(-0.04, 0.04), min_size=8, max_size=8),
    bend=st.floats(-0.02, 0.02),
    quarter=st.integers(0, 3),
)
@quiet
def test_marks_on_bent_photos_map_back(
    thai_page: Draw, jitter: list[float], bend: float, quarter: int
) -> None:
    page, centres = marked(thai_page())
    rows, columns = page.shape
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float32)
    size = (round(1.2 * columns), round(1.2 * rows))
    moved = corners + 0.1 * np.array([columns, rows]) + np.array(jitter).reshape(4, 2) * columns
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    xs, ys = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    flat = cv2.perspectiveTransform(
        np.stack([xs, ys], axis=-1).astype(np.float64), np.linalg.inv(matrix)
    ).astype(np.float32)
    lift = bend * rows * np.sin(np.pi * np.clip(flat[..., 0] / columns, 0, 1))
    photo = cv2.remap(
        page,
        flat[..., 0] - 0.5,
        flat[..., 1] + lift.astype(np.float32) - 0.5,
        cv2.INTER_CUBIC,
        borderValue=70,
    )
    photo = cv2.convertScaleAbs(photo, alpha=0.85)
    bent = centres.copy()
    bent[:, 1] -= bend * rows * np.sin(np.pi * centres[:, 0] / columns)
    true = cv2.perspectiveTransform(bent[None], matrix)[0]
    wide, tall = size
    for _ in range(quarter):
        true = np.column_stack([true[:, 1], wide - true[:, 0]])
        wide, tall = tall, wide
    sheet = prepare(Page(1, np.ascontiguousarray(np.rot90(photo, quarter)), 150))
    assert "page outline" in sheet.steps
    found = sheet.to_page.apply(squares(sheet))
    assert len(found) == len(true)
    for point in true:
        assert np.linalg.norm(found - point, axis=1).min() < 3
    # and the lines of print are level and straight
    lines, height = chain(blobs(ink(sheet.image)))
    rest = [np.abs(line.bottom - np.median(line.bottom)) for line in lines if len(line.x) > 15]
    assert np.mean(np.concatenate(rest)) < 0.16 * height


@pytest.mark.parametrize("degrees", [-14.3, -3.27, -0.4, 0.35, 1.81, 9.6])
def test_the_skew_is_found_to_a_twentieth_of_a_degree(thai_page: Draw, degrees: float) -> None:
    scan, _ = rotated(thai_page(), degrees)
    angle, clear = find_skew(undersides(ink(scan)))
    assert angle == pytest.approx(degrees, abs=0.05)
    assert clear > 1.5


@pytest.mark.parametrize(
    "font", ["Laksaman", "Norasi", "Garuda-Bold", "Loma", "Sawasdee", "TlwgTypist", "Purisa"]
)
@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_turned_pages_are_put_right_without_resampling(thai_page: Draw, font: str, quarter: int) -> None:
    page = thai_page(font=font, lines=7)
    sheet = flatten(Sheet(np.ascontiguousarray(np.rot90(page, quarter)), 150))
    assert np.array_equal(sheet.image, page)
    assert sheet.steps == (() if quarter == 0 else (f"turned {(4 - quarter) * 90}°",))


def test_a_page_with_too_little_print_stays_as_it_lies(thai_page: Draw, write: Draw) -> None:
    page = write(np.full((1200, 900), 255, np.uint8), (430, 1100), "- 3 -")
    for quarter in range(4):
        scan = Sheet(np.ascontiguousarray(np.rot90(page, quarter)), 150)
        assert flatten(scan).image is scan.image


def test_figures_alone_do_not_turn_a_page(thai_page: Draw) -> None:
    page = thai_page(text=("1,234,567.00 890 12.5", "45,000 300.25 7,816"), lines=12)
    assert flatten(Sheet(page, 150)).steps == ()


def test_a_bend_is_measured_and_straight_print_has_none(thai_page: Draw) -> None:
    page = thai_page()
    rows, columns = page.shape
    xs, ys = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    bent = cv2.remap(
        page, xs, ys + np.float32(14) * np.sin(np.pi * xs / columns), cv2.INTER_CUBIC, borderValue=255
    )
    for image, low, high in ((page, 0.0, 0.05), (bent, 0.2, 1.5)):
        lines, height = chain(blobs(ink(np.asarray(image, np.uint8))))
        bend = fit(lines, height, (columns, rows))
        assert bend is not None
        assert low <= bend.reach <= high


def test_paper_to_the_edge_has_no_outline(thai_page: Draw) -> None:
    assert find_outline(thai_page()) is None
    banner = thai_page()
    banner[:130] = 40
    assert find_outline(banner) is None
    framed = thai_page()
    framed[300:700, 100:800] = 60
    assert find_outline(framed) is None


def test_a_sheet_in_half_shadow_is_found(thai_page: Draw) -> None:
    page = thai_page()
    photo = np.full((page.shape[0] + 240, page.shape[1] + 240), 110, np.uint8)
    photo[120:-120, 120:-120] = page
    shade = np.where(np.arange(photo.shape[1]) < 500, 0.45, 1.0)
    shade = cv2.GaussianBlur(shade[None].astype(np.float32), (0, 0), 20)
    corners = find_outline((photo * shade * 0.9).astype(np.uint8))
    assert corners is not None
    high, wide = photo.shape
    true = np.array([[120, 120], [wide - 120, 120], [wide - 120, high - 120], [120, high - 120]])
    assert np.abs(corners - true).max() < 6


@pytest.mark.parametrize("kept", [0.35, 0.2])
def test_a_sheet_in_a_washed_out_photo_is_found(thai_page: Draw, kept: float) -> None:
    page = thai_page()
    photo = np.pad(page, ((90, 70), (80, 100)), constant_values=60)
    plain, pale = find_outline(photo), find_outline((255 - (255.0 - photo) * kept).astype(np.uint8))
    assert plain is not None
    assert pale is not None
    assert np.abs(pale - plain).max() < 5
    assert find_outline((255 - (255.0 - page) * kept).astype(np.uint8)) is None


def test_the_dpi_follows_the_sheet_in_a_photo(thai_page: Draw) -> None:
    page = thai_page(size=(8.27, 11.69), dpi=100)
    photo = np.full((page.shape[0] + 200, page.shape[1] + 200), 60, np.uint8)
    photo[100:-100, 100:-100] = page
    assert flatten(Sheet(photo, 72)).dpi == pytest.approx(100, rel=0.02)
    assert flatten(Sheet(photo, 100)).dpi == 100


@pytest.mark.parametrize("sideways", [False, True])
def test_a_bend_without_a_visible_edge_is_flattened(thai_page: Draw, sideways: bool) -> None:
    page, centres = marked(thai_page())
    rows, columns = page.shape
    xs, ys = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    # a gutter to the left, and lines that fan out down the page
    lift = 22 * np.exp(-xs / 160) + 0.012 * (xs - columns / 2) * (ys / rows - 0.5)
    bent = cv2.remap(page, xs, ys + lift.astype(np.float32), cv2.INTER_CUBIC, borderValue=255)
    x, y = (centres - 0.5).T
    true = y.copy()
    for _ in range(20):
        true = y - (22 * np.exp(-x / 160) + 0.012 * (x - columns / 2) * (true / rows - 0.5))
    place = np.column_stack([x + 0.5, true + 0.5])
    if sideways:
        bent, place = (
            np.ascontiguousarray(np.rot90(bent)),
            np.column_stack([place[:, 1], columns - place[:, 0]]),
        )
    sheet = prepare(Page(1, np.asarray(bent, np.uint8), 150))
    assert any(step.startswith("flattened a bend") for step in sheet.steps)
    found = sheet.to_page.apply(squares(sheet))
    for point in place:
        assert np.linalg.norm(found - point, axis=1).min() < 3
    lines, height = chain(blobs(ink(sheet.image)))
    rest = [np.abs(line.bottom - np.median(line.bottom)) for line in lines if len(line.x) > 15]
    assert np.mean(np.concatenate(rest)) < 0.13 * height
