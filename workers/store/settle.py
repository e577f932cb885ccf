"""What a person does to a record: settles a field, changes rows, undoes. Each change is one row of the history.

A change names the version of the record that its person saw; Stale says that somebody changed the record since. A change
carries a token of its own: sent twice, because an answer was lost, it is done once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from postprocess.forms.model import Search
from workers.store import history, keep, leaves, records, review
from workers.store.doubt import doubt_of
from workers.store.errors import NotFound, StoreError
from workers.store.records import BY_PERSON, FieldView, RecordView
from workers.store.schema import Draft, Field, History, Record

State = Literal["settled", "unreadable"]
Rows = Callable[[Sequence[FieldView]], tuple[FieldView, ...]]
_SEEN = 400
"""So many of a record's latest changes are looked through for one that was sent before."""


class Stale(StoreError):
    """The record was changed since it was looked at."""

    code = "stale"

    def __init__(self, version: int) -> None:
        super().__init__("the record was changed meanwhile: look at what it says now, then decide")
        self.version = version


class NothingToUndo(StoreError):
    """There is no change to undo, or a later one stands on it."""

    code = "nothing_to_undo"


@dataclass(frozen=True, slots=True)
class Change:
    """What every change says of itself: who, when, on which version, its token, and what later ways of checking need."""

    user: str
    now: float
    version: int
    token: str
    reason: str | None = None
    more: Mapping[str, Any] | None = None


def settle(
    session: Session,
    record_id: int,
    path: str,
    value: Any,
    state: State,
    change: Change,
    search: Search,
) -> RecordView:
    """Give the field at `path` its value; the record as it is then. Stale, Taken, NotFound (also for the field)."""
    row = _begin(session, record_id, change)
    if row is None:
        return records.load(session, record_id)
    field = _field(session, record_id, path)
    before = {"value": field.value, "status": field.status}
    more = {
        "token": change.token,
        "confidence": field.confidence,
        "machine": field.machine,
        "was": field.settled_by,
        "key": 1,
        **(change.more or {}),
    }
    field.value, field.status = value, state
    field.settled_by, field.settled_at = change.user, change.now
    session.execute(
        delete(Draft).where(Draft.record_id == record_id, Draft.user == change.user, Draft.path == path)
    )
    _end(session, row, search, change.now)
    _note(
        session,
        row,
        change,
        "settled" if state == "settled" else "unreadable",
        path,
        before,
        {"value": value, "status": state},
        more,
    )
    return records.load(session, record_id)


def change_rows(
    session: Session, record_id: int, path: str, action: str, rows: Rows, change: Change, search: Search
) -> RecordView:
    """Change the list at `path` by `rows` (see `workers.store.rows`); the record as it is then."""
    row = _begin(session, record_id, change)
    if row is None:
        return records.load(session, record_id)
    old = records.load(session, record_id).fields
    new = rows(old)
    outer = re.split(r"\[", path)[0]
    _rewrite(session, row, new)
    row.rows_by_hand = [*dict.fromkeys([*(row.rows_by_hand or []), outer])]
    _end(session, row, search, change.now)
    more = {"token": change.token, "rows": action, **(change.more or {})}
    _note(session, row, change, "rows", path, _snapshot(old, outer), _snapshot(new, outer), more)
    return records.load(session, record_id)


def undo(
    session: Session, record_id: int, event_id: int | None, change: Change, search: Search
) -> tuple[RecordView, History]:
    """Take back the change `event_id`, or this person's last one; the record as it is then, and the change.

    NothingToUndo where there is none, or where its field or list was changed again later.
    """
    row = _begin(session, record_id, change)
    if row is None:
        done = _sent_before(session, record_id, change.token)
        assert done is not None  # that is what None above says
        return records.load(session, record_id), done
    event = _to_undo(session, record_id, event_id, change.user)
    path, before = event.path or "", event.before
    if event.action == "rows":
        fields = records.load(session, record_id).fields
        if _plain(_snapshot(fields, path.split("[")[0])) != _plain(event.after):
            raise NothingToUndo("these rows were changed again later: undo that first")
        _rewrite(session, row, _restored(fields, path.split("[")[0], before))
    else:
        field = _field(session, record_id, path)
        if {"value": field.value, "status": field.status} != event.after:
            raise NothingToUndo("this field was changed again later: undo that first")
        field.value, field.status = before["value"], before["status"]
        by_person = before["status"] in BY_PERSON
        field.settled_by = (event.more or {}).get("was") if by_person else None
        field.settled_at = field.settled_at if by_person else None
    _end(session, row, search, change.now)
    more = {"token": change.token, "undoes": event.id, **(change.more or {})}
    _note(session, row, change, "undone", path, event.after, before, more)
    return records.load(session, record_id), event


