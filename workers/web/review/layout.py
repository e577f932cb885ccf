"""A record as the review page shows it: sections and rows in the order of the paper, each field with what is known of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postprocess import checks
from postprocess.forms import Form, Group, Table
from postprocess.types import Problem
from workers.store.doubt import DOUBTFUL, reason_of
from workers.store.records import FieldView
from workers.web.review import typed
from workers.web.review.pictures import Crop, Sheet, crop_of
from workers.web.review.words import say

LONG = 60
"""From so many letters on a value is running text and gets an editor of several lines."""
_INDEX = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class CopyValue:
    """What another record of the same project has in a field's place."""

    record: int
    source: str
    value: Any


@dataclass(frozen=True, slots=True)
class Item:
    """One field on the page. `text` is its value as typed, `read` what stood there if it could not be understood.

    `list` and `index` name the innermost list it is a row of (index None: an empty list), `outer` and `outer_index` the
    list around that one. `heading` is set on the first field of a row of several fields. `copies` are (record, source, value as
    typed) of other copies of the project.
    """

    number: int
    path: str
    label: str
    kind: str
    state: str
    reason: str | None
    text: str
    gloss: str
    raw: str | None
    changes: tuple[tuple[str, str, str], ...]
    problems: tuple[str, ...]
    alternatives: tuple[str, ...]
    copies: tuple[tuple[int, str, str], ...]
    options: bool
    sure: int
    page: int | None
    box: tuple[int, int, int, int] | None
    crop: Crop | None
    list: str | None
    index: int | None
    outer: str | None
    outer_index: int | None
    heading: str | None
    long: bool
    settled_by: str | None
    settled_at: float | None

    @property
    def doubtful(self) -> bool:
        """Whether it waits for a person."""
        return self.state in DOUBTFUL


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form with its fields."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """A check of the form that the values as they stand do not pass: the paths it covers and what it says."""

    paths: tuple[str, ...]
    problem: Problem


def failing(form: Form | None, values: Mapping[str, Any]) -> tuple[Failing, ...]:
    """Every check of `form` that `values` do not pass."""
    if form is None:
        return ()
    labels = labels_of(form)
    return tuple(
        Failing(result.paths, result.problem)
        for check in form.checks
        for result in checks.run(check.spec(), values, labels)
        if result.problem is not None
    )


def labels_of(form: Form) -> dict[str, str]:
    """For each leaf's path, with [*], what people call it."""
    return form.printed_labels()


def general(path: str) -> str:
    """`path` with [*] for every index."""
    return _INDEX.sub("[*]", path)


def lists_of(path: str) -> list[tuple[str, int]]:
    """The lists that the leaf at `path` is in, the outermost first, each with the index there."""
    return [(path[: match.start()], int(match[1])) for match in _INDEX.finditer(path)]


def parts_of(
    form: Form | None,
    fields: Sequence[FieldView],
    values: Mapping[str, Any],
    sheets: Mapping[int, Sheet],
    copies: Mapping[str, Sequence[CopyValue]],
    language: str,
) -> tuple[Part, ...]:
    """The sections of a record with its fields, in the order of the paper; `copies` by the paths of its leaves."""
    wrong = failing(form, values)
    headings = _section_headings(form)
    parts: list[tuple[str, list[Item]]] = []
    row: str | None = None
    for number, field in enumerate(fields):
        heading = _heading(headings, general(field.path))
        if not parts or parts[-1][0] != heading:
            parts.append((heading, []))
        title, row = _row_heading(form, field.path, row, language)
        there = copies.get(field.path, ())
        parts[-1][1].append(_item(form, field, number, title, wrong, sheets, there, language))
    return tuple(Part(heading, tuple(items)) for heading, items in parts)


