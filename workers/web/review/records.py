"""The record on the screen: the page itself, and what a person does there, each as a small JSON request."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from postprocess.forms import Form
from postprocess.forms.model import Search
from postprocess.types import Problem
from workers.store import history, leaves, records, review, rows, settle
from workers.store.connect import reading, transaction
from workers.store.doubt import DOUBTFUL
from workers.store.errors import NotFound
from workers.store.records import FieldView, RecordView
from workers.web.auth import Actor, needs, service_of
from workers.web.review import typed
from workers.web.review.frame import form_named, moment, show
from workers.web.review.layout import failing, general, label_of
from workers.web.review.views import answer, field_json, fields_context, fields_html, row_leaves, script_data
from workers.web.review.words import say

router = APIRouter(include_in_schema=False)
Reviewer = Annotated[Actor, Depends(needs("review"))]


class Body(BaseModel):
    """A small request of the page's script."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Path = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(max_length=20_000)]


class Typing(Body):
    """What is typed so far. `text` is kept as a draft (null: forget it), `look` is looked at."""

    path: Path
    text: Text | None
    look: Text


class Made(Body):
    """What every change carries: its token, and the version of the record that the person saw."""

    token: str = Field(min_length=8, max_length=64)
    version: int
    action: str = Field(default="", max_length=20)


class Settling(Made):
    """A field settled. `as_is` says that the person left the value as it stood."""

    action: Literal["settle", "unreadable"]
    path: Path
    text: Text
    as_is: bool
    reason: str | None = Field(default=None, max_length=500)
    how: Literal["accept", "typed", "alternative", "unreadable"]
    seconds: float = Field(ge=0, le=1e7)
    keys: int = Field(ge=0, le=10**7)


class RowChange(Made):
    """Rows changed: `list` and `index` say which; a split is made at the leaf `path`, its `text` cut at letter `at`."""

    rows: Literal["add", "remove", "split", "join"]
    list: Path
    index: int = Field(ge=0, le=100_000)
    path: Path
    text: Text
    at: int = Field(ge=0, le=20_000)


class Undoing(Made):
    """A change taken back: the one named, or one's own last."""

    event: int | None


@router.get("/records/{record_id}", response_class=HTMLResponse)
def record_page(request: Request, record_id: int, actor: Reviewer) -> Response:
    """The review page of a record."""
    with reading(service_of(request).engine) as session:
        record = records.load(session, record_id)
        form = form_named(request, record.form)
        context = fields_context(session, record, form, actor.language)
        data = script_data(session, record, actor.name, actor.language)
    holder = review.standing_claim(record, time.time())
    mine = holder in (None, actor.name)
    shown = {
        **context,
        "mine": mine,
        "holder": None if mine else holder,
        "until": moment(record.claimed_until, actor.language)[-5:],
        "query": request.url.query,
        "script_words": data,
    }
    return show(request, actor, "record.html", shown)


@router.get("/records/{record_id}/history", response_class=HTMLResponse)
def record_history(request: Request, record_id: int, actor: Reviewer) -> Response:
    """What happened to a record, the latest first, and a way to undo each change."""
    return _history(request, record_id, actor)


def _history(
    request: Request, record_id: int, actor: Actor, message: str | None = None, status: int = 200
) -> Response:
    with reading(service_of(request).engine) as session:
        record = records.load(session, record_id)
        events = history.of_record(session, record_id)
    form = form_named(request, record.form)
    undone = {(event.more or {}).get("undoes") for event in events if event.action == "undone"}
    lines = [_line(form, event, event.id not in undone, actor.language) for event in events]
    return show(
        request, actor, "history.html", {"record": record, "events": lines, "message": message}, status
    )


def _line(form: Form | None, event: history.Event, standing: bool, language: str) -> dict[str, Any]:
    more = event.more if isinstance(event.more, Mapping) else {}
    leaf = typed.leaf_of(form, event.path or "")

    def words(state: Any) -> str:
        if isinstance(state, Mapping) and "status" in state:
            if state["status"] == "unreadable":
                return say("state_unreadable", language)
            return typed.shown(leaf, state["value"], language) or say("blank", language)
        if isinstance(state, list):
            return say("rows_count", language, n=len({re.split(r"[.]", row["path"])[0] for row in state}))
        return ""

    return {
        "id": event.id,
        "at": event.at,
        "actor": event.actor,
        "action": say(f"action_{event.action}", language, default=None) or event.action,
        "label": label_of(form, event.path, language) if event.path else "",
        "before": words(event.before),
        "after": words(event.after),
        "reason": event.reason,
        "seconds": more.get("seconds"),
        "keys": more.get("keys"),
        "can_undo": standing and event.action in ("settled", "unreadable", "rows"),
    }


