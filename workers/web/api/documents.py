"""Documents: what became of a scan, and another try."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from workers.store import people, queue, views
from workers.store.connect import reading, transaction
from workers.store.sent import sent_document
from workers.web.api.models import BASE, DocumentDetail, Id, document_detail
from workers.web.auth import Actor, needs, service_of
from workers.web.errors import Conflict, not_found, responses

router = APIRouter(prefix=f"{BASE}/documents", tags=["documents"])


@router.get("/{document_id}", operation_id="document", responses=responses(401, 403, 404, 422, 503))
def shown(
    request: Request, actor: Annotated[Actor, Depends(needs("submit"))], document_id: Id
) -> DocumentDetail:
    """A document and its pages, with what went wrong. With the role submit: only what one sent."""
    with reading(service_of(request).engine) as session:
        if not people.allows(actor.role, "review") and not sent_document(session, document_id, actor.name):
            raise not_found("document")
        return document_detail(views.find(session, document_id), views.pages(session, document_id))


@router.post(
    "/{document_id}/retry",
    status_code=202,
    operation_id="retry_document",
    responses=responses(401, 403, 404, 409, 422, 503),
)
def retry(
    request: Request, actor: Annotated[Actor, Depends(needs("review"))], document_id: Id
) -> DocumentDetail:
    """Try a document that failed, or the failed pages of one, once more."""
    service = service_of(request)
    with transaction(service.engine) as session:
        bells = queue.retry(session, document_id, actor.name, time.time())
    if not bells:
        raise Conflict(
            "nothing of this document has failed", "to read it anew with another form, see `samnao reextract`"
        )
    service.ring(bells)
    with reading(service.engine) as session:
        return document_detail(views.find(session, document_id), views.pages(session, document_id))
