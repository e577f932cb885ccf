"""Printed labels in damaged text: where a label stands in a line, and how sure that is.

Two readings of a label are compared: its skeleton, in which everything that OCR commonly loses or swaps is left
out or folded (tone marks, vowels above and below, look-alike consonants, punctuation, digit kinds), and its
letters. A label that lost all its tone marks still has its whole skeleton; two labels that differ in their
letters still differ there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from postprocess.thai import MARKS, arabic_digits

_FOLD = str.maketrans("ตคฝซฟภฎใปำเแ", "ดดผชพถฏไบาเเ")
COLONS = ":：;="
_ODD_COLON = re.compile(r"(?:(?<=^)|(?<=[\s\d:]))[ะฺ](?=[\s:])")


def signs(text: str) -> str:
    """`text`, as long as it is, with what OCR makes of a colon standing alone (``ะ``) as a colon."""
    return _ODD_COLON.sub(":", text) if "ะ" in text or "ฺ" in text else text


@dataclass(frozen=True, slots=True)
class Match:
    """Characters `start` to `end` of a line match a label; `end` lies behind the colon and the dots that follow.

    `score` 0–1 is the likeness; `evidence` adds where it stands: at the line's beginning, before a colon.
    """

    start: int
    end: int
    score: float
    evidence: float

    def overlaps(self, other: Match) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What survives damage: `bones`, folded; `letters`, not folded and with marks; and for each bone its place."""

    bones: str
    places: tuple[int, ...]


@lru_cache(maxsize=20_000)
def skeleton(text: str) -> Skeleton:
    """The skeleton of `text`; `places[i]` is the index in `text` of bone i."""
    plain = arabic_digits(text).lower().translate(_FOLD)
    kept = [(i, c) for i, c in enumerate(plain) if c.isalnum() and c not in MARKS and c not in "ฯๆ"]
    # a doubled เ is a แ read as two letters
    kept = [(i, c) for n, (i, c) in enumerate(kept) if not (c == "เ" and n and kept[n - 1][1] == "เ")]
    return Skeleton("".join(c for _, c in kept), tuple(i for i, _ in kept))


@lru_cache(maxsize=20_000)
def letters(text: str) -> str:
    """`text` with Arabic digits, without blanks and punctuation."""
    return "".join(c for c in arabic_digits(text).lower() if c.isalnum() or c in MARKS)


def likeness(label: str, text: str) -> float:
    """How alike two short texts are, 0–1: the mean over skeleton and letters."""
    bones, other = skeleton(label).bones, skeleton(text).bones
    if not bones or not other:
        return 0.0
    by_bones = Levenshtein.normalized_similarity(bones, other)
    return 0.6 * by_bones + 0.4 * Levenshtein.normalized_similarity(letters(label), letters(text))


def least_score(label: str) -> float:
    """The likeness below which `label` is not found: short labels must match better."""
    size = len(skeleton(label).bones)
    if size <= 3:
        return 0.85
    return 0.74 if size <= 6 else 0.66


def find(label: str, text: str, start: int = 0) -> Match | None:
    """The best place of `label` in `text` from index `start` on, or None."""
    bones = skeleton(label).bones
    text = signs(text)
    line = skeleton(text)
    skip = next((i for i, place in enumerate(line.places) if place >= start), len(line.places))
    sought = line.bones[skip:]
    if not sought or not bones:
        return None
    if len(sought) < 0.6 * len(bones):
        return None
    window = _window(bones, sought)
    if window is None:
        return None
    best: Match | None = None
    for a, b in _nearby(bones, sought, *window):
        match = _judge(label, text, line.places[skip + a], line.places[skip + b - 1] + 1)
        if best is None or match.evidence > best.evidence:
            best = match
    return best if best is not None and best.score >= least_score(label) else None


def _window(bones: str, sought: str) -> tuple[int, int] | None:
    if len(sought) <= len(bones):
        return 0, len(sought)
    found = fuzz.partial_ratio_alignment(bones, sought, score_cutoff=60)
    return None if found is None else (found.dest_start, found.dest_end)


def _nearby(bones: str, sought: str, a: int, b: int) -> list[tuple[int, int]]:
    """The windows near (a, b) that are nearest to `bones`: all that tie for the least distance."""
    windows = [
        (Levenshtein.distance(bones, sought[start:end]), (start, end))
        for start in range(max(0, a - 2), min(a + 3, len(sought)))
        for end in range(max(start + 1, b - 3), min(b + 4, len(sought)) + 1)
    ]
    least = min(distance for distance, _ in windows)
    return [window for distance, window in windows if distance <= least][:12]


def _judge(label: str, text: str, start: int, end: int) -> Match:
    end = _with_marks(text, end)
    behind = _behind(text, end)
    stop, colon = _colon(text, behind)
    core = end
    if colon and stop > behind:
        # letters between the label and its colon belong to the label, misread
        core = behind + len(text[behind:stop].rstrip(COLONS + " ."))
        core = max(core, end)
    score = likeness(label, text[start:core])
    evidence = score
    before = text[:start].rstrip()
    if not before or not any(c.isalpha() for c in before):
        evidence += 0.08
    elif text[start - 1].isalpha() or text[start - 1] in MARKS:
        evidence -= 0.15 if not text[start - 1].isascii() else 0.0
    if colon:
        evidence += 0.08
    elif stop < len(text) and text[stop - 1 : stop] not in (" ", ".", "") and text[stop].isalpha():
        evidence -= 0.08
    return Match(start, stop, score, evidence)


def _with_marks(text: str, end: int) -> int:
    while end < len(text) and (text[end] in MARKS or text[end] in "ฯ"):
        end += 1
    return end


def _behind(text: str, end: int) -> int:
    """The index behind the dots and blanks that follow a label."""
    while end < len(text) and text[end] in " .·…,‚_'’`-":
        end += 1
    return end


_SLACK = 8


def _colon(text: str, at: int) -> tuple[int, bool]:
    """The index behind the colon at or shortly behind `at`, else `at`; and whether there is one."""
    for i in range(at, min(at + _SLACK, len(text))):
        c = text[i]
        if c in COLONS:
            while i < len(text) and text[i] in COLONS + " .":
                i += 1
            return i, True
        if c.isdigit() or (
            c == " " and i + 1 < len(text) and text[i + 1] not in COLONS + " ." and i > at + 4
        ):
            break
    return at, False
