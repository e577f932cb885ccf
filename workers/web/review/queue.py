"""What waits for a person, and what is being read just now."""

from __future__ import annotations

import time
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select

from workers.store import review, submissions
from workers.store.connect import reading, transaction
from workers.store.doubt import REASONS
from workers.store.records import Filter
from workers.store.review import Wanted
from workers.store.schema import Arrival, Document
from workers.web.auth import Actor, needs, service_of
from workers.web.review.frame import forms_by_name, show
from workers.web.review.words import say

router = APIRouter(include_in_schema=False)
Reviewer = Annotated[Actor, Depends(needs("review"))]
Short = Annotated[str, Query(max_length=300)]
_PAGE = 50
_RUNNING = 8


def wanted_of(
    form: Short = "", office: Short = "", batch: Short = "", reason: Short = "", order: Short = ""
) -> Wanted:
    """The filter of the queue's address; what is not understood is left out."""
    which = Filter(
        form=form or None, office=office or None, submission_id=int(batch) if batch.isdecimal() else None
    )
    return Wanted(which, reason if reason in REASONS else None, "oldest" if order == "oldest" else "worth")


Asked = Annotated[Wanted, Depends(wanted_of)]


def address_of(wanted: Wanted, **more: Any) -> str:
    """The query of an address that means `wanted`."""
    parts = {
        "form": wanted.which.form,
        "office": wanted.which.office,
        "batch": wanted.which.submission_id,
        "reason": wanted.reason,
        "order": wanted.order if wanted.order != "worth" else None,
        **more,
    }
    return urlencode({name: value for name, value in parts.items() if value is not None})


@router.get("/", response_class=HTMLResponse)
def home(actor: Annotated[Actor, Depends(needs("submit"))]) -> Response:
    """Where somebody begins: reviewers at the queue, others at the door."""
    return RedirectResponse("/upload" if actor.role == "submit" else "/review", status_code=303)


@router.get("/review", response_class=HTMLResponse)
def queue_page(
    request: Request, actor: Reviewer, wanted: Asked, after: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """The queue."""
    now = time.time()
    with reading(service_of(request).engine) as session:
        found = review.waiting(session, wanted, now=now, after=_cursor(after), limit=_PAGE + 1)
        facets = review.facets(session)
        count, fields = review.totals(session, wanted)
    more = None
    if len(found) > _PAGE:
        last = found[_PAGE - 1]
        key = last.worth if wanted.order == "worth" else last.at
        more = address_of(wanted, after=f"{key!r},{last.id}")
    context = {
        "found": found[:_PAGE],
        "facets": facets,
        "wanted": wanted,
        "filtered": bool(address_of(wanted)),
        "query": address_of(wanted),
        "more": more,
        "records": count,
        "fields": fields,
        "titles_of": lambda name: titles(request).get(name, name),
        "plain": lambda name: name,
        "reason_name": lambda name: say(f"reason_{name}", actor.language),
        "done": "done" in request.query_params,
        "running": _running(request),
    }
    return show(request, actor, "queue.html", context)


@router.get("/review/running", response_class=HTMLResponse)
def running(request: Request, actor: Reviewer) -> Response:
    """The part of the queue's page that says what is being read; asked for again and again."""
    return show(request, actor, "_running.html", {"running": _running(request)})


@router.get("/review/next")
def next_record(request: Request, actor: Reviewer, wanted: Asked) -> Response:
    """On to the next record that waits and that nobody is at; back to the queue where there is none."""
    with transaction(service_of(request).engine) as session:
        found = review.claim_next(session, actor.name, wanted, now=time.time())
    query = address_of(wanted)
    if found is None:
        return RedirectResponse(f"/review?{address_of(wanted, done=1)}", status_code=303)
    return RedirectResponse(f"/records/{found}" + (f"?{query}" if query else ""), status_code=303)


def titles(request: Request) -> dict[str, str]:
    """What the forms are called."""
    return {name: form.title for name, form in forms_by_name(service_of(request).settings).items()}


def _cursor(after: str) -> tuple[float, int] | None:
    value, _, record_id = after.partition(",")
    try:
        return float(value), int(record_id)
    except ValueError:
        return None


def _running(request: Request) -> list[dict[str, Any]]:
    """The latest submissions that are not done, and how far they are."""
    with reading(service_of(request).engine) as session:
        ids = session.scalars(
            select(Arrival.submission_id)
            .join(Document, Document.id == Arrival.document_id)
            .where(Document.state.in_(("waiting", "reading", "assembling")))
            .group_by(Arrival.submission_id)
            .order_by(Arrival.submission_id.desc())
            .limit(_RUNNING)
        ).all()
        return [
            {"submission": submissions.find(session, one), "progress": submissions.progress(session, one)}
            for one in ids
        ]
