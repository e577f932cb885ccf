"""Sending scans with a browser, seeing what becomes of them, and the language of the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workers.store import people, records, submissions
from workers.store.connect import reading, transaction
from workers.store.errors import NotFound
from workers.store.records import Filter
from workers.web.auth import Actor, needs, service_of, signed_in
from workers.web.review.frame import LANGUAGE_COOKIE, show
from workers.web.review.words import LANGUAGES
from workers.web.sign_in import within

router = APIRouter(include_in_schema=False)
Sender = Annotated[Actor, Depends(needs("submit"))]
_YEAR = 31_536_000


@router.get("/upload", response_class=HTMLResponse)
def upload_page(request: Request, actor: Sender) -> Response:
    """The form for sending scans; its script posts to the API, with progress."""
    with reading(service_of(request).engine) as session:
        latest = submissions.listed(session, sender=None if _sees_all(actor) else actor.name, limit=10)
        done = {one.id: submissions.progress(session, one.id) for one in latest}
    return show(request, actor, "upload.html", {"latest": latest, "progress": done})


@router.get("/submissions/{submission_id}", response_class=HTMLResponse)
def submission_page(request: Request, submission_id: int, actor: Sender) -> Response:
    """What became of a submission; the page asks for its middle part again until all is done."""
    with reading(service_of(request).engine) as session:
        submission = submissions.find(session, submission_id)
        if not _sees_all(actor) and submission.sender != actor.name:
            raise NotFound("there is no such submission")
        context = {
            "submission": submission,
            "progress": submissions.progress(session, submission_id),
            "arrivals": submissions.arrivals(session, submission_id),
            "records": records.listed(session, Filter(submission_id=submission_id), limit=500)
            if _sees_all(actor)
            else (),
        }
    part = request.headers.get("hx-target") == "submission"
    return show(request, actor, "_submission.html" if part else "submission.html", context)


@router.post("/language")
def choose_language(
    request: Request,
    language: Annotated[str, Form(max_length=5)] = "th",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Speak another language from now on. Open to all: it changes nothing but this browser's words."""
    chosen = language if language in LANGUAGES else "th"
    response = RedirectResponse(within(next), status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR, path="/", httponly=True, samesite="lax")
    signed = signed_in(request)
    if signed is not None and signed.person.language != chosen:
        with transaction(service_of(request).engine) as session:
            people.set_language(session, signed.person.id, chosen)
    return response


def _sees_all(actor: Actor) -> bool:
    return people.allows(actor.role, "review")
