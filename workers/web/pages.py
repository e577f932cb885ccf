"""Pages for people: Jinja templates, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workers.web.errors import RequestError
from workers.web.review.frame import frame

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"


def templates() -> Jinja2Templates:
    """The environment of all templates: everything is escaped, a name that is not there is an error."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return Jinja2Templates(env=environment, context_processors=[frame])


def page(request: Request, name: str, context: Mapping[str, Any], status: int = 200) -> Response:
    """The template `name` with `context`, as a page."""
    found: Jinja2Templates = request.app.state.templates
    return found.TemplateResponse(request, name, dict(context), status_code=status)


def wants_page(request: Request) -> bool:
    """Whether a person waits for the answer: a browser asks for pages, programs for data."""
    path = request.url.path
    asked = request.headers.get("accept", "")
    return not path.startswith("/api/") and ("text/html" in asked or "hx-request" in request.headers)


def error_page(request: Request, error: RequestError) -> HTMLResponse | Response:
    """What is wrong and what to do, as a page."""
    return page(request, "error.html", {"error": error}, error.status)
