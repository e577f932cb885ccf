"""What tables a form makes: one of its records, one for each group of fields that repeats. No field is named here.

| leaf of the form | where it goes |
|---|---|
| ``a``, ``b.c`` | a column of the table `records` |
| ``a[*]`` (a list of values) | a column of `records`, the values each on a line |
| ``a[*].b`` | a column of the table ``a`` |
| ``a[*].b[*].c`` | a column of the table ``a.b`` |
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal, Protocol

from postprocess.forms import Form
from postprocess.forms.shapes import Boxes, Entries, Group, Signature
from postprocess.forms.shapes import Table as TableField
from postprocess.paths import expand
from workers.serialise import Filled

RECORDS = "records"
BANGKOK = timezone(timedelta(hours=7))
"""Times are shown as the clocks of the offices show them; Thailand has no summer time."""

Type = Literal["text", "number", "integer", "date", "time", "boolean"]
Cell = str | int | float | bool | date | datetime | None

_TYPES: dict[str, Type] = {
    "money": "number",
    "number": "number",
    "percent": "number",
    "integer": "integer",
    "be_year": "integer",
    "date": "date",
}
_STATUS = {"accepted": "ผ่าน", "review": "รอตรวจ", "settled": "ตรวจแล้ว", "unreadable": "อ่านไม่ได้"}


class Row(Filled, Protocol):
    """A record, wherever it is kept: what the tables show of it."""

    @property
    def id(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def doubtful(self) -> int: ...
    @property
    def at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Column:
    """`header` is what a person reads over it, `path` where its values are, from the row's own place on."""

    header: str
    path: str
    type: Type


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a form: `name` as in ``records`` or ``a.b``; its rows stand in the lists of `prefix` (``a[*].b[*]``)."""

    form: str
    name: str
    title: str
    prefix: str
    own: tuple[Column, ...]
    above: tuple[str, ...] = ()
    """The titles of the tables that a row stands in, from outside in; its numbers there come first."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns: those of every record or its numbers, then its own."""
        if self.name == RECORDS:
            return (*_OF_EVERY_RECORD, *self.own)
        numbers = (Column(f"ลำดับใน {title}" if title else "ลำดับ", "", "integer") for title in self.above)
        return (*_OF_EVERY_ROW, *numbers, *self.own)

    def rows(self, record: Row) -> Iterator[list[Cell]]:
        """The rows of `record` in this table; none where the record is of another form."""
        if record.form != self.form:
            return
        if self.name == RECORDS:
            yield [*_every_record(record), *(_cell(record.values, one) for one in self.own)]
            return
        for _, indices, node in expand(self.prefix, record.values):
            if isinstance(node, dict):
                numbers = (index + 1 for index in indices)
                yield [*_every_row(record), *numbers, *(_cell(node, one) for one in self.own)]


_OF_EVERY_RECORD = (
    Column("เลขระเบียน", "", "integer"),
    Column("แบบฟอร์ม", "", "text"),
    Column("ไฟล์", "", "text"),
    Column("หน้า", "", "text"),
    Column("ลำดับในไฟล์", "", "integer"),
    Column("สถานะ", "", "text"),
    Column("ช่องที่รอตรวจ", "", "integer"),
    Column("บันทึกเมื่อ", "", "time"),
)
_OF_EVERY_ROW = (Column("เลขระเบียน", "", "integer"), Column("ไฟล์", "", "text"))


def _every_record(record: Row) -> list[Cell]:
    pages = sorted(record.pages)
    shown = f"{pages[0]}–{pages[-1]}" if len(pages) > 1 else "".join(map(str, pages))
    at = datetime.fromtimestamp(record.at, UTC).astimezone(BANGKOK).replace(tzinfo=None, microsecond=0)
    status = _STATUS.get(record.status, record.status)
    return [record.id, record.form, record.source, shown, record.number, status, record.doubtful, at]


def _every_row(record: Row) -> list[Cell]:
    return [record.id, record.source]


