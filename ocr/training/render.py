"""Draws a line of text in grey on white, with its baseline and the height of its consonants, and cuts it as readers do."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.layout.crops import ABOVE, BELOW, MARGIN

from .fonts import Face, covered, fallbacks

Grey = NDArray[np.uint8]

_SERIF = (
    "Norasi",
    "Kinnari",
    "taviraj",
    "trirong",
    "ArundinaSerif",
    "NotoSerifThai",
    "maitree",
    "pridi",
    "Umpush",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn line: `image` height x width, 0 = ink; `baseline` a row of it; `height` a consonant's, both in pixels."""

    image: Grey
    baseline: float
    height: float


@lru_cache(maxsize=256)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=512)
def consonant_height(path: Path, size: int) -> float:
    """Height in pixels of an ordinary Thai consonant (ก) above the baseline."""
    return float(-_font(path, size).getbbox("ก", anchor="ls")[1])


@lru_cache(maxsize=256)
def _x_height(path: Path, size: int) -> float:
    return float(-_font(path, size).getbbox("x", anchor="ls")[1])


def runs(text: str, faces: tuple[Path, ...]) -> list[tuple[Path, str]]:
    """Split a text into stretches by the first face that has each character; the last face takes what none has."""
    result: list[tuple[Path, str]] = []
    for char in text:
        path = next((face for face in faces if ord(char) in covered(face)), faces[-1])
        if result and (result[-1][0] == path or char == " "):
            result[-1] = (result[-1][0], result[-1][1] + char)
        else:
            result.append((path, char))
    return result


def face_size(face: Face, height: float) -> int:
    """The font size at which the face's consonants are about `height` pixels high."""
    return max(8, round(200 * height / consonant_height(face.path, 200)))


def draw(
    text: str, face: Face, height: float, other_latin: bool, tracking: float = 0.0, latin: Path | None = None
) -> Drawn:
    """Draw `text` in black on white, consonants about `height` pixels high, `tracking` extra pixels between clusters.

    With `other_latin`, Latin words are set in another font, as they often are: in `latin`, if given.
    """
    size = face_size(face, height)
    others = fallbacks(face.family in _SERIF)
    order = (face.path, *((latin,) if latin else ()), *others)
    if other_latin:
        thai_only = [
            (order[1] if part.isascii() and any(c.isalpha() for c in part) else path, part)
            for path, part in _words(text, order)
        ]
        pieces = thai_only
    else:
        pieces = runs(text, order)
    sized: list[tuple[ImageFont.FreeTypeFont, str]] = []
    for path, part in pieces:
        own = path == face.path
        scale = size if own else max(8, round(size * 0.82 * _ratio(face.path, path)))
        sized.append((_font(path, scale), part))
    if tracking:
        sized = [(font, cluster) for font, part in sized for cluster in _clusters(part)]
    width = sum(font.getlength(part) + tracking for font, part in sized)
    reach = round(height * 3.6)
    pad = round(height)
    image = Image.new("L", (max(8, int(width) + 2 * pad), 2 * reach), 255)
    pen = ImageDraw.Draw(image)
    x = float(pad)
    for font, part in sized:
        pen.text((x, reach), part, font=font, fill=0, anchor="ls")
        x += font.getlength(part) + tracking
    return Drawn(np.asarray(image), float(reach), consonant_height(face.path, size))


def _words(text: str, order: tuple[Path, ...]) -> list[tuple[Path, str]]:
    out: list[tuple[Path, str]] = []
    held = ""
    latin = False
    for char in text:
        is_latin = char.isascii() and char.isalpha()
        if held and is_latin != latin and char != " ":
            out.extend([(order[1], held)] if latin else runs(held, order))
            held = ""
        if char != " " or not held:
            latin = is_latin
        held += char
    out.extend([(order[1], held)] if latin else runs(held, order))
    return out


def _ratio(thai: Path, other: Path) -> float:
    """How much larger the other font must be set for its x-height to equal the consonants' height."""
    return consonant_height(thai, 200) / max(1.0, _x_height(other, 200))


def _clusters(text: str) -> list[str]:
    out: list[str] = []
    for char in text:
        if out and (("ะ" < char <= "ู" and char != "า") or "็" <= char <= "๎" or char == "ำ"):
            out[-1] += char
        else:
            out.append(char)
    return out


def ink_rows(image: Grey) -> tuple[int, int]:
    """First row with ink and the row after the last; the whole image if there is none."""
    rows = np.flatnonzero((image < 160).any(axis=1))
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, image.shape[0])


def ink_columns(image: Grey) -> tuple[int, int]:
    """First column with ink and the column after the last; the whole image if there is none."""
    columns = np.flatnonzero((image < 160).any(axis=0))
    return (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, image.shape[1])


def reader_rows(
    ink: tuple[int, int],
    baseline: float,
    height: float,
    rows: int,
    above: float = ABOVE,
    below: float = BELOW,
    margin: float = MARGIN,
) -> tuple[int, int]:
    """The rows that samnao's reader cuts: the ink and a fixed reach round the baseline, with a margin in pixels."""
    top = min(baseline - above * height, ink[0]) - margin
    bottom = max(baseline + below * height, ink[1]) + margin
    return max(0, round(top)), min(rows, round(bottom))


def cut_rows(
    rng: random.Random, ink: tuple[int, int], baseline: float, height: float, rows: int
) -> tuple[int, int]:
    """The rows of a crop, drawn from the ways in which readers cut lines.

    Half of the crops unite the ink with a fixed reach round the baseline, the rest are tight to the ink, follow
    Tesseract's row metrics, leave wide margins, or lose a little of the highest marks.
    """
    kind = rng.choices(range(5), (52, 14, 20, 8, 6))[0]
    if kind == 0:
        above, below = (
            (ABOVE, BELOW) if rng.random() < 0.6 else (rng.uniform(1.6, 2.2), rng.uniform(0.4, 0.9))
        )
        return reader_rows(ink, baseline, height, rows, above, below, rng.choice((0.0, 4.0, 4.0, 4.0)))
    if kind == 1:
        margin = rng.choice((0.0, 1.0, 2.0, 4.0))
        top, bottom = ink[0] - margin, ink[1] + margin
    elif kind == 2:
        top, bottom = baseline - rng.uniform(1.3, 2.4) * height, baseline + rng.uniform(0.25, 0.8) * height
        top, bottom = min(top, ink[0]) - 4, max(bottom, ink[1]) + 4
    elif kind == 3:
        top, bottom = (
            min(ink[0], baseline - rng.uniform(2.2, 3.0) * height),
            baseline + rng.uniform(0.9, 1.5) * height,
        )
        bottom = max(bottom, ink[1])
    else:
        top, bottom = ink[0] + rng.uniform(0.0, 0.12) * height, ink[1] - rng.uniform(0.0, 0.08) * height
        bottom = max(bottom, baseline + 0.2 * height)
    return max(0, round(top)), min(rows, max(round(bottom), round(top) + 8))
