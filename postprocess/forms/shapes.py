"""How the fields of a form are laid out, and the leaves that each holds (pydantic, unknown keys refused).

A field has a `shape`, how it is laid out, and leaves; each leaf has a `path` in `values`
(``certification.signer_name``) and a `kind`, how its text is understood (see `postprocess.kinds`).

| shape | printed as | leaves |
|---|---|---|
| value (the default) | `label : value` | one |
| split | `label : one / two / three` | a list |
| parts | `label : value inner label value` | one for each part |
| body | paragraphs or numbered items under a heading or a sub-label | a list |
| group | rows that begin with ``start`` and hold cells in any order | a list of objects |
| table | a header row of column labels, then rows | a list of objects |
| boxes | check boxes with their labels | a list, or one |
| signature | a line to sign on, the name near it | true or false, and the name |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from postprocess import kinds

Kind = Literal[
    "text",
    "name",
    "phone",
    "code",
    "integer",
    "be_year",
    "date",
    "money",
    "number",
    "percent",
    "choice",
    "citizen_id",
]
Path = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
Labels = tuple[Annotated[str, Field(min_length=2)], ...]


class Model(BaseModel):
    """Frozen, and any key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def valid_pattern(pattern: str) -> str:
    """`pattern`; ValueError where it is no regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, Field(min_length=1)]


class Leaf(Model):
    """One value: where it goes and how it is understood."""

    path: Path
    kind: Kind = "text"
    pattern: Pattern | None = None
    """For kind code: the regular expression of the whole value."""
    vocabulary: str | None = None
    """For kind choice: the name of a list in `vocabularies`."""
    open: bool = False
    """For kind choice: print that is in no vocabulary is kept as it stands."""
    required: bool = False
    """A blank is a problem, not an answer."""

    @field_validator("pattern")
    @classmethod
    def _pattern(cls, value: str | None) -> str | None:
        return None if value is None else valid_pattern(value)


class Value(Leaf):
    """`label : value`, the value on the label's line or wrapped under it."""

    shape: Literal["value"] = "value"
    labels: Labels = Field(min_length=1)


class Split(Leaf):
    """`label : one / two`, a list cut at `separator`."""

    shape: Literal["split"]
    labels: Labels = Field(min_length=1)
    separator: str = "/"


class Part(Leaf):
    """One of several values in a labelled text; all but the first have labels of their own."""

    labels: Labels = ()


