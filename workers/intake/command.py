"""Scans by command: files and folders into submissions, here or on another machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ocr.errors import SamnaoError, ScanError
from ocr.open import Document, Limits, find_documents
from workers.errors import Busy
from workers.intake.door import Sent, clean_name
from workers.intake.pack import in_page_order, pack
from workers.intake.whole import check_whole

Submit = Callable[[Sequence[Sent]], str]
"""Submits files as one submission and says what became of it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one part: `said` of what was taken, and the files that were not."""

    said: str
    bad: tuple[tuple[str, SamnaoError], ...]


def submit_all(
    inputs: Sequence[Path],
    submit: Submit,
    limits: Limits,
    at_once: int,
    *,
    together: bool,
    waiting: Callable[[Busy], None],
) -> Iterator[Report]:
    """Submit the scans among `inputs`, `at_once` documents in a submission; ScanError for an input that is not there.

    Loose page images of one folder are one document; with `together` all loose images are. While the service is busy this
    waits, after telling `waiting`.
    """
    documents = find_documents(inputs)
    if together:
        documents = _together(documents, limits)
    if not documents:
        raise ScanError(
            "there is no scan in what was given: name PDF, TIFF, JPEG or PNG files, or folders of them"
        )
    for start in range(0, len(documents), at_once):
        with TemporaryDirectory(prefix="samnao-submit-") as folder:
            sent: list[Sent] = []
            bad: list[tuple[str, SamnaoError]] = []
            for place, document in enumerate(documents[start : start + at_once]):
                try:
                    sent.append(_whole(document, Path(folder) / f"{place}.pdf", limits))
                except ScanError as error:
                    bad.append((document.source, error))
            yield Report(_submitted(sent, submit, waiting) if sent else "", tuple(bad))


def _submitted(sent: Sequence[Sent], submit: Submit, waiting: Callable[[Busy], None]) -> str:
    while True:
        try:
            return submit(sent)
        except Busy as busy:
            waiting(busy)
            time.sleep(busy.retry_after)


def _together(documents: Sequence[Document], limits: Limits) -> list[Document]:
    """`documents` with all loose images as the pages of the first."""
    pages: list[Path] = []
    others: list[Document] = []
    for document in documents:
        if len(document.files) > 1 or _loose(document.files[0], limits):
            pages += document.files
        else:
            others.append(document)
    ordered = [pages[place] for place in in_page_order([page.name for page in pages])]
    name = next((document.source for document in documents if document not in others), "")
    return ([Document(name, tuple(ordered))] if ordered else []) + others


def _loose(path: Path, limits: Limits) -> bool:
    try:
        return check_whole(path, limits)
    except ScanError:
        return False  # submitting it says why


def _whole(document: Document, spare: Path, limits: Limits) -> Sent:
    for file in document.files:
        try:
            check_whole(file, limits)
        except ScanError as error:
            raise type(error)(f"{file.name}: {error}" if len(document.files) > 1 else str(error)) from None
    if len(document.files) == 1:
        return Sent(document.files[0], document.source)
    pack(document.files, spare, limits)
    return Sent(spare, clean_name(f"{clean_name(document.source)[:200]}.pdf"), ours=True)
