"""What became of the documents that were sent in: how many are not done, and what is lost, doubled or left over."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Engine, Select, func, select

from workers.blobs import Blobs, digest_of
from workers.store.audit import check
from workers.store.connect import reading
from workers.store.schema import Document, History, Record, Submission


def unfinished(engine: Engine) -> int | None:
    """Documents taken in and not done; None where the database does not answer."""
    ended = Document.state.in_(("done", "failed"))
    return asked(engine, select(func.count()).select_from(Document).where(~ended))


def asked(engine: Engine, query: Select[int]) -> int | None:
    """A number from the database; None where it does not answer."""
    try:
        with reading(engine) as session:
            return session.scalar(query)
    except Exception:
        return None


def audit(
    engine: Engine, blobs: Blobs, scans: Mapping[Path, Sequence[int]], submitted: Mapping[str, object]
) -> Iterator[str]:
    """What is lost, doubled or left over; nothing where every scan was done exactly once."""
    expected = {digest_of(path): pages for path, pages in scans.items()}
    with reading(engine) as session:
        for complaint in check(session, blobs):
            yield f"{complaint.code} {complaint.about}: {complaint.message}"
        found = {document.sha256: document for document in session.scalars(select(Document))}
        if set(found) != set(expected):
            yield f"documents: {len(set(expected) - set(found))} missing, {len(set(found) - set(expected))} unknown"
        if session.scalar(select(func.count()).select_from(Submission)) != len(submitted):
            yield "not each confirmed submission is there once"
        for sha256, document in found.items():
            values = expected.get(sha256, [])
            if document.state != "done" or document.error or document.pages != len(values):
                yield f"document {document.id} is {document.state}: {document.error} {document.message}"
            of = select(Record).where(Record.document_id == document.id).order_by(Record.number)
            if [one.values["code"] for one in session.scalars(of)] != [f"{value:04d}" for value in values]:
                yield f"document {document.id}: its records are not those of its pages"
            assembled = History.document_id == document.id, History.action == "assembled"
            if (done := session.scalar(select(func.count()).where(*assembled))) != 1:
                yield f"document {document.id} was done {done} times"
        for name, _ in blobs.walk():
            with tempfile.TemporaryDirectory() as folder:
                blobs.fetch(name, Path(folder))  # checks the digest
