"""PDF pages as pixels: the scan's own pixels, everything drawn over them, limits, damage, passwords."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from ocr.errors import DamagedFile, EmptyFile, EncryptedFile, TooLarge
from ocr.open import Document, Limits, open_page, page_count
from ocr.types import Page

Pixels = NDArray[np.uint8]
NAME = pikepdf.Name
WIDTH, HEIGHT = 413, 584
A4 = (595.28, 841.89)


def noise(*shape: int) -> Pixels:
    """Pixels none of which can be lost or moved without notice."""
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


def image_stream(pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], **entries: Any) -> pikepdf.Stream:
    stream = pikepdf.Stream(pdf, data)
    for key, value in {
        "Type": NAME.XObject,
        "Subtype": NAME.Image,
        "Width": size[0],
        "Height": size[1],
        "BitsPerComponent": 8,
        "ColorSpace": NAME.DeviceGray,
        **entries,
    }.items():
        stream[f"/{key}"] = value
    return stream


def flate(pdf: pikepdf.Pdf, pixels: Pixels, **entries: Any) -> pikepdf.Stream:
    space = NAME.DeviceRGB if pixels.ndim == 3 else NAME.DeviceGray
    entries = {"ColorSpace": space, "Filter": NAME.FlateDecode, **entries}
    return image_stream(pdf, zlib.compress(pixels.tobytes()), (pixels.shape[1], pixels.shape[0]), **entries)


def add_page(
    pdf: pikepdf.Pdf, images: dict[str, pikepdf.Stream], content: str, size: tuple[float, float] = A4
) -> pikepdf.Page:
    page = pdf.add_blank_page(page_size=size)
    font = pikepdf.Dictionary(Type=NAME.Font, Subtype=NAME.Type1, BaseFont=NAME.Helvetica)
    page.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary({f"/{name}": pdf.make_indirect(image) for name, image in images.items()}),
        Font=pikepdf.Dictionary(F=pdf.make_indirect(font)),
    )
    page.Contents = pdf.make_stream(content.encode())
    return page


def scan(
    path: Path,
    pixels: Pixels,
    content: str | None = None,
    change: Callable[[pikepdf.Page], None] | None = None,
) -> Path:
    """A PDF whose page is covered by one image, drawn by `content` (default: exactly over the page)."""
    pdf = pikepdf.new()
    content = content or f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q"
    page = add_page(pdf, {"I": flate(pdf, pixels)}, content)
    if change is not None:
        change(page)
    pdf.save(path)
    return path


def opened(path: Path, number: int = 1, **limits: int) -> Page:
    return open_page(Document(path.name, (path,)), number, Limits(**limits))


@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH), (HEIGHT, WIDTH, 3)])
def test_a_scan_keeps_its_pixels(tmp_path: Path, shape: tuple[int, ...]) -> None:
    page = opened(scan(tmp_path / "a.pdf", noise(*shape)))
    assert np.array_equal(page.image, noise(*shape))
    assert page.text is None


def test_the_page_gives_the_resolution(tmp_path: Path) -> None:
    page = opened(scan(tmp_path / "a.pdf", np.full((2339, 1654), 255, np.uint8)))
    assert page.image.shape == (2339, 1654)
    assert page.dpi == pytest.approx(200, abs=0.2)


PLACES: dict[str, tuple[str, Callable[[Pixels], Pixels]]] = {
    "mirrored": ("{w} 0 0 -{h} 0 {h}", lambda p: p[::-1]),
    "left to right": ("-{w} 0 0 {h} {w} 0", lambda p: p[:, ::-1]),
    "upside down": ("-{w} 0 0 -{h} {w} {h}", lambda p: p[::-1, ::-1]),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_flipped_scan_comes_out_as_shown(tmp_path: Path, place: str) -> None:
    matrix, seen = PLACES[place]
    content = f"q {matrix.format(w=A4[0], h=A4[1])} cm /I Do Q"
    page = opened(scan(tmp_path / "a.pdf", noise(HEIGHT, WIDTH), content))
    assert np.array_equal(page.image, seen(noise(HEIGHT, WIDTH)))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_comes_out_as_shown(tmp_path: Path, turn: int) -> None:
    def rotate(page: pikepdf.Page) -> None:
        page.Rotate = turn

    page = opened(scan(tmp_path / "a.pdf", noise(HEIGHT, WIDTH), change=rotate))
    assert np.array_equal(page.image, np.rot90(noise(HEIGHT, WIDTH), -turn // 90))


def test_a_scan_turned_by_its_matrix(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf, {"I": flate(pdf, noise(WIDTH, HEIGHT))}, f"q 0 {A4[1]} -{A4[0]} 0 {A4[0]} 0 cm /I Do Q")
    pdf.save(tmp_path / "a.pdf")
    assert np.array_equal(opened(tmp_path / "a.pdf").image, np.rot90(noise(WIDTH, HEIGHT)))


def test_a_scan_inside_borders_and_inside_forms(tmp_path: Path) -> None:
    """The grid is the scan's, the page as large as the page is; nested forms move it about."""
    pdf = pikepdf.new()
    inner = pdf.make_stream(b"q 300 0 0 400 10 20 cm /I Do Q")
    inner.update({"/Type": NAME.XObject, "/Subtype": NAME.Form, "/BBox": pikepdf.Array([0, 0, 999, 999])})
    inner["/Matrix"] = pikepdf.Array([1, 0, 0, 1, 30.5, 40.25])
    image = pdf.make_indirect(flate(pdf, noise(400, 300)))
    inner["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
    add_page(pdf, {"X": inner}, "q 1 0 0 1 5 5 cm /X Do Q", (400, 500))
    pdf.save(tmp_path / "a.pdf")
    image_out = opened(tmp_path / "a.pdf").image
    assert image_out.shape == (500, 400)
    top, left = round(500 - (20 + 40.25 + 5) - 400), round(10 + 30.5 + 5)
    found = [
        (y, x)
        for y in range(top - 2, top + 3)
        for x in range(left - 2, left + 3)
        if np.array_equal(image_out[y : y + 400, x : x + 300], noise(400, 300))
    ]
    assert len(found) == 1


def test_crop_box_and_rounded_page(tmp_path: Path) -> None:
    def crop(page: pikepdf.Page) -> None:
        page.CropBox = pikepdf.Array([0, A4[1] / 2, A4[0], A4[1]])

    page = opened(scan(tmp_path / "a.pdf", noise(HEIGHT, WIDTH), change=crop))
    assert np.array_equal(page.image, noise(HEIGHT, WIDTH)[: HEIGHT // 2])

    def shorter(page: pikepdf.Page) -> None:
        page.MediaBox = pikepdf.Array([0, 0, 595, 842])

    page = opened(scan(tmp_path / "b.pdf", noise(HEIGHT, WIDTH), change=shorter))
    assert np.array_equal(page.image, noise(HEIGHT, WIDTH))


def test_strips_make_one_page(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    strips = np.split(noise(HEIGHT, WIDTH), 8)
    step = A4[1] / 8
    content = "".join(f"q {A4[0]} 0 0 {step} 0 {A4[1] - (i + 1) * step} cm /S{i} Do Q\n" for i in range(8))
    add_page(pdf, {f"S{i}": flate(pdf, strip) for i, strip in enumerate(strips)}, content)
    pdf.save(tmp_path / "a.pdf")
    assert np.array_equal(opened(tmp_path / "a.pdf").image, noise(HEIGHT, WIDTH))


def test_what_is_drawn_over_the_scan_is_seen(tmp_path: Path) -> None:
    """A stamp in the content, and a note with its own appearance."""
    over = f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q 1 0 0 rg 0 0 60 60 re f"
    path = scan(tmp_path / "a.pdf", np.full((HEIGHT, WIDTH), 255, np.uint8), over)
    pdf = pikepdf.open(path, allow_overwriting_input=True)
    appearance = pdf.make_stream(b"0 0 1 rg 0 0 60 60 re f")
    appearance.update({"/Type": NAME.XObject, "/Subtype": NAME.Form, "/BBox": pikepdf.Array([0, 0, 60, 60])})
    stamp = pikepdf.Dictionary(
        Type=NAME.Annot,
        Subtype=NAME.Stamp,
        Rect=pikepdf.Array([500, 700, 560, 760]),
        AP=pikepdf.Dictionary(N=appearance),
        F=4,
    )
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(stamp)])
    pdf.save(path)
    image = opened(path).image
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert tuple(image[-10, 10]) == (255, 0, 0)
    x, y = int(530 / A4[0] * WIDTH), int((A4[1] - 730) / A4[1] * HEIGHT)
    assert tuple(image[y, x]) == (0, 0, 255)


@pytest.mark.parametrize("kind", ["mask", "inverted", "indexed", "cmyk", "jpeg", "bits"])
def test_images_of_every_kind_are_the_right_way_round(tmp_path: Path, kind: str) -> None:
    """Each drawn so that a black block stands at the top left of a white page."""
    block = np.full((HEIGHT, WIDTH), 255, np.uint8)
    block[40:200, 40:200] = 0
    pdf = pikepdf.new()
    size = (WIDTH, HEIGHT)
    bits = np.packbits(block > 0, axis=1).tobytes()
    if kind == "mask":
        image = image_stream(pdf, bits, size, BitsPerComponent=1, ImageMask=True)
        del image["/ColorSpace"]
    elif kind == "inverted":
        image = flate(pdf, np.asarray(255 - block, np.uint8), Decode=pikepdf.Array([1, 0]))
    elif kind == "indexed":
        palette = pikepdf.Array([NAME.Indexed, NAME.DeviceRGB, 1, pikepdf.String(b"\0\0\0\xff\xff\xff")])
        image = flate(pdf, np.asarray(block // 255, np.uint8), ColorSpace=palette)
    elif kind == "cmyk":
        black = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        black[..., 3] = 255 - block
        image = flate(pdf, black, ColorSpace=NAME.DeviceCMYK)
    elif kind == "jpeg":
        data = io.BytesIO()
        Image.fromarray(block).save(data, "JPEG", quality=90)
        image = image_stream(pdf, data.getvalue(), size, Filter=NAME.DCTDecode)
    else:
        image = image_stream(pdf, bits, size, BitsPerComponent=1)
    add_page(pdf, {"I": image}, f"q 0 g {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q")
    pdf.save(tmp_path / "a.pdf")
    page = opened(tmp_path / "a.pdf").image
    assert page.ndim == 2 or kind == "cmyk"  # its black has a tint
    grey = page if page.ndim == 2 else page.mean(axis=2)
    assert np.abs(grey.astype(int) - block).max() <= 40


def test_ccitt_scan_is_exact(tmp_path: Path) -> None:
    bilevel = noise(600, 424) > 127
    Image.fromarray(bilevel).save(tmp_path / "a.tif", compression="group4", tiffinfo={278: 600})
    with Image.open(tmp_path / "a.tif") as tiff:
        assert isinstance(tiff, TiffImageFile)
        tags = tiff.tag_v2
        data = (tmp_path / "a.tif").read_bytes()[tags[273][0] : tags[273][0] + tags[279][0]]
        assert len(tags[273]) == 1
        parms = pikepdf.Dictionary(K=-1, Columns=424, Rows=600, BlackIs1=tags[262] == 1)
    pdf = pikepdf.new()
    entries = {"BitsPerComponent": 1, "Filter": NAME.CCITTFaxDecode, "DecodeParms": parms}
    image = image_stream(pdf, data, (424, 600), **entries)
    add_page(pdf, {"I": image}, f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q")
    pdf.save(tmp_path / "a.pdf")
    page = opened(tmp_path / "a.pdf").image
    assert np.array_equal(page, np.where(bilevel, 255, 0)) or np.array_equal(page, np.where(bilevel, 0, 255))


def test_text_of_another_reader_over_a_scan_is_ignored(tmp_path: Path) -> None:
    hidden = "BT 3 Tr /F 20 Tf 50 700 Td (" + "guessed text " * 5 + ") Tj ET"
    shown = "BT /F 20 Tf 50 700 Td (stamp) Tj ET"
    draw = f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q "
    for name, content in (
        ("over", draw + hidden),
        ("under", shown + " " + draw),
        ("before", hidden + " " + draw),
    ):
        page = opened(scan(tmp_path / f"{name}.pdf", noise(HEIGHT, WIDTH), content))
        assert page.text is None
        assert np.array_equal(page.image, noise(HEIGHT, WIDTH))


def test_print_beside_a_coarse_picture_is_not_blurred(tmp_path: Path) -> None:
    """A report with a large photo, and one over a coarse background: drawn at 300 dpi."""
    lines = "".join(
        f"BT /F 12 Tf 50 {300 - 20 * i} Td (More than a few words of the report itself) Tj ET "
        for i in range(9)
    )
    for name, place in (("beside", "500 0 0 400 50 400"), ("over", f"{A4[0]} 0 0 {A4[1]} 0 0")):
        path = scan(tmp_path / f"{name}.pdf", noise(200, 250), f"q {place} cm /I Do Q {lines}")
        page = opened(path)
        assert page.image.shape[:2] == (3508, 2480)
        assert page.text is None


def test_a_page_that_is_no_scan_is_rendered_at_300_dpi(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf, {"I": flate(pdf, noise(50, 50))}, "q 72 0 0 72 100 100 cm /I Do Q 0 0 20 842 re f")
    add_page(pdf, {}, "")
    pdf.save(tmp_path / "a.pdf")
    page = opened(tmp_path / "a.pdf")
    assert page.image.shape == (3508, 2480)
    assert page.dpi == 300
    assert page.image[1000, 40] == 0
    assert opened(tmp_path / "a.pdf", 2).image.min() == 255


def test_posters_are_drawn_coarser_and_monsters_not_at_all(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf, {}, "0 0 20 20 re f", (2384, 3370))  # A0
    add_page(pdf, {}, "0 0 20 20 re f").MediaBox = pikepdf.Array([0, 0, 200_000, 200_000])
    pdf.save(tmp_path / "a.pdf")
    page = opened(tmp_path / "a.pdf")
    assert page.image.size <= 35_000_000
    with pytest.raises(TooLarge, match="inches"):
        opened(tmp_path / "a.pdf", 2)


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    image = image_stream(pdf, zlib.compress(bytes(10**6)), (60_000, 60_000), Filter=NAME.FlateDecode)
    add_page(pdf, {"I": image}, f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q")
    pdf.save(tmp_path / "a.pdf")
    with pytest.raises(TooLarge, match="60000 × 60000"):
        opened(tmp_path / "a.pdf")


def test_too_many_pages(tmp_path: Path) -> None:
    """100 000 pages, all of them the same object, and a file that only claims them."""
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    body = b"2 0 obj<</Type/Pages/Count 100000/Kids[" + b"3 0 R " * 100_000 + b"]>>endobj\n"
    tail = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
    (tmp_path / "a.pdf").write_bytes(head + body + tail)
    with pytest.raises(TooLarge, match="100000 pages"):
        page_count(Document("a", (tmp_path / "a.pdf",)))


def test_passwords(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", noise(HEIGHT, WIDTH))
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "user.pdf", encryption=pikepdf.Encryption(user="secret", owner="boss"))
        pdf.save(tmp_path / "owner.pdf", encryption=pikepdf.Encryption(user="", owner="boss"))
    with pytest.raises(EncryptedFile, match="without a password"):
        opened(tmp_path / "user.pdf")
    assert np.array_equal(opened(tmp_path / "owner.pdf").image, noise(HEIGHT, WIDTH))


def test_a_pdf_without_pages(tmp_path: Path) -> None:
    pikepdf.new().save(tmp_path / "a.pdf")
    with pytest.raises(EmptyFile, match="no pages"):
        page_count(Document("a", (tmp_path / "a.pdf",)))


@pytest.mark.parametrize("linearize", [False, True])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.97])
def test_a_truncated_pdf_gives_no_half_page(tmp_path: Path, part: float, linearize: bool) -> None:
    path = scan(tmp_path / "a.pdf", noise(HEIGHT, WIDTH))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, linearize=linearize)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    with pytest.raises(DamagedFile, match="again"):
        page_count(Document("a", (path,)))


def test_a_broken_table_and_padding_are_no_damage(tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", noise(HEIGHT, WIDTH))
    data = path.read_bytes()
    at = data.rindex(b"startxref")
    for broken in (data[:at] + b"startxref\n99\n%%EOF\n", data + bytes(200_000), b"junk\n" + data, data[:at]):
        path.write_bytes(broken)
        assert np.array_equal(opened(path).image, noise(HEIGHT, WIDTH))


def test_a_truncated_jpeg_inside_a_pdf(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.fromarray(noise(HEIGHT, WIDTH)).save(data, "JPEG")
    pdf = pikepdf.new()
    half = data.getvalue()[: len(data.getvalue()) // 2]
    image = image_stream(pdf, half, (WIDTH, HEIGHT), Filter=NAME.DCTDecode)
    add_page(pdf, {"I": image}, f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q")
    add_page(pdf, {"I": flate(pdf, noise(HEIGHT, WIDTH))}, f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /I Do Q")
    pdf.save(tmp_path / "a.pdf")
    with pytest.raises(DamagedFile):
        opened(tmp_path / "a.pdf")
    assert np.array_equal(opened(tmp_path / "a.pdf", 2).image, noise(HEIGHT, WIDTH))
