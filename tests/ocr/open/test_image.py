"""Image files of every kind through Pillow: pixels, turns, resolutions, limits, damage."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFile

from ocr.errors import DamagedFile, EmptyFile, ScanError, TooLarge, UnsupportedFile
from ocr.open import Document, Limits, open_page, page_count
from ocr.open.dpi import believable, letter_height, page_dpi
from ocr.types import Page

WIDTH, HEIGHT = 120, 200


def scene(mode: str = "L") -> Image.Image:
    """White with a black block at the top left and a grey one at the bottom right."""
    pixels = np.full((HEIGHT, WIDTH), 255, np.uint8)
    pixels[20:60, 10:50] = 0
    if mode != "1":
        pixels[150:180, 80:110] = 128
    return Image.fromarray(pixels).convert(mode)


def opened(path: Path, number: int = 1, **limits: int) -> Page:
    return open_page(Document(path.name, (path,)), number, Limits(**limits))


def check_scene(image: np.ndarray[Any, Any], grey: bool = True, slack: int = 12) -> None:
    assert image.dtype == np.uint8
    assert image.shape == (HEIGHT, WIDTH)
    assert image[40, 30] <= slack
    assert image[100, 60] >= 255 - slack
    if grey:
        assert abs(int(image[165, 95]) - 128) <= slack


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "packbits", "tiff_deflate", None])
def test_bilevel_tiff(tmp_path: Path, compression: str | None) -> None:
    scene("1").save(tmp_path / "a.tif", compression=compression, dpi=(300, 300))
    check_scene(opened(tmp_path / "a.tif").image, grey=False)


@pytest.mark.parametrize("photometric", [0, 1])
def test_bilevel_of_either_photometric(tmp_path: Path, photometric: int) -> None:
    """White is zero and black is zero, packed by hand."""
    bits = np.packbits((np.asarray(scene("1")) > 0) ^ (photometric == 0), axis=1).tobytes()
    entries = [(256, WIDTH), (257, HEIGHT), (258, 1), (259, 1), (262, photometric), (273, 8), (277, 1)]
    entries += [(278, HEIGHT), (279, len(bits))]
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", t, 4, 1, v) for t, v in entries
    )
    head = b"II*\0" + struct.pack("<I", 8 + len(bits))
    (tmp_path / "a.tif").write_bytes(head + bits + directory + b"\0\0\0\0")
    check_scene(opened(tmp_path / "a.tif").image, grey=False)


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("L", "a.jpg", {"quality": 95}),
        ("RGB", "a.jpg", {"quality": 95, "progressive": True}),
        ("CMYK", "a.jpg", {"quality": 95}),
        ("L", "a.png", {}),
        ("P", "a.png", {}),
        ("RGB", "a.png", {}),
        ("RGB", "a.webp", {"lossless": True}),
        ("RGB", "a.bmp", {}),
        ("P", "a.gif", {}),
        ("RGB", "a.jp2", {}),
        ("L", "a.pgm", {}),
        ("RGB", "a.tif", {"compression": "jpeg", "quality": 95}),
        ("RGB", "a.tif", {"compression": "tiff_lzw"}),
        ("CMYK", "a.tif", {}),
        ("YCbCr", "a.tif", {}),
        ("I", "a.tif", {}),
        ("F", "a.tif", {}),
    ],
)
def test_every_mode_comes_out_grey(tmp_path: Path, mode: str, name: str, options: dict[str, Any]) -> None:
    """Equal channels are one channel; no mode is darker, lighter or inverted."""
    image = scene(mode) if mode in ("I", "F") else scene("RGB").convert(mode)
    image.save(tmp_path / name, **options)
    check_scene(opened(tmp_path / name).image, grey=mode != "P")


@pytest.mark.parametrize("name", ["a.png", "a.tif", "b.tif"])
def test_sixteen_bits(tmp_path: Path, name: str) -> None:
    deep = np.asarray(scene()).astype(np.uint16) * 257
    if name == "b.tif":
        Image.fromarray(deep.astype(">u2")).save(tmp_path / name)
    else:
        Image.fromarray(deep).save(tmp_path / name)
    check_scene(opened(tmp_path / name).image)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bits_of_colour(tmp_path: Path, name: str) -> None:
    deep = np.repeat((np.asarray(scene()).astype(np.uint16) * 257)[..., None], 3, axis=2)
    assert cv2.imwrite(str(tmp_path / name), deep)
    check_scene(opened(tmp_path / name).image)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA"])
def test_alpha_lies_on_white(tmp_path: Path, mode: str) -> None:
    ink = Image.new("L", (WIDTH, HEIGHT), 0)
    transparent = Image.merge("LA", (ink, Image.fromarray(255 - np.asarray(scene()))))
    transparent.convert("RGBA").convert("LA" if mode == "LA" else "RGBA").save(tmp_path / "a.png")
    if mode == "PA":
        palette = Image.new("P", (WIDTH, HEIGHT), 0)
        palette.putpalette([0, 0, 0, 0, 0, 0])
        palette.paste(1, (10, 20, 50, 60))
        palette.save(tmp_path / "a.png", transparency=0)
    check_scene(opened(tmp_path / "a.png").image, grey=mode != "PA")


def test_colour_stays_colour(tmp_path: Path) -> None:
    image = scene("RGB")
    image.paste((200, 30, 30), (70, 70, 90, 90))
    image.save(tmp_path / "a.png")
    page = opened(tmp_path / "a.png")
    assert page.image.shape == (HEIGHT, WIDTH, 3)
    assert tuple(page.image[80, 80]) == (200, 30, 30)
    assert page.image.flags.c_contiguous


TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: np.rot90(a),
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("name", ["a.jpg", "a.tif", "a.png"])
def test_the_page_frame_is_the_image_as_shown(tmp_path: Path, orientation: int, name: str) -> None:
    """An upright scene stored turned, with the turn that puts it right in EXIF (or the TIFF tag)."""
    stored = Image.fromarray(np.ascontiguousarray(TURNS[orientation](np.asarray(scene()))))
    if name == "a.tif":
        stored.save(tmp_path / name, tiffinfo={274: orientation})
    else:
        exif = Image.Exif()
        exif[274] = orientation
        stored.save(tmp_path / name, exif=exif, quality=95)
    check_scene(opened(tmp_path / name).image)


def test_pages_of_a_tiff_file_and_thumbnails_among_them(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [scene("1"), scene("L").resize((12, 20)), scene("RGB"), scene("L")]
    pages[0].save(path, save_all=True, append_images=pages[1:], tiffinfo={254: 0})
    document = Document("a.tif", (path,))
    assert page_count(document) == 4
    assert open_page(document, 2).image.shape == (20, 12)
    check_scene(open_page(document, 4).image)
    data = bytearray(path.read_bytes())
    first = struct.unpack_from("<I", data, 4)[0]
    second = struct.unpack_from("<I", data, first + 2 + 12 * struct.unpack_from("<H", data, first)[0])[0]
    tag, kind, count, _ = struct.unpack_from("<HHII", data, second + 2)
    assert (tag, count) == (254, 1)
    struct.pack_into("<HHII", data, second + 2, tag, kind, count, 1)  # a reduced copy of another page
    path.write_bytes(data)
    assert page_count(document) == 3
    check_scene(open_page(document, 2).image)


def test_fax_pixels_are_made_square(tmp_path: Path) -> None:
    scene("1").resize((WIDTH, HEIGHT // 2)).save(
        tmp_path / "a.tif", compression="group3", tiffinfo={282: 204.0, 283: 102.0, 296: 2}
    )
    image = opened(tmp_path / "a.tif").image
    assert image.shape == (HEIGHT, WIDTH)
    assert image[40, 30] == 0


def test_one_image_of_moving_pictures(tmp_path: Path) -> None:
    for name in ("a.gif", "a.webp", "a.png"):
        other = Image.new("RGB", (WIDTH, HEIGHT), "red")
        scene("RGB").save(tmp_path / name, save_all=True, append_images=[other], lossless=True)
        assert page_count(Document(name, (tmp_path / name,))) == 1
        check_scene(opened(tmp_path / name).image)


def test_wrong_names_do_not_matter(tmp_path: Path) -> None:
    scene().save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.pdf")
    check_scene(opened(tmp_path / "a.pdf").image)


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims `width` × `height` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(bomb(60_000, 60_000))
    with pytest.raises(TooLarge, match="60000 × 60000"):
        opened(tmp_path / "a.png")
    scene("1").save(tmp_path / "a.tif", compression="group4")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    for at in range(len(data) - 12):
        if bytes(data[at : at + 4]) in (
            b"\x00\x01\x04\x00",
            b"\x01\x01\x04\x00",
            b"\x00\x01\x03\x00",
            b"\x01\x01\x03\x00",
        ):
            struct.pack_into("<HII", data, at + 2, 4, 1, 60_000)
    (tmp_path / "b.tif").write_bytes(data)
    with pytest.raises(TooLarge, match="60000 × 60000"):
        opened(tmp_path / "b.tif")


def test_the_limit_is_ours_and_pillow_keeps_its_own(tmp_path: Path) -> None:
    scene().save(tmp_path / "a.png")
    before = Image.MAX_IMAGE_PIXELS
    with pytest.raises(TooLarge):
        opened(tmp_path / "a.png", max_pixels=WIDTH * HEIGHT - 1)
    opened(tmp_path / "a.png", max_pixels=WIDTH * HEIGHT)
    assert before == Image.MAX_IMAGE_PIXELS
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_too_many_pages_of_a_tiff_file(tmp_path: Path) -> None:
    scene("1").save(tmp_path / "a.tif", save_all=True, append_images=[scene("1")] * 5)
    with pytest.raises(TooLarge, match="more than 4 pages"):
        page_count(Document("a.tif", (tmp_path / "a.tif",)), Limits(max_pages=4))


def test_a_tiff_chain_that_bites_its_tail(tmp_path: Path) -> None:
    scene("1").save(tmp_path / "a.tif")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    offset = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, offset)[0]
    struct.pack_into("<I", data, offset + 2 + 12 * count, offset)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(DamagedFile):
        page_count(Document("a.tif", (tmp_path / "a.tif",)))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", {}),
        ("b.jpg", {"progressive": True}),
        ("a.png", {}),
        ("a.webp", {}),
        ("a.jp2", {}),
        ("a.bmp", {}),
        ("a.gif", {}),
        ("a.tif", {"compression": "tiff_lzw"}),
        ("b.tif", {"compression": "jpeg"}),
        ("c.tif", {}),
    ],
)
def test_no_half_page_of_a_truncated_file(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / name, **options)
    data = (tmp_path / name).read_bytes()
    for part in (0.3, 0.6, 0.9):
        (tmp_path / name).write_bytes(data[: int(part * len(data))])
        with pytest.raises(DamagedFile, match="again"):
            opened(tmp_path / name)


def test_a_group_4_page_that_loses_lines(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 2, (HEIGHT, WIDTH), np.uint8) * 255).convert(
        "1"
    )
    noise.save(tmp_path / "a.tif", compression="group4")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    data[2000:2020] = b"\xff\x0f" * 10
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(DamagedFile):
        opened(tmp_path / "a.tif")
    assert capfd.readouterr() == ("", "")


def test_files_that_are_no_scans(tmp_path: Path) -> None:
    cases: list[tuple[bytes, type[ScanError], str]] = [
        (b"", EmptyFile, "empty"),
        (b"hello, this is text", UnsupportedFile, "neither an image nor a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", UnsupportedFile, "HEIC"),
        (b"PK\x03\x04rest of a docx", UnsupportedFile, "export it as PDF"),
        (b"AT&TFORM\0\0\0\0DJVM", UnsupportedFile, "DjVu"),
        (b"\xff\xd8\xff\xe0 and no more", DamagedFile, "again"),
        (b"II*\0\xff\xff\0\0", DamagedFile, "too early"),
    ]
    for data, error, message in cases:
        (tmp_path / "a.jpg").write_bytes(data)
        with pytest.raises(error, match=message):
            opened(tmp_path / "a.jpg")


def text_page(width: int, height: int, letter: int) -> np.ndarray[Any, Any]:
    """Rows of upright bars as high as the letters of a page."""
    page = np.full((height, width), 255, np.uint8)
    for y in range(letter * 3, height - letter * 3, letter * 3):
        for x in range(letter * 3, width - letter * 3, letter * 2):
            page[y : y + letter, x : x + letter * 2 // 3] = 0
    return page


def test_resolution_is_what_the_file_says_where_that_can_be(tmp_path: Path) -> None:
    page = Image.fromarray(text_page(1654, 2339, 18))
    for name, claimed, found in (
        ("a.jpg", 200, 200),
        ("a.tif", 200, 200),
        ("a.png", 200, 200),
        ("b.jpg", 72, 200),
        ("c.jpg", 1, 200),
        ("d.png", 2400, 200),
    ):
        page.save(tmp_path / name, dpi=(claimed, claimed))
        assert opened(tmp_path / name).dpi == pytest.approx(found, rel=0.01)
    page.save(tmp_path / "none.png")
    assert opened(tmp_path / "none.png").dpi == pytest.approx(200, rel=0.01)


def test_letters_tell_the_resolution_of_a_crop() -> None:
    crop = text_page(1400, 500, 27)
    assert letter_height(crop) == pytest.approx(27, abs=1)
    assert page_dpi(crop, None) == pytest.approx(300, rel=0.1)
    assert page_dpi(crop, 300) == 300  # too small for a sheet, but the letters agree
    assert letter_height(np.full((100, 100), 255, np.uint8)) is None
    assert page_dpi(np.full((3508, 2480), 255, np.uint8), None) == pytest.approx(300, rel=0.01)


def test_believable_resolutions() -> None:
    assert believable(300, 2480, 3508)
    assert believable(100, 827, 1169)
    assert not believable(72, 2480, 3508)  # 34 inches wide
    assert not believable(1200, 2480, 3508)  # a stamp
    assert not believable(30, 300, 400)
