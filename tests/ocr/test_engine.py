"""The engine on real Tesseract: small Thai pages drawn here."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytesseract.pytesseract as tesseract
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from ocr.engine import TesseractEngine
from ocr.engine.call import recognise
from ocr.errors import EngineMissing, LanguageMissing, PageTimeout
from ocr.transform import Homography, Transform
from ocr.types import Box, Image, Sheet, Zone

FONTS = Path("/usr/share/fonts/truetype/tlwg")
LINES = (
    "โครงการพัฒนาศักยภาพอาสาสมัครสาธารณสุข",
    "งบประมาณที่ได้รับ 26,200 บาท ปี ๒๕๖๗",
    "จัดอบรม Smart Farmer ให้ผู้สูงอายุที่อยู่ในพื้นที่",
)


def draw(pieces: list[tuple[int, int, str]], width: int = 1500, height: int = 420, size: int = 52) -> Image:
    """Pieces of text with their baselines' left ends, black on white."""
    page = PillowImage.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    face = ImageFont.truetype(str(FONTS / "Laksaman.ttf"), size)
    for x, y, text in pieces:
        pen.text((x, y), text, 0, font=face, anchor="ls")
    return np.asarray(page)


@pytest.fixture(scope="module")
def page() -> Image:
    return draw([(60, 100 + 110 * i, line) for i, line in enumerate(LINES)])


def difference(read: str, expected: str) -> float:
    a, b = read.replace(" ", ""), expected.replace(" ", "")
    return Levenshtein.distance(a, b) / len(b)


def test_print_is_read_line_by_line(page: Image) -> None:
    text = TesseractEngine().read(Sheet(page, 300), 4)
    assert text.page == 4
    assert (text.width, text.height) == (1500, 420)
    assert not text.blank
    assert len(text.lines) == 3
    for line, expected in zip(text.lines, LINES, strict=True):
        assert difference(line.text, expected) < 0.06
    assert [line.row for line in text.lines] == [0, 1, 2]


def test_words_are_divided_at_visible_blanks_only(page: Image) -> None:
    text = TesseractEngine().read(Sheet(page, 300), 1)
    assert [len(line.words) for line in text.lines] == [1, 5, 4]
    money = text.lines[1].words[1]
    assert money.text == "26,200"
    assert len(money.confidences) == len(money.text)
    assert all(0 <= value <= 1 for value in money.confidences)


def test_boxes_lie_around_the_print_in_both_frames(page: Image) -> None:
    twice = Transform((Homography(np.diag([2.0, 2.0, 1.0])),))
    text = TesseractEngine().read(Sheet(page, 300, to_page=twice), 1)
    for line in text.lines:
        for word in line.words:
            x0, y0, x1, y1 = word.box.rounded()
            assert (page[y0:y1, x0:x1] < 128).any()
            assert word.page_box == Box(
                *(2 * v for v in (word.box.x0, word.box.y0, word.box.x1, word.box.y1))
            )
    first = text.lines[0].box
    assert first.x0 == pytest.approx(60, abs=8)


def test_columns_share_rows_and_keep_their_blocks() -> None:
    image = draw(
        [(60, 100, "เริ่มต้นโครงการ"), (800, 100, "ปีงบประมาณ"), (60, 210, "สิ้นสุดโครงการ"), (800, 210, "จำนวนเงิน")]
    )
    text = TesseractEngine().read(Sheet(image, 300), 1)
    assert [line.row for line in text.lines] == [0, 0, 1, 1]
    assert len({line.block for line in text.lines}) == 4
    assert [
        difference(line.text, t) < 0.2
        for line, t in zip(text.lines, ("เริ่มต้นโครงการ", "ปีงบประมาณ"), strict=False)
    ] == [True, True]


def test_colour_sheets_are_read_too(page: Image) -> None:
    text = TesseractEngine().read(Sheet(np.stack([page] * 3, axis=-1), 300), 1)
    assert len(text.lines) == 3


def test_the_distribution_model_reads_as_well(page: Image) -> None:
    text = TesseractEngine(language="tha", tessdata=None).read(Sheet(page, 300), 1)
    assert difference(text.lines[0].text, LINES[0]) < 0.15


def test_zones_are_read_again_each_on_its_own(page: Image) -> None:
    engine = TesseractEngine()
    sheet = Sheet(page, 300)
    text = engine.read(sheet, 1)
    money = text.lines[1].words[1].box
    first, nowhere = text.lines[0].box, Box(1400, 10, 1450, 40)
    zones = [
        Zone(money, "own"),
        Zone(first, "other"),
        Zone(nowhere, "own"),
        Zone(money, "other"),
        Zone(first, "own"),
    ]
    found, other, none = engine.reread([(sheet, zones), (sheet, zones[3:4]), (sheet, [])])
    figure, line, nothing, again, exact = found
    assert other == (again,)
    assert none == ()
    assert figure == again == "26,200"
    assert difference(line, LINES[0]) < 0.2
    assert difference(exact, LINES[0]) < 0.05
    assert nothing == ""
    assert engine.reread([]) == []


def test_blank_sheets_have_no_lines() -> None:
    white = np.full((300, 200), 255, np.uint8)
    assert TesseractEngine().read(Sheet(white, 200), 1).blank
    marked = TesseractEngine().read(Sheet(white, 200, blank=True, steps=("blank",)), 2)
    assert (marked.blank, marked.lines, marked.steps) == (True, (), ("blank",))


def test_dirt_is_not_read_as_text() -> None:
    rng = np.random.default_rng(5)
    image = np.full((600, 800), 255, np.uint8)
    for x, y in rng.integers(20, 560, (120, 2)):
        image[y : y + 3, x : x + 3] = 0
    assert sum(len(line.text) for line in TesseractEngine().read(Sheet(image, 200), 1).lines) <= 3


def test_a_missing_model_says_what_to_install(page: Image) -> None:
    with pytest.raises(LanguageMissing, match=r"xyz.*apt-get install"):
        TesseractEngine(language="xyz", tessdata=None).read(Sheet(page, 300), 1)


def test_a_missing_program_says_what_to_install(page: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "tesseract_cmd", "/nowhere/tesseract")
    with pytest.raises(EngineMissing, match="apt-get install"):
        TesseractEngine().read(Sheet(page, 300), 1)


def test_a_page_that_takes_too_long_is_given_up(page: Image) -> None:
    with pytest.raises(PageTimeout, match="time limit"):
        TesseractEngine(timeout=0.001).read(Sheet(page, 300), 1)


def test_no_temporary_file_is_left(page: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    recognise([page[40:130]], language="tha", mode=13, dpi=300, timeout=60)
    with pytest.raises(LanguageMissing):
        recognise([page[40:130]], language="xyz", mode=13, dpi=300, timeout=60)
    with pytest.raises(PageTimeout):
        recognise([page], language="tha", mode=13, dpi=300, timeout=0.001)
    assert list(tmp_path.iterdir()) == []