@router.post("/records/{record_id}/history/{event_id}/undo")
def undo_from_history(request: Request, record_id: int, event_id: int, actor: Reviewer) -> Response:
    """Undo any change of a record that nothing later stands on."""
    now = time.time()
    try:
        with transaction(service_of(request).engine) as session:
            record = records.load(session, record_id)
            change = settle.Change(actor.name, now, record.version, f"undo-{event_id}")
            settle.undo(session, record_id, event_id, change, _search(request, record))
    except settle.NothingToUndo:
        message = say("undo_newer", actor.language)
    except review.Taken as taken:
        message = say("claimed_title", actor.language, name=taken.by)
    else:
        return RedirectResponse(f"/records/{record_id}/history", status_code=303)
    return _history(request, record_id, actor, message, 409)


@router.post("/records/{record_id}/hold")
def hold(request: Request, record_id: int, actor: Reviewer) -> Response:
    """The person is still at the record."""
    try:
        with transaction(service_of(request).engine) as session:
            review.claim(session, record_id, actor.name, now=time.time())
    except review.Taken as taken:
        return _taken(taken, actor)
    return JSONResponse({"seconds": review.CLAIM_SECONDS})


@router.post("/records/{record_id}/release")
def release(request: Request, record_id: int, actor: Reviewer) -> Response:
    """The person has gone on."""
    with transaction(service_of(request).engine) as session:
        review.release(session, record_id, actor.name)
    return Response(status_code=204)


@router.post("/records/{record_id}/draft")
def draft(request: Request, record_id: int, body: Typing, actor: Reviewer) -> Response:
    """Keep what is typed so far; say what it means and what speaks against it."""
    now = time.time()
    with transaction(service_of(request).engine) as session:
        record = records.load(session, record_id)
        field = _field_of(record, body.path)
        if body.text is None:
            review.drop_draft(session, record_id, actor.name, body.path)
        else:
            review.keep_draft(session, record_id, actor.name, body.path, body.text, now=now)
    form = form_named(request, record.form)
    leaf = typed.leaf_of(form, body.path)
    meant = typed.understood(form, leaf, body.look)
    blocking, notes = _against(form, record, field, meant)
    return JSONResponse(
        {
            "gloss": typed.gloss(leaf, meant.value, actor.language),
            "problems": _messages(meant.problems, actor.language),
            "fails": _messages((*blocking[len(meant.problems) :], *notes), actor.language),
        }
    )


@router.post("/records/{record_id}/settle")
def settle_field(request: Request, record_id: int, body: Settling, actor: Reviewer) -> Response:
    """Settle a field. 422 where its kind or the form's checks refuse the value and no reason is given to keep it."""
    with transaction(service_of(request).engine) as session:
        record = records.load(session, record_id)
        try:
            field = _field_of(record, body.path)
        except NotFound:
            return _stale(request, actor, record, None)
        form = form_named(request, record.form)
        meant = _meant(form, field, body)
        blocking, _ = _against(form, record, field, meant)
        fresh = record.version == body.version
        if blocking and not (body.reason or "").strip() and fresh and body.action == "settle":
            return JSONResponse({"problems": _messages(blocking, actor.language)}, 422)
        more: dict[str, Any] = {"how": body.how, "seconds": body.seconds, "keys": body.keys}
        if blocking and body.action == "settle":
            more["against"] = [problem.code for problem in blocking]
        change = settle.Change(
            actor.name, time.time(), body.version, body.token, (body.reason or "").strip() or None, more
        )
        state: settle.State = "settled" if body.action == "settle" else "unreadable"
        value = meant.value if state == "settled" else ([] if field.value == [] else None)
        try:
            record = settle.settle(
                session, record_id, body.path, value, state, change, _search(request, record)
            )
        except settle.Stale:
            return _stale(request, actor, record, field)
        except review.Taken as taken:
            return _taken(taken, actor)
    return JSONResponse(answer(request, actor, record, (body.path,)))


@router.post("/records/{record_id}/rows")
def change_rows(request: Request, record_id: int, body: RowChange, actor: Reviewer) -> Response:
    """Add, remove, split or join rows of a list; the answer holds all fields anew."""
    with transaction(service_of(request).engine) as session:
        record = records.load(session, record_id)
        form = form_named(request, record.form)
        change = settle.Change(actor.name, time.time(), body.version, body.token)
        try:
            record = settle.change_rows(
                session,
                record_id,
                body.list,
                body.rows,
                lambda fields: _rows(form, fields, body),
                change,
                _search(request, record),
            )
        except settle.Stale:
            return _stale(request, actor, record, None, fields_html(request, actor, session, record))
        except review.Taken as taken:
            return _taken(taken, actor)
        except rows.NoSuchRow:
            return JSONResponse({"message": say("row_gone", actor.language)}, 422)
        html = fields_html(request, actor, session, record)
    index = body.index + 1 if body.rows == "split" else body.index
    first = next((f.path for f in record.fields if f.path.startswith(f"{body.list}[{index}]")), body.list)
    return JSONResponse({**answer(request, actor, record), "html": html, "path": first})


