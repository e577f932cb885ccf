"""The likeliest words behind a stretch of Thai as read: a noisy-channel search over the lexicon.

Kernighan, Church and Gale, "A spelling correction program based on a noisy channel model", COLING 1990; word
boundaries and corrections are decided together, by dynamic programming over the letters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from postprocess.correct.confusions import ANY_OTHER, DOUBLED, LOST, SPURIOUS, SUBSTITUTED
from postprocess.correct.lexicon import WORD, Trie
from postprocess.thai import MARKS, TONES

UNKNOWN_START = 7.0
UNKNOWN_LETTER = 2.8
"""A stretch of no known word costs a start and so much for each letter."""
_NEVER_FIRST = frozenset(MARKS + "ะาำๅ")
_MOST_EFFORT = 3
"""Bounds the search: a mark put back or a doubtful letter changed takes 1, any other letter 2."""
_MOST_REGRET = 7.0
"""Words with edits are tried only where a boundary costs no more than this over the best exact cut."""
_BLURRED = -2.0
"""From this doubt down a letter may be any other."""
_BLANK = 8.0
"""A blank read inside a word → cost."""
SETTLED_LENGTH = 5
SETTLED_COST = 12.0
"""A word of this length and cost that the reader saw clearly is taken as read."""
_MOST_STEPS = 1000
"""Trie nodes looked at from one letter: bounds the time whatever the print."""
SURE = 9.0
"""A doubt from here on rules every edit out."""
FOREIGN = -0.5
"""The doubt of a Latin letter inside a Thai word, at most: it is misread, however sure the reader was."""


@dataclass(frozen=True, slots=True)
class Token:
    """Letters `start` to `end` of the stretch and the `word` behind them."""

    start: int
    end: int
    word: str


def noisy(text: str, tries: Sequence[Trie], doubts: Sequence[float], margin: float) -> list[Token]:
    """The cheapest words of `tries` for `text`, Thai letters and single blanks, where letters may have been misread.

    `doubts` holds, for each letter, what is added to the cost of an edit there (negative where the reader was
    unsure). `margin` is what each changed word costs on top: how much better a change must be.
    """
    size = len(text)
    arcs = [[arc for trie in tries for arc in exact_arcs(text, i, trie)] for i in range(size)]
    regret = _regret(text, arcs)
    settled = _settled(arcs, regret, doubts)
    best = [math.inf] * (size + 1)
    back: list[tuple[int, str | None]] = [(0, None)] * (size + 1)
    unknown = [math.inf] * (size + 1)
    unknown_start = [0] * (size + 1)
    best[0] = 0.0
    for i in range(size + 1):
        if i and text[i - 1] != " ":
            longer = unknown[i - 1] + UNKNOWN_LETTER
            fresh = best[i - 1] + UNKNOWN_START + UNKNOWN_LETTER
            if longer <= fresh:
                unknown[i], unknown_start[i] = longer, unknown_start[i - 1]
            else:
                unknown[i], unknown_start[i] = fresh, i - 1
            # An unknown stretch ends where the next word can begin.
            if unknown[i] < best[i] and can_begin(text, i):
                best[i], back[i] = unknown[i], (unknown_start[i], None)
        if i == size or best[i] == math.inf or not can_begin(text, i):
            continue
        for end, cost in arcs[i]:
            if best[i] + cost < best[end]:
                best[end], back[end] = best[i] + cost, (i, None)
        if regret[i] < _MOST_REGRET and text[i] != " ":
            for trie in tries:
                _noisy_arcs(text, i, settled[i], trie, doubts, margin, best, back)
    tokens: list[Token] = []
    end = size
    while end:
        start, word = back[end]
        tokens.append(Token(start, end, text[start:end] if word is None else word))
        end = start
    tokens.reverse()
    return tokens


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a changed word, in natural logarithms: by how much it is likelier than the letters as read
    (`gain`) and than the next best change (`lead`), and whether the letters as read are words too (`real`).
    """

    gain: float
    lead: float
    real: bool


