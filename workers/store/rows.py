"""Rows of lists gained, lost, split and joined: pure changes of the flat list of a record's fields.

A list is named by its path, as in ``progress_reports`` or ``progress_reports[0].expenses``. A row is the fields whose paths
begin with ``path[i]``; inside this module their paths are what follows: ``.date``, ``.expenses[0].item``, or nothing
where the list holds single values. An empty list is one field with the list's own path and the value ``[]``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from postprocess.thai import join_lines
from workers.store.records import FieldView

Row = list[FieldView]
_INNER = re.compile(r"^([^\[]*)\[")


class NoSuchRow(ValueError):
    """The list has no such row, or the row no such leaf."""


def add(fields: Sequence[FieldView], path: str, index: int, leaves: Sequence[str]) -> tuple[FieldView, ...]:
    """A row of blank fields as row `index`. `leaves` are what a row holds, as in ``.date``; ``.expenses[]`` is a list."""
    rows = rows_of(fields, path)
    if not 0 <= index <= len(rows):
        raise NoSuchRow(path)
    near = rows[min(index, len(rows) - 1)][0] if rows else next(f for f in fields if f.path == path)
    rows.insert(index, [_blank(leaf, near) for leaf in leaves])
    return with_rows(fields, path, rows)


def remove(fields: Sequence[FieldView], path: str, index: int) -> tuple[FieldView, ...]:
    """The list without row `index`."""
    rows = rows_of(fields, path)
    if not 0 <= index < len(rows):
        raise NoSuchRow(path)
    del rows[index]
    return with_rows(fields, path, rows)


def split(
    fields: Sequence[FieldView], path: str, index: int, at: str, parts: tuple[Any, Any], leaves: Sequence[str]
) -> tuple[FieldView, ...]:
    """Row `index` made two at its leaf `at`, of which each gets one of `parts`; what stands behind goes with the second."""
    rows = rows_of(fields, path)
    if not 0 <= index < len(rows):
        raise NoSuchRow(path)
    row = rows[index]
    place = next((n for n, field in enumerate(row) if field.path == at), None)
    if place is None:
        raise NoSuchRow(f"{path}[{index}]{at}")
    halves = (
        [*row[:place], _doubted(row[place], parts[0])],
        [_doubted(row[place], parts[1]), *row[place + 1 :]],
    )
    rows[index : index + 1] = [_complete(_closed(half), leaves) for half in halves]
    return with_rows(fields, path, rows)


def join(fields: Sequence[FieldView], path: str, index: int) -> tuple[FieldView, ...]:
    """Row `index` and the next made one: texts and lists one behind the other, of two other values the first."""
    rows = rows_of(fields, path)
    if not 0 <= index < len(rows) - 1:
        raise NoSuchRow(path)
    rows[index : index + 2] = [_joined(rows[index], rows[index + 1])]
    return with_rows(fields, path, rows)


def rows_of(fields: Sequence[FieldView], path: str) -> list[Row]:
    """The rows of the list at `path`."""
    start = re.compile(rf"{re.escape(path)}\[(\d+)\]")
    rows: list[Row] = []
    for field in fields:
        if match := start.match(field.path):
            while len(rows) <= int(match[1]):
                rows.append([])
            rows[int(match[1])].append(replace(field, path=field.path[match.end() :]))
    return rows


def with_rows(fields: Sequence[FieldView], path: str, rows: Sequence[Row]) -> tuple[FieldView, ...]:
    """`fields` with `rows` as the list at `path`, numbered anew."""
    made = [
        replace(field, path=f"{path}[{index}]{field.path}") for index, row in enumerate(rows) for field in row
    ]
    result: list[FieldView] = []
    placed = False
    for field in fields:
        if field.path != path and not field.path.startswith(f"{path}["):
            result.append(field)
        elif not placed:
            result += made or [_empty(path, field)]
            placed = True
    if not placed:
        raise NoSuchRow(path)
    return tuple(replace(field, position=position) for position, field in enumerate(result))


def _closed(row: Row) -> Row:
    """The row with its inner lists numbered from 0."""
    for inner in dict.fromkeys(_list_in(field) for field in row):
        if inner is not None:
            row = list(with_rows(row, inner, [one for one in rows_of(row, inner) if one]))
    return row


def _joined(first: Row, second: Row) -> Row:
    rest = {field.path: field for field in second}
    made: Row = []
    done: set[str] = set()
    for field in [*first, *second]:
        inner = _list_in(field)
        if inner is not None:
            if inner not in done:
                done.add(inner)
                both = [*rows_of(first, inner), *rows_of(second, inner)]
                made += with_rows([replace(field, path=inner)], inner, both)
        elif field.path not in done:
            done.add(field.path)
            made.append(_both(field, rest[field.path]) if field.path in rest else field)
    return made


def _list_in(field: FieldView) -> str | None:
    """The list inside the row that the field belongs to."""
    match = _INNER.match(field.path)
    return match[1] if match else field.path if field.value == [] else None


def _both(a: FieldView, b: FieldView) -> FieldView:
    if a is b or b.value is None:
        return a
    if a.value is None:
        return replace(b, path=a.path)
    if not isinstance(a.value, str) or not isinstance(b.value, str) or _is_date(a.value):
        texts = [text for text in (b.text, str(b.value)) if text]
        return replace(_doubted(a, a.value), alternatives=[*(a.alternatives or []), *texts[:1]])
    box = a.box
    if a.box and b.box and a.page == b.page:
        pairs = tuple(zip(a.box, b.box, strict=True))
        box = (min(pairs[0]), min(pairs[1]), max(pairs[2]), max(pairs[3]))
    joined = _doubted(a, join_lines([a.value, b.value]))
    raw = join_lines([part for part in (a.raw, b.raw) if part])
    return replace(joined, raw=raw or None, box=box)


def _is_date(value: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def _doubted(field: FieldView, value: Any) -> FieldView:
    """The field with a value that a person has not looked at yet."""
    return replace(
        field,
        value=value,
        text=None if value is None else str(value),
        status="review",
        settled_by=None,
        settled_at=None,
    )


def _complete(row: Row, leaves: Sequence[str]) -> Row:
    """The row with all its leaves, in their order."""
    order = {leaf.removesuffix("[]"): n for n, leaf in enumerate(leaves)}
    have = {_list_in(field) or field.path for field in row}
    made = [*row, *(_blank(leaf, row[0]) for leaf in leaves if leaf.removesuffix("[]") not in have)]
    return sorted(made, key=lambda field: order.get(_list_in(field) or field.path, len(order)))


def _blank(leaf: str, near: FieldView) -> FieldView:
    """A field that nothing was read for; it stands where `near` does."""
    inner = leaf.endswith("[]")
    return FieldView(
        position=0,
        path=leaf.removesuffix("[]"),
        value=[] if inner else None,
        machine=None,
        raw=None,
        text=None,
        confidence=0.0,
        status="settled" if inner else "review",
        page=near.page,
        box=None,
        changes=[],
        problems=[],
        alternatives=[],
        settled_by=None,
        settled_at=None,
    )


def _empty(path: str, near: FieldView) -> FieldView:
    return replace(_blank("[]", near), path=path)
