"""The text of born-digital PDF pages (to come: such pages are read as images until then)."""

from __future__ import annotations

import pypdfium2 as pdfium

from ocr.open.objects import Affine, Placed
from ocr.types import Image, Text


def read_text_layer(
    page: pdfium.PdfPage,  # noqa: ARG001
    objects: list[Placed],  # noqa: ARG001
    shown: Affine,  # noqa: ARG001
    scale: float,  # noqa: ARG001
    image: Image,  # noqa: ARG001
    number: int,  # noqa: ARG001
) -> Text | None:
    """The page's own text where it can be trusted, else None."""
    return None
