"""The values of extraction: readings, changes, problems, fields and records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ocr.types import Line, Mark, Zone

Status = Literal["accepted", "review", "missing"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at: a stable `code`, and the message in Thai and English."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: which `rule` turned `before` into `after`."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in its document: page number (from 1) and the line."""

    page: int
    line: Line


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """Where a check box or handwriting stands in its document."""

    page: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Segment:
    """The lines of one record, page furniture removed, in reading order; `pages` are those it touches.

    `marks` are the check boxes and handwriting on its part of those pages. `legibility` is that of the worst of them.
    """

    number: int
    places: tuple[Place, ...]
    pages: tuple[int, ...]
    marks: tuple[PlacedMark, ...] = ()
    legibility: float = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line: characters `start` to `end` of `place.line.text`."""

    place: Place
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.place.line.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Look:
    """What a further look read: the first reader or the other one on the cut-out alone, or the same thing where it is
    printed elsewhere (``echo``).

    `parts` are, for each zone looked at, what was read there first and what this look read.
    """

    reader: Literal["own", "other", "echo"]
    text: str
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for one leaf, before correction and parsing.

    `path` as in the record contract (``progress_reports[0].expenses[1].amount``); `spans` are where it stands
    (empty where nothing was printed); `label_score` 0–1 says how well the label matched, 0 that it was not found.
    `looks` are what further looks read. `mark` is the ink that is the value: a ticked box, a signature.
    `clear` 0–1 says how clearly what belongs to it was told from what stands beside it: where an item ends and the next
    begins, to which row a cell belongs.
    """

    path: str
    spans: tuple[Span, ...]
    label_score: float
    looks: tuple[Look, ...] = ()
    mark: PlacedMark | None = None
    clear: float = 1.0


@dataclass(frozen=True, slots=True)
class Reread:
    """A wish for a second look: the leaf `path`, its `page`, the `zone` on that page's sheet and what was `read` there."""

    path: str
    page: int
    zone: Zone
    read: str


@dataclass(frozen=True, slots=True)
class Field:
    """One leaf of a record, as in the record contract; `box` is (x0, y0, x1, y1) in the page frame.

    `alternatives` are the other texts that looks at the same print gave, the likelier first.
    """

    path: str
    value: Any
    raw: str | None
    text: str | None
    confidence: float
    status: Status
    page: int | None
    box: tuple[int, int, int, int] | None
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One filled form: `values` nested as the form defines, `fields` flat, one for every leaf."""

    form: str
    form_version: str
    number: int
    pages: tuple[int, ...]
    status: Literal["accepted", "review"]
    values: dict[str, Any]
    fields: tuple[Field, ...]
