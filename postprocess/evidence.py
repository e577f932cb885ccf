"""What speaks for and against a value, as numbers: gathered while a leaf is understood, weighed by `confidence`."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from postprocess.correct.lexicon import base_costs
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
    in its own cell. `damage` is the ink of nobody on its words (`Word.damage`), in all. `person` says that the text
    names a person, whom no word list knows. `known` says that the text is in the form's vocabulary. `quality` 0–1 is
    how well the whole record was read.
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
    damage: float = 0.0
    person: bool = False
    known: bool = False
    quality: float = 0.85

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
        ragged, odd = _ragged(evidence.kind, raw, value), _odd(evidence.kind, raw, changes)
        return replace(evidence, ragged=ragged, odd=odd, size=len(letters), alike=_alike(raw))
    if evidence.family == "closed":
        return replace(evidence, size=len(letters), odd=int(evidence.strength < 0.6))
    words = [word for word in tokens(text) if is_thai(word)]
    costs = base_costs()
    known = [costs[word] for word in words if word in costs]
    return replace(
        evidence,
        strange=sum(word not in costs for word in words),
        rarest=min(max(known, default=0.0) / 20, 1.0),
        latin=len(re.findall(r"[A-Za-z]", text)),
        digits=len(re.findall(r"[0-9๐-๙]", text)),
        alike=_alike(text),
        ragged=_stray(text),
        odd=_stray_figures(text),
        open=_open(text),
        person=evidence.kind == "name" or _PERSON.match(text) is not None,
        size=len(letters),
    )


_TORN = re.compile(r"[0-9๐-๙,]\s+[0-9๐-๙]|[0-9๐-๙]\s+[.,]|[.,]\s+[0-9๐-๙]")
_LOOSE_END = re.compile(r"^\s*[,.\-–/]|(?<!\.)[\-–,/:]\s*$")


def _ragged(kind: str, raw: str, value: Any) -> int:
    """How often figures break the habits of print: torn apart, loose commas, no grouping."""
    torn = kind not in ("phone", "date") and _TORN.search(raw) is not None
    ungrouped = kind == "money" and isinstance(value, int | float) and value >= 1000 and "," not in raw
    loose = _LOOSE_END.search(raw) is not None
    return torn + ungrouped + loose


def _odd(kind: str, raw: str, changes: Sequence[Change]) -> int:
    """How often figures hold what is no figure: both scripts of digits, letters, what had to be repaired."""
    mixed = re.search(r"[0-9]", raw) is not None and re.search(r"[๐-๙]", raw) is not None
    letters = kind != "date" and re.search(r"[A-Za-z|!\[\]]", raw) is not None
    return mixed + letters + (len(changes) > 0)


_ALIKE = re.compile(r"(?<!๒)๕|๕(?![๐-๙]{2})|๔")


def _alike(text: str) -> int:
    """How many ๔ and ๕ stand in `text`, but for the ๕ of a year ๒๕๐๐: only a small loop tells the two, and figures
    with one of them were wrong three times as often as others in Thai digits, ten times as often as Arabic ones
    (8 of 406, 3 of 469, 9 of 4257).
    """
    return len(_ALIKE.findall(text))


_STRAY = re.compile(
    r"(?:^|\s)[^\w\s(\"“*๐-๙•-](?=\s|$)|[|~`^_\\{}<>«»]|(?:^|\s)[ก-ฮ](?=\s|$)|[ก-๎][A-Za-z0-9]?\.\s*$"
    r"|(?:[ก-๎]{4,}|[0-9๐-๙])[.:,](?=[ก-ฮเ-ไA-Z])|[ก-๎]:\s?(?:[ก-๎0-9๐-๙]|$)|[ก-ฮ]\.[ก-ฮ](?=\s|$)"
    r"|[เแโใไ](?![ก-ฮ])|(?:^|[\s(])[ะาำๅ]|;|[ก-๎]{2,}\.(?=[0-9๐-๙])|ปี[ก-๎]* ?พ\.[คตด]\."
)


def _stray(text: str) -> int:
    """Signs and single letters that stand where no text has them, vowels without the letter they are written before or
    behind, and texts too short to be any, or of signs alone.
    """
    return len(_STRAY.findall(text)) + 2 * (sum(c.isalnum() or is_thai(c) for c in text) < 3)


_LONE = re.compile(
    r"[0-9๐-๙]{4},|[0-9๐-๙] [0-9๐-๙]|[0-9๐-๙]\.(?=\s|[ก-ฮ])|^\W*[0-9๐-๙]|[0-9๐-๙]\.[0-9๐-๙]{3}(?![0-9๐-๙])"
)
_BOTH = re.compile(r"[0-9][.,]?[๐-๙]|[๐-๙][.,]?[0-9]|(?<![A-Za-z])[A-Za-z]{1,2}[0-9๐-๙]")
_LATIN = re.compile(r"(?<![A-Za-z])(?:I[a-z]|[A-Z]{2}[a-z]{2})|[a-z][A-Z]|[ก-๎][A-Za-z]|[A-Za-z][ก-๎]")


def _stray_figures(text: str) -> int:
    """Figures that no text has: torn apart, at the very beginning (a printed number left there), of two scripts; and
    Latin letters of no word.
    """
    return sum(len(pattern.findall(text)) for pattern in (_LONE, _BOTH, _LATIN))


_NO_BEGINNING = re.compile(r"^(?:คน|บาท|วัน|ครั้ง|ปี|แห่ง|เดือน|เมตร|หลัง|สาย|ราย)(?:$|\s)|^[)\].,:;]")


_HALF_A_SUM = re.compile(
    r"(?:25[0-9]{2}|๒๕[๐-๙]{2}|(?<!ล้า)(?<!แส)(?<!หมื่)(?<!พั)(?<!ร้อ)[ก-๎]) ?บาท$|[0-9๐-๙],[0-9๐-๙]{3}$"
)
_LOST_SIGN = re.compile(r"[ก-ฮ]\.[ก-ฮ](?=\s|$)|(?<!แตก)ต่าง$|(?<![เแโใไ])(?<![เแโใไ][ก-ฮ])[ก-ฮ][่้๊๋]$")
"""An abbreviation without its last stop, ต่าง ๆ without its ๆ, a tone mark without the vowel of its syllable."""
_NO_END = frozenset(
    [
        "ที่",
        "ต่อ",
        "มี",
        "อย่าง",
        "ทั้ง",
        "ของ",
        "และ",
        "หรือ",
        "ใน",
        "ซึ่ง",
        "โดย",
        "เพื่อ",
        "กับ",
        "แก่",
        "จาก",
        "ตาม",
        "จึง",
        "ว่า",
        "เป็น",
        "ไม่",
    ]
)
"""Words behind which something must follow (none of 13,900 texts ended in one; ten did that were cut off or misread)."""
_PERSON = re.compile(r"(?:นาย|นาง|น\.\s?ส|ดร\.|ว่าที่|ผศ\.|รศ\.|[พรจส]\.[ตอส]\.)")


def _open(text: str) -> int:
    """How often text begins where none does, with a unit of nothing, ends with half a sum (its amount or its currency) or
    a word that leads another, lacks the sign that its last word has, or has one bracket or quotation mark of two: a part
    of it is lost or stands elsewhere.
    """
    strays = sum(pattern.search(text) is not None for pattern in (_NO_BEGINNING, _HALF_A_SUM, _LOST_SIGN))
    strays += any(tokens(last)[-1] in _NO_END for last in text.split()[-1:])
    brackets, quotes = text.count("(") - text.count(")"), text.count("“") - text.count("”")
    return strays + abs(brackets) + abs(quotes)
