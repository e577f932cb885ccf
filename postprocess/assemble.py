"""Readings → a record: corrected, parsed, checked and scored, with nothing of what was read lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr.types import Box
from postprocess import checks, kinds
from postprocess.confidence import THRESHOLD, Signs, confidence
from postprocess.correct import correct
from postprocess.forms import Boxes, Form, Signature
from postprocess.forms.model import Leaf, list_paths
from postprocess.kinds import Parsed, problem
from postprocess.locate.labels import likeness
from postprocess.thai import join_lines
from postprocess.types import Change, Field, Problem, Reading, Record, Segment, Span, Status

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A leaf on its way: what was read, what became of it, and the signs for and against it."""

    reading: Reading
    value: Any
    raw: str | None
    text: str | None
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    signs: Signs
    required: bool


def assemble(segment: Segment, form: Form, readings: Sequence[Reading], threshold: float = THRESHOLD) -> Record:
    """The record of `segment`: every leaf corrected, parsed, checked and scored.

    A leaf whose label was not found has status ``missing``, and the value null (or ``[]``, or false for a
    signature). An empty list has one field with the list's own path. A field is accepted from `threshold` on.
    """
    drafts = [_draft(reading, form) for reading in readings]
    values = _empty(form)
    for draft in drafts:
        _put(values, draft.reading.path, draft.value)
    drafts = _checked(drafts, values, form)
    fields = tuple(_field(draft, threshold) for draft in drafts)
    accepted = all(field.status == "accepted" for field in fields)
    return Record(
        form=form.name,
        form_version=form.version,
        number=segment.number,
        pages=segment.pages,
        status="accepted" if accepted else "review",
        values=values,
        fields=fields,
    )


# ------------------------------------------------------------------ one leaf


def _draft(reading: Reading, form: Form) -> _Draft:
    try:
        leaf = form.leaf(reading.path)
    except KeyError:
        return _Draft(reading, [], None, None, (), (), Signs(label=reading.label_score), False)
    if isinstance(leaf, Signature):
        return _signed(reading)
    if isinstance(leaf, Boxes):
        return _ticked(reading, leaf)
    raw, characters = joined(reading.spans)
    if not raw:
        return _Draft(reading, None, None, None, (), (), Signs(label=reading.label_score), leaf.required)
    parsed, changes = _understand(raw, characters, leaf, form)
    signs = Signs(characters, reading.label_score, parsed.strength, changed=_changed(raw, parsed.text))
    parsed, changes, signs = _second_looks(parsed, changes, signs, reading, leaf, form)
    return _Draft(reading, parsed.value, raw, parsed.text, changes, parsed.problems, signs, leaf.required)


def _understand(
    raw: str, characters: Sequence[float], leaf: Leaf, form: Form
) -> tuple[Parsed, tuple[Change, ...]]:
    if leaf.kind != "text":
        parsed = kinds.parse(leaf.kind, raw, form.options(leaf))
        return parsed, parsed.changes
    phrases = form.vocabularies[leaf.vocabulary] if leaf.vocabulary else ()
    if phrases:
        parsed = kinds.parse("choice", raw, {"vocabulary": phrases, "open": True})
        if parsed.value in phrases:
            return parsed, parsed.changes
    text, changes = correct(raw, characters, phrases)
    parsed = kinds.parse(leaf.kind, text, form.options(leaf))
    return parsed, (*changes, *parsed.changes)


def _second_looks(
    parsed: Parsed, changes: tuple[Change, ...], signs: Signs, reading: Reading, leaf: Leaf, form: Form
) -> tuple[Parsed, tuple[Change, ...], Signs]:
    """Further looks at the same print: one that agrees is evidence; one that is understood where the first is not
    takes its place.
    """
    looks = [look for look in (reading.second, alternative(reading.spans)) if look and look.strip()]
    agreed = disagreed = 0
    for look in looks:
        other = kinds.parse(leaf.kind, look, form.options(leaf))
        if other.value is None:
            continue
        if _same(other.value, parsed.value):
            agreed += 1
        elif leaf.kind not in ("text", "name") and other.strength > parsed.strength + 0.3:
            change = Change("second look", parsed.text or "", other.text or "")
            parsed, changes = other, (change, *other.changes)
            signs = replace(signs, strength=other.strength)
        else:
            disagreed += 1
    return parsed, changes, replace(signs, agreed=agreed, disagreed=disagreed)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return "".join(a.split()) == "".join(b.split())
    return bool(a == b)


def _signed(reading: Reading) -> _Draft:
    raw, characters = joined(reading.spans)
    signed = reading.mark is not None or bool(raw)
    signs = Signs(characters, reading.label_score, 0.8 if signed else 0.6)
    return _Draft(reading, signed, raw or None, raw or None, (), (), signs, False)


