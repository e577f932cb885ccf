"""Pages of held-out lines, damaged as a whole: what the reader prepares and cuts into lines itself."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .damage import damage
from .fonts import Face
from .lines import Writer
from .render import draw, ink_columns
from .text import Sources

Grey = NDArray[np.uint8]

_LINES = 12
_LEADING = 3.1  # consonant heights from baseline to baseline
_DPI_OF_HEIGHT = 11.0  # official paper's print of 16 points has consonants 18 pixels high at 200 dpi


@dataclass(frozen=True, slots=True, eq=False)
class HeldSheet:
    """A damaged page in grey, its lines from the top, its kind of damage, its resolution in dpi."""

    image: Grey
    lines: tuple[str, ...]
    kind: str
    dpi: float


def make_sheet(seed: int, sources: Sources, faces: tuple[Face, ...], kind: str, write: Writer) -> HeldSheet:
    """One page of a dozen lines in one face, the same for the same seed."""
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    face = rng.choices(faces, [face.weight for face in faces])[0]
    height = rng.uniform(14, 26)
    texts = tuple(write(rng, sources) for _ in range(_LINES))
    drawn = [draw(text, face, height, rng.random() < 0.3) for text in texts]
    margin = round(5 * height)
    columns = max(line.image.shape[1] for line in drawn) + 2 * margin
    rows = round((_LINES - 1) * _LEADING * height) + 2 * margin + round(3 * height)
    page = np.full((rows, columns), 255, np.uint8)
    for i, line in enumerate(drawn):
        left, right = ink_columns(line.image)
        top = round(margin + 2 * height + i * _LEADING * height - line.baseline)
        first, last = max(0, -top), min(line.image.shape[0], rows - top)
        place = page[top + first : top + last, margin : margin + right - left]
        np.minimum(place, line.image[first:last, left:right], out=place)
    image = damage(noise, page, drawn[0].height, kind)
    return HeldSheet(image, texts, kind, _DPI_OF_HEIGHT * drawn[0].height * image.shape[1] / columns)