@router.post("/records/{record_id}/undo")
def undo(request: Request, record_id: int, body: Undoing, actor: Reviewer) -> Response:
    """Take back one's last change of this record."""
    with transaction(service_of(request).engine) as session:
        record = records.load(session, record_id)
        change = settle.Change(actor.name, time.time(), body.version, body.token)
        try:
            record, event = settle.undo(session, record_id, body.event, change, _search(request, record))
        except settle.Stale:
            return _stale(request, actor, record, None)
        except review.Taken as taken:
            return _taken(taken, actor)
        except settle.NothingToUndo:
            return JSONResponse({"message": say("nothing_to_undo", actor.language)}, 422)
        path = event.path or ""
        more = (
            {"html": fields_html(request, actor, session, record)} if isinstance(event.before, list) else {}
        )
    if more:
        path = next((f.path for f in record.fields if f.path.startswith(path)), path)
    return JSONResponse({**answer(request, actor, record, (path,)), **more, "path": path})


# ---------------------------------------------------------------- inside


def _search(request: Request, record: RecordView) -> Search:
    form = form_named(request, record.form)
    return form.search if form else Search()


def _field_of(record: RecordView, path: str) -> FieldView:
    for field in record.fields:
        if field.path == path:
            return field
    raise NotFound("there is no such field in this record any more: load the page again")


def _meant(form: Form | None, field: FieldView, body: Settling) -> typed.Typed:
    """The value that the person means; what they left as it stood is not understood anew."""
    if field.value == [] or (body.as_is and field.value is not None):
        return typed.Typed(field.value)
    return typed.understood(form, typed.leaf_of(form, field.path), body.text)


def _against(
    form: Form | None, record: RecordView, field: FieldView, meant: typed.Typed
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What refuses the value, and what only speaks against it.

    A check between fields refuses when this field is the last of them to be settled: before, another of them may be the
    wrong one, and its turn comes.
    """
    fields = [replace(one, value=meant.value) if one.path == field.path else one for one in record.fields]
    values = leaves.values_of(record.values, fields)
    waiting = {one.path for one in record.fields if one.status in DOUBTFUL and one.path != field.path}
    blocking: list[Problem] = list(meant.problems)
    notes: list[Problem] = []
    for wrong in failing(form, values):
        if field.path in wrong.paths:
            (notes if waiting.intersection(wrong.paths) else blocking).append(wrong.problem)
    return tuple(blocking), tuple(notes)


def _messages(problems: tuple[Problem, ...], language: str) -> list[str]:
    return [typed.in_language(problem.message, language) for problem in problems]


def _rows(form: Form | None, fields: Any, body: RowChange) -> tuple[FieldView, ...]:
    """`fields` with the rows changed as `body` says."""
    leaves = row_leaves(form, general(body.list)) if form else ()
    if not leaves:
        first = next(iter(rows.rows_of(fields, body.list)), [])
        leaves = tuple(field.path for field in first if "[" not in field.path) or ("",)
    if body.rows == "add":
        return rows.add(fields, body.list, body.index, leaves)
    if body.rows == "remove":
        return rows.remove(fields, body.list, body.index)
    if body.rows == "join":
        return rows.join(fields, body.list, body.index)
    rest = body.path.removeprefix(f"{body.list}[{body.index}]")
    leaf = typed.leaf_of(form, body.path)
    parts = tuple(
        typed.understood(form, leaf, text).value for text in (body.text[: body.at], body.text[body.at :])
    )
    return rows.split(fields, body.list, body.index, rest, (parts[0], parts[1]), leaves)


def _taken(taken: review.Taken, actor: Actor) -> Response:
    return JSONResponse(
        {"conflict": "taken", "by": taken.by, "until": moment(taken.until, actor.language)}, 409
    )


def _stale(
    request: Request, actor: Actor, record: RecordView, field: FieldView | None, html: str | None = None
) -> Response:
    form = form_named(request, record.form)
    body: dict[str, Any] = {"conflict": "stale", "version": record.version}
    body["field"] = None if field is None else field_json(form, field, actor.language)
    if html is not None:
        body["html"] = html
    return JSONResponse(body, 409)
