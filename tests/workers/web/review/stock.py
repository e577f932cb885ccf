"""A service filled with what samnao read on `samples/`: documents, pictures of pages, records. Nothing is read here."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from sqlalchemy import update
from sqlalchemy.engine import Engine

from postprocess.forms import load_forms
from workers.blobs import Blobs
from workers.store import people, records, submissions
from workers.store.connect import transaction
from workers.store.schema import Document, Job, Page, Record
from workers.store.submissions import Incoming

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT / "samples"
FORMS = SAMPLES / "forms"
READ = Path(__file__).with_name("records.jsonl")
PASSWORD = "สี่คำ ยาวพอ จำง่าย"
_DPI = 150


@dataclass(frozen=True, slots=True)
class Stocked:
    """The ids of records, in the order of `records.jsonl`."""

    records: tuple[int, ...]


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
    search = records.search_of([*load_forms(), *load_forms(FORMS)])
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
            session.execute(Job.__table__.delete().where(Job.document_id == document_id))
            session.execute(
                update(Document)
                .where(Document.id == document_id)
                .values(state="done", pages=len(pages), pages_done=len(pages), records=len(own), finished=at)
            )
            made += records.replace(session, document_id, own, search, now=at)
    return Stocked(tuple(made))


def add_people(engine: Engine) -> None:
    """Two who review, one who sends, one who may do all: all with `PASSWORD`."""
    with transaction(engine) as session:
        for name, role in (
            ("malee", "review"),
            ("somchai", "review"),
            ("sender", "submit"),
            ("chief", "admin"),
        ):
            people.add_user(session, name, PASSWORD, role, now=time.time())  # type: ignore[arg-type]


def spread(engine: Engine, days: int = 14) -> None:
    """Let records and pages have come over some days, for plots."""
    with transaction(engine) as session:
        for record in session.query(Record):
            record.at -= (record.id * 7919 % (days * 24)) * 3600


def _pages(source: str) -> list[tuple[bytes, tuple[int, int]]]:
    """Pictures of the pages at a low resolution, each with the size of the page as samnao reads it."""
    path = SAMPLES / source
    found = []
    boxes = sizes(source)
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        try:
            for number, page in enumerate(document, 1):
                image = page.render(scale=_DPI / 72).to_pil()
                found.append((_jpeg(image), boxes.get(number, image.size)))
        finally:
            document.close()
    return found


def sizes(source: str) -> dict[int, tuple[int, int]]:
    """The size of each page in the frame of the boxes: that of the images in the PDF."""
    from ocr.open import Limits, find_documents, open_page, page_count

    (document,) = find_documents([SAMPLES / source])
    count = page_count(document, Limits())
    shapes = {n: open_page(document, n, Limits()).image.shape for n in range(1, count + 1)}
    return {n: (shape[1], shape[0]) for n, shape in shapes.items()}


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("L").save(out, "JPEG", quality=70)
    return out.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