def _item(
    form: Form | None,
    field: FieldView,
    number: int,
    heading: str | None,
    wrong: Sequence[Failing],
    sheets: Mapping[int, Sheet],
    copies: Sequence[CopyValue],
    language: str,
) -> Item:
    leaf = typed.leaf_of(form, field.path)
    text = typed.shown(leaf, field.value, language)
    if field.value is None and field.status in DOUBTFUL:
        text = field.text or field.raw or ""
    there = [(one.record, one.source, typed.shown(leaf, one.value, language)) for one in copies]
    texts = [
        *(text for _, _, text in there),
        *(field.alternatives or ()),
        *(t for t in (field.text, field.raw) if t),
    ]
    others = typed.alternatives(form, leaf, field.value, texts, language)
    known = field.problems or []
    now = [f.problem for f in wrong if field.path in f.paths]
    said = (
        [p["message"] for p in known if not p["code"].startswith("check_")]
        if field.status in DOUBTFUL
        else []
    )
    said += [problem.message for problem in now]
    lists = lists_of(field.path)
    empty = field.value == []
    if empty:
        lists.append((field.path, 0))
    sheet = sheets.get(field.page) if field.page is not None else None
    box = field.box
    return Item(
        number=number,
        path=field.path,
        label=label_of(form, field.path, language),
        kind=typed.kind_of(leaf),
        state=field.status,
        reason=reason_of(known) if field.status in DOUBTFUL else None,
        text=text,
        gloss=typed.gloss(leaf, field.value, language),
        raw=field.raw,
        changes=tuple((rule_in_words(c["rule"], language), c["from"], c["to"]) for c in field.changes or ()),
        problems=tuple(dict.fromkeys(typed.in_language(message, language) for message in said)),
        alternatives=others,
        copies=tuple(there),
        options=typed.kind_of(leaf) in ("boxes", "signature"),
        sure=min(99, round(100 * field.confidence)) if field.confidence < 1 else 100,
        page=field.page,
        box=box,
        crop=crop_of(sheet, box) if sheet and box else None,
        list=lists[-1][0] if lists else None,
        index=None if empty or not lists else lists[-1][1],
        outer=lists[-2][0] if len(lists) > 1 else None,
        outer_index=lists[-2][1] if len(lists) > 1 else None,
        heading=heading,
        long=len(text) > LONG or len(field.raw or "") > LONG,
        settled_by=field.settled_by,
        settled_at=field.settled_at,
    )


def label_of(form: Form | None, path: str, language: str) -> str:
    """What people call the leaf at `path`: the form's words, and its number in a list of single values."""
    if form is None:
        return path
    labels = labels_of(form)
    words = form.titles.get(general(path)) or labels.get(general(path)) or labels.get(f"{general(path)}[*]")
    if not words or words in _all_headings(form):
        words = _word_for(form, path, language) or words or path
    steps = lists_of(path)
    if steps:
        words = words.replace("( )", f"({steps[0][1] + 1})").replace("()", f"({steps[0][1] + 1})")
    return f"{words} ({steps[-1][1] + 1})" if steps and path.endswith("]") else words


def _word_for(form: Form, path: str, language: str) -> str | None:
    """A word for a leaf that has no label of its own on paper: a cue of the form, else what kind of thing it is."""
    leaf = typed.leaf_of(form, path)
    cues = getattr(leaf, "cues", ())
    if cues:
        return str(cues[0])
    kind = typed.kind_of(leaf)
    if path.endswith("]") or ("[" not in path and kind in ("text", "boxes")):
        return None
    return say(f"kind_{kind}", language)


def rule_in_words(rule: str, language: str) -> str:
    """Why something was corrected, in words; the rule's own name where there are none."""
    base = rule.split(":")[0].strip().replace(" ", "_")
    key = f"rule_{base}"
    found = say(key, language, default=None)
    return found if found is not None else rule


def _all_headings(form: Form) -> set[str]:
    return {heading for section in form.sections for heading in section.headings}


def _section_headings(form: Form | None) -> dict[str, str]:
    """For each leaf's path, with [*], the heading it stands under; sections without fields lend theirs to the next."""
    found: dict[str, str] = {}
    if form is None:
        return found
    for section in form.sections:
        heading = section.headings[0] if section.headings else ""
        single = form.model_copy(update={"sections": (section,)})
        found.update((path, heading) for path, _ in single.leaves())
    return found


def _heading(headings: Mapping[str, str], path: str) -> str:
    """The heading over the leaf or list at `path`, with [*]."""
    if path in headings:
        return headings[path]
    return next((text for leaf, text in headings.items() if leaf.startswith(f"{path}[")), "")


def _row_heading(
    form: Form | None, path: str, row: str | None, language: str
) -> tuple[str | None, str | None]:
    """The heading of the row of several fields that begins with `path`, where one does, and the row it is in."""
    steps = lists_of(path)
    if not steps or path.endswith("]"):
        return None, None if not steps else row
    outer, index = steps[0]
    now = f"{outer}[{index}]"
    if now == row:
        return None, row
    return _row_title(form, outer, index, language), now


def _row_title(form: Form | None, path: str, index: int, language: str) -> str:
    for item in _many(form):
        if item.path == path and isinstance(item, Group):
            return item.start[0].replace("{number}", str(index + 1))
    return say("row_title", language, number=index + 1)


def _many(form: Form | None) -> Iterator[Group | Table]:
    for section in form.sections if form else ():
        for item in section.fields:
            if isinstance(item, Group | Table):
                yield item
