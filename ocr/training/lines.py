"""Training lines: text drawn in a face, bent, ruled, damaged, and cut as readers cut it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from .charset import to_target
from .damage import KINDS, Grey, damage, emblem, rules, warp
from .fonts import Face, latin_faces
from .prepared import lit
from .render import Drawn, cut_rows, draw, ink_columns, ink_rows, reader_rows
from .text import Sources, printed_text

Writer = Callable[[random.Random, Sources], str]

_KIND_WEIGHTS = (20, 17, 17, 22, 16, 8)
_PREPARED = 0.7  # share of the damaged lines that get the light the reader gives them
_LONGEST = 1500  # pixels at 48 high; longer lines are drawn anew with less text


@dataclass(frozen=True, slots=True)
class Line:
    """A line image (grey), the text the model is to write, and how it was made; `height` of consonants in pixels."""

    image: Grey
    text: str
    family: str
    kind: str
    height: float


def _neighbours(rng: random.Random, drawn: Drawn, sources: Sources, face: Face, size: float) -> Grey:
    """The line with marks of the lines above and below reaching into its surroundings."""
    image = drawn.image.copy()
    for side in (-1, 1):
        if rng.random() < 0.65:
            other = draw(printed_text(rng, sources), face, size, False)
            offset = round(side * rng.uniform(2.9, 3.5) * drawn.height)
            width = min(image.shape[1], other.image.shape[1])
            moved = np.full_like(image, 255)
            if offset < 0:
                moved[:offset, :width] = other.image[-offset:, :width]
            else:
                moved[offset:, :width] = other.image[:-offset, :width]
            image = np.minimum(image, moved)
    return image


def stretched(drawn: Drawn, factor: float) -> Drawn:
    """The drawn line made narrower or wider by `factor`, as condensed faces are."""
    if factor == 1.0:
        return drawn
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    image = cv2.resize(drawn.image, None, fx=factor, fy=1.0, interpolation=way)
    return Drawn(np.asarray(image), drawn.baseline, drawn.height)


def make_line(
    seed: int,
    sources: Sources,
    faces: tuple[Face, ...],
    kind: str | None = None,
    write: Writer = printed_text,
    as_read: bool = False,
) -> Line:
    """One line, the same for the same seed; `kind` fixes the damage (one of `damage.KINDS`), `write` makes the text.

    With `as_read` the line is cut just as samnao's reader cuts it, rules and neighbouring lines taken away.
    """
    rng = random.Random(seed)
    noise = np.random.default_rng(seed)
    extra = random.Random(
        f"{seed}"
    )  # what only training lines have: held-out lines stay what they are without it
    kind = kind or rng.choices(KINDS, _KIND_WEIGHTS)[0]
    face = rng.choices(faces, [face.weight for face in faces])[0]
    size = rng.choice((rng.uniform(11, 18), rng.uniform(14, 24), rng.uniform(18, 32), rng.uniform(26, 46)))
    narrow = rng.uniform(0.78, 1.14) if rng.random() < 0.4 else 1.0
    tracking = rng.uniform(0.05, 0.45) * size if rng.random() < 0.05 else 0.0
    while True:
        text = write(rng, sources)
        latin = extra.choice(latin_faces()) if not as_read and extra.random() < 0.5 else None
        drawn = stretched(draw(text, face, size, rng.random() < 0.3, tracking, latin), narrow)
        if (drawn.image.shape[1] - 2 * size) * 48 / (2.6 * size) < _LONGEST:
            break
    image, baseline, height = drawn.image, drawn.baseline, drawn.height
    left, right = ink_columns(image)
    ink = ink_rows(image)
    if not as_read and rng.random() < 0.13:
        image = _neighbours(rng, drawn, sources, face, size)
    if not as_read and rng.random() < 0.07:
        image = rules(noise, image, baseline, height)
    if rng.random() < (0.15 if kind == "clean" else 0.5):
        image = warp(noise, image, baseline, height, 1.0, 0.22 if kind == "phone" else 0.08)
        ink = (ink[0] - 1, ink[1] + 1)
    if as_read:
        top, bottom = reader_rows(ink, baseline, height, image.shape[0])
        margin = 4.0
    else:
        top, bottom = cut_rows(rng, ink, baseline, height, image.shape[0])
        margin = rng.choice((0.0, 0.1, 0.2, 0.3, 0.6, 1.0)) * height
    image = image[top:bottom, max(0, round(left - margin)) : round(right + margin)]
    if rng.random() < 0.05:
        image = emblem(noise, np.ascontiguousarray(image), height)
    columns = image.shape[1]
    image = damage(noise, np.ascontiguousarray(image), height, kind)
    height *= image.shape[1] / columns
    if not as_read and kind != "clean" and extra.random() < _PREPARED:
        image = lit(image, height)
    if image.shape[0] > 150:
        factor = 150 / image.shape[0]
        image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
        height *= factor
    return Line(image, to_target(text), face.family, kind, height)


def lines(first: int, count: int, sources: Sources, faces: tuple[Face, ...]) -> Iterator[Line]:
    """`count` lines with the seeds from `first` on."""
    for seed in range(first, first + count):
        yield make_line(seed, sources, faces)
