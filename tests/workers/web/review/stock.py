"""A service filled with what samnao read on `samples/`: documents, pictures of pages, records. Nothing is read here."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from ocr.open import Limits, find_documents, open_page, page_count
from postprocess.forms import Form, load_forms
from workers.blobs import Blobs
from workers.store import keep, people, submissions
from workers.store.connect import transaction
from workers.store.schema import Document, Draft, Field, Job, Page, Reason, Record
from workers.store.submissions import Incoming

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT / "samples"
FORMS = SAMPLES / "forms"
READ = Path(__file__).with_name("records.jsonl")
PASSWORD = "สี่คำ ยาวพอ จำง่าย"
_WIDTH = 1654


@dataclass(frozen=True, slots=True)
class Stocked:
    """The ids of records, in the order of `records.jsonl`."""

    records: tuple[int, ...]


def forms() -> list[Form]:
    """The forms of the records."""
    return [*load_forms(), *load_forms(FORMS)]


def lines(sources: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The records that were read, as the record contract has them."""
    found = [json.loads(line) for line in READ.read_text("utf-8").splitlines()]
    return [line for line in found if sources is None or line["source"] in sources]


def stock(
    engine: Engine,
    blobs: Blobs,
    sources: Sequence[str] | None = None,
    *,
    name: str = "กล่อง 12",
    office: str | None = None,
    now: float | None = None,
) -> Stocked:
    """Put the documents `sources` (all where None) with their records in."""
    at = time.time() if now is None else now
    all_lines = lines(sources)
    search = keep.search_of(forms())
    made: list[int] = []
    names = list(dict.fromkeys(line["source"] for line in all_lines))
    incoming = []
    for source in names:
        data = (SAMPLES / source).read_bytes()
        incoming.append(Incoming(source, blobs.put_bytes(data), len(data), Path(source).suffix))
    with transaction(engine) as session:
        accepted = submissions.accept(
            session, incoming, channel="http", sender="คลังเอกสาร", name=name, office=office, now=at
        )
        for source, (document_id, _, _) in zip(names, accepted.documents, strict=True):
            own = [line for line in all_lines if line["source"] == source]
            _clear(session, document_id)
            pages = _pages(source)
            for number, (picture, size) in enumerate(pages, 1):
                session.add(
                    Page(
                        document_id=document_id,
                        number=number,
                        state="read",
                        image=blobs.put_bytes(picture),
                        width=size[0],
                        height=size[1],
                        seconds=3.0,
                        at=at,
                    )
                )
            session.execute(
                update(Document)
                .where(Document.id == document_id)
                .values(state="done", pages=len(pages), pages_done=len(pages), records=len(own), finished=at)
            )
            made += keep.replace(session, document_id, own, search, now=at)
    return Stocked(tuple(made))


def add_people(engine: Engine) -> None:
    """Two who review, one who sends, one who may do all: all with `PASSWORD`."""
    with transaction(engine) as session:
        roles: dict[str, people.Role] = {
            "malee": "review",
            "somchai": "review",
            "sender": "submit",
            "chief": "admin",
        }
        for name, role in roles.items():
            people.add_user(session, name, PASSWORD, role, now=time.time())


def spread(engine: Engine, days: int = 14) -> None:
    """Let records and pages have come over some days, for plots."""
    with transaction(engine) as session:
        for record in session.query(Record):
            record.at -= (record.id * 7919 % (days * 24)) * 3600


def _clear(session: Session, document_id: int) -> None:
    """Forget the records and pages of a document that is here already."""
    of = select(Record.id).where(Record.document_id == document_id)
    for table in (Draft, Reason, Field):
        session.execute(delete(table).where(table.record_id.in_(of)))
    for whole in (Record, Page, Job):
        session.execute(delete(whole).where(whole.document_id == document_id))


@cache
def _pages(source: str) -> tuple[tuple[bytes, tuple[int, int]], ...]:
    """Pictures of the pages, made smaller, each with the size of the page as samnao reads it."""
    (document,) = find_documents([SAMPLES / source])
    found = []
    for number in range(1, page_count(document, Limits()) + 1):
        image = Image.fromarray(open_page(document, number, Limits()).image).convert("L")
        out = io.BytesIO()
        image.resize((_WIDTH, round(image.height * _WIDTH / image.width))).save(out, "JPEG", quality=70)
        found.append((out.getvalue(), image.size))
    return tuple(found)
