"""One leaf: what was read of it, corrected and parsed, with the signs for and against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz.distance import Levenshtein

from postprocess import kinds
from postprocess.confidence import Signs
from postprocess.correct import correct
from postprocess.forms import Boxes, Form, Signature
from postprocess.forms.shapes import Leaf
from postprocess.kinds import Parsed
from postprocess.labels import likeness, skeleton
from postprocess.thai import join_lines
from postprocess.types import Change, Problem, Reading, Span


@dataclass(frozen=True, slots=True)
class Draft:
    """A leaf on its way: what was read, what became of it, and the signs for and against it.

    `others` are what further looks at the same print came to, where that is something else.
    """

    reading: Reading
    value: Any
    raw: str | None
    text: str | None
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    signs: Signs
    required: bool
    others: tuple[Parsed, ...] = ()


def understand(reading: Reading, form: Form, *, spelling: bool = True) -> Draft:
    """The draft of one leaf; without `spelling` free text is not corrected (quicker)."""
    try:
        leaf = form.leaf(reading.path)
    except KeyError:  # the path of an empty list
        return Draft(reading, [], None, None, (), (), Signs(label=reading.label_score), False)
    if isinstance(leaf, Signature):
        return _signed(reading)
    if isinstance(leaf, Boxes):
        return _ticked(reading, leaf)
    raw, characters = joined(reading.spans)
    if not raw:
        blank = Draft(reading, None, None, None, (), (), Signs(label=reading.label_score), leaf.required)
        if reading.second is None:
            return blank
        # what was lost here is printed again elsewhere
        return _second_looks(replace(blank, signs=replace(blank.signs, strength=0.0)), leaf, form)
    parsed, changes = _parse(raw, characters, leaf, form, spelling=spelling)
    signs = Signs(characters, reading.label_score, parsed.strength, changed=_changed(raw, parsed.text))
    draft = Draft(reading, parsed.value, raw, parsed.text, changes, parsed.problems, signs, leaf.required)
    return _second_looks(draft, leaf, form)


def taken(draft: Draft, other: Parsed, rule: str) -> Draft:
    """The draft with what another look came to in its place; `rule` says why."""
    change = Change(rule, draft.text or draft.raw or "", other.text or "")
    rest = tuple(o for o in draft.others if o is not other)
    signs = replace(draft.signs, strength=other.strength)
    return replace(
        draft,
        value=other.value,
        text=other.text,
        changes=(change, *other.changes),
        problems=other.problems,
        signs=signs,
        others=rest,
    )


def _parse(
    raw: str, characters: Sequence[float], leaf: Leaf, form: Form, *, spelling: bool
) -> tuple[Parsed, tuple[Change, ...]]:
    if leaf.kind != "text":
        parsed = kinds.parse(leaf.kind, raw, form.options(leaf))
        tight = "".join(raw.split())
        if parsed.value is None and tight != raw:
            # letters printed apart, or read apart
            closed = kinds.parse(leaf.kind, tight, form.options(leaf))
            if closed.value is not None:
                return closed, (Change("blanks", raw, tight), *closed.changes)
        return parsed, parsed.changes
    phrases = form.phrases(leaf.vocabulary) if leaf.vocabulary else ()
    if phrases:
        parsed = kinds.parse("choice", raw, {"vocabulary": phrases, "open": True})
        if parsed.value in phrases and _near(raw, parsed.value):
            return parsed, parsed.changes
    text, changes = correct(raw, characters, phrases) if spelling else (raw, ())
    parsed = kinds.parse(leaf.kind, text, form.options(leaf))
    return parsed, (*changes, *parsed.changes)


def _near(read: str, phrase: str) -> bool:
    """Whether free text is so near a phrase of its vocabulary that it can be nothing else: but for what OCR loses
    and swaps, it is that phrase, or one letter off.
    """
    bones = skeleton(phrase).bones
    return Levenshtein.distance(skeleton(read).bones, bones) <= (1 if len(bones) >= 8 else 0)


_STRONGER = 0.3
"""By how much another look's form must be stronger to take the first one's place."""


def _second_looks(draft: Draft, leaf: Leaf, form: Form) -> Draft:
    """Further looks at the same print: one that agrees is evidence; one that is understood where the first is not
    takes its place.
    """
    reading = draft.reading
    looks = [look for look in (reading.second, alternative(reading.spans)) if look and look.strip()]
    agreed = disagreed = 0
    others: list[Parsed] = []
    for look in looks:
        other = kinds.parse(leaf.kind, look, form.options(leaf))
        if other.value is None:
            continue
        if _same(other.value, draft.value):
            agreed += 1
        elif leaf.kind not in ("text", "name") and other.strength > draft.signs.strength + _STRONGER:
            draft = taken(draft, other, "second look")
        else:
            disagreed += 1
            others.append(other)
    signs = replace(draft.signs, agreed=agreed, disagreed=disagreed)
    return replace(draft, signs=signs, others=tuple(others))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return "".join(a.split()) == "".join(b.split())
    return bool(a == b)


def _signed(reading: Reading) -> Draft:
    raw, characters = joined(reading.spans)
    signed = reading.mark is not None or bool(raw)
    signs = Signs(characters, reading.label_score, 0.8 if signed else 0.6)
    return Draft(reading, signed, raw or None, raw or None, (), (), signs, False)


def _ticked(reading: Reading, leaf: Boxes) -> Draft:
    raw, characters = joined(reading.spans)
    if not raw:
        value: Any = [] if leaf.many else None
        return Draft(reading, value, None, None, (), (), Signs(label=reading.label_score), leaf.required)
    option = max(leaf.options, key=lambda o: max(likeness(label, raw) for label in o.labels))
    signs = Signs(characters, reading.label_score, 0.9)
    return Draft(reading, option.value, raw, raw, (), (), signs, leaf.required)


# ------------------------------------------------------------------ letters and their confidences


def joined(spans: Sequence[Span]) -> tuple[str, tuple[float, ...]]:
    """The spans as one text in the contract's form, with one confidence for each of its characters."""
    parts: list[str] = []
    last: Span | None = None
    for span in spans:
        if last is not None and _beside(last, span):
            parts[-1] = f"{parts[-1]} {span.text}"
        else:
            parts.append(span.text)
        last = span
    text = join_lines(parts)
    read = "".join(span.text for span in spans)
    return text, carried(read, [c for span in spans for c in span_confidences(span)], text)


def _beside(a: Span, b: Span) -> bool:
    return (a.place.page, a.place.line.row) == (b.place.page, b.place.line.row)


def span_confidences(span: Span) -> list[float]:
    """One confidence for each character of the span; blanks are sure."""
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
    for op in Levenshtein.opcodes(read, text):
        kept = list(confidences[op.src_start : op.src_end])
        if op.tag == "equal":
            found.extend(kept)
        else:
            near = kept or list(confidences[max(0, op.src_start - 1) : op.src_start + 1])
            found.extend([min(near, default=1.0)] * (op.dest_end - op.dest_start))
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
    for op in Levenshtein.opcodes(text, other):
        size = op.dest_end - op.dest_start
        if a is None and op.src_end > start:
            a = op.dest_start + min(max(start - op.src_start, 0), size)
        if b is None and op.src_end >= end:
            b = op.dest_end if end == op.src_end else op.dest_start + min(end - op.src_start, size)
    return other[a or 0 : len(other) if b is None else b].strip()


def _changed(raw: str, text: str | None) -> float:
    if not raw or text is None:
        return 0.0
    return Levenshtein.distance("".join(raw.split()), "".join(text.split())) / len(raw)
