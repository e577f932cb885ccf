"""Progress of a submission as server-sent events.

Each event is the whole state, and its id says which: a client that comes back with the id it saw last (Last-Event-ID, as
browsers do) gets nothing twice and misses nothing that matters.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from workers.store import submissions
from workers.store.connect import reading
from workers.store.submissions import Progress
from workers.web.api.models import BASE, Id, progress_out
from workers.web.api.submissions import Sender, seen
from workers.web.auth import service_of
from workers.web.errors import responses

router = APIRouter(prefix=f"{BASE}/submissions", tags=["submissions"])

LOOK_SECONDS = 0.5
"""Between two looks at the database."""
ALIVE_SECONDS = 15.0
"""So often something is sent, that proxies do not take the stream for dead."""
_DONE = "done-"


@router.get(
    "/{submission_id}/events",
    operation_id="submission_events",
    response_class=StreamingResponse,
    responses=responses(401, 403, 404, 422, 503)
    | {
        200: {
            "description": "events `progress`, at the end `done`; the data of each is the submission's progress",
            "content": {"text/event-stream": {}},
        },
        204: {"description": "all was told before"},
    },
)
async def events(
    request: Request,
    actor: Sender,
    submission_id: Id,
    last_event_id: Annotated[
        str | None, Header(max_length=100, description="the id of the last event that was seen")
    ] = None,
) -> Response:
    """Tell of progress as it happens, until nothing more will happen by itself."""
    await run_in_threadpool(seen, request, actor, submission_id)
    if last_event_id is not None and last_event_id.startswith(_DONE):
        progress = await run_in_threadpool(_look, request, submission_id)
        if _id(progress) == last_event_id:
            return Response(status_code=204)  # which tells browsers not to come back
    return StreamingResponse(
        _stream(request, submission_id, last_event_id),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _stream(request: Request, submission_id: int, last: str | None) -> AsyncIterator[str]:
    closing: asyncio.Event = request.app.state.closing
    yield "retry: 2000\n\n"
    said = time.monotonic()
    while not closing.is_set():
        progress = await run_in_threadpool(_look, request, submission_id)
        now = _id(progress)
        if now != last:
            last, said = now, time.monotonic()
            kind = "done" if progress.done else "progress"
            yield f"event: {kind}\nid: {now}\ndata: {progress_out(progress).model_dump_json()}\n\n"
        if progress.done:
            return
        if time.monotonic() - said > ALIVE_SECONDS:
            said = time.monotonic()
            yield ": alive\n\n"
        try:
            await asyncio.wait_for(closing.wait(), LOOK_SECONDS)
        except TimeoutError:
            continue


def _look(request: Request, submission_id: int) -> Progress:
    with reading(service_of(request).engine) as session:
        return submissions.progress(session, submission_id)


def _id(progress: Progress) -> str:
    """Names this state: equal where nothing changed."""
    documents = ".".join(f"{state[0]}{count}" for state, count in sorted(progress.documents.items()))
    return f"{_DONE if progress.done else ''}{documents}.p{progress.pages_done}-{progress.pages}.r{progress.records}"
