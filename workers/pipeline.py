"""The whole job on one screen: how a page becomes text, and how the texts of a document become records.

A page is read once and its text is kept; the second half is cheap and can be repeated. The command line runs both halves
in a pool of processes (`workers.digitize`); `digitize_document` below does the same in one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ocr.engine import Engine
from ocr.open import Document, Limits, open_page, page_count
from ocr.types import Page, Sheet, Text, Zone
from ocr.upright import read_upright
from postprocess.assemble import assemble
from postprocess.forms import Form
from postprocess.locate import LOOKS, doubtful, locate
from postprocess.looks import Draft
from postprocess.split import split
from postprocess.types import Look, Record, Reread, Segment
from postprocess.understand import understand, understood_again

SecondLook = Callable[[Mapping[int, Sequence[Zone]]], Mapping[int, tuple[str, ...]]]
"""Reads zones again, on their own: zones by page number in, a text for each of them out."""


def read_page(document: Document, number: int, engine: Engine, limits: Limits) -> tuple[Text, Sheet | None]:
    """What stands on one page, and its prepared sheet; a born-digital page brings its own text and no sheet."""
    return read_opened(open_page(document, number, limits), number, engine)


def read_opened(page: Page, number: int, engine: Engine) -> tuple[Text, Sheet | None]:
    """As `read_page`, of a page that is open."""
    if page.text is not None:
        return page.text, None
    return read_upright(page, number, engine)


def extract(form: Form, segment: Segment, look: SecondLook, least: float | None = None) -> Record:
    """One record from its segment of the document; fields are accepted from the confidence `least` on, or from where
    the form's target error says.
    """
    drafts = [understand(reading, form) for reading in locate(segment, form)]
    return assemble(segment, form, looked_at(form, segment, drafts, look), least)


def looked_at(form: Form, segment: Segment, drafts: Sequence[Draft], look: SecondLook) -> Sequence[Draft]:
    """The drafts of a record after further looks at those that are not sure."""
    for reader in LOOKS:
        drafts = reread(form, drafts, doubtful(segment, form, drafts, reader), look)
    return drafts


def reread(form: Form, drafts: Sequence[Draft], wishes: Sequence[Reread], look: SecondLook) -> list[Draft]:
    """The drafts with one more look at those that `wishes` names, all in one call."""
    if not wishes:
        return list(drafts)
    asked: dict[int, list[Reread]] = {}
    for wish in sorted(wishes, key=lambda wish: wish.page):
        asked.setdefault(wish.page, []).append(wish)
    texts = look({page: [wish.zone for wish in of_page] for page, of_page in asked.items()})
    seen: dict[str, list[tuple[str, str]]] = {}
    for page, of_page in asked.items():
        for wish, text in zip(of_page, texts[page], strict=True):
            seen.setdefault(wish.path, []).append((wish.read, text))
    readers = {wish.path: wish.zone.reader for wish in wishes}
    looks = {
        path: Look(readers[path], " ".join(text for _, text in parts), tuple(parts))
        for path, parts in seen.items()
    }
    return [_looked_at(draft, looks.get(draft.reading.path), form) for draft in drafts]


def _looked_at(draft: Draft, look: Look | None, form: Form) -> Draft:
    if look is None:
        return draft
    return understood_again(draft, replace(draft.reading, looks=(*draft.reading.looks, look)), form)


def look_again(
    engine: Engine, sheet: Callable[[int], Sheet | None], zones: Mapping[int, Sequence[Zone]]
) -> dict[int, tuple[str, ...]]:
    """What `engine` reads in `zones`, by page number, each page's `sheet` in memory only while its zones are cut out; a
    page without one gives empty texts.
    """
    pages: list[int] = []

    def sheets() -> Iterator[tuple[Sheet, Sequence[Zone]]]:
        for page, asked in zones.items():
            found = sheet(page)
            if found is not None:
                pages.append(page)
                yield found, asked

    texts = engine.reread(sheets()) if zones else []
    seen = dict(zip(pages, texts, strict=True))
    return {page: seen.get(page, ("",) * len(asked)) for page, asked in zones.items()}


def digitize_document(
    document: Document, forms: Sequence[Form], engine: Engine, limits: Limits
) -> Iterator[Record]:
    """The records of one document, in the order in which they appear; none where the form is unknown."""
    numbers = range(1, page_count(document, limits) + 1)
    pages = {number: read_page(document, number, engine, limits) for number in numbers}

    look = partial(look_again, engine, lambda page: pages[page][1])
    for form, segment in split([text for text, _ in pages.values()], forms):
        yield extract(form, segment, look)
