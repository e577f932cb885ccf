"""Records out: JSONL, CSV and XLSX, streamed in flat memory however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Literal

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from postprocess.forms import Form
from workers.errors import InputError
from workers.export.csv import csv_bytes
from workers.export.tables import RECORDS, Cell, Column, Table, cell, tables, tables_of
from workers.export.xlsx import MOST_ROWS, write_xlsx, xlsx_bytes
from workers.serialise import json_line
from workers.store import history
from workers.store.connect import reading
from workers.store.forms import forms_in
from workers.store.records import Filter, RecordView, line_of, listed

__all__ = [
    "FORMATS",
    "MOST_ROWS",
    "RECORDS",
    "Cell",
    "Column",
    "Format",
    "Table",
    "cell",
    "note",
    "records",
    "stream",
    "tables",
    "write_xlsx",
]

Format = Literal["jsonl", "csv", "xlsx"]
FORMATS: dict[Format, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The formats and their media types."""
ALL = Filter()
_AT_ONCE = 200
_CHUNK = 1 << 16


def stream(
    format: Format, engine: Engine, forms: Sequence[Form], which: Filter = ALL, table: str = RECORDS
) -> Iterator[bytes]:
    """All records that `which` means as one file, in pieces.

    JSONL has the lines of the record contract. CSV holds one `table`: ``records``, or a group of fields that repeats, by its
    path (``a``, ``a.b``). XLSX has all tables of all forms on sheets of their own. InputError for a table that no form has.
    """
    if format == "jsonl":
        return _lines(engine, which)
    chosen = chosen_tables(engine, forms, which)
    if format == "xlsx":
        return xlsx_bytes(records(engine, which), chosen)
    of = [one for one in chosen if one.name == table]
    if not of:
        names = ", ".join(dict.fromkeys(one.name for one in chosen))
        raise InputError(f"there is no table {table}; known are {names}")
    return csv_bytes(_joined(records(engine, which), of))


def note(session: Session, actor: str, format: Format, which: Filter, *, now: float) -> None:
    """Write down who took the records that `which` means out: people's data stands in them."""
    asked = {
        name: value for name, value in asdict(which).items() if name != "ids" and value not in (None, ())
    }
    found = {} if which.ids is None else {"found": len(which.ids)}
    history.add(session, actor, "exported", now=now, more={"format": format, "filter": asked, **found})


def records(engine: Engine, which: Filter = ALL, *, fields: bool = False) -> Iterator[RecordView]:
    """The records that `which` means, in the order they were made; few of them in memory at one time.

    Each part is read in a transaction of its own: a long export keeps no old version of the database alive.
    """
    after = 0
    while True:
        with reading(engine) as session:
            part = listed(session, which, after=after, limit=_AT_ONCE, fields=fields)
        if not part:
            return
        yield from part
        after = part[-1].id


def chosen_tables(engine: Engine, forms: Sequence[Form], which: Filter) -> tuple[Table, ...]:
    """The tables of the forms that the records are of; of all known forms where there is no record."""
    with reading(engine) as session:
        present = forms_in(session, which)
    return tables_of(present, forms)


def _joined(found: Iterator[RecordView], of: Sequence[Table]) -> Iterator[list[Cell]]:
    """The rows of tables of the same name under one header, each with its own columns behind the common ones."""
    common = len(of[0].columns) - len(of[0].own)
    own = [len(table.own) for table in of]
    yield [
        *(column.header for column in of[0].columns[:common]),
        *(column.header for table in of for column in table.own),
    ]
    places = {table.form: (sum(own[:n]), sum(own[n + 1 :])) for n, table in enumerate(of)}
    by_form = {table.form: table for table in of}
    for record in found:
        if record.form not in by_form:
            continue
        before, behind = places[record.form]
        for row in by_form[record.form].rows(record):
            yield [*row[:common], *[None] * before, *row[common:], *[None] * behind]


def _lines(engine: Engine, which: Filter) -> Iterator[bytes]:
    lines: list[str] = []
    size = 0
    for record in records(engine, which, fields=True):
        lines.append(json_line(line_of(record)) + "\n")
        size += len(lines[-1])
        if size >= _CHUNK:
            yield "".join(lines).encode("utf-8", "replace")
            lines, size = [], 0
    yield "".join(lines).encode("utf-8", "replace")
