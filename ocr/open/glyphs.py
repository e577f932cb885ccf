"""The characters of a PDF page in the order in which they are painted, each with its place.

pdfium's own reading order puts Thai clusters twice where a producer (Chromium, Word) spells them with
/ActualText, and puts blanks after ำ; so characters are taken from the text objects one by one, and each run
of /ActualText (ISO 32000-1, 14.9.4) is taken once, whole.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.open.objects import Affine, Placed, address
from ocr.thaiorder import MARKS
from ocr.types import Box, bounding_box

_INVISIBLE = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_NOTHING = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_CONSONANT = re.compile("[ก-ฮ]")
_MOST_CHARACTERS = 100_000


def _private_use() -> dict[str, str]:
    """The private-use codes by which Windows and Macintosh fonts place Thai marks, and of common signs, decoded.

    Windows U+F700–F71A and Macintosh U+F884–F89E, as HarfBuzz's Thai shaper and libthai list them.
    """
    table = {"\uf700": "\u0e10", "\uf89e": "\u0e10", "\uf70f": "\u0e0d", "\uf89a": "\u0e0d"}
    for windows, mac, standard in (
        (0xF701, 0xF885, 0x0E34),
        (0xF702, 0xF886, 0x0E35),
        (0xF703, 0xF887, 0x0E36),
        (0xF704, 0xF888, 0x0E37),
        (0xF710, 0xF884, 0x0E31),
        (0xF711, 0xF899, 0x0E4D),
        (0xF712, 0xF889, 0x0E47),
        (0xF718, 0xF89B, 0x0E38),
        (0xF719, 0xF89C, 0x0E39),
        (0xF71A, 0xF89D, 0x0E3A),
    ):
        table[chr(windows)] = table[chr(mac)] = chr(standard)
    # Check boxes and bullets of Wingdings and Symbol, as Word leaves them.
    table |= {"\uf0a8": "☐", "\uf06f": "☐", "\uf0a3": "☐", "\uf0fe": "☑", "\uf052": "☑", "\uf0fd": "☒"}
    table |= {"\uf0fc": "✓", "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf076": "❖"}
    for i in range(5):  # mai ek, mai tho, mai tri, mai chattawa, thanthakhat
        for code in (0xF705 + i, 0xF70A + i, 0xF713 + i, *range(0xF88A + 3 * i, 0xF88D + 3 * i)):
            table[chr(code)] = chr(0x0E48 + i)
    return table


PRIVATE_USE = _private_use()


@dataclass(frozen=True, slots=True)
class Glyph:
    """What was painted at one place: `text` (a character, or several that belong together), "" for a blank.

    `box` is the ink and `x`, `y` the pen on the baseline, in pixels of the page, `end` where the pen stands
    afterwards; `em` is the font size in pixels. `part` numbers the marked content it stands in (-1: none). `doubtful`: its text is a guess.
    """

    text: str
    box: Box
    x: float
    y: float
    end: float
    em: float
    part: int
    doubtful: bool = False

    @property
    def is_mark(self) -> bool:
        """Whether this is only what stands above or below a consonant."""
        return bool(self.text) and all(char in MARKS for char in self.text)


@dataclass(frozen=True, slots=True)
class Characters:
    """The upright characters of a page in painting order, and how many were left out as slanting."""

    glyphs: tuple[Glyph, ...]
    slanting: int

    @property
    def text(self) -> str:
        """All characters in painting order, blanks as blanks."""
        return "".join(glyph.text or " " for glyph in self.glyphs)


def page_characters(page: pdfium.PdfPage, objects: list[Placed], onto: Affine) -> Characters | None:
    """The visible characters; `onto` maps page points to pixels. None where there are absurdly many."""
    texts = [placed for placed in objects if placed.kind == pdfium_c.FPDF_PAGEOBJ_TEXT and visible(placed)]
    if not texts:
        return Characters((), 0)
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > _MOST_CHARACTERS:
            return None
        indices: dict[int, list[int]] = defaultdict(list)
        for i in range(count):
            if not pdfium_c.FPDFText_IsGenerated(textpage, i):
                indices[address(pdfium_c.FPDFText_GetTextObject(textpage, i))].append(i)
        return _collected(textpage, texts, indices, onto)
    finally:
        textpage.close()


def visible(placed: Placed) -> bool:
    """Whether a text object is painted at all."""
    return bool(pdfium_c.FPDFTextObj_GetTextRenderMode(placed.handle) not in _INVISIBLE)


def _collected(textpage: Any, texts: list[Placed], indices: dict[int, list[int]], onto: Affine) -> Characters:
    glyphs: list[Glyph] = []
    slanting = 0
    spelled = 0  # the marked content whose /ActualText was taken last
    for placed in texts:
        pen = placed.matrix().then(onto)
        if pen.a <= 0 or abs(pen.b) > 0.1 * pen.a:
            slanting += len(indices[placed.key])
            continue
        size = ctypes.c_float()
        pdfium_c.FPDFTextObj_GetFontSize(placed.handle, size)
        em = abs(size.value * pen.d) or abs(pen.d)
        part = pdfium_c.FPDFPageObj_GetMarkedContentID(placed.handle)
        box = placed.bounds(onto)
        mark, actual = _actual_text(placed)
        if actual is not None:
            if box is not None and mark == spelled and glyphs:
                last = glyphs[-1]
                whole = last.box.union(box)
                glyphs[-1] = replace(last, box=whole, end=max(last.end, whole.x1))
            elif box is not None:
                glyphs.extend(_spread(actual, box, pen, em, part))
            spelled = mark
            continue
        spelled = 0
        if not indices[placed.key]:
            if box is None or box.width < 0.01 * em:
                glyphs.append(_blank(pen.e, pen.f, em, part))
            continue
        for i in indices[placed.key]:
            glyph = _character(textpage, i, onto, em, part)
            if glyph is not None:
                glyphs.append(glyph)
    return Characters(_sara_am(glyph for glyph in glyphs if not _cut_off(glyph)), slanting)


def _sara_am(glyphs: Iterable[Glyph]) -> tuple[Glyph, ...]:
    """Sara am made whole where a producer wrote its ring as a blank ("จ านวน") or its stem twice ("จำานวน").

    No Thai word begins with sara aa, and none has it after sara am.
    """
    found: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text == "า" and found and abs(found[-1].y - glyph.y) < 0.1 * glyph.em:
            last = found[-1]
            if last.text == "ำ":
                found[-1] = replace(last, box=last.box.union(glyph.box), end=max(last.end, glyph.end))
                continue
            before = found[-2] if len(found) > 1 else None
            if not last.text and before is not None and _carries(before, glyph):
                ring = Box(
                    glyph.box.x0 - 0.4 * glyph.em, glyph.box.y0 - 0.35 * glyph.em, glyph.box.x1, glyph.box.y1
                )
                found[-1] = replace(glyph, text="ำ", box=ring)
                continue
        found.append(glyph)
    return tuple(found)


def _carries(before: Glyph, stem: Glyph) -> bool:
    """Whether `stem` stands close behind a consonant, with or without its tone mark."""
    ends = before.is_mark or bool(_CONSONANT.fullmatch(before.text[:1]))
    return ends and abs(before.y - stem.y) < 0.1 * stem.em and stem.box.x0 - before.box.x1 < 0.6 * stem.em


def _cut_off(glyph: Glyph) -> bool:
    """Whether of a spelled cluster only what stands above or below was painted: the rest is on the next page."""
    if len(glyph.text) < 2 or not _CONSONANT.search(glyph.text):
        return False
    return glyph.box.y1 < glyph.y - 0.2 * glyph.em or glyph.box.y0 > glyph.y - 0.05 * glyph.em


def _character(textpage: Any, i: int, onto: Affine, em: float, part: int) -> Glyph | None:
    code = pdfium_c.FPDFText_GetUnicode(textpage, i)
    char = "\ufffd" if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)
    char = PRIVATE_USE.get(char, char)
    if pdfium_c.FPDFText_IsHyphen(textpage, i) == 1:
        char = "-"
    if char in _NOTHING:
        return None
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(textpage, i, x, y)
    pen = onto.point(x.value, y.value)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium_c.FPDFText_GetCharBox(textpage, i, left, right, bottom, top)
    box = onto.box(left.value, bottom.value, right.value, top.value)
    if char.isspace():
        return _blank(*pen, em, part)
    doubtful = (
        unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs")
        or char == "\ufffd"
        or pdfium_c.FPDFText_HasUnicodeMapError(textpage, i) == 1
    )
    loose = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(textpage, i, loose)
    end = onto.box(loose.left, loose.bottom, loose.right, loose.top).x1
    return Glyph(char, box, *pen, end, em, part, doubtful)


def _blank(x: float, y: float, em: float, part: int) -> Glyph:
    return Glyph("", Box(x, y, x, y), x, y, x, em, part)


def _spread(text: str, box: Box, pen: Affine, em: float, part: int) -> Iterator[Glyph]:
    """The words of one /ActualText, spread evenly over its box."""
    text = "".join(PRIVATE_USE.get(char, char) for char in text if char not in _NOTHING)
    words = text.split()
    if text and not words:
        yield _blank(pen.e, pen.f, em, part)
    if len(words) == 1:
        yield Glyph(text.strip(), box, pen.e, pen.f, box.x1, em, part)
        return
    step = box.width / max(len(text), 1)
    at = 0
    for word in words:
        at = text.index(word, at)
        x0 = box.x0 + at * step
        if at:
            yield _blank(x0, pen.f, em, part)
        x1 = x0 + len(word) * step
        yield Glyph(word, Box(x0, box.y0, x1, box.y1), x0, pen.f, x1, em, part)
        at += len(word)


def _actual_text(placed: Placed) -> tuple[int, str | None]:
    """The identity of the innermost marked content with /ActualText around the object, and that text."""
    for i in range(pdfium_c.FPDFPageObj_CountMarks(placed.handle) - 1, -1, -1):
        mark = pdfium_c.FPDFPageObj_GetMark(placed.handle, i)
        length = ctypes.c_ulong()
        if not pdfium_c.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", None, 0, length):
            continue
        data = (ctypes.c_ubyte * max(1, length.value))()
        pdfium_c.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", data, length.value, length)
        return address(mark), _text_string(bytes(data)[: length.value])
    return 0, None


def _text_string(data: bytes) -> str:
    """A PDF text string (ISO 32000-2, 7.9.2.2) as text."""
    for mark, encoding in (
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("latin-1")


def ink_box(glyphs: list[Glyph]) -> Box:
    """The box around the ink of `glyphs` (at least one that is no blank)."""
    return bounding_box(glyph.box for glyph in glyphs if glyph.text)
