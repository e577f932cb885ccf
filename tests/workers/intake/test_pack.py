from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

from ocr.errors import DamagedFile, EmptyFile, TooLarge
from ocr.open import Document, Limits, open_page, page_count
from workers.intake.pack import in_page_order, pack

LIMITS = Limits()


def _picture(mode: str, seed: int = 0, size: tuple[int, int] = (413, 585)) -> Pillow.Image:
    """A small page (A4 at 50 dpi would be no page: the dpi is set when it is saved) with blocks and noise."""
    rng = np.random.default_rng(seed)
    width, height = size
    grey = np.full((height, width), 245, np.uint8)
    for _ in range(60):
        x, y = int(rng.integers(0, width - 40)), int(rng.integers(0, height - 12))
        grey[y : y + 9, x : x + 31] = rng.integers(0, 90)
    image = Pillow.fromarray(grey)
    if mode in ("RGB", "RGBA", "CMYK", "P"):
        image = Pillow.merge("RGB", (image, image.rotate(180), image))
    return image.convert(mode)


def _saved(folder: Path, name: str, image: Pillow.Image, **options: Any) -> Path:
    path = folder / name
    image.save(path, dpi=(100, 100), **options)
    return path


def _turned(folder: Path, orientation: int) -> Path:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return _saved(folder, f"turn{orientation}.jpg", _picture("RGB"), exif=exif, quality=90)


def _sorts(folder: Path) -> dict[str, Path]:
    deep = Pillow.fromarray(np.asarray(_picture("L")).astype(np.uint16) * 257)
    return {
        "grey jpeg": _saved(folder, "a.jpg", _picture("L"), quality=80),
        "colour jpeg": _saved(folder, "b.jpg", _picture("RGB"), quality=80),
        "grey png": _saved(folder, "c.png", _picture("L")),
        "colour png": _saved(folder, "d.png", _picture("RGB")),
        "bilevel png": _saved(folder, "e.png", _picture("1")),
        "palette png": _saved(folder, "f.png", _picture("P")),
        "group 4": _saved(folder, "g.tif", _picture("1"), compression="group4"),
        "lzw tiff": _saved(folder, "h.tif", _picture("RGB"), compression="tiff_lzw"),
        "alpha": _saved(folder, "i.png", _picture("RGBA")),
        "16 bits": _saved(folder, "j.png", deep),
        "webp": _saved(folder, "k.webp", _picture("RGB"), lossless=True),
        "cmyk": _saved(folder, "l.jpg", _picture("CMYK"), quality=80),
        "gif": _saved(folder, "m.gif", _picture("P")),
        "bmp": _saved(folder, "n.bmp", _picture("L")),
        **{f"turn {n}": _turned(folder, n) for n in range(1, 9)},
    }


@pytest.fixture(scope="module")
def sorts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return _sorts(tmp_path_factory.mktemp("sorts"))


def test_every_page_comes_out_as_its_image_is_read(sorts: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "packed.pdf"
    pack(list(sorts.values()), out, LIMITS)
    packed = Document("packed.pdf", (out,))
    assert page_count(packed) == len(sorts)
    for number, (sort, path) in enumerate(sorts.items(), start=1):
        page = open_page(packed, number)
        image = open_page(Document(path.name, (path,)), 1)
        assert page.image.shape == image.image.shape, sort
        off = np.abs(page.image.astype(int) - image.image.astype(int))
        assert off.max() <= (4 if path.suffix == ".jpg" else 0), sort  # two JPEG decoders round differently
        assert page.dpi == pytest.approx(image.dpi, abs=1), sort


def test_the_same_images_give_the_same_bytes(sorts: dict[str, Path], tmp_path: Path) -> None:
    digests = set()
    for turn in ("first", "second"):
        folder = tmp_path / turn
        folder.mkdir()
        paths = [Path(shutil.copy(path, folder / f"{turn}-{path.name}")) for path in sorts.values()]
        pack(paths, folder / "out.pdf", LIMITS)
        digests.add(hashlib.sha256((folder / "out.pdf").read_bytes()).hexdigest())
        assert [path.name for path in folder.iterdir() if path.is_dir()] == []
    assert len(digests) == 1


def test_a_jpeg_goes_in_byte_for_byte(sorts: dict[str, Path], tmp_path: Path) -> None:
    pack([sorts["colour jpeg"], sorts["turn 6"]], tmp_path / "out.pdf", LIMITS)
    data = (tmp_path / "out.pdf").read_bytes()
    assert sorts["colour jpeg"].read_bytes() in data
    assert sorts["turn 6"].read_bytes() in data


def test_pages_count_as_people_do() -> None:
    names = ["หน้า10.jpg", "หน้า2.jpg", "หน้า๑.jpg", "หน้า2.jpg"]
    assert [names[place] for place in in_page_order(names)] == [
        "หน้า๑.jpg",
        "หน้า2.jpg",
        "หน้า2.jpg",
        "หน้า10.jpg",
    ]
    assert in_page_order(names) == [2, 1, 3, 0]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, DamagedFile),
        (b"II*\0\x08\0\0\0\xff\xff", DamagedFile),
    ],
)
def test_what_cannot_be_a_page_is_named(
    sorts: dict[str, Path], tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    bad = tmp_path / "เสีย.png"
    bad.write_bytes(content)
    with pytest.raises(error, match=r"เสีย\.png: .+: .+"):
        pack([sorts["grey png"], bad], tmp_path / "out.pdf", LIMITS)
    assert [path.name for path in tmp_path.iterdir()] == ["เสีย.png"]


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    _saved(tmp_path, "bomb.png", Pillow.new("1", (9000, 9000)))
    with pytest.raises(TooLarge, match="9000 × 9000"):
        pack([tmp_path / "bomb.png"], tmp_path / "out.pdf", Limits(max_pixels=1_000_000))
    with pytest.raises(TooLarge, match="2 page images"):
        pack([tmp_path / "bomb.png"] * 2, tmp_path / "out.pdf", Limits(max_pages=1))


def test_a_resolution_that_cannot_be_gives_a_page_all_the_same(tmp_path: Path) -> None:
    odd = tmp_path / "odd.png"
    _picture("L").save(odd, dpi=(1, 1))
    pack([odd], tmp_path / "out.pdf", LIMITS)
    assert open_page(Document("out.pdf", (tmp_path / "out.pdf",)), 1).image.shape == (585, 413)
