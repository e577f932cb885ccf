"""The work of workers, done at once and without reading anything."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine

from postprocess.forms.model import Search
from workers.store import documents, queue
from workers.store.connect import transaction

SEARCH = {"school-repair": Search(title="school")}


def line(number: int, source: str = "a.png") -> dict[str, Any]:
    return {
        "schema": "samnao/1",
        "form": "school-repair",
        "form_version": "1",
        "source": source,
        "source_sha256": "0" * 64,
        "pages": [1],
        "record": number,
        "status": "review",
        "values": {"school": f"โรงเรียนที่ {number}"},
        "fields": [
            {
                "path": "school",
                "value": f"โรงเรียนที่ {number}",
                "raw": "ซ่อม",
                "text": "ซ่อม",
                "confidence": 0.5,
                "status": "review",
                "page": 1,
                "box": [1, 2, 3, 4],
                "changes": [],
                "problems": [],
                "alternatives": [],
            }
        ],
    }


def work(engine: Engine, records: int = 2, fail: str | None = None) -> None:
    """Do all that waits, as workers would; `fail` is the kind of job that fails."""
    now, owner = time.time(), "tests"
    while True:
        with transaction(engine) as session:
            job = next(
                (job for kind in queue.KINDS if (job := queue.claim(session, kind, owner, 60, now))), None
            )
            if job is None:
                return
            if job.kind == fail:
                documents.failed(
                    session, job, owner, "damaged_file", "the file is broken: scan it again", now=now
                )
            elif job.kind == queue.OPEN:
                documents.opened(session, job, owner, 1, now=now)
            elif job.kind == queue.READ:
                documents.page_read(session, job, owner, b"text", None, 60, 80, False, 0.5, now=now)
            else:
                lines = [line(n) for n in range(1, records + 1)]
                documents.assembled(session, job, owner, lines, search=SEARCH, now=now)
