"""What the API answers with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, Field

from workers.store.records import RecordView, line_of
from workers.store.submissions import Accepted, ArrivalView, Progress, SubmissionView
from workers.store.views import DocumentView, PageView

BASE = "/api/v1"
MOST = 2**62
Id = Annotated[int, Path(ge=1, le=MOST, description="its number")]
Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
TEXT = r"^[^\u0000]*$"
LABEL = r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$"
"""Text on one line, without marks that turn the direction of writing."""


class Failure(BaseModel):
    """Why something failed."""

    code: str = Field(description="stable, for programs")
    message: str = Field(description="what is wrong and what to do, for people")


class ProgressOut(BaseModel):
    """How far a submission is."""

    documents: dict[str, int] = Field(
        description="documents by state: waiting, reading, assembling, done, failed"
    )
    pages: int = Field(description="pages known so far")
    pages_done: int
    records: int
    done: bool = Field(description="nothing more will happen by itself")


class SubmissionOut(BaseModel):
    """Files that came together."""

    id: int
    url: str
    at: datetime
    channel: str = Field(description="http, folder, scanner or command")
    sender: str
    name: str
    office: str | None
    priority: int


class SubmissionList(BaseModel):
    """Submissions, the latest first."""

    submissions: list[SubmissionOut]
    next: str | None = Field(description="address of the next part; null at the end")


class DocumentOut(BaseModel):
    """A document: one scan, by its bytes."""

    id: int
    url: str
    name: str = Field(description="of the file as sent, cleaned")
    sha256: str
    size: int
    state: str = Field(description="waiting, reading, assembling, done or failed")
    pages: int | None = Field(description="null until it was opened")
    pages_done: int
    records: int | None
    error: Failure | None


class ArrivalOut(DocumentOut):
    """A document as it came in a submission."""

    duplicate: bool = Field(description="the same scan had come before; it is not read twice")


class SubmissionDetail(SubmissionOut):
    """A submission with its progress and its documents."""

    progress: ProgressOut
    documents: list[ArrivalOut]
    next: str | None = Field(description="address of the next part of its documents; null at the end")


class PageOut(BaseModel):
    """A page of a document."""

    number: int
    state: str = Field(description="waiting, read, blank or failed")
    width: int | None = Field(description="in pixels of the scan, the frame of all boxes")
    height: int | None
    seconds: float | None = Field(description="what reading it took")
    error: Failure | None


class DocumentDetail(DocumentOut):
    """A document with its pages."""

    priority: int
    at: datetime
    finished: datetime | None
    page_list: list[PageOut]


class AcceptedDocument(BaseModel):
    """A document of a submission just taken."""

    id: int
    url: str
    sha256: str
    duplicate: bool = Field(description="the same scan had come before; it is not read twice")


class AcceptedOut(BaseModel):
    """A submission was taken; its documents will be read."""

    id: int
    url: str
    events: str = Field(description="address of its server-sent events")
    documents: list[AcceptedDocument] = Field(
        description="in the order sent; loose pages sent together are one document"
    )


class RecordOut(BaseModel):
    """A record, without its single fields."""

    id: int
    url: str
    document: int
    source: str
    record: int = Field(description="which of its document, from 1")
    pages: list[int]
    form: str
    status: str = Field(description="accepted, review, settled or unreadable")
    title: str | None
    code: str | None
    office: str | None
    year: int | None
    doubtful: int = Field(description="fields still to be looked at")
    version: int
    at: datetime
    settled: datetime | None
    values: dict[str, Any]


class RecordList(BaseModel):
    """Records in the order they were made."""

    records: list[RecordOut]
    next: str | None = Field(description="address of the next part; null at the end")


class RecordDetail(RecordOut):
    """A record as the record contract writes it, and what the service knows of it."""

    schema_: str = Field(alias="schema", serialization_alias="schema")
    form_version: str
    source_sha256: str
    fields: list[dict[str, Any]]


class ProjectSource(BaseModel):
    """One of the records that a project was read from; `version` counts its reports as they grew, from 1."""

    id: int
    url: str
    source: str
    record: int
    version: int


class ProjectOut(BaseModel):
    """What all copies of one project say together."""

    schema_: str = Field(alias="schema", serialization_alias="schema")
    form: str
    code: str | None
    year: int | str | None
    title: str | None
    status: str = Field(description="accepted or review")
    sources: list[ProjectSource]
    values: dict[str, Any]
    fields: list[dict[str, Any]] = Field(
        description="each with the votes of its sources, by their places in `sources`"
    )


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def failure(code: str | None, message: str | None) -> Failure | None:
    """The failure, where there is one."""
    return None if code is None else Failure(code=code, message=message or "")


def progress_out(progress: Progress) -> ProgressOut:
    """As the API says it."""
    return ProgressOut(
        documents=progress.documents,
        pages=progress.pages,
        pages_done=progress.pages_done,
        records=progress.records,
        done=progress.done,
    )


def submission_out(view: SubmissionView) -> SubmissionOut:
    """As the API says it."""
    return SubmissionOut(
        id=view.id,
        url=f"{BASE}/submissions/{view.id}",
        at=moment(view.at),
        channel=view.channel,
        sender=view.sender,
        name=view.name,
        office=view.office,
        priority=view.priority,
    )


def submission_detail(
    view: SubmissionView, progress: Progress, arrivals: Iterable[ArrivalView], next_: str | None
) -> SubmissionDetail:
    """As the API says it."""
    return SubmissionDetail(
        **submission_out(view).model_dump(),
        progress=progress_out(progress),
        documents=[arrival_out(one) for one in arrivals],
        next=next_,
    )


def arrival_out(view: ArrivalView) -> ArrivalOut:
    """As the API says it."""
    return ArrivalOut(
        id=view.document_id,
        url=f"{BASE}/documents/{view.document_id}",
        name=view.source,
        sha256=view.sha256,
        size=view.size,
        state=view.state,
        pages=view.pages,
        pages_done=view.pages_done,
        records=view.records,
        error=failure(view.error, view.message),
        duplicate=view.duplicate,
    )


def document_detail(view: DocumentView, pages: Iterable[PageView]) -> DocumentDetail:
    """As the API says it."""
    return DocumentDetail(
        id=view.id,
        url=f"{BASE}/documents/{view.id}",
        name=view.source,
        sha256=view.sha256,
        size=view.size,
        state=view.state,
        pages=view.pages,
        pages_done=view.pages_done,
        records=view.records,
        error=failure(view.error, view.message),
        priority=view.priority,
        at=moment(view.at),
        finished=None if view.finished is None else moment(view.finished),
        page_list=[
            PageOut(
                number=page.number,
                state=page.state,
                width=page.width,
                height=page.height,
                seconds=page.seconds,
                error=failure(page.error, page.message),
            )
            for page in pages
        ],
    )


def accepted_out(accepted: Accepted) -> AcceptedOut:
    """As the API says it."""
    url = f"{BASE}/submissions/{accepted.submission_id}"
    return AcceptedOut(
        id=accepted.submission_id,
        url=url,
        events=f"{url}/events",
        documents=[
            AcceptedDocument(id=one, url=f"{BASE}/documents/{one}", sha256=sha256, duplicate=duplicate)
            for one, sha256, duplicate in accepted.documents
        ],
    )


def record_out(view: RecordView) -> RecordOut:
    """As the API says it."""
    return RecordOut(
        id=view.id,
        url=f"{BASE}/records/{view.id}",
        document=view.document_id,
        source=view.source,
        record=view.number,
        pages=list(view.pages),
        form=view.form,
        status=view.status,
        title=view.title,
        code=view.code,
        office=view.office,
        year=view.year,
        doubtful=view.doubtful,
        version=view.version,
        at=moment(view.at),
        settled=None if view.settled is None else moment(view.settled),
        values=view.values,
    )


def record_detail(view: RecordView) -> RecordDetail:
    """As the API says it."""
    line = line_of(view)
    return RecordDetail.model_validate(
        record_out(view).model_dump()
        | {name: line[name] for name in ("schema", "form_version", "source_sha256", "fields")}
    )