class Parts(Model):
    """`label : value inner label value`."""

    shape: Literal["parts"]
    labels: Labels = Field(min_length=1)
    parts: tuple[Part, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _inner_labels(self) -> Parts:
        if self.parts[0].labels:
            raise ValueError(
                "the first part stands right behind the outer label and has no labels of its own"
            )
        for part in self.parts[1:]:
            if not part.labels:
                raise ValueError(f"part {part.path} needs labels")
        return self


class Body(Leaf):
    """Running text under the section's heading, or under a sub-label: a list of paragraphs or items."""

    shape: Literal["body"]
    labels: Labels = ()
    items: bool = False
    """Items carry printed numbering or bullets, which is taken off; otherwise they are paragraphs."""


class Entries(Model):
    """Lines `item = amount unit` inside a group's row, a list of objects."""

    shape: Literal["entries"]
    path: Path
    item: Leaf
    amount: Leaf
    equals: str = "="
    unit: str = ""


class Cell(Leaf):
    """One value inside a group's row.

    Known by `labels` (``{number}`` in one stands for the row's printed number), by the `vocabulary` of kind choice,
    by its own form for kind date, or as the `rest` of the row.
    """

    shape: Literal["cell"] = "cell"
    labels: Labels = ()
    cues: tuple[str, ...] = ()
    """Words that tell the cell where its text is in no vocabulary."""
    rest: bool = False

    @model_validator(mode="after")
    def _recognisable(self) -> Cell:
        ways = [bool(self.labels), self.kind == "choice", self.kind == "date", self.rest]
        if not any(ways):
            raise ValueError(
                f"cell {self.path} cannot be told from its row: give it labels, a vocabulary, or rest = true"
            )
        return self


def _shape(value: Any) -> str:
    default = "cell"
    return str(value.get("shape", default) if isinstance(value, dict) else value.shape)


class Group(Model):
    """Rows that repeat. Each begins with `start`, in which ``{number}`` is the row's number, the leaf `number`."""

    shape: Literal["group"]
    path: Path
    start: Labels = Field(min_length=1)
    number: Leaf
    cells: tuple[
        Annotated[Annotated[Cell, Tag("cell")] | Annotated[Entries, Tag("entries")], Discriminator(_shape)],
        ...,
    ] = Field(min_length=1)

    @field_validator("start")
    @classmethod
    def _numbered(cls, value: Labels) -> Labels:
        for start in value:
            if start.count("{number}") != 1:
                raise ValueError(f"{start!r} must hold {{number}} once")
        return value


class Column(Leaf):
    """One column of a table, known by the label in its header cell."""

    labels: Labels = Field(min_length=1)
    key: bool = False
    """Every row has a cell here: it tells where a row begins."""


class Table(Model):
    """A header row, then rows up to the next label or heading."""

    shape: Literal["table"]
    path: Path
    columns: tuple[Column, ...] = Field(min_length=2)


class Option(Model):
    """One check box: the label printed beside it, and the value it stands for."""

    value: str
    labels: Labels = Field(min_length=1)


class Boxes(Model):
    """Check boxes. `many` gives a list of the values ticked, otherwise the one value ticked, or null."""

    shape: Literal["boxes"]
    path: Path
    labels: Labels = ()
    options: tuple[Option, ...] = Field(min_length=1)
    many: bool = False
    required: bool = False


class Signature(Model):
    """A line to sign on. `signed` is true where there is ink; `name` is the name printed on or under the line."""

    shape: Literal["signature"]
    labels: Labels = Field(min_length=1)
    signed: Path
    name: Path | None = None
    roles: tuple[str, ...] = ()
    """Print beside the line that is no name, such as ``(ผู้รับผิดชอบโครงการ)``."""


def _field_shape(value: Any) -> str:
    return str(value.get("shape", "value") if isinstance(value, dict) else value.shape)


AnyField = Annotated[
    Annotated[Value, Tag("value")]
    | Annotated[Split, Tag("split")]
    | Annotated[Parts, Tag("parts")]
    | Annotated[Body, Tag("body")]
    | Annotated[Group, Tag("group")]
    | Annotated[Table, Tag("table")]
    | Annotated[Boxes, Tag("boxes")]
    | Annotated[Signature, Tag("signature")],
    Discriminator(_field_shape),
]


def leaves_of(item: AnyField) -> Iterator[tuple[str, Leaf | Boxes | Signature]]:
    """The leaves of one field: path with [*], definition."""
    if isinstance(item, Value):
        yield item.path, item
    elif isinstance(item, Split | Body):
        yield f"{item.path}[*]", item
    elif isinstance(item, Parts):
        yield from ((part.path, part) for part in item.parts)
    elif isinstance(item, Boxes):
        yield f"{item.path}[*]" if item.many else item.path, item
    elif isinstance(item, Signature):
        yield item.signed, item
        if item.name is not None:
            yield item.name, Leaf(path=item.name, kind="name")
    elif isinstance(item, Table):
        yield from ((f"{item.path}[*].{column.path}", column) for column in item.columns)
    else:
        yield f"{item.path}[*].{item.number.path}", item.number
        for cell in item.cells:
            if isinstance(cell, Entries):
                yield f"{item.path}[*].{cell.path}[*].{cell.item.path}", cell.item
                yield f"{item.path}[*].{cell.path}[*].{cell.amount.path}", cell.amount
            else:
                yield f"{item.path}[*].{cell.path}", cell


KINDS = tuple(kinds.KIND_NAMES)
