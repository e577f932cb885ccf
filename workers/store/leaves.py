"""What the leaves of a record make of the whole: its nested values, its standing, what it is found by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from postprocess.forms.model import Search
from postprocess.paths import expand
from workers.store.doubt import Doubt
from workers.store.records import BY_PERSON, FieldView
from workers.store.text import folded

LONGEST = 200
"""Letters of a title, code or office that it is found by: an index of PostgreSQL takes no longer ones."""


def standing(status: str, fields: Sequence[FieldView], doubt: Doubt) -> dict[str, Any]:
    """The columns of a record that sum up its `fields`; `status` is what the machine says of the whole."""
    if doubt.doubtful:
        status = "review"
    elif any(field.status in BY_PERSON for field in fields):
        status = "settled"
    return {"status": status, "doubtful": doubt.doubtful, "worth": doubt.worth}


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
