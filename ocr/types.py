"""The values that pass between the rooms: pages, sheets, words, lines, texts.

Two coordinate frames:

- **page**: pixels of the original page as scanned, before any turning; what leaves samnao.
- **sheet**: pixels of the prepared, upright, flat sheet; what layout and labels are judged in.

Every `Word` and `Line` carries both boxes, so nobody downstream needs pixels or transforms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ocr.transform import IDENTITY, Transform

Image = NDArray[np.uint8]
"""Grey (height, width) or RGB (height, width, 3), 8 bits."""


@dataclass(frozen=True, slots=True)
class Box:
    """A half-open rectangle x0 ≤ x < x1, y0 ≤ y < y1 in pixels of its frame, y downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1)
        )

    def intersection(self, other: Box) -> Box | None:
        """The common part, or None where the boxes only touch or lie apart."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        x1, y1 = min(self.x1, other.x1), min(self.y1, other.y1)
        return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def padded(self, dx: float, dy: float) -> Box:
        """Grown by `dx` to both sides and `dy` up and down."""
        return Box(self.x0 - dx, self.y0 - dy, self.x1 + dx, self.y1 + dy)

    def rounded(self) -> tuple[int, int, int, int]:
        """The smallest whole-pixel box around this one, as (x0, y0, x1, y1)."""
        return (
            int(np.floor(self.x0)),
            int(np.floor(self.y0)),
            int(np.ceil(self.x1)),
            int(np.ceil(self.y1)),
        )


def bounding_box(boxes: Iterable[Box]) -> Box:
    """The smallest box around all `boxes`; ValueError where there is none."""
    items = list(boxes)
    if not items:
        raise ValueError("no boxes to put a box around")
    return Box(
        min(b.x0 for b in items), min(b.y0 for b in items), max(b.x1 for b in items), max(b.y1 for b in items)
    )


@dataclass(frozen=True, slots=True)
class Word:
    """A run of print between two visible blanks (Thai words are not divided by blanks).

    `text` is NFC with sara am composed. `box` is in the sheet frame, `page_box` in the page frame.
    `confidences` holds one probability (0–1) for each character of `text`. `damage` is the ink that nobody read on the
    word or right beside it (a stamp, a stroke, a lost letter), in squares of the consonant height, and 1 more where the
    sheet's edge cuts the word.
    """

    text: str
    box: Box
    page_box: Box
    confidences: tuple[float, ...]
    damage: float = 0.0

    @property
    def confidence(self) -> float:
        """The mean confidence of the characters; 0 for an empty word."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of one column or one table cell, its words from left to right.

    `row` numbers the visual rows of the page: the cells printed side by side on one height share it.
    `block` numbers the paragraphs, columns and table cells: consecutive lines of one block are one
    running text.
    """

    words: tuple[Word, ...]
    row: int = 0
    block: int = 0

    @property
    def text(self) -> str:
        """The words joined by single blanks."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The box around the words, sheet frame."""
        return bounding_box(word.box for word in self.words)

    @property
    def page_box(self) -> Box:
        """The box around the words, page frame."""
        return bounding_box(word.page_box for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean confidence of all characters; 0 for an empty line."""
        values = [c for word in self.words for c in word.confidences]
        return sum(values) / len(values) if values else 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A printed ruling line as a thin box in the sheet frame."""

    box: Box
    direction: Literal["horizontal", "vertical"]


MarkKind = Literal["unchecked", "checked", "ink", "lifted", "stamp"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Ink that is no print: an empty or ticked check box, handwriting such as a signature ("ink"; "lifted" where it was
    taken off the print it crosses, so that what lies within it is print), a stamp's frame.
    """

    kind: MarkKind
    box: Box
    page_box: Box


@dataclass(frozen=True, slots=True)
class Text:
    """What stands on one page: its lines in reading order.

    `page` counts from 1 within the document. `width` and `height` are those of the sheet.
    `origin` is "ocr", or "text layer" where a born-digital PDF gave its own text.
    `blank` pages hold no line. `steps` names the preparation steps that acted, in order. `turn` and `legibility` are
    the sheet's.
    """

    page: int
    width: int
    height: int
    lines: tuple[Line, ...] = ()
    rules: tuple[Rule, ...] = ()
    marks: tuple[Mark, ...] = ()
    origin: Literal["ocr", "text layer"] = "ocr"
    blank: bool = False
    steps: tuple[str, ...] = ()
    turn: int | None = None
    legibility: float = 1.0

    def __str__(self) -> str:
        """The text in reading order; the cells of one visual row stand on one line."""
        rows: list[list[str]] = []
        last: int | None = None
        for line in self.lines:
            if last is None or line.row != last:
                rows.append([])
            rows[-1].append(line.text)
            last = line.row
        return "\n".join(" ".join(cells) for cells in rows)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One page as scanned.

    `number` counts from 1 within the document. `image` is grey or RGB in the page frame. `dpi` is what the
    file says where that is believable, else an estimate. `text` is set for born-digital pages only.
    """

    number: int
    image: Image
    dpi: float
    text: Text | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page on its way through preparation.

    `image` is grey or RGB in the sheet frame; `to_page` maps sheet points to page points. `steps` names the
    steps that acted, with what they measured. `rules` are ruling lines found (and painted out of `image`).
    `turn` counts the quarter turns, counter-clockwise, that put the page upright; None before that is found out.
    `legibility` says how well the print stood out on the page as scanned (`ocr.prepare.legible`): 1 and more where
    offices scan, less where it is paler, grainier or more blurred.
    """

    image: Image
    dpi: float
    to_page: Transform = IDENTITY
    rules: tuple[Rule, ...] = ()
    blank: bool = False
    steps: tuple[str, ...] = field(default=())
    turn: int | None = None
    legibility: float = 1.0
    colour: Image | None = None
    """The sheet in RGB, kept in step with `image` where the scan has colour; None for grey scans."""
    writing: tuple[Box, ...] = ()
    """Boxes around handwriting that was lifted off the print in `image`."""


Reader = Literal["own", "other"]
"""Who takes a second look: the model that read the page, or one that errs in other ways."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a sheet to be read on its own: `box` in the sheet frame, `reader` who is to read it."""

    box: Box
    reader: Reader = "other"
