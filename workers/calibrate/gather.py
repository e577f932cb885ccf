"""Examples of a whole folder: its documents read, each in a process of its own, texts and looks kept for the next time."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ocr.errors import SamnaoError
from ocr.open import Document, Limits, find_documents, fingerprint, open_page, page_count
from ocr.prepare import prepare
from ocr.types import Box, Reader, Sheet, Text, Zone
from workers import setup
from workers.cache import Texts, write_whole
from workers.calibrate.examples import Example, examples
from workers.errors import InputError
from workers.evaluate.command import json_lines
from workers.pipeline import look_again, read_page
from workers.settings import Settings
from workers.steps import set_up

Key = tuple[int, Box, Reader]
"""Page, box and reader of one look."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The examples of one document, or the `failure` that says why there are none."""

    source: str
    examples: tuple[Example, ...]
    failure: str | None = None


def gather(
    folder: Path, out: Path, settings: Settings, jobs: int, *, every_way: bool = True
) -> Iterator[Gathered]:
    """The examples of every document in `folder` that ``expected.jsonl`` there knows, in order.

    Texts are kept under `out` as `samnao digitize` keeps them. InputError where there is nothing to learn from.
    """
    lines = json_lines(folder / "expected.jsonl", "the expected records")
    documents = [d for d in find_documents([folder]) if any(line["source"] == d.source for line in lines)]
    if not documents:
        raise InputError(
            f"no scan in {folder} that its expected.jsonl names; see samples/ for what it should hold"
        )
    store = setup.store(settings, out)
    expected = [[line for line in lines if line["source"] == d.source] for d in documents]
    work = out / ".samnao" / "calibrate"
    work.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs, initializer=set_up, initargs=(work,)) as pool:
        kept = [store.texts(fingerprint(document)) for document in documents]
        yield from pool.map(partial(_document, settings, every_way), documents, kept, expected)


def _document(
    settings: Settings,
    every_way: bool,
    document: Document,
    kept: Texts,
    expected: Sequence[Mapping[str, Any]],
) -> Gathered:
    limits = setup.limits(settings)
    engine = setup.engine(settings)
    sheets: dict[int, Sheet | None] = {}
    looks_file = kept.folder / "looks.pickle"
    seen: dict[Key, str] = _load(looks_file)

    def text_of(number: int) -> Text:
        text = kept.load(number)
        if text is None:
            text, sheets[number] = read_page(document, number, engine, limits)
            kept.save(text)
        return text

    def sheet(page: int) -> Sheet | None:
        if page not in sheets:
            sheets[page] = _sheet(document, text_of(page), limits)
        return sheets[page]

    def look(zones: Mapping[int, Sequence[Zone]]) -> dict[int, tuple[str, ...]]:
        new = {
            page: [zone for zone in asked if (page, zone.box, zone.reader) not in seen]
            for page, asked in zones.items()
        }
        new = {page: asked for page, asked in new.items() if asked}
        for page, texts in look_again(engine, sheet, new).items():
            for zone, text in zip(new[page], texts, strict=True):
                seen[page, zone.box, zone.reader] = text
        return {
            page: tuple(seen[page, zone.box, zone.reader] for zone in asked) for page, asked in zones.items()
        }

    try:
        texts = [text_of(number) for number in range(1, page_count(document, limits) + 1)]
        found = tuple(examples(expected, texts, setup.forms(settings), look, every_way=every_way))
    except SamnaoError as error:
        return Gathered(document.source, (), str(error))
    write_whole(looks_file, pickle.dumps(seen))
    return Gathered(document.source, found)


def _sheet(document: Document, text: Text, limits: Limits) -> Sheet | None:
    page = open_page(document, text.page, limits)
    return prepare(page, text.turn) if page.text is None else None


def _load(path: Path) -> dict[Key, str]:
    try:
        found: dict[Key, str] = pickle.loads(path.read_bytes())  # noqa: S301 (written below)
    except (OSError, pickle.PickleError, EOFError, AttributeError):
        return {}
    return found
