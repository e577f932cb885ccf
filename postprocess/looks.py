"""Further looks at the print of one leaf: they agree, they differ, or they take the place of the first reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from postprocess import kinds
from postprocess.evidence import Evidence, Verdict
from postprocess.forms import Form, Leaf
from postprocess.kinds import Parsed
from postprocess.thai import arabic_digits
from postprocess.types import Change, Look, Problem, Reading, Span

_STRONGER = 0.3
"""By how much another look's form must be stronger to take the first one's place."""

_WEAKER = 0.1
"""By how much the form of what two looks agree on may be weaker than the first one's."""

_SIGNS = re.compile(r"[^0-9A-Za-z]")

_FIGURE = re.compile(r"\S*[0-9๐-๙]\S*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A leaf on its way: what was read, what became of it, and the evidence for and against it.

    `others` are what further looks at the same print came to, where that is something else.
    """

    reading: Reading
    value: Any
    raw: str | None
    text: str | None
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    evidence: Evidence
    required: bool
    others: tuple[Parsed, ...] = ()


def figures(text: str) -> tuple[int, int]:
    """The stretch of `text` from its first to its last word with a digit: what a look at figures needs; all of it
    where there is no digit.
    """
    found = list(_FIGURE.finditer(text))
    return (found[0].start(), found[-1].end()) if found else (0, len(text))


def figure_words(text: str) -> list[tuple[int, int]]:
    """Where the words of `text` with a digit begin and end."""
    return [found.span() for found in _FIGURE.finditer(text)]


def understood(look: Look, spans: Sequence[Span], leaf: Leaf, form: Form) -> Parsed:
    """What `look` means; the words around the figures, which were not looked at, are those of the first reading."""
    text = look.text
    if look.reader != "echo" and len(spans) == 1 and leaf.kind not in ("text", "name", "choice"):
        start, end = figures(spans[0].text)
        text = f"{spans[0].text[:start]}{text}{spans[0].text[end:]}"
    return kinds.parse(leaf.kind, text, form.options(leaf))


def weighed(draft: Draft, looks: Sequence[Look], leaf: Leaf, form: Form) -> Draft:
    """The draft with what `looks` at its print say.

    A value that two looks agree on takes the place of a first reading that neither confirms; so does one that is
    understood where the first is not. Names are never replaced, nor is running text, of which readers look again at
    the figures only.
    """
    verdicts: dict[str, Verdict] = {}
    if leaf.kind == "text":
        verdicts["own"] = _figures_verdict(draft, looks)
        looks = [look for look in looks if look.reader == "echo"]
    votes = [
        (look.reader, understood(look, draft.reading.spans, leaf, form))
        for look in looks
        if look.text.strip()
    ]
    votes = [(reader, parsed) for reader, parsed in votes if parsed.value is not None]
    short = {look.reader for look in looks if look.reader != "echo" and _cut_off(look, draft)}
    if leaf.kind not in ("text", "name"):
        draft = _replaced(draft, [parsed for reader, parsed in votes if reader not in short])
    others = []
    for reader, parsed in votes:
        agrees = same(parsed.value, draft.value)
        verdicts[reader] = 1 if agrees else -1
        if not agrees and reader not in short:
            others.append(parsed)
    evidence = replace(
        draft.evidence,
        own=verdicts.get("own", 0),
        other=verdicts.get("other", 0),
        echo=verdicts.get("echo", 0),
    )
    return replace(draft, evidence=evidence, others=tuple(others))


def _cut_off(look: Look, draft: Draft) -> bool:
    """Whether `look` read the end or the beginning of the first reading's figures and nothing else: at a cut-out's edges
    letters are lost, none are added by print that is not there. What cannot be (100007 %) may well have letters too many.
    """
    if draft.evidence.family != "figures" or draft.raw is None:
        return False
    whole, part = (
        _SIGNS.sub("", arabic_digits(text[slice(*figures(text))])) for text in (draft.raw, look.text)
    )
    if not 0 < len(part) < len(whole):
        return False
    return whole.endswith(part) or (whole.startswith(part) and not draft.problems)


def _figures_verdict(draft: Draft, looks: Sequence[Look]) -> Verdict:
    """What the first reader, looking again at the figures of running text, says of their digits."""
    read = [letter for span in draft.reading.spans for letter in span.text if letter.isdigit()]
    own = [look.text for look in looks if look.reader == "own" and look.text.strip()]
    if not own:
        return 0
    return 1 if [letter for letter in own[-1] if letter.isdigit()] == read else -1


def _replaced(draft: Draft, votes: Sequence[Parsed]) -> Draft:
    differing = [vote for vote in votes if not same(vote.value, draft.value)]
    if not differing or len(differing) < len(votes):
        return draft
    strength = draft.evidence.strength
    agreed = [
        vote
        for vote in differing
        if vote.strength >= strength - _WEAKER and sum(same(vote.value, v.value) for v in differing) > 1
    ]
    stronger = [vote for vote in differing if vote.strength > strength + _STRONGER]
    better = [*agreed, *stronger]
    return taken(draft, better[0], "second look") if better else draft


def taken(draft: Draft, other: Parsed, rule: str) -> Draft:
    """The draft with what another look came to in its place; `rule` says why."""
    change = Change(rule, draft.text or draft.raw or "", other.text or "")
    return replace(
        draft,
        value=other.value,
        text=other.text,
        changes=(change, *other.changes),
        problems=other.problems,
        evidence=replace(draft.evidence, strength=other.strength, replaced=True),
        others=tuple(o for o in draft.others if o is not other),
    )


def same(a: Any, b: Any) -> bool:
    """Whether two values are equal; blanks in text do not count."""
    if isinstance(a, str) and isinstance(b, str):
        return "".join(a.split()) == "".join(b.split())
    return bool(a == b)
