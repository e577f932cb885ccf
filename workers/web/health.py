"""Whether the process lives, whether it can work, and how it is doing."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from pydantic import BaseModel
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool

from workers.service import Service
from workers.store.connect import reading
from workers.web.auth import needs, service_of
from workers.web.errors import NotReady, responses

router = APIRouter(tags=["operations"])

LOOK_SECONDS, PATIENCE_SECONDS = 0.5, 3.0
"""How old a look may be, and how long one is waited for."""


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
async def readyz(request: Request) -> Readiness:
    """The database and the blob store answer. The broker is left out: without it work only waits."""
    parts = await _looked(request.app, service_of(request))
    wrong = [{"where": name, "detail": how} for name, how in parts.items() if how != "ok"]
    if wrong:
        raise NotReady(
            f"{' and '.join(one['where'] for one in wrong)} cannot be used",
            "see `samnao doctor`; it is looked at again with each request",
            errors=wrong,
        )
    return Readiness(status="ready", parts=parts)


async def _looked(app: FastAPI, service: Service) -> dict[str, str]:
    """One look serves all who ask meanwhile and shortly after: what hangs must not take a thread for each of them."""
    look: asyncio.Task[tuple[float, dict[str, str]]] | None = app.state.look_at_parts
    if look is None or (look.done() and time.monotonic() - look.result()[0] > LOOK_SECONDS):
        look = app.state.look_at_parts = asyncio.create_task(run_in_threadpool(_look, service))
    try:
        return (await asyncio.wait_for(asyncio.shield(look), PATIENCE_SECONDS))[1]
    except TimeoutError:
        return dict.fromkeys(("database", "blobs"), "no answer in time from one of them")


def _look(service: Service) -> tuple[float, dict[str, str]]:
    parts = {"database": "ok", "blobs": "ok"}
    try:
        with reading(service.engine) as session:
            session.execute(text("SELECT 1"))
    except Exception as error:
        parts["database"] = type(error).__name__
    try:
        service.blobs.exists("0" * 64)
    except Exception as error:
        parts["blobs"] = type(error).__name__
    return time.monotonic(), parts


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
