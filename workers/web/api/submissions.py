"""Submissions: files in, progress out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from workers import setup
from workers.intake.door import Accepted, Sent, check_room, submit
from workers.service import Service
from workers.store import people, submissions
from workers.store.connect import reading
from workers.store.submissions import SubmissionView
from workers.web.api.models import (
    BASE,
    LABEL,
    MOST,
    TEXT,
    AcceptedOut,
    Id,
    Limit,
    SubmissionDetail,
    SubmissionList,
    accepted_out,
    submission_detail,
    submission_out,
)
from workers.web.auth import Actor, needs, service_of
from workers.web.errors import BadRequest, not_found, responses
from workers.web.look import Look
from workers.web.uploads import Caps, Upload, check_disk, received

router = APIRouter(prefix=f"{BASE}/submissions", tags=["submissions"])
Sender = Annotated[Actor, Depends(needs("submit"))]


class Asked(BaseModel, extra="forbid"):
    """What the form of an upload says beside its files."""

    name: str = Field(default="", max_length=200, pattern=LABEL, description="what people call the batch")
    office: str = Field(default="", max_length=200, pattern=LABEL, description="the office it comes from")
    priority: int = Field(
        default=5,
        ge=0,
        le=9,
        description="less is sooner: 0 someone waits at the scanner, 5 the usual, 9 an archive",
    )
    together: bool = Field(
        default=False,
        description="the page images among the files are the pages of one document, by their names",
    )


FIELDS = frozenset(Asked.model_fields)
_SCHEMA = Asked.model_json_schema()
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "additionalProperties": False,
                    "properties": {
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "scans: PDF, TIFF, JPEG, PNG, WebP",
                        },
                        **_SCHEMA["properties"],
                    },
                },
                "encoding": {"files": {"contentType": "application/pdf, image/*"}},
            }
        },
    }
}


@router.post(
    "",
    status_code=202,
    operation_id="submit",
    responses=responses(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 507)
    | {
        202: {
            "headers": {
                "Location": {"schema": {"type": "string"}, "description": "address of the submission"}
            }
        }
    },
    openapi_extra=_BODY,
)
async def send(
    request: Request,
    response: Response,
    actor: Sender,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[!-~]+$",
            description="the same key for the same files and fields gives the same answer, however often it is sent",
        ),
    ] = None,
) -> AcceptedOut:
    """Send scans: one or many files as parts named `files`. All are taken, or none.

    The answer comes as soon as they are safe; reading goes on behind it. 429 with Retry-After: too much waits already.
    """
    accepted = await take(request, actor, idempotency_key)
    response.headers["Location"] = f"{BASE}/submissions/{accepted.submission_id}"
    return accepted_out(accepted)


async def take(request: Request, actor: Actor, idempotency_key: str | None = None) -> Accepted:
    """Take in the form with files that `request` carries; whatever is refused is a SamnaoError and leaves nothing."""
    service = service_of(request)
    settings = service.settings
    folder = settings.data / "work"
    length = request.headers.get("content-length", "")
    await run_in_threadpool(
        check_disk,
        folder,
        settings.min_free_bytes,
        min(int(length), settings.upload_bytes) if length.isdigit() else 0,
    )
    await run_in_threadpool(check_room, service)
    caps = Caps(settings.upload_files, settings.max_bytes, settings.upload_bytes, settings.upload_seconds)
    async with received(request, folder, caps, FIELDS) as upload:
        asked = _asked(upload)
        return await run_in_threadpool(
            _store, service, request.app.state.look, upload, asked, actor, idempotency_key
        )


def _asked(upload: Upload) -> Asked:
    if not upload.files:
        raise BadRequest("no file was sent", "send at least one scan as a part named files, with a file name")
    try:
        return Asked.model_validate({name: text for name, text in upload.fields.items() if text != ""})
    except ValidationError as error:
        wrong = [
            {"where": str(one["loc"][0]), "code": one["type"], "detail": one["msg"]} for one in error.errors()
        ]
        found = BadRequest("a field of the form is wrong", "see errors", errors=wrong)
        found.status = 422
        raise found from None


def _store(
    service: Service, look: Look, upload: Upload, asked: Asked, actor: Actor, idempotency_key: str | None
) -> Accepted:
    look.at(upload.files, setup.limits(service.settings))
    return submit(
        service,
        [Sent(file.path, file.name, ours=True) for file in upload.files],
        channel="http",
        sender=actor.name,
        name=asked.name,
        office=asked.office or None,
        priority=asked.priority,
        idempotency_key=idempotency_key,
        together=asked.together,
    )


@router.get("", operation_id="list_submissions", responses=responses(401, 403, 422, 503))
def listed(
    request: Request,
    actor: Sender,
    sender: Annotated[
        str | None, Query(max_length=200, pattern=TEXT, description="only what it sent")
    ] = None,
    before: Annotated[int | None, Query(ge=1, le=MOST, description="older than this one")] = None,
    limit: Limit = 50,
) -> SubmissionList:
    """Submissions, the latest first. With the role submit: only one's own."""
    only = actor.name if actor.role == "submit" else sender
    with reading(service_of(request).engine) as session:
        found = submissions.listed(session, sender=only, before=before, limit=limit)
    next_ = request.url.include_query_params(before=found[-1].id) if len(found) == limit else None
    return SubmissionList(
        submissions=[submission_out(one) for one in found],
        next=None if next_ is None else f"{next_.path}?{next_.query}",
    )


def seen(request: Request, actor: Actor, submission_id: int) -> SubmissionView:
    """The submission, if `actor` may see it; NotFound else."""
    with reading(service_of(request).engine) as session:
        found = submissions.find(session, submission_id)
    if not people.allows(actor.role, "review") and found.sender != actor.name:
        raise not_found("submission")
    return found


@router.get("/{submission_id}", operation_id="submission", responses=responses(401, 403, 404, 422, 503))
def shown(
    request: Request,
    actor: Sender,
    submission_id: Id,
    after: Annotated[int, Query(ge=-1, le=MOST, description="documents behind this position")] = -1,
    limit: Limit = 500,
) -> SubmissionDetail:
    """A submission: how far it is, and its documents with what went wrong."""
    found = seen(request, actor, submission_id)
    with reading(service_of(request).engine) as session:
        progress = submissions.progress(session, submission_id)
        arrivals = submissions.arrivals(session, submission_id, after=after, limit=limit)
    more = len(arrivals) == limit
    next_ = (
        f"{BASE}/submissions/{submission_id}?after={arrivals[-1].position}&limit={limit}" if more else None
    )
    return submission_detail(found, progress, arrivals, next_)
