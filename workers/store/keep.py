"""Records stored from the lines of the record contract; a new extraction keeps what persons did to the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from postprocess.forms import Form
from postprocess.forms.model import Search
from workers.store import history, records
from workers.store.doubt import Doubt, doubt_of
from workers.store.leaves import found_by, standing, values_of
from workers.store.records import BY_PERSON, FieldView, RecordView, leaf_of
from workers.store.schema import Draft, Field, Reason, Record

_RECORDS, _FIELDS, _REASONS = (cast(Table, one.__table__) for one in (Record, Field, Reason))
_ADD, _ADD_FIELDS, _ADD_REASONS = insert(_RECORDS).returning(_RECORDS.c.id), insert(_FIELDS), insert(_REASONS)


def search_of(forms: Sequence[Form]) -> dict[str, Search]:
    """What `replace` wants to know of the forms."""
    return {form.name: form.search for form in forms}


def replace(
    session: Session,
    document_id: int,
    lines: Sequence[Mapping[str, Any]],
    search: Mapping[str, Search],
    *,
    now: float,
) -> tuple[int, ...]:
    """Store `lines` (dicts of the record contract) as the records of a document, in place of those it had; their ids.

    What persons settled stays where the record and the path still exist, and lists whose rows they changed stay as they
    are; what finds no place any more is written down in the history. A record keeps its id.
    """
    # Held from here on: what a person settles at this moment is in what is read next, or is refused by its version.
    held = select(_RECORDS.c.id).where(_RECORDS.c.document_id == document_id).order_by(_RECORDS.c.id)
    again = session.scalars(held.with_for_update()).all()
    before_all = records.full(session, Record.document_id == document_id) if again else ()
    old = {record.number: record for record in before_all}
    ids = []
    for line in lines:
        before = old.pop(line["record"], None)
        if before is not None and before.form != line["form"]:
            _drop(session, before, now)
            before = None
        ids.append(_store(session, document_id, line, search.get(line["form"], Search()), before, now))
    for left in old.values():
        _drop(session, left, now)
    return tuple(ids)


def _store(
    session: Session,
    document_id: int,
    line: Mapping[str, Any],
    search: Search,
    before: RecordView | None,
    now: float,
) -> int:
    fields = [field_of(field, position) for position, field in enumerate(line["fields"])]
    values = line["values"]
    if before is not None and any(field.status in BY_PERSON for field in before.fields) | bool(
        before.rows_by_hand
    ):
        fields, lost = _carried(fields, before)
        values = values_of(values, fields)
        for field in lost:
            _left_out(session, before, field, now)
    doubt = doubt_of(fields)
    row = {
        "document_id": document_id,
        "number": line["record"],
        "form": line["form"],
        "form_version": line["form_version"],
        "pages": list(line["pages"]),
        "values": values,
        "rows_by_hand": list(before.rows_by_hand) if before else [],
        "at": before.at if before else now,
        "version": before.version + 1 if before else 1,
        **standing(line["status"], fields, doubt),
        **found_by(values, search),
    }
    record_id: int
    if before is None:
        record_id = session.execute(_ADD, row).scalar_one()
    else:
        record_id = before.id
        session.execute(delete(Field).where(Field.record_id == record_id))
        stored = session.get(Record, record_id)
        assert stored is not None  # `before` was just read
        for name, value in row.items():
            setattr(stored, name, value)
        stored.settled = stored.settled if row["status"] == "settled" else None
        session.flush()
    write_fields(session, record_id, fields)
    write_reasons(session, record_id, doubt)
    return record_id


def write_fields(session: Session, record_id: int, fields: Sequence[FieldView]) -> None:
    """Add the rows of `fields`, numbered in their order."""
    if fields:
        session.execute(
            _ADD_FIELDS,
            [
                {
                    "record_id": record_id,
                    "position": position,
                    "machine": field.machine,
                    **leaf_of(field),
                    "settled_by": field.settled_by,
                    "settled_at": field.settled_at,
                }
                for position, field in enumerate(fields)
            ],
        )


def write_reasons(session: Session, record_id: int, doubt: Doubt) -> None:
    """Say why the record waits, in place of what was said before."""
    session.execute(delete(_REASONS).where(_REASONS.c.record_id == record_id))
    if doubt.reasons:
        rows = [
            {"record_id": record_id, "reason": reason, "fields": n} for reason, n in doubt.reasons.items()
        ]
        session.execute(_ADD_REASONS, rows)


def field_of(field: Mapping[str, Any], position: int) -> FieldView:
    """A leaf as the machine left it, from an entry of a record line."""
    box = field["box"]
    return FieldView(
        position=position,
        path=field["path"],
        value=field["value"],
        machine=field["value"],
        raw=_clean(field["raw"]),
        text=_clean(field["text"]),
        confidence=field["confidence"],
        status=field["status"],
        page=field["page"],
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        changes=field["changes"],
        problems=field["problems"],
        alternatives=field.get("alternatives", []),
        settled_by=None,
        settled_at=None,
    )


def _clean(value: str | None) -> str | None:
    return None if value is None else value.replace("\0", "")


def _carried(new: list[FieldView], before: RecordView) -> tuple[list[FieldView], list[FieldView]]:
    """The `new` fields with what persons did to those `before`; and what of that finds no place any more."""
    kept = [field for field in before.fields if _inside(field.path, before.rows_by_hand)]
    settled = {
        field.path: field for field in before.fields if field.status in BY_PERSON and field not in kept
    }
    result: list[FieldView] = []
    for field in new:
        if _inside(field.path, before.rows_by_hand):
            result += kept  # the whole list, where the machine's begins
            kept = []
        elif (by_person := settled.pop(field.path, None)) is not None:
            result.append(
                changed(
                    field,
                    value=by_person.value,
                    status=by_person.status,
                    settled_by=by_person.settled_by,
                    settled_at=by_person.settled_at,
                )
            )
        else:
            result.append(field)
    result += kept
    return [changed(field, position=n) for n, field in enumerate(result)], list(settled.values())


def _inside(path: str, lists: Sequence[str]) -> bool:
    return any(path == one or path.startswith(one + "[") for one in lists)


def _left_out(session: Session, record: RecordView, field: FieldView, now: float) -> None:
    history.add(
        session,
        history.SAMNAO,
        "left-out",
        now=now,
        document_id=record.document_id,
        record_id=record.id,
        path=field.path,
        before=field.value,
        reason="the new extraction has no such field",
        more={"settled_by": field.settled_by, "settled_at": field.settled_at, "status": field.status},
    )


def _drop(session: Session, record: RecordView, now: float) -> None:
    for field in record.fields:
        if field.status in BY_PERSON:
            _left_out(session, record, field, now)
    for table in (Draft, Field, Reason):
        session.execute(delete(table).where(table.record_id == record.id))
    session.execute(delete(Record).where(Record.id == record.id))
