"""Between values and what a person sees and types: printed form, both eras, grouped money, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process

from postprocess import kinds
from postprocess.forms import Boxes, Form, Signature
from postprocess.forms.shapes import Leaf
from postprocess.kinds.dates import BE_OFFSET, MONTHS, thai_date
from postprocess.kinds.parsed import problem
from postprocess.thai import normalize
from postprocess.types import Problem
from workers.web.review.words import say

AnyLeaf = Leaf | Boxes | Signature
MOST_ALTERNATIVES = 9
"""One for each of the keys 1–9."""

_SIGNED = ("มีลายเซ็น", "มี", "ใช่", "signed", "yes", "y", "true")
_UNSIGNED = ("ไม่มีลายเซ็น", "ไม่มี", "ไม่", "not signed", "no", "n", "false")
_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed, understood: the value, and what speaks against it (`postprocess.types.Problem`)."""

    value: Any
    problems: tuple[Problem, ...] = ()


def leaf_of(form: Form | None, path: str) -> AnyLeaf:
    """The definition of the leaf at `path`; free text where the form does not know it."""
    if form is not None:
        for candidate in (path, f"{path}[0]"):
            try:
                return form.leaf(candidate)
            except KeyError:
                continue
    return Leaf(path="unknown")


def kind_of(leaf: AnyLeaf) -> str:
    """The kind of a leaf, "boxes" and "signature" included."""
    if isinstance(leaf, Signature):
        return "signature"
    return "boxes" if isinstance(leaf, Boxes) else leaf.kind


def shown(leaf: AnyLeaf, value: Any, language: str) -> str:
    """`value` as the paper prints it and a person types it; the empty text for null and the empty list."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return say("signed" if value else "not_signed", language)
    kind = kind_of(leaf)
    if kind == "date" and isinstance(value, str):
        try:
            return thai_date(value)
        except ValueError:
            return value
    if kind == "money" and isinstance(value, int | float):
        return f"{value:,.2f}".removesuffix(".00")
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def gloss(leaf: AnyLeaf, value: Any, language: str) -> str:
    """What is said beside the value: a date in both eras, an amount with its unit; else nothing."""
    kind = kind_of(leaf)
    if kind == "date" and isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return ""
        if language == "th":
            return f"{day.day} {MONTHS[day.month - 1][0]} พ.ศ. {day.year + BE_OFFSET} (ค.ศ. {day.year})"
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year} (B.E. {day.year + BE_OFFSET})"
    if kind == "be_year" and isinstance(value, int):
        return say("year_gloss", language, be=value, ce=value - BE_OFFSET)
    if kind == "money" and isinstance(value, int | float) and not isinstance(value, bool):
        return say("money_gloss", language, amount=f"{value:,.2f}")
    if kind == "percent" and isinstance(value, int | float):
        return f"{value:g} %"
    return ""


def understood(form: Form | None, leaf: AnyLeaf, text: str) -> Typed:
    """What `text`, typed by a person, means in this leaf.

    Nothing is corrected by likeness, as it would be in print that was read: a person means what they type.
    """
    text = normalize(text)
    if isinstance(leaf, Signature):
        return _signature(text)
    if isinstance(leaf, Boxes):
        return _option(leaf, text)
    if text and leaf.kind == "choice" and form is not None and leaf.vocabulary is not None:
        return _phrase(form.phrases(leaf.vocabulary), leaf.open, text)
    parsed = kinds.parse(leaf.kind, text, form.options(leaf) if form else {})
    problems = parsed.problems
    if parsed.value is None and leaf.required and not problems:
        problems = (_blank(),)
    return Typed(parsed.value, problems)


def _blank() -> Problem:
    return problem("blank", "ช่องนี้ต้องมีค่า", "this field must have a value")


def _signature(text: str) -> Typed:
    folded = text.casefold()
    if folded in _SIGNED:
        return Typed(True)
    if folded in _UNSIGNED or not folded:
        return Typed(False)
    return Typed(
        None,
        (problem("signature_words", "เลือก 1 มีลายเซ็น หรือ 2 ไม่มีลายเซ็น", "choose 1 signed or 2 not signed"),),
    )


def _option(leaf: Boxes, text: str) -> Typed:
    for option in leaf.options:
        if text in (option.value, *option.labels):
            return Typed(option.value)
    if not text:
        return Typed(None, (_blank(),) if leaf.required or leaf.many else ())
    return Typed(text, (_unlisted(),))


def _unlisted() -> Problem:
    return problem("choice_unknown", "ไม่อยู่ในรายการที่กำหนด", "not among the values this field can have")


def _phrase(phrases: Sequence[str], open_ended: bool, text: str) -> Typed:
    bare = text.replace(" ", "")
    for phrase in phrases:
        if phrase.replace(" ", "") == bare:
            return Typed(phrase)
    return Typed(text, () if open_ended else (_unlisted(),))


def alternatives(
    form: Form | None, leaf: AnyLeaf, value: Any, texts: Sequence[str], language: str
) -> tuple[str, ...]:
    """What else the value may be, as typed: `texts` that were read, then what the form's lists offer; at most nine."""
    now = shown(leaf, value, language)
    if isinstance(leaf, Signature):
        return tuple(say(word, language) for word in ("signed", "not_signed"))
    if isinstance(leaf, Boxes):
        return tuple(option.value for option in leaf.options[:MOST_ALTERNATIVES])
    found: list[str] = []
    for text in texts:
        parsed = kinds.parse(leaf.kind, text, form.options(leaf) if form else {}) if text else None
        if parsed is not None and parsed.value is not None:
            found.append(shown(leaf, parsed.value, language))
    if form is not None and leaf.vocabulary is not None:
        phrases = form.phrases(leaf.vocabulary)
        like = process.extract(now or " ".join(texts[:1]), phrases, scorer=fuzz.ratio, limit=5)
        found += [phrase for phrase, score, _ in like if leaf.kind == "choice" or score >= 70]
    return tuple(dict.fromkeys(text for text in found if text and text != now))[:MOST_ALTERNATIVES]


def in_language(message: str, language: str) -> str:
    """The half of a message ``ไทย / English`` that is in `language`; the whole where it has no halves."""
    parts = message.split(" / ")
    if len(parts) % 2:
        return message
    half = len(parts) // 2
    return " / ".join(parts[:half] if language == "th" else parts[half:])
