"""Born-digital pages give their own text, letter for letter."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from ocr.open import Document, open_page, page_count
from ocr.open.glyphs import PRIVATE_USE
from tests.ocr.open.blocks import BELOW, NAME, PROSE, TONES, UPPER, at, printed, prose, shown, texts


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


def test_a_turned_page_is_read_as_shown(tmp_path: Path) -> None:
    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = 90

    sideways = f"q 0 1 -1 0 595.28 0 cm {prose(500)} Q"
    page = printed(tmp_path / "a.pdf", sideways, change=turn)
    assert page.image.shape[0] < page.image.shape[1]
    assert texts(page) == list(PROSE)
    assert page.text is not None
    assert all(0 <= line.box.x0 < line.box.x1 <= page.text.width for line in page.text.lines)


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
