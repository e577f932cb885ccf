"""Spelling of free text: doubtful stretches only, and only where the evidence clearly wins."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from postprocess.correct.confusions import SUBSTITUTED
from postprocess.correct.lattice import FOREIGN, SURE, evidence, noisy
from postprocess.correct.lexicon import Trie, common, phrases
from postprocess.correct.opinion import Opinion
from postprocess.correct.protect import protected
from postprocess.correct.rivals import odds
from postprocess.thai import MARKS, TONES
from postprocess.types import Change

MARGIN = 2.0
"""By how much a changed word must be likelier than the print as read, over the odds of the misreading itself."""
REAL_WORD_GAIN = 3.5
"""The same where the print as read is words already: misreadings seldom make words."""
LOST_TONE_GAIN = 3.0
"""The same where only tone marks are put back: what print loses most, and often a word is left."""
LEAD = 1.5
"""By how much it must be likelier than the next best change: e to this power, about 4.5 times."""
BLURRED = 0.7
"""Letters below this confidence are guesses; a stretch that is mostly guesses is for a person, not for a speller."""
_LETTER = "[ก-ฮะ-ฺเ-ๅ็-๎]"
_FOREIGN = f"(?<={_LETTER})[A-Za-z]{{1,2}}(?![A-Za-z])|(?<![A-Za-z])[A-Za-z]{{1,2}}(?={_LETTER})"
"""Latin letters, one or two, that touch Thai ones: misread, for Latin words stand between blanks."""
_PART = f"(?:{_LETTER}|{_FOREIGN})+"
_STRETCH = re.compile(f"{_PART}(?: {_PART})*")


def correct(
    text: str, confidences: Sequence[float], vocabulary: Collection[str] = ()
) -> tuple[str, tuple[Change, ...]]:
    """`text` (contract form, one confidence 0–1 for each character) with clear misreadings put right.

    `vocabulary` are words and phrases of the form. Numbers, Latin words and names of people are never touched.
    Every change is recorded with its rule. ValueError where the lengths of text and confidences differ.
    """
    found = edits(text, confidences, vocabulary)
    pieces: list[str] = []
    done = 0
    for edit in found:
        pieces += [text[done : edit.start], edit.after]
        done = edit.end
    changes = tuple(Change(edit.rule, text[edit.start : edit.end], edit.after) for edit in found)
    return "".join(pieces) + text[done:], changes


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` of the text become `after`, by `rule`."""

    start: int
    end: int
    after: str
    rule: str


def edits(text: str, confidences: Sequence[float], vocabulary: Collection[str] = ()) -> list[Edit]:
    """The changes that `correct` makes, with their places, from left to right."""
    if len(text) != len(confidences):
        raise ValueError(f"{len(text)} characters but {len(confidences)} confidences")
    tries = [common(), phrases(frozenset(vocabulary))] if vocabulary else [common()]
    open_text = text
    for start, end in protected(text):
        open_text = open_text[:start] + "\0" * (end - start) + open_text[end:]
    found: list[Edit] = []
    for match in _STRETCH.finditer(open_text):
        found += _stretch(match.group(), match.start(), confidences[match.start() : match.end()], tries)
    return found


def misread(text: str, confidences: Sequence[float], heard: Opinion | None = None) -> list[float]:
    """For each letter of `text`, and its end, how likely a word was misread there by what the words one misreading away
    say: their odds (`rivals`). `heard` is what another reader made of it.

    Nothing is spared: what is likelier need not be right, but it speaks against the text.
    """
    found = [0.0] * (len(text) + 1)
    for match in _STRETCH.finditer(text):
        start, end = match.span()
        doubts = [_ease(c) for c in confidences[start:end]]
        part = odds(match.group(), common(), doubts, heard and heard.part(start, end))
        for place, likely in enumerate(part, start):
            found[place] += likely
    return found


def _ease(confidence: float) -> float:
    """What the reader's confidence in a character adds to the cost of doubting it."""
    return 1.0 if confidence >= 0.95 else 0.0 if confidence >= 0.8 else -0.5 if confidence >= 0.6 else -1.5


def _doubt(confidence: float) -> float:
    """What the reader's own confidence in a character adds to the cost of changing it."""
    for least, doubt in _DOUBTS:
        if confidence >= least:
            return doubt
    return -3.0


_DOUBTS = ((1.0, SURE), (0.97, 4.0), (0.85, 1.5), (0.8, 0.0), (0.7, -0.5), (0.5, -1.5))


def _stretch(part: str, offset: int, confidences: Sequence[float], tries: Sequence[Trie]) -> list[Edit]:
    doubts = [
        min(_doubt(c), FOREIGN) if letter.isascii() and letter != " " else _doubt(c)
        for c, letter in zip(confidences, part, strict=True)
    ]
    blurred = sum(c < BLURRED for c in confidences)
    if min(doubts) >= SURE or blurred > max(4, 0.3 * len(part)):
        return []
    found = []
    for token in noisy(part, tries, doubts, MARGIN):
        read = part[token.start : token.end]
        if read == token.word:
            continue
        rule = _rule(read, token.word)
        signs = evidence(token, part, tries, doubts)
        if signs.lead >= LEAD and (not signs.real or signs.gain >= _needed(rule, read, token.word)):
            found.append(Edit(offset + token.start, offset + token.end, token.word, rule))
    return found


def _needed(rule: str, read: str, word: str) -> float:
    """The gain that `word` needs over `read`, which is words too."""
    if rule == "blank_in_word":
        # "คู คลอง" is printed apart: a blank between two words is no misreading.
        return math.inf
    if rule == "tone_mark" and len(word) > len(read):
        return LOST_TONE_GAIN
    pairs = [(r, w) for r, w in zip(read.replace(" ", ""), word, strict=False) if r != w]
    alike = rule != "lookalike" or all(w in SUBSTITUTED.get(r, ()) for r, w in pairs)
    return REAL_WORD_GAIN if alike else math.inf


def _rule(before: str, after: str) -> str:
    """What kind of misreading was put right, for the record's list of changes."""
    if before.replace(" ", "") == after:
        return "blank_in_word"
    if _without(before, TONES) == _without(after, TONES):
        return "tone_mark"
    if _without(before, MARKS) == _without(after, MARKS):
        return "vowel_mark"
    return "lookalike"


def _without(text: str, marks: str) -> str:
    return "".join(c for c in text if c not in marks and c != " ")
