"""What tests of the store do again and again: send, claim, finish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from postprocess.forms.model import Search
from workers.blobs import Blobs
from workers.store import audit, documents, queue, submissions
from workers.store.connect import reading, transaction
from workers.store.queue import ASSEMBLE, OPEN, READ, Bell, Claimed
from workers.store.submissions import Accepted, Incoming

FORM = Search(title="title", code="code", office="office", year="year")
LEASE = 60.0


@dataclass(frozen=True, slots=True)
class Store:
    engine: Engine
    blobs: Blobs

    def send(self, *contents: str, now: float = 1.0, **more: Any) -> Accepted:
        """A submission of scans that hold `contents`."""
        files = [
            Incoming(f"{text}.pdf", self.blobs.put_bytes(text.encode()), len(text), ".pdf")
            for text in contents
        ]
        told = {"channel": "http", "sender": "สมศรี", "name": "กล่อง 1", **more}
        with transaction(self.engine) as session:
            return submissions.accept(session, files, now=now, **told)

    def claim(self, kind: str, owner: str = "w1", now: float = 2.0, lease: float = LEASE) -> Claimed | None:
        with transaction(self.engine) as session:
            return queue.claim(session, kind, owner, lease, now)

    def open(self, job: Claimed, pages: int, now: float = 3.0) -> tuple[Bell, ...]:
        with transaction(self.engine) as session:
            return documents.opened(session, job, job.owner, pages, now=now)

    def read(self, job: Claimed, now: float = 4.0, blank: bool = False) -> tuple[Bell, ...]:
        image = self.blobs.put_bytes(f"picture {job.document_id} {job.page}".encode())
        text = f"text {job.page}".encode()
        with transaction(self.engine) as session:
            return documents.page_read(session, job, job.owner, text, image, 2480, 3508, blank, 1.5, now=now)

    def assemble(
        self, job: Claimed, lines: Sequence[Mapping[str, Any]], now: float = 5.0, **more: Any
    ) -> tuple[int, ...]:
        with transaction(self.engine) as session:
            return documents.assembled(session, job, job.owner, lines, search={"f": FORM}, now=now, **more)

    def work(self, lines: Sequence[Mapping[str, Any]] = (), pages: int = 2, now: float = 9.0) -> int:
        """Do all that waits, in order; how many jobs it was."""
        done = 0
        while True:
            job = next((job for kind in (ASSEMBLE, READ, OPEN) if (job := self.claim(kind, now=now))), None)
            if job is None:
                return done
            if job.kind == OPEN:
                self.open(job, pages, now)
            elif job.kind == READ:
                self.read(job, now)
            else:
                self.assemble(job, lines or [line()], now)
            done += 1

    def sweep(self, now: float, tries: int = 3, ring_after: float = 30.0) -> tuple[Bell, ...]:
        with transaction(self.engine) as session:
            return queue.sweep(session, now, tries, ring_after)

    def complaints(self, *, busy: bool = False) -> list[str]:
        with reading(self.engine) as session:
            return [one.code for one in audit.check(session, self.blobs, busy=busy)]


def field(path: str, value: Any, status: str = "accepted", **more: Any) -> dict[str, Any]:
    return {
        "path": path,
        "value": value,
        "raw": None if value is None else str(value),
        "text": None if value is None else str(value),
        "confidence": 0.99 if status == "accepted" else 0.5,
        "status": status,
        "page": 1,
        "box": [10, 20, 300, 40],
        "changes": [],
        "problems": [],
        "alternatives": [],
        **more,
    }


def line(
    number: int = 1, *fields: dict[str, Any], status: str | None = None, **values: Any
) -> dict[str, Any]:
    """A record line; `values` are its leaves, `fields` further ones or those in other states than accepted."""
    values = {"title": f"โครงการ {number}", "code": f"1234567{number}-2566", **values}
    given = {one["path"]: one for one in fields}
    leaves = [given.pop(path) if path in given else field(path, value) for path, value in values.items()]
    leaves += given.values()
    doubt = any(one["status"] != "accepted" for one in leaves)
    return {
        "schema": "samnao/1",
        "form": "f",
        "form_version": "v1",
        "source": "a.pdf",
        "source_sha256": "0" * 64,
        "pages": [1],
        "record": number,
        "status": status or ("review" if doubt else "accepted"),
        "values": {**values, **{path: one["value"] for path, one in given.items() if "[" not in path}},
        "fields": leaves,
    }
