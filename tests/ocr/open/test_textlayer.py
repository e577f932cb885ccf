"""Born-digital pages: their own text where it can be trusted, None where it cannot.

The PDFs are printed here in a font of blocks, made with fontTools: every consonant, vowel and mark has ink where
a Thai font has it, so that what is lost in the text can be missed on the page.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.open import Document, open_page, page_count
from ocr.open.cells import Cell
from ocr.open.glyphs import PRIVATE_USE
from ocr.open.order import reading_order
from ocr.open.trust import plausible_thai
from ocr.types import Box, Page, Text, Word

NAME = pikepdf.Name
UPPER, TONES, BELOW = "ัิีึื็ํ์", "่้๊๋", "ุู"
CHARS = (
    "".join(map(chr, range(0x0E01, 0x0E3B)))
    + "".join(map(chr, range(0x0E3F, 0x0E5C)))
    + " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,:;()/-=%•"
)
GIDS = {char: i + 1 for i, char in enumerate(CHARS)}

PROSE = (
    "สำนักงานเขตได้จัดประชุมคณะกรรมการเพื่อพิจารณาแผนงาน",
    "ที่เกี่ยวข้องกับการดูแลต้นไม้ริมทางเท้าในพื้นที่ทั้งหมด",
    "ผู้เข้าร่วมประชุมเห็นชอบให้เริ่มดำเนินการตั้งแต่ต้นปี",
    "โดยใช้งบประมาณที่ได้รับจัดสรรไว้แล้วจำนวน 26,200 บาท",
    "ทั้งนี้ ให้รายงานผลการดำเนินงานต่อที่ประชุมทุกครั้ง",
    "และน้ำที่ใช้รดต้นไม้ให้ขอรับจากสถานีที่อยู่ใกล้เคียง",
)


def shape(char: str) -> tuple[int, list[tuple[int, int, int, int]]]:
    """Advance and boxes (x0, y0, x1, y1) of a glyph, 1000 to the em."""
    if char == " ":
        return 250, []
    if char in UPPER:
        return 0, [(-400, 520, -100, 630)]
    if char in TONES:
        return 0, [(-300, 660, -150, 790)]
    if char in BELOW:
        return 0, [(-300, -180, -120, -50)]
    if char == "ำ":
        return 500, [(60, 0, 420, 480), (-150, 520, -30, 640)]
    if char in ".,:•-=":
        return 300, [(80, 0, 200, 110)]
    return 500, [(50, 0, 440, 480)]


@cache
def font_file() -> bytes:
    """The font of blocks as TrueType."""
    names = [".notdef", *(f"g{gid}" for gid in GIDS.values())]
    glyphs = {}
    metrics = {}
    for name, char in zip(names, [" ", *CHARS], strict=True):
        advance, boxes = shape(char)
        pen = TTGlyphPen(None)
        for x0, y0, x1, y1 in boxes:
            pen.moveTo((x0, y0))
            for point in ((x0, y1), (x1, y1), (x1, y0)):
                pen.lineTo(point)
            pen.closePath()
        glyphs[name] = pen.glyph()
        metrics[name] = (advance, min((box[0] for box in boxes), default=0))
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=900, descent=-300)
    builder.setupNameTable({"familyName": "Blocks", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    data = io.BytesIO()
    builder.save(data)
    return data.getvalue()


def block_font(pdf: pikepdf.Pdf, unicode: Mapping[str, str] | None) -> pikepdf.Object:
    """The font as Type 0; `unicode` is what its ToUnicode says otherwise than the truth (None: no ToUnicode)."""
    file = pdf.make_stream(font_file())
    file["/Length1"] = len(font_file())
    descriptor = pikepdf.Dictionary(
        Type=NAME.FontDescriptor,
        FontName=NAME("/AAAAAA+Blocks"),
        Flags=4,
        FontBBox=pikepdf.Array([-500, -300, 1000, 900]),
        ItalicAngle=0,
        Ascent=900,
        Descent=-300,
        CapHeight=600,
        StemV=80,
        FontFile2=file,
    )
    descendant = pikepdf.Dictionary(
        Type=NAME.Font,
        Subtype=NAME.CIDFontType2,
        BaseFont=NAME("/AAAAAA+Blocks"),
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        W=pikepdf.Array([1, pikepdf.Array([shape(char)[0] for char in CHARS])]),
        CIDToGIDMap=NAME.Identity,
    )
    font = pikepdf.Dictionary(
        Type=NAME.Font,
        Subtype=NAME.Type0,
        BaseFont=NAME("/AAAAAA+Blocks"),
        Encoding=NAME("/Identity-H"),
        DescendantFonts=pikepdf.Array([pdf.make_indirect(descendant)]),
    )
    if unicode is not None:
        rows = [
            f"<{gid:04X}> <{unicode.get(char, char).encode('utf-16-be').hex()}>" for char, gid in GIDS.items()
        ]
        parts = [rows[i : i + 100] for i in range(0, len(rows), 100)]
        chars = "\n".join(f"{len(p)} beginbfchar\n" + "\n".join(p) + "\nendbfchar" for p in parts)
        font["/ToUnicode"] = pdf.make_stream(
            (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
                "1 begincodespacerange <0000> <FFFF> endcodespacerange\n" + chars + "\nendcmap end end"
            ).encode()
        )
    return pdf.make_indirect(font)


def shown(text: str) -> str:
    """The operand that paints `text`."""
    return "<" + "".join(f"{GIDS[char]:04X}" for char in text) + "> Tj"


def at(x: float, y: float, text: str, size: float = 14) -> str:
    return f"BT /F {size} Tf {x} {y} Td {shown(text)} ET\n"


def prose(y: float = 700) -> str:
    return "".join(at(72, y - 26 * i, line) for i, line in enumerate(PROSE))


def printed(
    path: Path,
    *contents: str,
    unicode: Mapping[str, str] | None = None,
    known: bool = True,
    change: Callable[[pikepdf.Pdf], None] | None = None,
) -> Page:
    """The first of the pages with these contents, printed in the font of blocks and opened."""
    pdf = pikepdf.new()
    font = block_font(pdf, (unicode or {}) if known else None)
    for content in contents:
        page = pdf.add_blank_page(page_size=(595.28, 841.89))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = pdf.make_stream(content.encode())
    if change is not None:
        change(pdf)
    pdf.save(path)
    return open_page(Document(path.name, (path,)), 1)


def texts(page: Page) -> list[str]:
    assert page.text is not None
    return [line.text for line in page.text.lines]


def test_the_page_gives_its_own_text(tmp_path: Path) -> None:
    page = printed(tmp_path / "a.pdf", prose())
    assert texts(page) == list(PROSE)
    text = page.text
    assert text is not None
    assert (text.origin, text.page, text.height, text.width) == ("text layer", 1, *page.image.shape)
    assert page.dpi == 300
    assert [line.row for line in text.lines] == list(range(6))
    for line in text.lines:
        for word in line.words:
            assert word.confidences == (1.0,) * len(word.text)
            assert word.box == word.page_box
            x0, y0, x1, y1 = word.box.rounded()
            inside = page.image[y0:y1, x0:x1]
            assert inside.min() == 0
            assert (page.image[y0 - 3 : y1 + 3, x0 - 3 : x1 + 3] == 0).sum() == (inside == 0).sum()


def test_thai_is_put_in_order(tmp_path: Path) -> None:
    """Nikhahit and sara aa, two sara e, tone before vowel: all as dictionaries have it."""
    wrong = prose() + at(72, 400, "นํ้าทําเเก่ที่พี้น")
    assert texts(printed(tmp_path / "a.pdf", wrong))[-1] == "น้ำทำแก่ที่พี้น"


def test_sara_am_in_pieces(tmp_path: Path) -> None:
    """Its ring written as a blank, its stem written twice: as word processors leave it."""
    for name, written, unicode in (("a", "จํานวนน้ํา", {"ํ": " "}), ("b", "จํานวนน้ํา", {"ํ": "ำ"})):
        page = printed(tmp_path / f"{name}.pdf", prose() + at(72, 400, written), unicode=unicode)
        assert texts(page)[-1] == "จำนวนน้ำ"


def test_marks_painted_before_vowels(tmp_path: Path) -> None:
    lines = "".join(
        at(72, 700 - 26 * i, line.replace("ี่", "่ี").replace("ั้", "้ั")) for i, line in enumerate(PROSE)
    )
    assert texts(printed(tmp_path / "a.pdf", lines)) == list(PROSE)


def test_private_codes_of_old_fonts(tmp_path: Path) -> None:
    old = {"่": "\uf70a", "้": "\uf70b", "ี": "\uf702", "ู": "\uf719", "ั": "\uf710", "ญ": "\uf70f"}
    assert texts(printed(tmp_path / "a.pdf", prose(), unicode=old)) == list(PROSE)
    thai = [letter for letter in PRIVATE_USE.values() if "\u0e01" <= letter <= "\u0e5b"]
    assert len(thai) == 27 + 27


@pytest.mark.parametrize(
    "unicode",
    [
        dict.fromkeys(TONES, " "),
        {"่": "ี"},
        dict.fromkeys(TONES, "\ue123"),
        dict(zip("กขคงจฉชซ", "°¡¢¤¥§¨©", strict=True)),
        {"ท": "\ufffd"},
    ],
    ids=["lost tones", "tone for vowel", "unknown private codes", "latin for thai", "replacement"],
)
def test_layers_that_lie_are_not_believed(tmp_path: Path, unicode: Mapping[str, str]) -> None:
    assert printed(tmp_path / "a.pdf", prose(), unicode=unicode).text is None


def test_a_layer_without_meaning_is_not_believed(tmp_path: Path) -> None:
    assert printed(tmp_path / "a.pdf", prose(), known=False).text is None


def test_invisible_and_slanting_text_is_not_the_text(tmp_path: Path) -> None:
    assert printed(tmp_path / "a.pdf", "1 g " + prose()).text is None
    assert printed(tmp_path / "b.pdf", "BT 3 Tr ET " + prose()).text is None
    tilted = "".join(f"q .7 .7 -.7 .7 300 {y} cm {at(0, 0, PROSE[0])} Q " for y in (100, 300, 500))
    assert printed(tmp_path / "c.pdf", tilted).text is None
    watermark = f"q .7 .7 -.7 .7 150 150 cm {at(0, 0, 'กขค', 20)} Q "
    assert texts(printed(tmp_path / "d.pdf", watermark + prose())) == list(PROSE)


def test_letters_drawn_as_pictures_are_missed(tmp_path: Path) -> None:
    drawn = "".join(f"{72 + 8 * i} {300 + 20 * j} 5 7 re f " for i in range(50) for j in range(5))
    assert printed(tmp_path / "a.pdf", prose() + drawn).text is None


def test_short_pages_are_judged_by_their_neighbours(tmp_path: Path) -> None:
    short = at(72, 700, "กตตก")
    assert printed(tmp_path / "a.pdf", short, prose()).text is not None
    lost = dict.fromkeys(TONES, "")
    assert printed(tmp_path / "b.pdf", short, prose(), unicode=lost).text is None


def test_clusters_spelled_with_actual_text_are_taken_once(tmp_path: Path) -> None:
    """As Chromium prints: each glyph on its own, clusters in a span that spells them."""
    line = "ที่ประชุมสิ้นสุดแล้ว"
    clusters: list[str] = []
    for char in line:
        if char in UPPER + TONES + BELOW:
            clusters[-1] += char
        else:
            clusters.append(char)
    content = ["BT /F 14 Tf 72 300 Td"]
    for cluster in clusters:
        glyphs = " 0 0 Td ".join(shown(char) for char in cluster)
        spelled = cluster.encode("utf-16-be").hex()
        span = f"/Span <</ActualText <FEFF{spelled}>>> BDC {glyphs} EMC" if len(cluster) > 1 else glyphs
        content.append(span + " 7 0 Td")
    page = printed(tmp_path / "a.pdf", prose() + "\n".join([*content, "ET"]))
    # The pen moves by hand after each cluster, marks are painted where the font puts them.
    assert texts(page)[-1] == line


def test_a_mark_that_hangs_over_from_the_next_page_is_no_letter(tmp_path: Path) -> None:
    """Chromium paints the part of a cluster that reaches into the page, and spells the whole."""
    hanging = f"BT /F 14 Tf 90 20 Td /Span <</ActualText <FEFF0E230E31>>> BDC {shown('ั')} EMC ET "
    assert texts(printed(tmp_path / "a.pdf", prose() + hanging)) == list(PROSE)


def test_pairs_on_one_line_and_cells_that_wrap(tmp_path: Path) -> None:
    content = prose() + at(72, 500, "ก : ขคง") + at(330, 500, "จ : ฉชซ")
    rows = [("ที่ ๑", "ประชุม", "50.00"), ("", "คณะทำงาน", ""), ("", "ครั้งแรก", "")]
    for column in range(3):
        for i, row in enumerate(rows):
            if row[column]:
                content += at((72, 200, 420)[column], 440 - 22 * i, row[column])
    page = printed(tmp_path / "a.pdf", content)
    lines = texts(page)[6:]
    assert lines == ["ก : ขคง", "จ : ฉชซ", "ที่ ๑", "ประชุม", "คณะทำงาน", "ครั้งแรก", "50.00"]
    assert page.text is not None
    pair, other, first, *cell, figure = page.text.lines[6:]
    assert pair.row == other.row
    assert pair.block != other.block
    assert first.row == cell[0].row == figure.row
    assert len({line.block for line in cell}) == 1
    assert len({first.block, cell[0].block, figure.block}) == 3


def test_rules_divide_cells_and_are_given(tmp_path: Path) -> None:
    content = prose() + at(72, 400, "กขคงจ") + at(116, 400, "ฉชซญ")
    assert texts(printed(tmp_path / "a.pdf", content))[-1] == "กขคงจ ฉชซญ"
    ruled = (
        content + "1 w 111.5 380 m 111.5 420 l S 60 420 200 0.8 re f 60 380 100 .8 re f 160 380 100 .8 re f"
    )
    page = printed(tmp_path / "b.pdf", ruled)
    assert texts(page)[-2:] == ["กขคงจ", "ฉชซญ"]
    assert page.text is not None
    assert [rule.direction for rule in page.text.rules] == ["horizontal", "horizontal", "vertical"]
    assert [round(rule.box.width) for rule in page.text.rules[:2]] == [833, 833]


def test_what_floats_is_put_where_it_stands(tmp_path: Path) -> None:
    """Page number painted first, header painted last, signature painted after what stands under it."""
    body = prose(640) + at(72, 300, PROSE[0])
    content = at(290, 40, "- 1 -") + body + at(300, 420, "ลงชื่อ") + at(200, 780, "แบบรายงาน")
    lines = texts(printed(tmp_path / "a.pdf", content))
    assert lines == ["แบบรายงาน", *PROSE, "ลงชื่อ", PROSE[0], "- 1 -"]


def test_bullets_stay_with_their_items_and_paragraphs_are_blocks(tmp_path: Path) -> None:
    content = at(72, 740, "•") + at(100, 740, PROSE[0]) + at(72, 714, "1.") + at(100, 714, PROSE[1])
    page = printed(tmp_path / "a.pdf", content + at(100, 600, PROSE[2]) + at(72, 574, PROSE[3]) + prose(500))
    assert texts(page)[:2] == [f"• {PROSE[0]}", f"1. {PROSE[1]}"]
    assert page.text is not None
    blocks = [line.block for line in page.text.lines]
    assert len(set(blocks[:3])) == 3
    assert blocks[2] == blocks[3]


def test_tagged_paragraphs_are_blocks(tmp_path: Path) -> None:
    def tagged(*lines: str) -> str:
        parts = [f"/P <</MCID {i}>> BDC {line} EMC" for i, line in enumerate(lines)]
        return "\n".join([*parts, ""])

    first = at(72, 740, PROSE[0]) + at(72, 714, PROSE[1])
    page = printed(
        tmp_path / "a.pdf", tagged(first, at(72, 688, PROSE[2]), at(72, 662, PROSE[3])) + prose(500)
    )
    assert page.text is not None
    assert [line.block for line in page.text.lines][:4] == [0, 0, 1, 2]


def test_a_turned_page_is_read_as_shown(tmp_path: Path) -> None:
    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = 90

    sideways = f"q 0 1 -1 0 595.28 0 cm {prose(500)} Q"
    page = printed(tmp_path / "a.pdf", sideways, change=turn)
    assert page.image.shape[0] < page.image.shape[1]
    assert texts(page) == list(PROSE)
    assert page.text is not None
    assert all(0 <= line.box.x0 < line.box.x1 <= page.text.width for line in page.text.lines)


def test_a_page_under_a_picture_is_a_scan(tmp_path: Path) -> None:
    def cover(pdf: pikepdf.Pdf) -> None:
        image = pikepdf.Stream(pdf, bytes([255]) * 100 * 140)
        image.update(
            {
                "/Type": NAME.XObject,
                "/Subtype": NAME.Image,
                "/Width": 100,
                "/Height": 140,
                "/BitsPerComponent": 8,
            }
        )
        image["/ColorSpace"] = NAME.DeviceGray
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(I=pdf.make_indirect(image))

    page = printed(tmp_path / "a.pdf", "q 595 0 0 842 0 0 cm /I Do Q " + prose(), change=cover)
    assert page.text is None


def test_filled_form_fields_are_read(tmp_path: Path) -> None:
    def fill(pdf: pikepdf.Pdf) -> None:
        appearance = pdf.make_stream(at(2, 4, "ปลูกต้นไม้").encode())
        appearance.update(
            {"/Type": NAME.XObject, "/Subtype": NAME.Form, "/BBox": pikepdf.Array([0, 0, 200, 20])}
        )
        appearance["/Resources"] = pdf.pages[0].Resources
        widget = pikepdf.Dictionary(
            Type=NAME.Annot,
            Subtype=NAME.Widget,
            FT=NAME.Tx,
            T="field",
            Rect=pikepdf.Array([72, 400, 272, 420]),
            AP=pikepdf.Dictionary(N=appearance),
            F=4,
        )
        field = pdf.make_indirect(widget)
        pdf.pages[0].Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))

    page = printed(tmp_path / "a.pdf", prose(), change=fill)
    assert texts(page)[-1] == "ปลูกต้นไม้"
    x0, y0, x1, y1 = page.text.lines[-1].box.rounded() if page.text else (0, 0, 0, 0)
    assert page.image[y0:y1, x0:x1].min() == 0


def test_check_boxes_and_signatures_that_are_drawn(tmp_path: Path) -> None:
    boxes = "1 w 72 400 12 12 re S 172 400 12 12 re S 174 406 m 177 402 l 185 414 l S 272 400 12 12 re S 372 400 12 12 re S "
    boxes += "373.5 401.5 m 382.5 410.5 l 382.5 401.5 m 373.5 410.5 l S "
    boxes += at(274, 402, "X", 10) + at(90, 402, "กขค") + at(190, 402, "จฉช") + at(290, 402, "ซญด")
    scribble = "300 300 m 310 340 320 280 330 310 c 340 340 350 270 360 320 c 370 330 380 290 390 305 c S "
    frame = "100 120 m 110 100 l 200 100 l 210 110 l 210 150 l 200 160 l 110 160 l 100 150 l s "
    page = printed(tmp_path / "a.pdf", prose() + boxes + scribble + frame)
    assert page.text is not None
    kinds = [mark.kind for mark in page.text.marks]
    assert kinds == ["unchecked", "checked", "checked", "checked", "ink"]
    signature = page.text.marks[-1].page_box
    assert signature.x0 == pytest.approx(300 * 300 / 72, abs=4)
    assert signature.x1 == pytest.approx(390 * 300 / 72, abs=4)
    assert signature.height < 60 * 300 / 72


def test_latin_pages_in_standard_fonts(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595.28, 841.89))
    font = pikepdf.Dictionary(Type=NAME.Font, Subtype=NAME.Type1, BaseFont=NAME.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pdf.make_indirect(font)))
    page.Contents = pdf.make_stream(b"BT /F 12 Tf 72 700 Td (Report No. 11/2566) Tj 0 -20 Td (1 1 11) Tj ET")
    pdf.save(tmp_path / "a.pdf")
    document = Document("a.pdf", (tmp_path / "a.pdf",))
    assert page_count(document) == 1
    assert texts(open_page(document, 1)) == ["Report No. 11/2566", "1 1 11"]


def test_thai_by_its_statistics() -> None:
    text = "\n".join(PROSE)
    assert plausible_thai(text)
    assert plausible_thai("")
    assert plausible_thai("No Thai at all, only 1,234 words.")
    assert not plausible_thai(text.translate(dict.fromkeys(map(ord, TONES))))
    assert not plausible_thai("การ่ า่ ี กา้า็ าี" * 3)


cells = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 30), st.integers(1, 20)),
    min_size=1,
    max_size=25,
    unique=True,
)


@given(cells)
@settings(max_examples=60, deadline=None)
def test_every_cell_is_read_once(places: Sequence[tuple[int, int, int]]) -> None:
    given_cells = []
    for i, (x, y, width) in enumerate(places):
        box = Box(x * 30.0, y * 40.0, x * 30.0 + width * 12.0, y * 40.0 + 20.0)
        given_cells.append(Cell((Word(str(i), box, box, (1.0,)),), box, box.y1, 30.0))
    lines = reading_order(given_cells, ())
    assert sorted(line.text for line in lines) == sorted(str(i) for i in range(len(places)))
    assert [line.block for line in lines] == sorted(line.block for line in lines)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_a_single_column_is_read_downwards(widths: list[int]) -> None:
    given_cells = []
    for i, width in enumerate(widths):
        box = Box(100.0, i * 50.0, 100.0 + 40.0 * width, i * 50.0 + 30.0)
        given_cells.append(Cell((Word(str(i), box, box, (1.0,)),), box, box.y1, 30.0))
    order = np.random.default_rng(len(widths)).permutation(len(widths))
    shuffled = [given_cells[i] for i in order]
    assert [line.text for line in reading_order(shuffled, ())] == [str(i) for i in range(len(widths))]


def test_text_prints_by_rows() -> None:
    assert str(Text(1, 10, 10)) == ""
