"""One leaf: what was read of it, corrected and parsed, with the signs for and against it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr.types import Word
from postprocess import kinds
from postprocess.correct import correct, misread
from postprocess.correct.agreed import agreed
from postprocess.correct.opinion import opinion
from postprocess.correct.pairs import paired
from postprocess.correct.spelt import misspelt
from postprocess.dirt import without_stray_signs
from postprocess.evidence import Evidence, of_letters, of_print
from postprocess.forms import Boxes, Form, Signature
from postprocess.forms.shapes import Leaf
from postprocess.kinds import Parsed, problem
from postprocess.labels import likeness, skeleton
from postprocess.looks import Draft, weighed
from postprocess.thai import join_lines
from postprocess.types import Change, Problem, Reading, Span


def understand(reading: Reading, form: Form) -> Draft:
    """The draft of one leaf."""
    try:
        leaf = form.leaf(reading.path)
    except KeyError:  # the path of an empty list
        nothing = Evidence("list", blank=True, label=reading.label_score)
        return Draft(reading, [], None, None, (), _passed_over(reading), nothing, False)
    if isinstance(leaf, Signature):
        return _signed(reading)
    if isinstance(leaf, Boxes):
        return _ticked(reading, leaf)
    raw, characters = joined(reading.spans)
    evidence = Evidence(leaf.kind, blank=not raw, label=reading.label_score)
    looks = reading.looks
    if not raw:
        blank = Draft(reading, None, None, None, (), (), evidence, leaf.required)
        if not looks:
            return blank
        # what was lost here is printed again elsewhere
        lost = replace(evidence, blank=False, strength=0.0, risk=1.0)
        return weighed(replace(blank, evidence=lost), looks, leaf, form)
    parsed, changes = _parse(raw, characters, leaf, form)
    phrases = form.phrases(leaf.vocabulary) if leaf.vocabulary else ()
    evidence = of_letters(evidence, raw, characters)
    evidence = replace(evidence, strength=parsed.strength)
    evidence = of_print(evidence, raw, parsed.text or raw, parsed.value, changes)
    evidence = replace(
        evidence,
        lines=len(reading.spans),
        clear=reading.clear,
        damage=sum(word.damage for span in reading.spans for word in _words(span)),
        rival=_rival(raw, characters, parsed, leaf),
        misspelt=misspelt(parsed.text or raw) if evidence.person else 0.0,
        changed=_changed(raw, parsed.text),
        known=parsed.value in phrases,
    )
    problems = (
        *parsed.problems,
        *_cut(raw, evidence),
        *_half_known(parsed.value, phrases),
        *_unclear(reading),
    )
    draft = Draft(reading, parsed.value, raw, parsed.text, changes, problems, evidence, leaf.required)
    return _heard(weighed(draft, looks, leaf, form))


def understood_again(draft: Draft, reading: Reading, form: Form) -> Draft:
    """The draft of the same print after further looks at it, `reading`; quicker than `understand`, for running text
    need not be corrected anew.
    """
    if draft.reading == reading:
        return draft
    if draft.raw is None or draft.evidence.kind != "text":
        return understand(reading, form)
    leaf = form.leaf(reading.path)
    assert isinstance(leaf, Leaf)
    return _heard(weighed(replace(draft, reading=reading), reading.looks, leaf, form))


def _heard(draft: Draft) -> Draft:
    """The draft of words with what the other reader made of them, letter by letter; running text is put right where the
    language agrees with it.
    """
    parts = [part for look in draft.reading.looks if look.reader == "other" for part in look.parts]
    if not parts or draft.evidence.family != "words" or draft.raw is None or draft.text is None:
        return draft
    raw, characters = joined(draft.reading.spans)
    evidence = of_letters(draft.evidence, raw, opinion(raw, raw, parts).seconded(characters))
    heard = opinion(draft.text, raw, parts)
    sure = carried(raw, characters, draft.text)
    if draft.evidence.kind == "text" and not draft.evidence.known:
        text, changes = agreed(draft.text, sure, heard)
        if changes:
            draft = replace(draft, value=text, text=text, changes=(*draft.changes, *changes))
            heard, sure = opinion(text, raw, parts), carried(raw, characters, text)
            evidence = replace(evidence, changed=_changed(raw, text))
    rival = sum(misread(draft.text or "", sure, heard))
    return replace(draft, evidence=replace(evidence, rival=rival, other=-1 if heard.differs else 1))


_CUT = re.compile(r"[0-9๐-๙]\s*,\s*$")


def _cut(raw: str, evidence: Evidence) -> tuple[Problem, ...]:
    """A figure that ends in a comma goes on somewhere else."""
    if evidence.family != "figures" or not _CUT.search(raw):
        return ()
    return (
        problem(
            "figure_cut",
            "ตัวเลขลงท้ายด้วยจุลภาค อาจมีส่วนที่ขาดหาย",
            "the figure ends in a comma: a part of it may be missing",
        ),
    )


def _half_known(value: Any, phrases: Sequence[str]) -> tuple[Problem, ...]:
    """A text that a phrase of its vocabulary begins with, and that is none itself."""
    if value in phrases or not any(phrase.startswith(str(value)) for phrase in phrases):
        return ()
    return (
        problem(
            "text_cut",
            "ข้อความเป็นเพียงส่วนต้นของข้อความที่รู้จัก อาจมีส่วนที่ขาดหาย",
            "the text is the beginning of a known one: a part of it may be missing",
        ),
    )


_CLEAR = 0.3
"""Items whose limits are less clear than this were wrong twice as often as others (14 of 49, else 244 of 1804)."""


def _unclear(reading: Reading) -> tuple[Problem, ...]:
    """An item that may be two, a part of one, or another row's."""
    if reading.clear >= _CLEAR:
        return ()
    return (
        problem(
            "limits_unclear",
            "ไม่ชัดว่าข้อความนี้เป็นของบรรทัดหรือแถวใด และจบที่ใด",
            "it is not clear to which line or row this text belongs, or where it ends",
        ),
    )


