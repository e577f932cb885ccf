"""Whether the process lives, whether it can work, and how it is doing."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from pydantic import BaseModel
from sqlalchemy import text

from workers.store.connect import reading
from workers.web.auth import needs, service_of
from workers.web.errors import NotReady, responses

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


@router.get("/healthz", operation_id="health", openapi_extra={"security": []})
def healthz() -> Health:
    """The process lives. Looks at nothing else, so that a database that is down does not restart the web."""
    return Health()


class Readiness(BaseModel):
    """What was looked at, and how it was found."""

    status: str
    parts: dict[str, str]


@router.get("/readyz", operation_id="readiness", responses=responses(503), openapi_extra={"security": []})
def readyz(request: Request) -> Readiness:
    """The database and the blob store answer. The broker is left out: without it work only waits."""
    service, parts = service_of(request), dict[str, str]()
    try:
        with reading(service.engine) as session:
            session.execute(text("SELECT 1"))
        parts["database"] = "ok"
    except Exception as error:
        parts["database"] = type(error).__name__
    try:
        service.blobs.exists("0" * 64)
        parts["blobs"] = "ok"
    except Exception as error:
        parts["blobs"] = type(error).__name__
    wrong: list[dict[str, Any]] = [
        {"where": name, "detail": how} for name, how in parts.items() if how != "ok"
    ]
    if wrong:
        raise NotReady(
            f"{' and '.join(one['where'] for one in wrong)} cannot be used",
            "see `samnao doctor`; it is looked at again with each request",
            errors=wrong,
        )
    return Readiness(status="ready", parts=parts)


@router.get(
    "/metrics",
    operation_id="metrics",
    dependencies=[Depends(needs("submit"))],
    response_class=PlainTextResponse,
    responses=responses(401, 403, 503),
)
def metrics(request: Request) -> Response:
    """The numbers of the service for Prometheus, which sends a key of the role submit as its bearer token."""
    made: CollectorRegistry = request.app.state.metrics
    return Response(generate_latest(made), media_type=CONTENT_TYPE_PLAIN_0_0_4)
