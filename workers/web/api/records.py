"""Records out: in parts as JSON, or all of them as one file."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from workers import export, setup
from workers.errors import InputError
from workers.projects import project_json
from workers.service import Service
from workers.store import copies, people, records, search
from workers.store.connect import reading, transaction
from workers.store.records import Filter
from workers.store.sent import sent_record
from workers.web.api.models import (
    BASE,
    MOST,
    TEXT,
    Id,
    Limit,
    ProjectOut,
    RecordDetail,
    RecordList,
    record_detail,
    record_out,
)
from workers.web.api.submissions import Sender, seen
from workers.web.auth import Actor, needs, service_of
from workers.web.errors import NotAcceptable, not_found, responses

router = APIRouter(prefix=BASE, tags=["records"])
Reviewer = Annotated[Actor, Depends(needs("review"))]

Format = Literal["json", "jsonl", "csv", "xlsx"]
MEDIA: dict[Format, str] = {
    "json": "application/json",
    **{kind: media.partition(";")[0] for kind, media in export.FORMATS.items()},
}
SEARCHED = 5000
"""The most records that words typed into `q` may mean."""
_ALSO = {"application/x-ndjson": "jsonl", "application/ndjson": "jsonl"}
_STRINGS = {"type": "string"}


class Wanted(BaseModel):
    """Which records: all of what is given must hold."""

    model_config = ConfigDict(extra="forbid")

    q: str | None = Field(
        default=None,
        max_length=300,
        pattern=TEXT,
        description=f"words of title, code, office or year, as one types them; the first {SEARCHED} found",
    )
    status: list[Literal["accepted", "review", "settled", "unreadable"]] = Field(default=[], max_length=4)
    form: str | None = Field(default=None, max_length=200, pattern=TEXT)
    office: str | None = Field(default=None, max_length=500, pattern=TEXT)
    year: int | None = Field(default=None, ge=0, le=9999, description="as printed, Buddhist era")
    code: str | None = Field(default=None, max_length=200, pattern=TEXT)
    document: int | None = Field(default=None, ge=1, le=MOST)
    since: datetime | None = Field(default=None, description="made at or after this time")
    until: datetime | None = Field(default=None, description="made before this time")
    format: Format | None = Field(default=None, description="in place of the header Accept")
    table: str = Field(
        default=export.RECORDS,
        max_length=200,
        pattern=TEXT,
        description="CSV only: records, or a list of the form by its path, as in a or a.b",
    )
    after: int = Field(default=0, ge=0, le=MOST, description="JSON only: behind this record")
    limit: int = Field(default=100, ge=1, le=500, description="JSON only: how many at most")

    def filter(self, session: Session) -> Filter:
        """As the store wants it."""
        found = None
        if self.q is not None and self.q.strip():
            found = tuple(one.id for one in search.find(session, self.q, SEARCHED))
        return Filter(
            ids=found,
            status=tuple(self.status),
            form=self.form,
            office=self.office,
            year=self.year,
            code=self.code,
            document_id=self.document,
            since=None if self.since is None else self.since.timestamp(),
            until=None if self.until is None else self.until.timestamp(),
        )


@router.get(
    "/records",
    operation_id="records",
    response_model=RecordList,
    responses=responses(401, 403, 404, 406, 422, 503)
    | {
        200: {
            "description": "as JSON in parts; as a file, all of them, sent as it is made",
            "content": {
                MEDIA["jsonl"]: {"schema": _STRINGS},
                MEDIA["csv"]: {"schema": _STRINGS},
                MEDIA["xlsx"]: {"schema": _STRINGS | {"format": "binary"}},
            },
        }
    },
)
def listed(request: Request, actor: Reviewer, wanted: Annotated[Wanted, Query()]) -> RecordList | Response:
    """Records in the order they were made, as the header Accept or `format` asks."""
    kind = wanted.format or negotiated(request.headers.get("accept", ""))
    with reading(service_of(request).engine) as session:
        which = wanted.filter(session)
    if kind != "json":
        return as_file(service_of(request), actor, which, kind, wanted.table)
    return _part(request, which, wanted.after, wanted.limit)


def as_file(
    service: Service, actor: Actor, which: Filter, kind: export.Format, table: str = export.RECORDS
) -> Response:
    """All records that `which` means as one file, sent as it is made; the history says who asked for it."""
    try:
        pieces = export.stream(kind, service.engine, setup.forms(service.settings), which, table)
    except InputError as error:
        raise not_found("table", str(error)) from None
    with transaction(service.engine) as session:
        export.note(session, actor.name, kind, which, now=time.time())
    name = f"{table}.{kind}"
    return StreamingResponse(
        pieces,
        media_type=export.FORMATS[kind],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )


def _part(request: Request, which: Filter, after: int, limit: int) -> RecordList:
    with reading(service_of(request).engine) as session:
        found = records.listed(session, which, after=after, limit=limit)
    next_ = request.url.include_query_params(after=found[-1].id) if len(found) == limit else None
    return RecordList(
        records=[record_out(one) for one in found],
        next=None if next_ is None else f"{next_.path}?{next_.query}",
    )


@router.get("/records/{record_id}", operation_id="record", responses=responses(401, 403, 404, 422, 503))
def shown(request: Request, actor: Sender, record_id: Id) -> RecordDetail:
    """A record with all its fields. With the role submit: only of what one sent."""
    with reading(service_of(request).engine) as session:
        if not people.allows(actor.role, "review") and not sent_record(session, record_id, actor.name):
            raise not_found("record")
        return record_detail(records.load(session, record_id))


@router.get(
    "/records/{record_id}/project",
    operation_id="project",
    dependencies=[Depends(needs("review"))],
    responses=responses(401, 403, 404, 422, 503),
)
def project_of(request: Request, record_id: Id) -> ProjectOut:
    """The project of a record with all its copies, voted field by field; not found where there is no other copy."""
    service = service_of(request)
    forms = {form.name: form for form in setup.forms(service.settings)}
    with reading(service.engine) as session:
        record = records.load(session, record_id)
        form = forms.get(record.form)
        found = None if form is None else copies.project_of(session, record, form)
    if found is None:
        raise not_found("project", f"record {record_id} has no copy")
    project, key, of = found
    line = project_json(project, key)
    for source, one in zip(line["sources"], of, strict=True):
        source |= {"id": one.id, "url": f"{BASE}/records/{one.id}"}
    return ProjectOut(**line)


@router.get(
    "/submissions/{submission_id}/records",
    operation_id="submission_records",
    responses=responses(401, 403, 404, 422, 503),
)
def of_submission(
    request: Request,
    actor: Sender,
    submission_id: Id,
    after: Annotated[int, Query(ge=0, le=MOST, description="behind this record")] = 0,
    limit: Limit = 100,
) -> RecordList:
    """The records of a submission, as far as they are made."""
    seen(request, actor, submission_id)
    return _part(request, Filter(submission_id=submission_id), after, limit)


def negotiated(accept: str) -> Format:
    """The format that an Accept header likes best (RFC 9110, 12.5.1); NotAcceptable where it likes none."""
    best: tuple[float, Format] | None = None
    named = {media: kind for kind, media in MEDIA.items()} | _ALSO
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        kind: Format | None
        if media in ("*/*", "application/*"):
            kind = "json"
        elif media == "text/*":
            kind = "csv"
        else:
            kind = named.get(media)  # type: ignore[assignment]
        if kind is not None and weight > 0 and (best is None or weight > best[0]):
            best = (weight, kind)
    if best is None:
        raise NotAcceptable(
            "records cannot be had in this format",
            f"ask for one of {', '.join(MEDIA.values())}, or say ?format=",
        )
    return best[1]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
