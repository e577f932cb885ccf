"""Records and their fields: stored from the lines of the record contract, found, listed, given back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any, cast

from sqlalchemy import Select, Table, delete, insert, select
from sqlalchemy.orm import Session

from postprocess.forms import Form
from postprocess.forms.model import Search
from postprocess.paths import expand
from workers.serialise import SCHEMA
from workers.store import history
from workers.store.doubt import Doubt, doubt_of
from workers.store.errors import NotFound
from workers.store.schema import Arrival, Document, Draft, Field, Reason, Record
from workers.store.text import folded

LONGEST = 200
"""Letters of a title, code or office that it is found by: an index of PostgreSQL takes no longer ones."""
BY_PERSON = ("settled", "unreadable")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One leaf: `value` as it stands, `machine` as it was read; `box` (x0, y0, x1, y1) in pixels of the page as scanned."""

    position: int
    path: str
    value: Any
    machine: Any
    raw: str | None
    text: str | None
    confidence: float
    status: str
    page: int | None
    box: tuple[int, int, int, int] | None
    changes: Any
    problems: Any
    alternatives: Any
    settled_by: str | None
    settled_at: float | None


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record; `fields` are in the order of the paper, and empty where a list was asked for."""

    id: int
    document_id: int
    sha256: str
    source: str
    number: int
    form: str
    form_version: str
    pages: tuple[int, ...]
    status: str
    values: dict[str, Any]
    title: str | None
    code: str | None
    office: str | None
    year: int | None
    doubtful: int
    worth: float
    version: int
    claimed_by: str | None
    claimed_until: float | None
    at: float
    settled: float | None
    rows_by_hand: tuple[str, ...]
    fields: tuple[FieldView, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records: all of what is given must hold. Times in seconds since 1970, `until` is not included."""

    status: tuple[str, ...] = ()
    form: str | None = None
    office: str | None = None
    year: int | None = None
    code: str | None = None
    submission_id: int | None = None
    document_id: int | None = None
    since: float | None = None
    until: float | None = None


_RECORDS, _FIELDS, _REASONS = (cast(Table, one.__table__) for one in (Record, Field, Reason))
_ADD, _ADD_FIELDS, _ADD_REASONS = insert(_RECORDS).returning(_RECORDS.c.id), insert(_FIELDS), insert(_REASONS)


def search_of(forms: Sequence[Form]) -> dict[str, Search]:
    """What `replace` wants to know of the forms."""
    return {form.name: form.search for form in forms}


# ---------------------------------------------------------------- storing


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
    anew = session.scalar(select(_RECORDS.c.id).where(_RECORDS.c.document_id == document_id).limit(1))
    old = {record.number: record for record in _full(session, Record.document_id == document_id) if anew}
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
    fields = [_read(field, position) for position, field in enumerate(line["fields"])]
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
                    "path": field.path,
                    "value": field.value,
                    "machine": field.machine,
                    "raw": field.raw,
                    "text": field.text,
                    "confidence": field.confidence,
                    "status": field.status,
                    "page": field.page,
                    "box": None if field.box is None else list(field.box),
                    "changes": field.changes,
                    "problems": field.problems,
                    "alternatives": field.alternatives,
                    "settled_by": field.settled_by,
                    "settled_at": field.settled_at,
                }
                for position, field in enumerate(fields)
            ],
        )


def standing(status: str, fields: Sequence[FieldView], doubt: Doubt) -> dict[str, Any]:
    """The columns of a record that sum up its `fields`; `status` is what the machine says of the whole."""
    if doubt.doubtful:
        status = "review"
    elif any(field.status in BY_PERSON for field in fields):
        status = "settled"
    return {"status": status, "doubtful": doubt.doubtful, "worth": doubt.worth}


def write_reasons(session: Session, record_id: int, doubt: Doubt) -> None:
    """Say why the record waits, in place of what was said before."""
    session.execute(delete(_REASONS).where(_REASONS.c.record_id == record_id))
    if doubt.reasons:
        rows = [
            {"record_id": record_id, "reason": reason, "fields": n} for reason, n in doubt.reasons.items()
        ]
        session.execute(_ADD_REASONS, rows)


def found_by(values: Mapping[str, Any], search: Search) -> dict[str, Any]:
    """The columns that people look for a record by, from its nested `values`."""
    found: dict[str, Any] = {"title": None, "code": None, "office": None, "year": None}
    for name, path in search.paths().items():
        value = next((value for _, _, value in expand(path, values)), None)
        if isinstance(value, list):
            value = " ".join(str(item) for item in value if item is not None)
        if value not in (None, ""):
            found[name] = _year(value) if name == "year" else str(value).replace("\0", "")[:LONGEST]
    return {**found, "find": folded(" ".join(str(part) for part in found.values() if part is not None))}


def _year(value: Any) -> int | None:
    """A year as printed, or the Buddhist year of an ISO date."""
    if isinstance(value, int):
        return value
    date = re.fullmatch(r"(\d{4})-\d\d-\d\d.*", str(value))
    return int(date[1]) + 543 if date else None


def _read(field: Mapping[str, Any], position: int) -> FieldView:
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


_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def values_of(values: Mapping[str, Any], fields: Sequence[FieldView]) -> dict[str, Any]:
    """Nested values with each of `fields` in its place; lists are as long as the fields say, `values` gives the rest."""
    result: dict[str, Any] = {}
    lists = {field.path.split("[")[0] for field in fields if "[" in field.path}
    for name, value in values.items():
        result[name] = [] if name in lists else _copy(value)
    for field in fields:
        _put(
            result, [int(index) if index else name for name, index in _STEP.findall(field.path)], field.value
        )
    return result


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(item) for name, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _put(node: Any, steps: list[str | int], value: Any) -> None:
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int):
            node.extend([None] * (step + 1 - len(node)))
        if following is None:
            node[step] = value
            return
        missing: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if node[step] is None:
                node[step] = missing
        elif node.get(step) is None:
            node[step] = missing
        node = node[step]


