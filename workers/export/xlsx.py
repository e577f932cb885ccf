"""Tables as an Excel workbook (XlsxWriter), row by row in flat memory: the rows go to a file at once.

Numbers are numbers, dates are dates (shown in the Buddhist era, as on paper), all else is text, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from workers.export.tables import Cell, Row, Table, Type

MOST_ROWS = 1_048_576
"""Rows of a sheet, its header included (Excel's specification)."""
_MOST_LETTERS = 32_767
_CUT = " … (ข้อความยาวเกิน Excel จึงถูกตัด)"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CHUNK = 1 << 16
_WIDTHS: dict[Type, int] = {"text": 28, "number": 16, "integer": 10, "date": 13, "time": 18, "boolean": 8}
_FIRST_DAY = date(1900, 3, 1)
"""Excel takes 1900 for a leap year; days before are better text."""
_EXACT = 10**15
"""Excel keeps 15 digits."""


def xlsx_bytes(
    records: Iterable[Row], tables: Sequence[Table], most_rows: int = MOST_ROWS
) -> Iterator[bytes]:
    """The workbook in pieces, with a sheet for each table, and further ones where a sheet is full."""
    with TemporaryDirectory(prefix="samnao-export-") as folder:
        path = Path(folder) / "records.xlsx"
        write_xlsx(records, tables, path, most_rows)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def write_xlsx(
    records: Iterable[Row], tables: Sequence[Table], path: Path, most_rows: int = MOST_ROWS
) -> None:
    """The same, as a file at `path`; what is on the way there lies beside it."""
    options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = _Formats(book)
        titles = _unique([table.title for table in tables])
        sheets = [
            _Sheets(book, table, title, formats, most_rows)
            for table, title in zip(tables, titles, strict=True)
        ]
        for record in records:
            for sheet in sheets:
                for row in sheet.table.rows(record):
                    sheet.add(row)
        for sheet in sheets:
            sheet.end()


class _Formats:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.header = book.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"}
        )
        self.of: dict[Type, Any] = {
            "text": book.add_format({"num_format": "@", "valign": "top"}),
            "number": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            "integer": book.add_format({"num_format": "0", "valign": "top"}),
            # Excel's Thai locale (041E) with the Buddhist calendar (07) and Arabic digits.
            "date": book.add_format({"num_format": "[$-107041E]dd/mm/yyyy", "valign": "top"}),
            "time": book.add_format({"num_format": "[$-107041E]dd/mm/yyyy hh:mm", "valign": "top"}),
            "boolean": book.add_format({"valign": "top"}),
        }


class _Sheets:
    """The sheets of one table: one, and another whenever it is full."""

    def __init__(self, book: Any, table: Table, title: str, formats: _Formats, most_rows: int) -> None:
        self.book, self.table, self.title, self.formats, self.most = book, table, title, formats, most_rows
        self.number = 0
        self._begin()

    def _begin(self) -> None:
        self.number += 1
        self.sheet = self.book.add_worksheet(_numbered(self.title, self.number))
        self.sheet.freeze_panes(1, 1)
        for place, column in enumerate(self.table.columns):
            self.sheet.set_column(place, place, _WIDTHS[column.type])
            self.sheet.write_string(0, place, column.header, self.formats.header)
        self.row = 1

    def add(self, cells: Sequence[Cell]) -> None:
        if self.row == self.most:
            self.end()
            self._begin()
        for place, value in enumerate(cells):
            _write(self.sheet, self.row, place, value, self.formats.of)
        self.row += 1

    def end(self) -> None:
        self.sheet.autofilter(0, 0, self.row - 1, len(self.table.columns) - 1)


def _write(sheet: Any, row: int, place: int, value: Cell, formats: dict[Type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value, formats["boolean"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value, formats["time"])
    elif isinstance(value, date) and value >= _FIRST_DAY:
        sheet.write_datetime(row, place, value, formats["date"])
    elif isinstance(value, int | float) and abs(value) < _EXACT:
        whole = isinstance(value, int)
        sheet.write_number(row, place, value, formats["integer" if whole and value < 10_000 else "number"])
    else:
        sheet.write_string(row, place, shown(str(value)), formats["text"])


def shown(text: str) -> str:
    """`text` as a sheet can hold it: no control characters, at most 32,767 letters as Excel counts."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 <= _MOST_LETTERS or len(text.encode("utf-16-le")) // 2 <= _MOST_LETTERS:
        return text
    room = 2 * (_MOST_LETTERS - len(_CUT))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT


def _unique(titles: Sequence[str]) -> list[str]:
    """Names that sheets can have: 31 letters, none of ``[]:*?/\\``, no two alike whatever the case."""
    names: list[str] = []
    for title in titles:
        name = clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:24] or "ตาราง"
        number = 2
        while name.casefold() in (known.casefold() for known in names):
            name = f"{clean[:22]}-{number}"
            number += 1
        names.append(name)
    return names


def _numbered(title: str, number: int) -> str:
    return title if number == 1 else f"{title} ({number})"
