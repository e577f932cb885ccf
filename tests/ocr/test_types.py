"""What the reader gives, as plain text."""

from __future__ import annotations

from ocr.types import Text


def test_text_prints_by_rows() -> None:
    assert str(Text(1, 10, 10)) == ""
