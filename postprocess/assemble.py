"""Readings → a record: corrected, parsed, checked and scored, with nothing of what was read lost."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ocr.types import Box
from postprocess import checks
from postprocess.checks import CheckResult
from postprocess.confidence import THRESHOLD, confidence
from postprocess.forms import Form
from postprocess.forms.model import list_paths
from postprocess.kinds import problem
from postprocess.types import Field, Problem, Reading, Record, Segment, Span, Status
from postprocess.understand import Draft, taken, understand

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def assemble(
    segment: Segment, form: Form, readings: Sequence[Reading], threshold: float = THRESHOLD
) -> Record:
    """The record of `segment`: every leaf corrected, parsed, checked and scored.

    A leaf whose label was not found has status ``missing``, and the value null (or ``[]``, or false for a
    signature). An empty list has one field with the list's own path. A field is accepted from `threshold` on.
    """
    drafts = checked([understand(reading, form) for reading in readings], form)
    fields = tuple(_field(draft, threshold) for draft in drafts)
    accepted = all(field.status == "accepted" for field in fields)
    return Record(
        form=form.name,
        form_version=form.version,
        number=segment.number,
        pages=segment.pages,
        status="accepted" if accepted else "review",
        values=values_of(drafts, form),
        fields=fields,
    )


# ------------------------------------------------------------------ checks


def checked(drafts: Sequence[Draft], form: Form) -> list[Draft]:
    """The drafts with what the form's checks say of them.

    Where a check fails and another look at one of its leaves makes more checks hold, that look is taken.
    """
    drafts = _settled(list(drafts), form)
    held: dict[str, int] = {}
    failed: dict[str, list[Problem]] = {}
    for result in _results(drafts, form):
        for path in result.paths:
            if result.holds:
                held[path] = held.get(path, 0) + 1
            elif result.problem is not None:
                failed.setdefault(path, []).append(result.problem)
    found = []
    for draft in drafts:
        path = draft.reading.path
        problems = (*draft.problems, *failed.get(path, ()))
        signs = replace(draft.signs, held=held.get(path, 0), failed=len(failed.get(path, ())))
        found.append(replace(draft, problems=problems, signs=signs))
    return found


def _settled(drafts: list[Draft], form: Form) -> list[Draft]:
    failing = _failing(_results(drafts, form))
    for n, draft in enumerate(drafts):
        if not draft.others or draft.reading.path not in failing:
            continue
        for other in draft.others:
            trial = [*drafts[:n], taken(draft, other, "second look that passes the check"), *drafts[n + 1 :]]
            left = _failing(_results(trial, form))
            if len(left) < len(failing):
                drafts, failing = trial, left
                break
    return drafts


def _results(drafts: Sequence[Draft], form: Form) -> list[CheckResult]:
    values, labels = values_of(drafts, form), form.printed_labels()
    return [result for check in form.checks for result in checks.run(check.spec(), values, labels)]


def _failing(results: Sequence[CheckResult]) -> set[str]:
    return {path for result in results if not result.holds for path in result.paths}


# ------------------------------------------------------------------ fields


def _field(draft: Draft, threshold: float) -> Field:
    reading = draft.reading
    problems = draft.problems
    status: Status
    likely = confidence(draft.signs)
    if reading.label_score == 0 and not reading.spans and reading.mark is None:
        status, likely = "missing", 0.0
        problems = (
            *problems,
            problem("missing", "ไม่พบหัวข้อนี้ในเอกสาร", "this label was not found on the page"),
        )
    elif draft.required and draft.value in (None, []) and draft.raw is None:
        status = "review"
        problems = (*problems, problem("blank", "ไม่มีข้อความในช่องนี้", "nothing is printed here"))
    else:
        # A problem is something a person should look at, however sure the reader was.
        failed = draft.signs.failed > 0 or draft.signs.strength <= 0 or bool(draft.problems)
        status = "accepted" if likely >= threshold and not failed else "review"
    page, box = _where(reading)
    return Field(
        path=reading.path,
        value=draft.value,
        raw=draft.raw,
        text=draft.text,
        confidence=likely,
        status=status,
        page=page,
        box=box,
        changes=draft.changes,
        problems=problems,
        alternatives=_alternatives(draft),
    )


def _alternatives(draft: Draft) -> tuple[str, ...]:
    """The other texts of the same print: what other looks gave, and what a later one took the place of."""
    shown = draft.text or draft.raw or ""
    texts = [other.text or "" for other in draft.others]
    texts += [change.before for change in draft.changes if change.rule.startswith("second look")]
    return tuple(text for text in dict.fromkeys(texts) if text and text != shown)


def _where(reading: Reading) -> tuple[int | None, tuple[int, int, int, int] | None]:
    """The first page the value stands on, and its box there, in pixels of the page as scanned."""
    if reading.mark is not None:
        return reading.mark.page, reading.mark.mark.page_box.rounded()
    if not reading.spans:
        return None, None
    page = reading.spans[0].place.page
    box: Box | None = None
    for span in reading.spans:
        if span.place.page != page:
            break
        own = page_box(span)
        box = own if box is None else box.union(own)
    return page, None if box is None else box.rounded()


def page_box(span: Span) -> Box:
    """The box of the words that the span touches, page frame."""
    box: Box | None = None
    offset = 0
    for word in span.place.line.words:
        if offset < span.end and span.start < offset + len(word.text):
            box = word.page_box if box is None else box.union(word.page_box)
        offset += len(word.text) + 1
    return box if box is not None else span.place.line.page_box


# ------------------------------------------------------------------ values


def values_of(drafts: Sequence[Draft], form: Form) -> dict[str, Any]:
    """The nested values of all leaves; null, or an empty list, where there is no draft."""
    values: dict[str, Any] = {}
    lists = set(list_paths(form))
    for path, _ in form.leaves():
        outer = path.split("[*]")[0]
        _put(values, outer, [] if outer in lists else None)
    for draft in drafts:
        _put(values, draft.reading.path, draft.value)
    return values


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set the leaf at `path`; lists on the way grow as needed."""
    steps: list[str | int] = [key if key else int(number) for key, number in _STEP.findall(path)]
    node: Any = values
    for step, following in itertools.pairwise(steps):
        fresh: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            while len(node) <= step:
                node.append(fresh)
            node = node[step]
        else:
            if not isinstance(node.get(step), list if isinstance(following, int) else dict):
                node[step] = fresh
            node = node[step]
    last = steps[-1]
    if isinstance(last, int):
        while len(node) <= last:
            node.append(None)
    node[last] = value
