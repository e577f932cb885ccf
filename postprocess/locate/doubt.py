"""Which leaves deserve a second look, and where on the sheet to look."""

from __future__ import annotations

from ocr.types import Zone
from postprocess.forms import Form
from postprocess.types import Reading, Reread, Segment


def doubtful(segment: Segment, form: Form, readings: tuple[Reading, ...]) -> tuple[Reread, ...]:
    """The leaves whose reading is unsure or cannot be understood, each with its zone."""
    return ()


__all__ = ["Zone", "doubtful"]