def _passed_over(reading: Reading) -> tuple[Problem, ...]:
    """A list that is blank though something seems to be printed where it stands."""
    if reading.clear >= _CLEAR:
        return ()
    return (
        problem(
            "passed_over",
            "อาจมีข้อความในช่องนี้ที่อ่านไม่ออก",
            "something may be printed here that could not be read",
        ),
    )


def _parse(
    raw: str, characters: Sequence[float], leaf: Leaf, form: Form
) -> tuple[Parsed, tuple[Change, ...]]:
    if leaf.kind in ("text", "name"):
        clean = without_stray_signs(raw, name=leaf.kind == "name")
        if clean != raw:
            parsed, changes = _parse(clean, characters[: len(clean)], leaf, form)
            return parsed, (Change("stray sign", raw, clean), *changes)
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
            return replace(parsed, problems=()), parsed.changes
    spelt, changes = correct(raw, characters, phrases)
    text, pairs = paired(spelt)
    parsed = kinds.parse(leaf.kind, text, form.options(leaf))
    return parsed, (*changes, *pairs, *parsed.changes)


def _rival(raw: str, characters: Sequence[float], parsed: Parsed, leaf: Leaf) -> float:
    """How many words of the text made of `raw` others speak against, if it is running text."""
    if leaf.kind not in ("text", "name") or parsed.text is None:
        return 0.0
    return sum(misread(parsed.text, carried(raw, characters, parsed.text)))


def _near(read: str, phrase: str) -> bool:
    """Whether free text is so near a phrase of its vocabulary that it can be nothing else: but for what OCR loses
    and swaps, it is that phrase, or one letter off.
    """
    bones = skeleton(phrase).bones
    return Levenshtein.distance(skeleton(read).bones, bones) <= (1 if len(bones) >= 8 else 0)


_UNSIGNED = (
    problem(
        "not_signed",
        "ไม่พบลายมือชื่อ โปรดดูว่าลงชื่อไว้หรือไม่",
        "no signature was found: look whether there is one",
    ),
)
"""Of 220 places where no ink was found 12 were signed, in a pen that had faded or along the dots."""


def _signed(reading: Reading) -> Draft:
    raw, characters = joined(reading.spans)
    signed = reading.mark is not None or bool(raw)
    evidence = Evidence("signature", label=reading.label_score, strength=0.8 if signed else 0.6)
    evidence = of_letters(evidence, raw, characters)
    return Draft(reading, signed, raw or None, raw or None, (), () if signed else _UNSIGNED, evidence, False)


def _ticked(reading: Reading, leaf: Boxes) -> Draft:
    raw, characters = joined(reading.spans)
    if not raw:
        value: Any = [] if leaf.many else None
        nothing = Evidence("boxes", blank=True, label=reading.label_score)
        return Draft(reading, value, None, None, (), (), nothing, leaf.required)
    option = max(leaf.options, key=lambda o: max(likeness(label, raw) for label in o.labels))
    evidence = of_letters(
        Evidence("boxes", label=reading.label_score, strength=0.9, size=len(raw)), raw, characters
    )
    return Draft(reading, option.value, raw, raw, (), (), evidence, leaf.required)


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


def _words(span: Span) -> Iterator[Word]:
    """The words that the span has letters of."""
    start = 0
    for word in span.place.line.words:
        if start < span.end and start + len(word.text) > span.start:
            yield word
        start += len(word.text) + 1


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


def _changed(raw: str, text: str | None) -> float:
    if not raw or text is None:
        return 0.0
    return Levenshtein.distance("".join(raw.split()), "".join(text.split())) / len(raw)
