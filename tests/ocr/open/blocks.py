"""Born-digital pages for tests, printed in a font of blocks, made with fontTools.

Every consonant, vowel and mark has ink where a Thai font has it, so that what is lost in the text can be missed on
the page.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from ocr.open import Document, open_page
from ocr.types import Page

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
