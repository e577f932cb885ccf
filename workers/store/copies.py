"""Copies of one project in the store: records that mean the same project, and what all of them say together.

Nothing of this is stored: which records are copies follows from what stands in them now, so a corrected code or title joins or
parts them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import or_
from sqlalchemy.orm import Session

from postprocess.copies import Key, Project, grouped, key_of, project
from postprocess.forms import Form
from workers.store import search
from workers.store.records import RecordView, full, line_of
from workers.store.schema import Record

MOST = 20
"""So many records at most are taken for possible copies of one."""
_PARTS = 3
"""Pieces of a title, of which one at least must stand in a copy's: a title misread in a place or two is still found."""
_SHORT = 6

Line = Mapping[str, Any]


def project_of(
    session: Session, record: RecordView, form: Form
) -> tuple[Project, Key, tuple[RecordView, ...]] | None:
    """The project of `record`, what identifies it, and its records, the oldest first; None where there is no copy."""
    others = _candidates(session, form, record.code, record.title, record.year)
    pool = sorted({one.id: one for one in (*others, record)}.values(), key=lambda one: one.id)
    lines = [_as_read(one) for one in pool]
    keys = [key_of(line, form) for line in lines]
    at = next(n for n, one in enumerate(pool) if one.id == record.id)
    group = next(group for group in grouped(keys) if at in group)
    if len(group) < 2:
        return None
    found = project([lines[n] for n in group], form)
    return found, keys[at], tuple(pool[n] for n in group)


def compared(
    session: Session, document_id: int, lines: Sequence[Line], forms: Sequence[Form]
) -> list[dict[str, Any]]:
    """`lines`, the records just read from a document, each compared with its copies in the store and among themselves.

    A field that was sure and is read differently, as surely, in a copy goes to a person.
    """
    known = {form.name: form for form in forms}
    return [
        _compared(session, document_id, line, lines, known[line["form"]])
        if line["form"] in known
        else dict(line)
        for line in lines
    ]


def _compared(
    session: Session, document_id: int, line: Line, lines: Sequence[Line], form: Form
) -> dict[str, Any]:
    key = key_of(line, form)
    stored = _candidates(session, form, key.code, key.title, key.year)
    others = [other for other in lines if other is not line and other["form"] == form.name]
    others += [_as_read(one) for one in stored if one.document_id != document_id]
    pool = [line, *others]
    group = next(group for group in grouped([key_of(one, form) for one in pool]) if 0 in group)
    if len(group) < 2:
        return dict(line)
    differing = {
        vote.path: field.problems
        for field in project([pool[n] for n in group], form).fields
        for vote in field.votes
        if field.problems and vote.source == group.index(0) and vote.status == "accepted"
    }
    fields = []
    for field in line["fields"]:
        if problems := differing.get(field["path"]):
            said = [{"code": one.code, "message": one.message} for one in problems]
            field = {**field, "status": "review", "problems": [*(field["problems"] or ()), *said]}
        fields.append(field)
    return {**line, "fields": fields, "status": "review" if differing else line["status"]}


def _candidates(session: Session, form: Form, code: Any, title: Any, year: Any) -> tuple[RecordView, ...]:
    """Records of the form that may be of the project: of the same code, or with a good part of its title."""
    alike = [] if code is None else [Record.code == str(code)]
    if title:
        found = [one.id for part in _pieces(str(title)) for one in search.find(session, part, MOST)]
        alike.append(Record.id.in_(found))
    if not alike:
        return ()
    where = (Record.form == form.name) & or_(*alike)
    if isinstance(year, int):
        where &= or_(Record.year == year, Record.year.is_(None))
    return full(session, where, MOST)


def _pieces(title: str) -> Iterator[str]:
    bare = title.strip()
    size = max(_SHORT, -(-len(bare) // _PARTS))
    yield from (
        bare[at : at + size] for at in range(0, len(bare), size) if len(bare[at : at + size]) >= _SHORT
    )


def _as_read(record: RecordView) -> Line:
    """The record as a line whose fields a person settled count as sure, and as missing where a person could not read them."""
    line = line_of(record)
    as_read = {"settled": ("accepted", 1.0), "unreadable": ("missing", 0.0)}
    fields = []
    for field in line["fields"]:
        status, confidence = as_read.get(field["status"], (field["status"], field["confidence"]))
        fields.append({**field, "status": status, "confidence": confidence})
    return {**line, "fields": fields}
