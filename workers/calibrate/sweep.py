"""Damage sweeps: the same scans ever more blurred, noisy, faded or coarse; what is accepted, and what of it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.errors import SamnaoError
from ocr.open import Document, find_documents, open_page, page_count
from ocr.types import Image, Page, Sheet, Text
from ocr.upright import read_upright
from postprocess.confidence import calibrated
from workers import setup
from workers.calibrate.examples import Example, examples
from workers.calibrate.points import Point
from workers.calibrate.report import accepts
from workers.evaluate.command import json_lines
from workers.pipeline import look_again
from workers.settings import Settings
from workers.steps import set_up

Damage = Callable[[Image, float], Image]


def blurred(image: Image, level: float) -> Image:
    """Out of focus by a Gaussian of `level` pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), level), np.uint8)


def noisy(image: Image, level: float) -> Image:
    """Grain of `level` grey levels (standard deviation), the same at every call."""
    grain = np.random.default_rng(7).normal(0, level, image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)


def faded(image: Image, level: float) -> Image:
    """Ink that has lost the share `level` of its darkness, unevenly, on paper with a little grain."""
    height, width = image.shape[:2]
    patches = np.random.default_rng(9).uniform(0.7, 1.0, (6, 5)).astype(np.float32)
    uneven = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
    keep = 1 - level * (uneven if image.ndim == 2 else uneven[:, :, None])
    return noisy((255 - (255 - image) * keep).astype(np.uint8), 4)


def coarse(image: Image, level: float) -> Image:
    """As scanned with 1/`level` of the resolution, then drawn at the old size."""
    height, width = image.shape[:2]
    small = cv2.resize(image, (round(width / level), round(height / level)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


SWEEPS: Mapping[str, tuple[Damage, tuple[float, ...]]] = {
    "blur": (blurred, (0.8, 1.6, 2.4, 3.2)),
    "noise": (noisy, (10, 25, 45, 70)),
    "fading": (faded, (0.4, 0.65, 0.8, 0.9)),
    "resolution": (coarse, (1.3, 1.8, 2.4, 3.0)),
}
"""The damages and their levels, as strong as they come in offices and a step beyond."""


def sweep(folder: Path, settings: Settings, jobs: int, rate: float = 0.001) -> Iterator[Point]:
    """The points of every sweep over the scans of `folder`; leaves that were lost altogether count as not accepted."""
    lines = json_lines(folder / "expected.jsonl", "the expected records")
    documents = [d for d in find_documents([folder]) if any(line["source"] == d.source for line in lines)]
    expected = [[line for line in lines if line["source"] == d.source] for d in documents]
    with ProcessPoolExecutor(jobs, initializer=set_up, initargs=(folder,)) as pool:
        whole = 0
        steps = [("", 0.0), *((damage, level) for damage, (_, levels) in SWEEPS.items() for level in levels)]
        for name, level in steps:
            found: list[Example] = []
            for part in pool.map(partial(_document, settings, name, level), documents, expected):
                found += part
            whole = whole or len(found)
            accepted = [e for e in found if accepts(e, calibrated(), rate)]
            wrong = sum(not e.right for e in accepted)
            for damage in [name] if name else SWEEPS:
                yield Point(damage, level, max(whole, len(found)), len(accepted), wrong)


def _document(
    settings: Settings, damage: str, level: float, document: Document, expected: Sequence[Mapping[str, Any]]
) -> list[Example]:
    limits, engine = setup.limits(settings), setup.engine(settings)
    sheets: dict[int, Sheet] = {}
    texts: list[Text] = []
    try:
        for number in range(1, page_count(document, limits) + 1):
            page = open_page(document, number, limits)
            image = SWEEPS[damage][0](page.image, level) if damage else page.image
            text, sheets[number] = read_upright(Page(number, image, page.dpi), number, engine)
            texts.append(text)
    except SamnaoError:
        return []

    look = partial(look_again, engine, sheets.get)
    found = examples(expected, texts, setup.forms(settings), look, every_way=False)
    return [replace(e, source=document.source) for e in found]