def evidence(token: Token, text: str, tries: Sequence[Trie], doubts: Sequence[float]) -> Evidence:
    """The evidence for the changed word of `token`, which `noisy` found in `text`; no margins counted."""
    part = text[token.start : token.end]
    rivals: dict[str, float] = {}
    for trie in tries:
        _noisy_arcs(part, 0, 0, trie, doubts[token.start : token.end], 0.0, [0.0], [], rivals)
    arcs = [[arc for trie in tries for arc in exact_arcs(part, i, trie)] for i in range(len(part))]
    words = [0.0] + [math.inf] * len(part)
    for i, ends in enumerate(arcs):
        for end, cost in ends:
            words[end] = min(words[end], words[i] + cost)
    as_read = min(words[-1], UNKNOWN_START + UNKNOWN_LETTER * len(part))
    changed = rivals.get(token.word, 0.0)
    others = (cost for word, cost in rivals.items() if word != token.word)
    return Evidence(as_read - changed, min(others, default=math.inf) - changed, words[-1] < math.inf)


def _settled(
    arcs: Sequence[Sequence[tuple[int, float]]], regret: Sequence[float], doubts: Sequence[float]
) -> list[int]:
    """For each letter the end of the long, common word that begins there and that the reader saw clearly, else 0.

    Inside such a word no letter need be doubted; behind it a longer word may still go on.
    """
    found = [0] * len(arcs)
    for i, ends in enumerate(arcs):
        for end, cost in ends:
            if (
                end - i >= SETTLED_LENGTH
                and cost < SETTLED_COST
                and regret[i] < 0.1
                and min(doubts[i:end]) >= 0
            ):
                found[i] = end
    return found


def can_begin(text: str, i: int) -> bool:
    """Whether a word can begin at letter `i` of `text`, or `text` end there."""
    return i == len(text) or text[i] not in _NEVER_FIRST


def exact_arcs(text: str, start: int, trie: Trie) -> list[tuple[int, float]]:
    """End and cost of every known word that begins at `start`, letters as read; a blank is free."""
    if text[start] == " ":
        return [(start + 1, 0.0)]
    if text[start] in _NEVER_FIRST:
        return []
    node, found = trie, []
    for end in range(start, len(text)):
        child = node.get(text[end])
        if child is None:
            break
        node = child
        cost = node.get(WORD)
        if cost is not None:
            found.append((end + 1, cost))
    return found


def _regret(text: str, arcs: Sequence[Sequence[tuple[int, float]]]) -> list[float]:
    """What it costs, over the cheapest exact cut of `text`, to have a word boundary at each letter."""
    to, beyond = passages(text, arcs)
    return [before + after - to[-1] for before, after in zip(to, beyond, strict=True)]


def passages(text: str, arcs: Sequence[Sequence[tuple[int, float]]]) -> tuple[list[float], list[float]]:
    """For each letter of `text` and its end the cost of the cheapest exact cut up to it, and of that from it on; infinite
    where no word can begin.
    """
    size = len(text)
    forward = [math.inf] * (size + 1)
    forward[0] = 0.0
    running = math.inf
    for i in range(size + 1):
        if i:
            before = text[i - 1]
            running = (
                math.inf if before == " " else min(running, forward[i - 1] + UNKNOWN_START) + UNKNOWN_LETTER
            )
            if can_begin(text, i):
                forward[i] = min(forward[i], running)
        if i < size and forward[i] < math.inf:
            for end, cost in arcs[i]:
                forward[end] = min(forward[end], forward[i] + cost)
    backward = [math.inf] * (size + 1)
    backward[size] = 0.0
    running = math.inf
    for i in range(size - 1, -1, -1):
        after = backward[i + 1] if can_begin(text, i + 1) else math.inf
        running = math.inf if text[i] == " " else min(running, after) + UNKNOWN_LETTER
        if can_begin(text, i):
            backward[i] = min(
                running + UNKNOWN_START,
                min((cost + backward[end] for end, cost in arcs[i]), default=math.inf),
            )
    return forward, backward


