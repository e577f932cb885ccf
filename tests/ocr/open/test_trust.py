"""Text layers that say what the page shows, and those that do not: None for these."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pytest

from ocr.open.trust import plausible_thai
from tests.ocr.open.blocks import NAME, PROSE, TONES, at, printed, prose, texts


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


def test_thai_by_its_statistics() -> None:
    text = "\n".join(PROSE)
    assert plausible_thai(text)
    assert plausible_thai("")
    assert plausible_thai("No Thai at all, only 1,234 words.")
    assert not plausible_thai(text.translate(dict.fromkeys(map(ord, TONES))))
    assert not plausible_thai("การ่ า่ ี กา้า็ าี" * 3)
