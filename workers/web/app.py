"""The web application: its parts, and what stands around every request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from ocr.errors import SamnaoError
from workers.metrics import registry
from workers.service import Service, open_service
from workers.settings import Settings
from workers.store.connect import passes
from workers.web import health, sign_in
from workers.web.api import documents, events, records, submissions
from workers.web.auth import COOKIE
from workers.web.errors import (
    BadRequest,
    NotSignedIn,
    Problem,
    RequestError,
    as_request_error,
    not_found,
    problem,
    request_id,
)
from workers.web.look import open_look
from workers.web.middleware import Around
from workers.web.pages import STATIC, error_page, templates, wants_page
from workers.web.review.routes import ROUTERS
from workers.web.uploads import tidy

UPLOADS = ("/api/v1/submissions",)
"""Paths whose bodies may be large: they are streamed to disk under limits of their own."""

CHILDREN = 2
"""Uploads whose scans are looked at side by side."""


def create_app(settings: Settings, service: Service | None = None) -> FastAPI:
    """The application, with what `open_service` opens at ``app.state.service``; tests give a `service` of their own."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = service or await run_in_threadpool(open_service, settings)
        app.state.look_at_parts = None
        app.state.metrics = registry(app.state.service)
        app.state.look = open_look(CHILDREN, settings.look_seconds, settings.look_megabytes)
        await run_in_threadpool(tidy, settings.data / "work", time.time() - 2 * settings.upload_seconds)
        yield
        app.state.look.close()
        if service is None:
            app.state.service.close()

    app = FastAPI(
        title="samnao",
        version=version("samnao"),
        summary="Scanned Thai paper forms in, checked and structured records out.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # their pages load scripts from another host
        redoc_url=None,
        lifespan=life,
    )
    app.state.templates = templates()
    app.state.closing = asyncio.Event()
    app.add_exception_handler(SamnaoError, _samnao_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    for part in (
        health.router,
        sign_in.router,
        *ROUTERS,
        submissions.router,
        events.router,
        documents.router,
        records.router,
    ):
        app.include_router(part)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(
        Around,
        most=settings.max_requests,
        stall_seconds=settings.stall_seconds,
        uploads=UPLOADS.__contains__,
        passes=passes,
    )
    setattr(app, "openapi", lambda: _openapi(app))  # noqa: B010 (mypy forbids to assign a method)
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The description of the API, with the problem details that errors come as."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        parts = schema.setdefault("components", {}).setdefault("schemas", {})
        parts["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer", "description": "made with `samnao key add`"},
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": COOKIE,
                "description": "of a person signed in",
            },
        }
        schema["security"] = [{"key": []}, {"session": []}]
        app.openapi_schema = schema
    return app.openapi_schema


async def _samnao_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SamnaoError)
    return _say(request, as_request_error(error))


async def _invalid(request: Request, error: Exception) -> Response:
    """What is missing or wrong where; never what was sent: it may be a password."""
    assert isinstance(error, RequestValidationError)
    wrong = [
        {"where": ".".join(str(part) for part in one["loc"]), "detail": one["msg"], "code": one["type"]}
        for one in error.errors()
    ]
    found = BadRequest("something in the request is missing or wrong", "see errors", errors=wrong)
    found.status = 422
    return _say(request, found)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, RequestError):  # raised while FastAPI read the body
        return _say(request, error.__cause__)
    if error.status_code == 404:
        return _say(request, not_found())
    found = BadRequest(
        str(error.detail), "see the description of the API at /api/openapi.json", headers=error.headers
    )
    found.status = error.status_code
    return _say(request, found)


def _say(request: Request, error: RequestError) -> Response:
    """The error in the way that whoever asked can use."""
    if not wants_page(request):
        return problem(error, request_id(request))
    if isinstance(error, NotSignedIn):
        to_sign_in = request.url_for("sign_in_form").include_query_params(next=_where(request))
        if "hx-request" in request.headers:
            return Response(status_code=200, headers={"HX-Redirect": str(to_sign_in)})
        return RedirectResponse(to_sign_in, status_code=303)
    return error_page(request, error)


def _where(request: Request) -> str:
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
