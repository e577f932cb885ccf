"""Scanners: every kind gives a page of its kind, the same for the same seed, still black on white."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from samples.make import damage, files, paper


@pytest.fixture(scope="module")
def sheet() -> paper.Ink:
    image = np.full((700, 500, 3), 255, np.uint8)
    for y in range(80, 620, 40):
        cv2.putText(image, "samnao 1234567890", (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
    return image.astype(np.float32) / 255


@pytest.mark.parametrize("kind", sorted(damage.KINDS))
def test_a_kind_is_reproducible_and_of_its_depth(kind: str, sheet: paper.Ink) -> None:
    first = damage.scanned(sheet, kind, np.random.default_rng(3))
    again = damage.scanned(sheet, kind, np.random.default_rng(3))
    assert np.array_equal(first, again)
    assert first.dtype == np.uint8
    assert first.ndim == (3 if kind in ("phone", "flatbed") else 2)
    if damage.KINDS[kind].bilevel:
        assert set(np.unique(first)) <= {0, 255}


@pytest.mark.parametrize("kind", ["clean", "fax"])
def test_a_device_out_of_order_blurs_grains_pales_or_coarsens(kind: str, sheet: paper.Ink) -> None:
    good = damage.scanned(sheet, kind, np.random.default_rng(0)).astype(float)
    bad = [damage.scanned(sheet, kind, np.random.default_rng(n), worse=True) for n in range(8)]
    assert all(scan.shape == good.shape and scan.dtype == np.uint8 for scan in bad)
    assert all(np.abs(scan - good).mean() > 0.5 for scan in bad)
    if damage.KINDS[kind].bilevel:
        assert all(set(np.unique(scan)) <= {0, 255} for scan in bad)


@pytest.mark.parametrize("kind", sorted(set(damage.KINDS) - {"phone"}))
def test_print_stays_darker_than_paper(kind: str, sheet: paper.Ink) -> None:
    scan = damage.scanned(sheet, kind, np.random.default_rng(8)).astype(float)
    grey = scan.mean(axis=2) if scan.ndim == 3 else scan
    ink = damage.grey(sheet) < 0.3
    middle = np.zeros_like(ink)
    middle[100:600, 60:440] = True
    assert grey[ink & middle].mean() + 25 < grey[~ink & middle].mean()


def test_holes_and_staples_leave_the_print_alone(sheet: paper.Ink) -> None:
    rng = np.random.default_rng(1)
    for marked in (paper.punched(sheet, rng, 60), paper.stapled(sheet, rng, 60), paper.folded(sheet, rng)):
        assert marked.shape == sheet.shape
        assert np.isfinite(marked).all()
        assert np.median(np.abs(marked - sheet)) < 0.05


@pytest.mark.parametrize("name", ["a.pdf", "a.tif", "pages"])
def test_files_hold_every_page(name: str, tmp_path: Path, sheet: paper.Ink) -> None:
    pages = [damage.scanned(sheet, "fax", np.random.default_rng(n)) for n in range(3)]
    files.write(pages, True, 200, tmp_path / name)
    if name == "pages":
        assert len(list((tmp_path / name).iterdir())) == 3
    elif name.endswith(".tif"):
        with Image.open(tmp_path / name) as image:
            assert isinstance(image, TiffImageFile)
            assert image.n_frames == 3
            assert image.mode == "1"
    else:
        assert (tmp_path / name).read_bytes().count(b"/CCITTFaxDecode") == 3


def test_an_unknown_suffix_says_what_to_do(tmp_path: Path, sheet: paper.Ink) -> None:
    with pytest.raises(ValueError, match=r"use \.pdf"):
        files.write(
            [damage.scanned(sheet, "clean", np.random.default_rng(0))], False, 200, tmp_path / "a.doc"
        )