# ---------------------------------------------------------------- inside


def _begin(session: Session, record_id: int, change: Change) -> Record | None:
    """The locked row of a record that `change` may change; None where this very change was made already."""
    row = review.locked(session, record_id)
    if _sent_before(session, record_id, change.token) is not None:
        return None
    review.hold(session, row, change.user, now=change.now)
    if row.version != change.version:
        raise Stale(row.version)
    return row


def _sent_before(session: Session, record_id: int, token: str) -> History | None:
    latest = session.scalars(
        select(History).where(History.record_id == record_id).order_by(History.id.desc()).limit(_SEEN)
    )
    return next((event for event in latest if (event.more or {}).get("token") == token), None)


def _field(session: Session, record_id: int, path: str) -> Field:
    field = session.scalar(select(Field).where(Field.record_id == record_id, Field.path == path))
    if field is None:
        raise NotFound("there is no such field in this record any more")
    return field


def _end(session: Session, row: Record, search: Search, now: float) -> None:
    """Bring what the record says of itself up to its fields."""
    session.flush()
    fields = records.load(session, row.id).fields
    doubt = doubt_of(fields)
    keep.write_reasons(session, row.id, doubt)
    row.values = leaves.values_of(row.values, fields)
    for name, value in {
        **leaves.standing("accepted", fields, doubt),
        **leaves.found_by(row.values, search),
    }.items():
        setattr(row, name, value)
    row.settled = (row.settled or now) if row.status == "settled" else None
    if row.status == "settled":
        row.claimed_by = row.claimed_until = None
    row.version += 1
    session.flush()


def _rewrite(session: Session, row: Record, fields: Sequence[FieldView]) -> None:
    """Store `fields` in place of those the record had; drafts of paths that are gone go, too."""
    session.execute(delete(Field).where(Field.record_id == row.id))
    keep.write_fields(session, row.id, fields)
    paths = [field.path for field in fields]
    session.execute(delete(Draft).where(Draft.record_id == row.id, Draft.path.not_in(paths)))


def _note(
    session: Session, row: Record, change: Change, action: str, path: str, before: Any, after: Any, more: Any
) -> None:
    history.add(
        session,
        change.user,
        action,
        now=change.now,
        document_id=row.document_id,
        record_id=row.id,
        path=path,
        before=before,
        after=after,
        reason=change.reason,
        more=more,
    )


def _to_undo(session: Session, record_id: int, event_id: int | None, user: str) -> History:
    """The change meant, if it was not undone already."""
    events = list(
        session.scalars(
            select(History)
            .where(History.record_id == record_id, History.path.is_not(None))
            .order_by(History.id.desc())
            .limit(_SEEN)
        )
    )
    undone = {(event.more or {}).get("undoes") for event in events if event.action == "undone"}
    for event in events:
        if event.action not in ("settled", "unreadable", "rows") or event.id in undone:
            continue
        if event.id == event_id or (event_id is None and event.actor == user):
            return event
    raise NothingToUndo("there is nothing to undo: every change of yours was undone")


def _snapshot(fields: Sequence[FieldView], path: str) -> list[dict[str, Any]]:
    """The fields of a list, as JSON can hold them."""
    return [
        {**asdict(field), "box": None if field.box is None else list(field.box)}
        for field in fields
        if field.path == path or field.path.startswith(f"{path}[")
    ]


def _plain(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["path"], row["value"], row["status"]) for row in rows]


def _restored(
    fields: Sequence[FieldView], path: str, rows: Sequence[Mapping[str, Any]]
) -> tuple[FieldView, ...]:
    """`fields` with the list at `path` as a snapshot has it."""
    kept = [FieldView(**{**row, "box": tuple(row["box"]) if row["box"] else None}) for row in rows]
    result: list[FieldView] = []
    for field in fields:
        if field.path != path and not field.path.startswith(f"{path}["):
            result.append(field)
        else:
            result += kept
            kept = []
    return tuple(replace(field, position=position) for position, field in enumerate(result))
