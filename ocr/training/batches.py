"""Endless batches of fresh training lines, made by processes of their own; every line is seen once."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from .charset import stock_order
from .fonts import faces
from .lines import lines
from .pixels import FULL, HEIGHT, network_input
from .sources import BUILD, TESSDATA
from .starter import stock_characters
from .text import Sources, load_sources

_CHUNK = 400
"""Lines that a process makes at a time."""
_WIDEST = 1500
_GROWTH = 1.1


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of about one width: `pixels` (lines, 48, columns) from -1 to 1, the `codes` of each line's text."""

    pixels: NDArray[np.float32]
    codes: tuple[tuple[int, ...], ...]


Sample = tuple[NDArray[np.int8], tuple[int, ...]]


def widths() -> tuple[int, ...]:
    """The widths that batches have: few, as every new size costs the tensor library a new plan, each within a tenth."""
    found = [72]
    while found[-1] < _WIDEST:
        found.append(math.ceil(found[-1] * _GROWTH / 24) * 24)
    return tuple(found)


def encode(text: str, ids: dict[str, int]) -> tuple[int, ...] | None:
    """The codes of a text, or None where a character has none."""
    found = [ids.get(char) for char in text]
    return tuple(code for code in found if code is not None) if found and None not in found else None


@cache
def _material(build: Path) -> tuple[Sources, dict[str, int]]:
    """What text is sampled from, and the code of every character: read once in each process."""
    stock = stock_characters(TESSDATA / "tha.traineddata")
    ids = {char: code for code, char in enumerate([*stock[:3], *stock_order(stock)])}
    return load_sources(stock, build), ids


def _samples(first: int, count: int, build: Path) -> list[Sample]:
    sources, ids = _material(build)
    made = lines(first, count, sources, faces(False, build))
    coded = ((network_input(line.image), encode(line.text, ids)) for line in made)
    return [(pixels, codes) for pixels, codes in coded if codes is not None]


def batched(samples: Iterator[Sample], columns: int) -> Iterator[Batch]:
    """Lines of about one width together, about `columns` pixels in a batch; what is narrower goes on as its edge is."""
    sizes = widths()
    waiting: dict[int, list[Sample]] = {}
    for pixels, codes in samples:
        width = next((size for size in sizes if size >= pixels.shape[1]), None)
        if width is None:
            continue
        held = waiting.setdefault(width, [])
        held.append((pixels, codes))
        if len(held) >= max(4, round(columns / width)):
            whole = np.empty((len(held), HEIGHT, width), np.float32)
            for row, (part, _) in zip(whole, held, strict=True):
                row[:, : part.shape[1]] = part
                row[:, part.shape[1] :] = np.median(part[:, -1])
            yield Batch(whole / np.float32(FULL), tuple(codes for _, codes in held))
            held.clear()


def fresh_samples(first: int, makers: int, build: Path = BUILD) -> Iterator[Sample]:
    """Training lines with the seeds from `first` on, without end, made ahead by `makers` processes."""
    with processes(makers) as pool:
        ahead: deque[Future[list[Sample]]] = deque()
        while True:
            while len(ahead) < 2 * makers + 1:
                ahead.append(pool.submit(_samples, first, _CHUNK, build))
                first += _CHUNK
            yield from ahead.popleft().result()


def processes(count: int) -> ProcessPoolExecutor:
    """So many processes, which end with this one, however it ends."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()
