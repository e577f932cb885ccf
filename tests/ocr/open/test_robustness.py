"""Whatever is in a file, opening it gives pages or a ScanError that says what to do; nothing else."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.errors import ScanError
from ocr.open import Document, Limits, open_page, page_count
from ocr.types import Page

LIMITS = Limits(max_pixels=1_000_000, max_pages=50)

FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("JPEG", {"quality": 80}),
    "progressive": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {}),
    "g4": ("TIFF", {"compression": "group4"}),
    "lzw": ("TIFF", {"compression": "tiff_lzw", "save_all": True}),
    "gif": ("GIF", {}),
    "jp2": ("JPEG2000", {}),
    "bmp": ("BMP", {}),
    "pdf": ("PDF", {"save_all": True}),
}


@cache
def sample(name: str) -> bytes:
    """A small page with bars and noise in the format."""
    pixels = np.full((96, 64, 3), 255, np.uint8)
    pixels[10:80:8, 6:50] = 0
    pixels[40:50] = np.random.default_rng(3).integers(0, 256, (10, 64, 3), np.uint8)
    kind, options = FORMATS[name]
    image = Image.fromarray(pixels)
    if name == "g4":
        image = image.convert("1")
    data = io.BytesIO()
    more = {"append_images": [image.convert("L")]} if options.get("save_all") else {}
    image.save(data, kind, **options, **more)
    return data.getvalue()


def pages_or_error(path: Path, data: bytes) -> list[Page] | ScanError:
    path.write_bytes(data)
    document = Document(path.name, (path,))
    try:
        return [open_page(document, n, LIMITS) for n in range(1, page_count(document, LIMITS) + 1)]
    except ScanError as error:
        assert len(str(error)) > 20
        assert error.code in {
            "unsupported_file",
            "empty_file",
            "damaged_file",
            "encrypted_file",
            "too_large",
            "scan",
        }
        return error


quick = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("name", FORMATS)
def test_the_samples_are_fine(name: str, tmp_path: Path) -> None:
    pages = pages_or_error(tmp_path / "a", sample(name))
    assert isinstance(pages, list)
    assert len(pages) == (2 if name in ("lzw", "pdf") else 1)
    assert all(page.image.shape[:2] == (96, 64) for page in pages)


@given(data=st.binary(max_size=200))
@settings(parent=quick, max_examples=60)
def test_random_bytes(data: bytes, tmp_path: Path) -> None:
    assert isinstance(pages_or_error(tmp_path / "a", data), ScanError)


def test_every_cut_of_jpeg_2000_is_seen(tmp_path: Path) -> None:
    """Its decoder takes any beginning for a whole picture."""
    whole = sample("jp2")
    cuts = {*range(180, min(400, len(whole) - 2)), *range(0, len(whole) - 2, 97)}
    assert all(isinstance(pages_or_error(tmp_path / "a", whole[:cut]), ScanError) for cut in sorted(cuts))


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
@quick
def test_cut_anywhere(name: str, data: st.DataObject, tmp_path: Path) -> None:
    """Cut files give an error, or (cut within the last bytes) the whole page; never a page with a hole."""
    whole = sample(name)
    cut = data.draw(st.integers(0, len(whole) - 1))
    found = pages_or_error(tmp_path / "a", whole[:cut])
    if not isinstance(found, ScanError):
        sound = pages_or_error(tmp_path / "b", whole)
        assert isinstance(sound, list)
        assert len(found) == len(sound)
        for page, other in zip(found, sound, strict=True):
            assert np.array_equal(page.image, other.image)


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
@quick
def test_bytes_changed_anywhere(name: str, data: st.DataObject, tmp_path: Path) -> None:
    broken = bytearray(sample(name))
    near = data.draw(st.sampled_from([40, 400, len(broken)]))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(near, len(broken)) - 1))
        broken[at] = data.draw(st.integers(0, 255))
    found = pages_or_error(tmp_path / "a", bytes(broken))
    if isinstance(found, list):
        assert all(page.image.dtype == np.uint8 and page.dpi >= 70 for page in found)
