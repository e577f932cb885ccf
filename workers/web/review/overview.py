"""The overview: how much was done, how well it was read, what waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from workers.store.connect import reading
from workers.store.figures import DAY, Figures, figures
from workers.web.auth import Actor, needs, service_of
from workers.web.review.frame import BANGKOK, form_named, show
from workers.web.review.layout import label_of
from workers.web.review.plots import columns

router = APIRouter(include_in_schema=False)
DAYS = 14
_FIELDS = 10


@router.get("/dashboard", response_class=HTMLResponse)
def dashboard(request: Request, actor: Annotated[Actor, Depends(needs("review"))]) -> Response:
    """The figures of the last days as plots, each also as a table."""
    now = time.time()
    zone = BANGKOK.utcoffset(None).total_seconds()
    with reading(service_of(request).engine) as session:
        found = figures(session, now=now, days=DAYS, zone=zone)
    days = [(day, _day(day)) for day in range(found.first, found.last + 1)]
    shares: list[tuple[str, float | None]] = [
        (label, 100 * found.accepted[day][0] / found.accepted[day][1] if day in found.accepted else None)
        for day, label in days
    ]
    context = {
        "found": found,
        "days": DAYS,
        "today_pages": found.pages.get(found.last, 0),
        "today_settled": found.settled.get(found.last, 0),
        "pages": columns([(label, found.pages.get(day, 0)) for day, label in days]),
        "shares": columns(shares, 100, "%"),
        "corrected": _corrected(request, found, actor.language),
    }
    return show(request, actor, "dashboard.html", context)


def _day(day: int) -> str:
    when = datetime.fromtimestamp(day * DAY, UTC)
    return f"{when.day}/{when.month}"


def _corrected(request: Request, found: Figures, language: str) -> list[dict[str, Any]]:
    most = max((one.looked for one in found.corrected[:_FIELDS]), default=1)
    return [
        {
            "label": label_of(
                form_named(request, one.form), one.path.replace("[*]", "[0]"), language
            ).removesuffix(" (1)"),
            "form": one.form,
            "looked": one.looked,
            "changed": one.changed,
            "looked_width": round(340 * one.looked / most, 1),
            "changed_width": round(340 * one.changed / most, 1),
        }
        for one in found.corrected[:_FIELDS]
    ]
