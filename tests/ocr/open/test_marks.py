"""Check boxes and signatures that a born-digital page draws."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ocr.open.blocks import at, printed, prose


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
