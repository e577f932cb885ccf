from __future__ import annotations

from pathlib import Path

import img2pdf
import numpy as np
import pytest
from PIL import Image as Pillow

from ocr.errors import EmptyFile, ScanError, TooLarge, UnsupportedFile
from ocr.open import Limits
from workers.intake.whole import check_whole

LIMITS = Limits()


def _page(mode: str = "L") -> Pillow.Image:
    noise = np.random.default_rng(4).integers(0, 255, (300, 210), np.uint8)
    return Pillow.fromarray(noise).convert(mode)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name in ("a.jpg", "b.png", "c.webp", "d.bmp", "e.gif", "f.tif", "g.jp2"):
        _page().save(folder / name)
    _page("1").save(folder / "h.tif", compression="group4", save_all=True, append_images=[_page("1")])
    (folder / "i.pdf").write_bytes(img2pdf.convert(folder / "a.jpg", engine=img2pdf.Engine.internal))
    return folder


@pytest.mark.parametrize(
    "name", ["a.jpg", "b.png", "c.webp", "d.bmp", "e.gif", "f.tif", "g.jp2", "h.tif", "i.pdf"]
)
def test_a_whole_file_is_told_from_its_beginning(files: Path, tmp_path: Path, name: str) -> None:
    assert check_whole(files / name, LIMITS) == (name not in ("h.tif", "i.pdf"))
    data = (files / name).read_bytes()
    for share in (0.0, 0.02, 0.3, 0.6, 0.9):
        cut = tmp_path / name
        cut.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(ScanError, match=": "):
            check_whole(cut, LIMITS)


def test_a_jpeg_without_its_end_mark_is_whole_where_its_pixels_are(files: Path, tmp_path: Path) -> None:
    data = (files / "a.jpg").read_bytes()
    padded = tmp_path / "padded.jpg"
    padded.write_bytes(data + b"\0" * 5000)
    assert check_whole(padded, LIMITS)


def test_what_is_no_scan_is_refused_whatever_its_name(files: Path, tmp_path: Path) -> None:
    cases = {"a.pdf": b"MZ\x90", "b.jpg": b"PK\x03\x04 docx", "c.png": b"hello", "d.tif": b""}
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises((UnsupportedFile, EmptyFile, ScanError)):
            check_whole(tmp_path / name, LIMITS)
    with pytest.raises(TooLarge):
        check_whole(files / "a.jpg", Limits(max_bytes=100))
    with pytest.raises(ScanError, match="not there"):
        check_whole(tmp_path / "gone.pdf", LIMITS)