def tables_of(present: Collection[str], forms: Sequence[Form]) -> tuple[Table, ...]:
    """The tables of the forms whose names are `present`, of all `forms` where none is; an unknown form's values are one column."""
    chosen = [form for form in forms if form.name in present]
    known = {form.name for form in forms}
    gone = [
        Table(name, RECORDS, name, "", (Column("ข้อมูล", "", "text"),))
        for name in sorted(present)
        if name not in known
    ]
    shown = chosen or ([] if gone else list(forms))
    made = [
        # Several forms are told apart by the name of each one's first sheet.
        replace(one, title=tidy(form.title)) if one.name == RECORDS and len(shown) > 1 else one
        for form in shown
        for one in tables(form)
    ]
    return (*made, *gone)


def tables(form: Form) -> tuple[Table, ...]:
    """The tables of `form`: `records` first, then its groups in printed order."""
    columns: dict[str, list[tuple[str, Type]]] = {"": []}
    for path, leaf in form.leaves():
        place = path.removesuffix("[*]")
        prefix, _, rest = place.rpartition("[*].")
        kind: Type = "boolean" if isinstance(leaf, Signature) and leaf.signed == path else "text"
        if not isinstance(leaf, Boxes | Signature) and not path.endswith("[*]"):
            kind = _TYPES.get(leaf.kind, "text")
        columns.setdefault(f"{prefix}[*]" if prefix else "", []).append((rest, kind))
        for outer in _outer(prefix):
            columns.setdefault(outer, [])
    titles = _titles(form)
    return tuple(_table(form, prefix, of, titles) for prefix, of in columns.items())


def _outer(prefix: str) -> Iterator[str]:
    while "[*]." in prefix:
        prefix = prefix.rpartition("[*].")[0]
        yield f"{prefix}[*]"


def _table(form: Form, prefix: str, columns: Sequence[tuple[str, Type]], titles: dict[str, str]) -> Table:
    labels = form.printed_labels()
    paths = [f"{prefix}.{rest}" if prefix else rest for rest, _ in columns]
    known = [tidy(labels.get(path) or labels.get(f"{path}[*]") or "") for path in paths]
    often = Counter(known)
    # A heading that stands over several columns tells none of them apart.
    headers = [
        label if often[label] == 1 and label else (f"{label} · {rest}" if label and not prefix else rest)
        for label, (rest, _) in zip(known, columns, strict=True)
    ]
    own = tuple(Column(header, rest, kind) for header, (rest, kind) in zip(headers, columns, strict=True))
    if not prefix:
        return Table(form.name, RECORDS, "ระเบียน", "", own)
    name = prefix.replace("[*]", "")
    parts = prefix.split("[*].")
    above = tuple(
        titles.get(".".join(part.removesuffix("[*]") for part in parts[: n + 1]), "")
        for n in range(len(parts))
    )
    return Table(form.name, name, titles.get(name) or name, prefix, own, above)


def _titles(form: Form) -> dict[str, str]:
    """What people may call each table: what its rows begin with, or the heading over it."""
    found: dict[str, str] = {}
    for section in form.sections:
        heading = section.headings[0] if section.headings else ""
        for item in section.fields:
            if isinstance(item, Group):
                found[item.path] = tidy(item.start[0].replace("{number}", ""))
                found |= {
                    f"{item.path}.{cell.path}": cell.path for cell in item.cells if isinstance(cell, Entries)
                }
            elif isinstance(item, TableField):
                found[item.path] = tidy(heading)
    named = {path.replace("[*]", ""): title for path, title in form.titles.items()}
    return {name: title for name, title in (found | named).items() if title}


def tidy(label: str) -> str:
    """A printed label as a header: without its number, its colon and brackets that have lost their content."""
    label = re.sub(r"^[\d๐-๙]+([.)][\d๐-๙]+)*[.)]?\s+", "", label)
    label = re.sub(r"\([^()]*\s\)", "", label)
    return " ".join(label.split()).strip(" :")


def _cell(values: Any, column: Column) -> Cell:
    if not column.path:
        return json.dumps(values, ensure_ascii=False)
    node = values
    for step in column.path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return cell(node, column.type)


def cell(value: Any, kind: Type) -> Cell:
    """The value as a cell of the type `kind`; as text where it is not of that type (a person may have typed it)."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return "\n".join(str(one) for one in value if one is not None) or None
    if kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, bool):
        return value
    if kind in ("number", "integer") and isinstance(value, (int, float)):
        return value
    return str(value)
