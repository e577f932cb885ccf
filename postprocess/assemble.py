"""Drafts → a record: checked and scored, with nothing of what was read lost."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ocr.types import Box
from postprocess import checks
from postprocess.checks import CheckResult
from postprocess.confidence import confidence, threshold
from postprocess.forms import Form
from postprocess.forms.model import list_paths
from postprocess.kinds import problem
from postprocess.looks import Draft
from postprocess.paths import general
from postprocess.repair import RULE, repaired
from postprocess.types import Field, Problem, Reading, Record, Segment, Span, Status

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def assemble(segment: Segment, form: Form, drafts: Sequence[Draft], least: float | None = None) -> Record:
    """The record of `segment`: every leaf checked and scored.

    A leaf whose label was not found has status ``missing``, and the value null (or ``[]``, or false for a
    signature). An empty list has one field with the list's own path. A field is accepted from the confidence
    `least` on or, where that is None, from where the form's target error says.
    """
    drafts = checked(segment, form, drafts)
    fields = tuple(_field(draft, form, least) for draft in drafts)
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


def checked(segment: Segment, form: Form, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts of `segment` with what the form's checks say of them, values put right that they determine (`repair`)."""

    def results(tried: Sequence[Draft]) -> list[CheckResult]:
        return _results(tried, form)

    drafts = repaired(drafts, results)
    held: dict[str, Counter[str]] = {}
    failed: dict[str, list[Problem]] = {}
    for result in results(drafts):
        for path in result.paths:
            if result.holds:
                held.setdefault(path, Counter())[result.proof] += 1
            elif result.problem is not None:
                failed.setdefault(path, []).append(result.problem)
    quality = _quality(drafts)
    columns = {general(draft.reading.path) for draft in drafts if not missing(draft)}
    trouble = [_troubled(draft, failed, columns) for draft in drafts]
    troubled = Counter(_row(draft) for draft, one in zip(drafts, trouble, strict=True) if one)
    unlike = _unlike_their_columns(drafts)
    found = []
    for draft, own in zip(drafts, trouble, strict=True):
        path = draft.reading.path
        proofs = held.get(path, Counter())
        evidence = replace(
            draft.evidence,
            sums=proofs["sums"],
            equals=proofs["equals"],
            plausible=proofs["plausible"],
            failed=len(failed.get(path, ())),
            quality=quality,
            legibility=segment.legibility,
            beside=troubled[_row(draft)] - own if _row(draft) else 0,
            unlike=path in unlike,
        )
        problems = (*draft.problems, *failed.get(path, ()))
        found.append(replace(draft, problems=problems, evidence=evidence))
    return found


def _row(draft: Draft) -> str:
    """The row of the outermost list of groups that a leaf belongs to; empty where it belongs to none."""
    match = re.match(r"[^.\[]+\[\d+\](?=\.)", draft.reading.path)
    return match.group() if match else ""


def missing(draft: Draft) -> bool:
    """Whether neither the label of a leaf nor anything else of it was found."""
    reading = draft.reading
    return reading.label_score == 0 and not reading.spans and reading.mark is None


def _troubled(draft: Draft, failed: Mapping[str, Sequence[Problem]], columns: Collection[str]) -> bool:
    """Whether a value does not look like one of its place: not to be understood, beginning where nothing begins,
    against a check, not found though other rows have it (`columns`: then a part of it may stand in another cell).
    """
    evidence = draft.evidence
    unlike = not evidence.blank and (evidence.strength <= 0 or evidence.open > 0)
    lost = missing(draft) and general(draft.reading.path) in columns
    return unlike or lost or draft.reading.path in failed


_DECIMALS = re.compile(r"[.,]\s?[0-9๐-๙]{2}(?![0-9๐-๙])")


def _unlike_their_columns(drafts: Sequence[Draft]) -> set[str]:
    """The paths of percentages without decimals where half of the rows have them: a system prints a column in one form."""
    columns: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.evidence.kind == "percent" and draft.raw:
            columns.setdefault(general(draft.reading.path), []).append(draft)
    found: set[str] = set()
    for column in columns.values():
        plain = [draft.reading.path for draft in column if _DECIMALS.search(draft.raw or "") is None]
        if 2 * len(plain) <= len(column):
            found.update(plain)
    return found


def _quality(drafts: Sequence[Draft]) -> float:
    """How well the record was read: the confidence that a fifth of its values does not reach in its weakest letter."""
    found = sorted(draft.evidence.weakest for draft in drafts if draft.reading.spans)
    return found[len(found) // 5] if found else 0.0


def _results(drafts: Sequence[Draft], form: Form) -> list[CheckResult]:
    values, labels = values_of(drafts, form), form.printed_labels()
    return [result for check in form.checks for result in checks.run(check.spec(), values, labels)]


# ------------------------------------------------------------------ fields


def _field(draft: Draft, form: Form, least: float | None) -> Field:
    reading = draft.reading
    problems = draft.problems
    status: Status
    likely = confidence(draft.evidence)
    if least is None:
        kind = draft.evidence.kind
        least = threshold(draft.evidence, form.target_error(kind), alone=kind in form.target_errors)
    if missing(draft):
        status, likely = "missing", 0.0
        problems = (
            *problems,
            problem("missing", "ไม่พบหัวข้อนี้ในเอกสาร", "this label was not found on the page"),
        )
    elif unfilled(draft):
        status = "review"
        problems = (*problems, problem("blank", "ไม่มีข้อความในช่องนี้", "nothing is printed here"))
    else:
        status = "accepted" if likely >= least and not for_a_person(draft) else "review"
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


def unfilled(draft: Draft) -> bool:
    """Whether nothing is printed where something is required."""
    return draft.required and draft.value in (None, []) and draft.raw is None


def for_a_person(draft: Draft) -> bool:
    """Whether a person should look at the value however sure it is: it has a problem or no form, fails a check, or follows
    from what is printed elsewhere alone.
    """
    unseen = draft.raw is None and draft.reading.mark is None and draft.value not in (None, [], False)
    shapeless = draft.evidence.strength <= 0 and not draft.evidence.blank
    return bool(draft.problems) or draft.evidence.failed > 0 or shapeless or unseen


def _alternatives(draft: Draft) -> tuple[str, ...]:
    """The other texts of the same print: what other looks gave, and what a later one took the place of."""
    shown = draft.text or draft.raw or ""
    texts = [other.text or "" for other in draft.others]
    texts += [change.before for change in draft.changes if change.rule in ("second look", RULE)]
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
