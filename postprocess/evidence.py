"""What speaks for and against a value, as numbers: gathered while a leaf is understood, weighed by `confidence`."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from postprocess import habits
from postprocess.correct.lexicon import base_costs
from postprocess.kinds.names import parts_of
from postprocess.thai import THAI_DIGITS, is_thai, tokens
from postprocess.types import Change

Verdict = Literal[-1, 0, 1]
"""What a look says of a value: 1 the same, -1 something else, 0 that nobody looked or nothing was understood."""

FAMILIES: dict[str, str] = {
    **dict.fromkeys(
        ("money", "number", "percent", "integer", "be_year", "date", "code", "phone", "citizen_id"), "figures"
    ),
    **dict.fromkeys(("text", "name"), "words"),
    **dict.fromkeys(("choice", "boxes", "signature"), "closed"),
}
"""The kinds of field that share their weights; what is blank is a family of its own."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against one value.

    `kind` is that of the field; `blank` says that nothing was printed. `weakest` is the least of the reader's
    confidences (0–1) in the letters that count, `risk` how many of them are misread by what such letters usually are,
    `lines` how many printed lines they fill. `label` 0–1 is how well the label matched, `clear` 0–1 how clear the
    limits of an item are, `strength` 0–1 how much the value's own form speaks for it. `sums`, `equals` and
    `plausible` count the checks that hold: exact sums, equal values, mere bounds; `failed` those that do not. `own`,
    `other` and `echo` are the verdicts of the first reader on the cut-out, of the other reader, and of the same thing
    printed elsewhere; `replaced` says that the value is theirs and not the first reading. `changed` is the share of
    letters repaired, `ragged` how often the print breaks the habits of its kind, `odd` how often figures hold what is
    none, `strange` and `rarest` how many words nobody knows and how rare the rarest is (0–1), `latin` and `digits`
    how many letters of each stand in running text, `size` its letters in all, `alike` how many ๔ and ๕
    stand in it. `rival` is how many words were misread by what others one misreading away say, `misspelt` the same for letters of names, `open` how often the text breaks
    off or begins where none does. `beside` is how many other values of its row give reason to doubt that each stands
    in its own cell, `unlike` that it is printed in another form than the same figure of the other rows.
    `damage` is the ink of nobody on its words (`Word.damage`), in all. `person` says that the text names a person, whom no
    word list knows. `known` says that the text is in the form's vocabulary. `quality` 0–1 is how well the whole record was
    read, `legibility` how well its print stood out (`Sheet.legibility`): no sign, but what tells which threshold holds.
    """

    kind: str
    blank: bool = False
    weakest: float = 0.0
    risk: float = 0.0
    lines: int = 1
    label: float = 1.0
    clear: float = 1.0
    strength: float = 0.5
    sums: int = 0
    equals: int = 0
    plausible: int = 0
    failed: int = 0
    own: Verdict = 0
    other: Verdict = 0
    echo: Verdict = 0
    replaced: bool = False
    changed: float = 0.0
    ragged: int = 0
    odd: int = 0
    strange: int = 0
    rarest: float = 0.0
    latin: int = 0
    digits: int = 0
    size: int = 0
    alike: int = 0
    rival: float = 0.0
    misspelt: float = 0.0
    open: int = 0
    beside: int = 0
    unlike: bool = False
    damage: float = 0.0
    person: bool = False
    known: bool = False
    quality: float = 0.85
    legibility: float = 1.0

    @property
    def family(self) -> str:
        """Whose weights apply: figures, words, closed or blank."""
        return "blank" if self.blank else FAMILIES.get(self.kind, "words")


SIGNS: dict[str, int] = {
    "weakest": 1,
    "risk": -1,
    "lines": -1,
    "label": 1,
    "clear": 1,
    "strength": 1,
    "sums": 1,
    "equals": 1,
    "plausible": 1,
    "failed": -1,
    "own_agrees": 1,
    "own_differs": -1,
    "other_agrees": 1,
    "other_differs": -1,
    "echo_agrees": 1,
    "echo_differs": -1,
    "replaced": -1,
    "changed": -1,
    "ragged": -1,
    "odd": -1,
    "strange": -1,
    "rarest": -1,
    "latin": -1,
    "digits": -1,
    "size": -1,
    "alike": -1,
    "rival": -1,
    "misspelt": -1,
    "open": -1,
    "beside": -1,
    "unlike": -1,
    "damage": -1,
    "person": -1,
    "known": 1,
    "quality": 1,
}
"""Every feature, and whether more of it speaks for a value or against it: no fit may say otherwise."""


def features(evidence: Evidence) -> dict[str, float]:
    """The numbers that are weighed, all of the order of one."""
    e = evidence
    return {
        "weakest": _log_odds(e.weakest),
        "risk": math.log(e.risk + 0.003) / 2,
        "lines": math.log(max(e.lines, 1)),
        "label": min(e.label, 1.0),
        "clear": e.clear,
        "strength": e.strength,
        "sums": float(min(e.sums, 2)),
        "equals": float(min(e.equals, 1)),
        "plausible": min(e.plausible, 3) / 3,
        "failed": float(min(e.failed, 2)),
        "own_agrees": float(e.own > 0),
        "own_differs": float(e.own < 0),
        "other_agrees": float(e.other > 0),
        "other_differs": float(e.other < 0),
        "echo_agrees": float(e.echo > 0),
        "echo_differs": float(e.echo < 0),
        "replaced": float(e.replaced),
        "changed": min(e.changed, 1.0),
        "ragged": float(min(e.ragged, 3)),
        "odd": float(min(e.odd, 3)),
        "strange": math.sqrt(e.strange),
        "rarest": e.rarest,
        "latin": math.log1p(e.latin) / 3,
        "digits": math.log1p(e.digits) / 3,
        "size": math.log1p(e.size) / 5,
        "alike": math.log1p(e.alike),
        "rival": math.log1p(e.rival / 0.003) / 2,
        "misspelt": math.log(e.misspelt + 0.003) / 2 if e.person else 0.0,
        "open": float(min(e.open, 2)),
        "beside": float(min(e.beside, 3)),
        "unlike": float(e.unlike),
        "damage": min(math.sqrt(e.damage), 2.0),
        "person": float(e.person),
        "known": float(e.known),
        "quality": _log_odds(e.quality),
    }


def _log_odds(share: float) -> float:
    """Log-odds within ±4, by 2: confidences near 0 or 1 say more than their difference."""
    inside = min(max(share, 0.018), 0.982)
    return math.log(inside / (1 - inside)) / 2


def of_letters(evidence: Evidence, text: str, confidences: Sequence[float]) -> Evidence:
    """With what the reader's confidences in the letters of `text` say: in figures only digits and what looks like
    them count, as a word beside them does not change the value.
    """
    counted = [
        (letter, c)
        for letter, c in zip(text, confidences, strict=True)
        if not letter.isspace()
        and (evidence.family != "figures" or not is_thai(letter) or letter in THAI_DIGITS)
    ]
    if not counted:
        return evidence
    return replace(
        evidence, weakest=min(c for _, c in counted), risk=sum(_risk(letter, c) for letter, c in counted)
    )


_STEPS = (0.3, 0.5, 0.7, 0.8)
_RISKS: dict[str, tuple[float, ...]] = {
    "digit": (0.45, 0.2, 0.12, 0.07, 0.012),
    "thai": (0.15, 0.08, 0.03, 0.012, 0.001),
    "latin": (0.35, 0.22, 0.04, 0.01, 0.001),
    "sign": (0.5, 0.25, 0.06, 0.03, 0.005),
}
"""How often a letter is misread whose confidence is under each of `_STEPS`, and above them all: over them the reader's
numbers say nothing more. Counted on 130,000 letters of generated forms.
"""


def _risk(letter: str, confidence: float) -> float:
    kind = (
        "digit"
        if letter.isdigit()
        else "thai"
        if is_thai(letter)
        else "latin"
        if letter.isalpha()
        else "sign"
    )
    return _RISKS[kind][bisect_right(_STEPS, confidence)]


def of_print(evidence: Evidence, raw: str, text: str, value: Any, changes: Sequence[Change]) -> Evidence:
    """With what the print itself says: its habits broken, its words, its letters."""
    letters = "".join(text.split())
    if evidence.family == "figures":
        return replace(
            evidence,
            ragged=habits.ragged(evidence.kind, raw, value),
            odd=habits.odd(evidence.kind, raw, changes),
            alike=habits.alike(raw),
            size=len(letters),
        )
    if evidence.family == "closed":
        return replace(evidence, size=len(letters), odd=int(evidence.strength < 0.6))
    words = [word for word in tokens(text) if is_thai(word)]
    costs = base_costs()
    known = [costs[word] for word in words if word in costs]
    person = evidence.kind == "name" or _PERSON.match(text) is not None
    return replace(
        evidence,
        strange=sum(word not in costs for word in words),
        rarest=min(max(known, default=0.0) / 20, 1.0),
        latin=len(re.findall(r"[A-Za-z]", text)),
        digits=len(re.findall(r"[0-9๐-๙]", text)),
        alike=habits.alike(text),
        ragged=habits.stray(text),
        odd=habits.stray_figures(text),
        open=habits.broken_off(text, person) + (evidence.kind == "name" and len(parts_of(text)) < 2),
        person=person,
        size=len(letters),
    )


_PERSON = re.compile(r"(?:นาย|นาง|น\.\s?ส|ดร\.|ว่าที่|ผศ\.|รศ\.|[พรจส]\.[ตอส]\.)")