# ---------------------------------------------------------------- looking


def load(session: Session, record_id: int) -> RecordView:
    """One record with its fields; NotFound where there is none."""
    for record in _full(session, Record.id == record_id):
        return record
    raise NotFound(f"there is no record {record_id}")


def listed(
    session: Session,
    which: Filter = Filter(),
    *,
    after: int = 0,
    limit: int = 100,
    fields: bool = False,
) -> tuple[RecordView, ...]:
    """Records in the order they were made; `after` is the id where the last page ended."""
    query = filtered(select_records(), which).where(Record.id > after).order_by(Record.id).limit(limit)
    return views(session, query, fields)


def latest(
    session: Session,
    which: Filter = Filter(),
    *,
    before: int | None = None,
    limit: int = 100,
) -> tuple[RecordView, ...]:
    """Records without their fields, the latest first; `before` is the id where the last page ended."""
    query = filtered(select_records(), which).order_by(Record.id.desc()).limit(limit)
    return tuple(views(session, query if before is None else query.where(Record.id < before), False))


def stream(
    session: Session, which: Filter = Filter(), *, fields: bool = True, rows: int = 500
) -> Iterator[RecordView]:
    """All records that `which` means, `rows` at a time in memory."""
    after = 0
    while part := listed(session, which, after=after, limit=rows, fields=fields):
        yield from part
        after = part[-1].id
        session.expunge_all()


def filtered(query: Select[Any], which: Filter) -> Select[Any]:
    """`query`, which selects from Record, with the conditions of `which`."""
    if which.status:
        query = query.where(Record.status.in_(which.status))
    for column, value in (
        (Record.form, which.form),
        (Record.office, which.office),
        (Record.year, which.year),
        (Record.code, which.code),
        (Record.document_id, which.document_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if which.submission_id is not None:
        of = select(Arrival.document_id).where(Arrival.submission_id == which.submission_id)
        query = query.where(Record.document_id.in_(of))
    if which.since is not None:
        query = query.where(Record.at >= which.since)
    if which.until is not None:
        query = query.where(Record.at < which.until)
    return query


def line_of(record: RecordView) -> dict[str, Any]:
    """The record as the record contract writes it."""
    return {
        "schema": SCHEMA,
        "form": record.form,
        "form_version": record.form_version,
        "source": record.source,
        "source_sha256": record.sha256,
        "pages": list(record.pages),
        "record": record.number,
        "status": record.status,
        "values": record.values,
        "fields": [
            {
                "path": field.path,
                "value": field.value,
                "raw": field.raw,
                "text": field.text,
                "confidence": field.confidence,
                "status": field.status,
                "page": field.page,
                "box": None if field.box is None else list(field.box),
                "changes": field.changes,
                "problems": field.problems,
                "alternatives": field.alternatives,
            }
            for field in record.fields
        ],
    }


def _full(session: Session, where: Any) -> tuple[RecordView, ...]:
    return views(session, select_records().where(where).order_by(Record.id), True)


def select_records() -> Select[Any]:
    """Records with the digest and the first source of their documents: what `views` takes."""
    source = (
        select(Arrival.source)
        .where(Arrival.document_id == Record.document_id)
        .order_by(Arrival.submission_id, Arrival.position)
        .limit(1)
        .correlate(Record)
        .scalar_subquery()
    )
    return select(Record, Document.sha256, source).join(Document, Document.id == Record.document_id)


def views(session: Session, query: Select[Any], fields: bool) -> tuple[RecordView, ...]:
    """What `query`, made of `select_records`, finds."""
    return tuple(_views(session, query, fields))


def _views(session: Session, query: Select[Any], fields: bool) -> Iterator[RecordView]:
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    of: dict[int, list[FieldView]] = {row[0].id: [] for row in rows}
    if fields and of:
        found = session.scalars(
            select(Field)
            .where(Field.record_id.in_(of))
            .order_by(Field.record_id, Field.position)
            .execution_options(populate_existing=True)
        )
        for field in found:
            of[field.record_id].append(_field_view(field))
    for record, sha256, source in rows:
        yield RecordView(
            id=record.id,
            document_id=record.document_id,
            sha256=sha256,
            source=source or sha256,
            number=record.number,
            form=record.form,
            form_version=record.form_version,
            pages=tuple(record.pages),
            status=record.status,
            values=record.values,
            title=record.title,
            code=record.code,
            office=record.office,
            year=record.year,
            doubtful=record.doubtful,
            worth=record.worth,
            version=record.version,
            claimed_by=record.claimed_by,
            claimed_until=record.claimed_until,
            at=record.at,
            settled=record.settled,
            rows_by_hand=tuple(record.rows_by_hand),
            fields=tuple(of[record.id]),
        )


def _field_view(field: Field) -> FieldView:
    return FieldView(
        position=field.position,
        path=field.path,
        value=field.value,
        machine=field.machine,
        raw=field.raw,
        text=field.text,
        confidence=field.confidence,
        status=field.status,
        page=field.page,
        box=None if field.box is None else (field.box[0], field.box[1], field.box[2], field.box[3]),
        changes=field.changes,
        problems=field.problems,
        alternatives=field.alternatives,
        settled_by=field.settled_by,
        settled_at=field.settled_at,
    )
