"""The review page of a record, and the parts of it that answers to changes carry."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from postprocess.forms import Form
from workers.crops import turn_of
from workers.serialise import load_text
from workers.store import copies, review
from workers.store.doubt import DOUBTFUL
from workers.store.records import FieldView, RecordView
from workers.store.schema import Page, PageText
from workers.web.auth import Actor
from workers.web.review import typed
from workers.web.review.frame import form_named, render, script_words
from workers.web.review.layout import CopyValue, Failing, failing, parts_of
from workers.web.review.pictures import Sheet
from workers.web.review.words import say

_WORDS = (
    "blank", "claim_lost", "conflict", "conflict_lead", "conflict_mine", "conflict_theirs", "nothing_to_undo",
    "override", "override_hint", "override_printed", "override_reason", "refused", "row_add", "row_add_first",
    "row_gone", "row_join", "row_remove", "row_split", "rows", "rows_hint", "rows_none", "undone",
)  # fmt: skip
STATES = ("accepted", "review", "missing", "settled", "unreadable")


def sheets_of(session: Session, record: RecordView) -> dict[int, Sheet]:
    """The pages of the record of which there is a picture, by number."""
    rows = session.execute(
        select(Page).where(Page.document_id == record.document_id, Page.number.in_(record.pages))
    ).scalars()
    found = {}
    for page in sorted(rows, key=lambda row: row.number):
        if page.image and page.width and page.height:
            turn = _turn(session, record.document_id, page.number, page.image)
            found[page.number] = Sheet(
                record.document_id, page.number, page.width, page.height, turn, page.image
            )
    return found


_turns: dict[tuple[str, int], int] = {}


def _turn(session: Session, document_id: int, number: int, image: str) -> int:
    key = (image, number)
    if key not in _turns:
        data = session.scalar(
            select(PageText.data).where(PageText.document_id == document_id, PageText.number == number)
        )
        try:
            found = turn_of(load_text(data)) if data else 0
        except ValueError:
            found = 0
        if len(_turns) > 20_000:
            _turns.clear()
        _turns[key] = found
    return _turns[key]


def picture(sheet: Sheet, width: int) -> str:
    """The address of the page's picture in one of `workers.web.review.pictures.WIDTHS`."""
    return f"/scans/{sheet.document}/{sheet.number}/{width}.jpg?v={sheet.digest[:12]}"


def copies_of(session: Session, record: RecordView, form: Form | None) -> dict[str, list[CopyValue]]:
    """By the path of each leaf of `record`, what other copies of its project have there."""
    found = None if form is None else copies.project_of(session, record, form)
    if found is None:
        return {}
    project, _, of = found
    own = [one.id for one in of].index(record.id)
    return {
        mine.path: [
            CopyValue(of[vote.source].id, of[vote.source].source, vote.value)
            for vote in field.votes
            if vote is not mine and vote.status != "missing"
        ]
        for field in project.fields
        for mine in field.votes
        if mine.source == own
    }


def fields_context(session: Session, record: RecordView, form: Form | None, language: str) -> dict[str, Any]:
    """What the template ``_fields.html`` needs."""
    sheets = sheets_of(session, record)
    return {
        "record": record,
        "parts": parts_of(
            form, record.fields, record.values, sheets, copies_of(session, record, form), language
        ),
        "sheet_of": sheets,
        "sheets": list(sheets.values()),
        "picture": picture,
    }


def fields_html(request: Request, actor: Actor, session: Session, record: RecordView) -> str:
    """The fields of a record, as they stand in the page."""
    form = form_named(request, record.form)
    return render(request, actor, "_fields.html", fields_context(session, record, form, actor.language))


def script_data(session: Session, record: RecordView, user: str, language: str) -> dict[str, Any]:
    """What the page's script needs to know: words, drafts, the state of the record."""
    kept = review.drafts(session, record.id, user)
    return {
        **script_words(language, *_WORDS),
        "states": {state: say(f"state_{state}", language) for state in STATES},
        "drafts": {path: text for path, (text, _) in kept.items()},
        "status": record.status,
        "outer": say("row_outer", language),
    }


def field_json(form: Form | None, field: FieldView, language: str) -> dict[str, Any]:
    """One field as the script puts it into the page."""
    leaf = typed.leaf_of(form, field.path)
    text = typed.shown(leaf, field.value, language)
    if field.value is None and field.status in DOUBTFUL:
        text = field.text or field.raw or ""
    return {
        "path": field.path,
        "state": field.status,
        "text": text,
        "gloss": typed.gloss(leaf, field.value, language),
        "by": field.settled_by,
    }


def fails_json(wrong: tuple[Failing, ...], language: str) -> dict[str, list[str]]:
    """By path, what the checks say that fail."""
    found: dict[str, list[str]] = {}
    for one in wrong:
        message = typed.in_language(one.problem.message, language)
        for path in one.paths:
            messages = found.setdefault(path, [])
            if message not in messages:
                messages.append(message)
    return found


def answer(request: Request, actor: Actor, record: RecordView, paths: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a change is answered with: the new version, the fields at `paths`, the checks that fail now."""
    form = form_named(request, record.form)
    return {
        "version": record.version,
        "left": record.doubtful,
        "fields": [field_json(form, field, actor.language) for field in record.fields if field.path in paths],
        "fails": fails_json(failing(form, record.values), actor.language),
    }


def row_leaves(form: Form, path: str) -> tuple[str, ...]:
    """What a row of the list at `path` (with [*]) holds: ``.date``; ``.expenses[]`` for a list inside; "" for one value."""
    start = f"{path}[*]"
    found: dict[str, None] = {}
    for leaf, _ in form.leaves():
        if leaf == start or leaf.startswith(f"{start}."):
            rest = leaf[len(start) :]
            found[rest if "[*]" not in rest else f"{rest.split('[*]')[0]}[]"] = None
    return tuple(found)
