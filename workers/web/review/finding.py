"""Finding records: as one types, or by filters; and the filtered list as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from workers.store import records, review, search
from workers.store.connect import reading
from workers.store.records import Filter
from workers.web.auth import Actor, needs, service_of
from workers.web.review.frame import show
from workers.web.review.queue import titles

router = APIRouter(include_in_schema=False)
Short = Annotated[str, Query(max_length=300)]
STATES = ("accepted", "review", "settled", "unreadable")
_LIMIT = 50


@router.get("/search", response_class=HTMLResponse)
def find(
    request: Request,
    actor: Annotated[Actor, Depends(needs("review"))],
    q: Short = "",
    status: Short = "",
    form: Short = "",
    office: Short = "",
    year: Short = "",
) -> Response:
    """What is found; only the list of it where the page asks for that."""
    which = Filter(
        status=(status,) if status in STATES else (),
        form=form or None,
        office=office or None,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
    )
    with reading(service_of(request).engine) as session:
        if q.strip():
            ids = tuple(one.id for one in search.find(session, q, 4 * _LIMIT))
            fitting = records.filtered(records.select_records(), replace(which, ids=ids))
            order = {record_id: place for place, record_id in enumerate(ids)}
            rows = records.views(session, fitting, False)
            found = tuple(sorted(rows, key=lambda record: order[record.id]))[:_LIMIT]
        else:
            found = records.latest(session, which, limit=_LIMIT)
        facets = review.facets(session)
    chosen = {
        "status": status if status in STATES else None,
        "form": form or None,
        "office": office or None,
        "year": which.year,
    }
    context: dict[str, Any] = {
        "q": q,
        "found": found,
        "limit": _LIMIT,
        "facets": facets,
        "chosen": chosen,
        "states": STATES,
        "export": urlencode(
            {name: value for name, value in {"q": q.strip() or None, **chosen}.items() if value is not None}
        ),
        "titles_of": lambda name: titles(request).get(name, name),
        "forms": titles(request),
    }
    part = request.headers.get("hx-target") == "found"
    return show(request, actor, "_found.html" if part else "search.html", context)