def _ticked(reading: Reading, leaf: Boxes) -> _Draft:
    raw, characters = joined(reading.spans)
    if not raw:
        value: Any = [] if leaf.many else None
        return _Draft(reading, value, None, None, (), (), Signs(label=reading.label_score), leaf.required)
    option = max(leaf.options, key=lambda o: max(likeness(label, raw) for label in o.labels))
    signs = Signs(characters, reading.label_score, 0.9)
    return _Draft(reading, option.value, raw, raw, (), (), signs, leaf.required)


def joined(spans: Sequence[Span]) -> tuple[str, tuple[float, ...]]:
    """The spans as one text in the contract's form, with one confidence for each of its characters."""
    parts: list[str] = []
    last: Span | None = None
    for span in spans:
        beside = last is not None and last.place.page == span.place.page and last.place.line.row == span.place.line.row
        if beside:
            parts[-1] = f"{parts[-1]} {span.text}"
        else:
            parts.append(span.text)
        last = span
    text = join_lines(parts)
    read = "".join(span.text for span in spans)
    confidences = [c for span in spans for c in span_confidences(span)]
    return text, carried(read, confidences, text)


def span_confidences(span: Span) -> list[float]:
    """One confidence for each character of the span; a blank is as sure as its neighbours are."""
    found: list[float] = []
    for n, word in enumerate(span.place.line.words):
        if n:
            found.append(1.0)
        found.extend(word.confidences)
    return found[span.start : span.end]


def carried(read: str, confidences: Sequence[float], text: str) -> tuple[float, ...]:
    """The confidences of `read` for the letters of `text`, which was made from it."""
    if read == text:
        return tuple(confidences)
    found: list[float] = []
    for tag, a0, a1, b0, b1 in Levenshtein.opcodes(read, text):
        if tag == "equal":
            found.extend(confidences[a0:a1])
        else:
            near = confidences[a0:a1] or confidences[max(0, a0 - 1) : a0 + 1]
            found.extend([min(near, default=1.0)] * (b1 - b0))
    return tuple(found)


def alternative(spans: Sequence[Span]) -> str | None:
    """What a second reader saw in the place of these spans; None where it was not asked for all of them."""
    seen: list[str] = []
    for span in spans:
        other = span.place.line.alternative
        if other is None:
            return None
        seen.append(_counterpart(span.place.line.text, other, span.start, span.end))
    return join_lines(seen) if seen else None


def _counterpart(text: str, other: str, start: int, end: int) -> str:
    """The stretch of `other` that stands for characters `start` to `end` of `text`."""
    a = b = None
    for _, a0, a1, b0, b1 in Levenshtein.opcodes(text, other):
        if a is None and a1 > start:
            a = b0 + min(start - a0, b1 - b0) if start > a0 else b0
        if a1 >= end and b is None:
            b = b1 if end == a1 else b0 + min(end - a0, b1 - b0)
    return other[a or 0 : len(other) if b is None else b].strip()


def _changed(raw: str, text: str | None) -> float:
    if not raw or text is None:
        return 0.0
    return Levenshtein.distance("".join(raw.split()), "".join(text.split())) / len(raw)


# ------------------------------------------------------------------ all leaves


def _checked(drafts: Sequence[_Draft], values: dict[str, Any], form: Form) -> list[_Draft]:
    held: dict[str, int] = {}
    failed: dict[str, list[Problem]] = {}
    for check in form.checks:
        for result in checks.run(check.spec(), values, form.printed_labels()):
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


def _field(draft: _Draft, threshold: float) -> Field:
    reading = draft.reading
    problems = draft.problems
    status: Status
    likely = confidence(draft.signs)
    if reading.label_score == 0 and not reading.spans and reading.mark is None:
        status, likely = "missing", 0.0
        problems = (*problems, problem("missing", "ไม่พบหัวข้อนี้ในเอกสาร", "this label was not found on the page"))
    elif draft.required and draft.value in (None, []) and draft.raw is None:
        status = "review"
        problems = (*problems, problem("blank", "ไม่มีข้อความในช่องนี้", "nothing is printed here"))
    else:
        failed = draft.signs.failed > 0 or draft.signs.strength <= 0
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
    )


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


def _empty(form: Form) -> dict[str, Any]:
    values: dict[str, Any] = {}
    lists = set(list_paths(form))
    for path, _ in form.leaves():
        outer = path.split("[*]")[0]
        _put(values, outer, [] if outer in lists else None)
    return values


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set the leaf at `path`; lists on the way grow as needed."""
    steps: list[str | int] = [key if key else int(number) for key, number in _STEP.findall(path)]
    node: Any = values
    for step, following in zip(steps, steps[1:], strict=False):
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


__all__ = ["alternative", "assemble", "joined"]