def _noisy_arcs(
    text: str,
    start: int,
    settled: int,
    trie: Trie,
    doubts: Sequence[float],
    margin: float,
    best: list[float],
    back: list[tuple[int, str | None]],
    rivals: dict[str, float] | None = None,
) -> None:
    size, base = len(text), best[start]
    # node, next letter, cost of edits, their number, the effort they took, the word so far
    stack: list[tuple[Trie, int, float, int, int, str]] = [(trie, start, 0.0, 0, 0, "")]
    for _ in range(_MOST_STEPS):
        if not stack:
            break
        node, at, cost, edits, effort, word = stack.pop()
        if at > start:
            ending = node.get(WORD)
            if cost and ending is not None and edits * 3 <= len(word) and text[at - 1] != " ":
                total = base + cost + ending + margin
                if rivals is not None:
                    if at == size:
                        rivals[word] = min(total, rivals.get(word, math.inf))
                elif total < best[at]:
                    best[at], back[at] = total, (start, word)
        read, doubt = "", SURE
        if at < size:
            read, doubt = text[at], doubts[at]
            child = node.get(read)
            if child is not None:
                stack.append((child, at + 1, cost, edits, effort, word + read))
        if effort >= _MOST_EFFORT or at < settled:
            continue
        if read == " ":
            if at > start:
                stack.append((node, at + 1, cost + _BLANK, edits + 1, effort + 1, word))
            continue
        # A reader that missed a mark hesitates over the letter before it or behind it.
        before = min(doubts[at - 1], doubt) if at > start else SURE
        if before < SURE:
            # Deep in the trie a node has few children: looking at those is cheaper than trying every mark.
            for meant, child in node.items():
                price = LOST.get(meant)
                if price is not None:
                    more = effort + (1 if before < 0 or meant in TONES else 2)
                    if more <= _MOST_EFFORT:
                        stack.append(
                            (child, at, cost + max(price + before, 0.5), edits + 1, more, word + meant)
                        )
        if doubt < SURE:
            more = effort + (1 if doubt < 0 else 2)
            if more > _MOST_EFFORT:
                continue
            if doubt <= _BLURRED and effort <= _MOST_EFFORT - 2:
                instead = SUBSTITUTED.get(read, _NOTHING)
                for meant, child in node.items():
                    if meant != read and meant != WORD:
                        price = instead.get(meant)
                        if price is None:
                            price, more = ANY_OTHER, effort + 2
                        else:
                            more = effort + 1
                        stack.append(
                            (child, at + 1, cost + max(price + doubt, 0.5), edits + 1, more, word + meant)
                        )
                more = effort + 1
            elif read in SUBSTITUTED:
                counted = edits if read.isascii() else edits + 1
                for meant, price in SUBSTITUTED[read].items():
                    child = node.get(meant)
                    if child is not None:
                        stack.append(
                            (child, at + 1, cost + max(price + doubt, 0.5), counted, more, word + meant)
                        )
            spurious = SPURIOUS.get(read)
            if spurious is None and _read_twice(text, at, start):
                spurious = DOUBLED
            if spurious is not None and (at > start or spurious == DOUBLED):
                stack.append((node, at + 1, cost + max(spurious + doubt, 0.5), edits + 1, more, word))


def _read_twice(text: str, at: int, start: int) -> bool:
    """Whether the letter at `at` stands right beside one that it looks like: one printed letter may have given both."""
    alike = SUBSTITUTED.get(text[at], _NOTHING)
    before = text[at - 1] if at > start else ""
    after = text[at + 1] if at + 1 < len(text) else ""
    return text[at] in (before, after) or before in alike or after in alike


_NOTHING: dict[str, float] = {}
