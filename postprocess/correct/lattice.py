"""The likeliest words behind a stretch of Thai as read: a noisy-channel search over the lexicon.

Kernighan, Church and Gale, "A spelling correction program based on a noisy channel model", COLING 1990; word
boundaries and corrections are decided together, by dynamic programming over the letters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from postprocess.correct.confusions import LOST, SPURIOUS, SUBSTITUTED
from postprocess.correct.lexicon import WORD, Trie
from postprocess.thai import MARKS

UNKNOWN_START = 7.0
UNKNOWN_LETTER = 2.8
"""A stretch of no known word costs a start and so much for each letter."""
_NEVER_FIRST = frozenset(MARKS + "ะาำๅ")
_MOST_EFFORT = 3
"""Bounds the search: a mark put back or a doubtful letter changed takes 1, any other letter 2."""
_MOST_REGRET = 10.0
"""Words with edits are tried only where a boundary costs no more than this over the best exact cut."""
_BLANK = 6.0
"""A blank read inside a word → cost."""
SURE = 9.0
"""A doubt from here on rules every edit out."""


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
    arcs = [[arc for trie in tries for arc in _exact_arcs(text, i, trie)] for i in range(size)]
    regret = _regret(text, arcs)
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
            if unknown[i] < best[i] and _can_begin(text, i):
                best[i], back[i] = unknown[i], (unknown_start[i], None)
        if i == size or best[i] == math.inf or not _can_begin(text, i):
            continue
        for end, cost in arcs[i]:
            if best[i] + cost < best[end]:
                best[end], back[end] = best[i] + cost, (i, None)
        if regret[i] < _MOST_REGRET and text[i] != " ":
            for trie in tries:
                _noisy_arcs(text, i, trie, doubts, margin, best, back)
    tokens: list[Token] = []
    end = size
    while end:
        start, word = back[end]
        tokens.append(Token(start, end, text[start:end] if word is None else word))
        end = start
    tokens.reverse()
    return tokens


def _can_begin(text: str, i: int) -> bool:
    return i == len(text) or text[i] not in _NEVER_FIRST


def _exact_arcs(text: str, start: int, trie: Trie) -> list[tuple[int, float]]:
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
            if _can_begin(text, i):
                forward[i] = min(forward[i], running)
        if i < size and forward[i] < math.inf:
            for end, cost in arcs[i]:
                forward[end] = min(forward[end], forward[i] + cost)
    backward = [math.inf] * (size + 1)
    backward[size] = 0.0
    running = math.inf
    for i in range(size - 1, -1, -1):
        after = backward[i + 1] if _can_begin(text, i + 1) else math.inf
        running = math.inf if text[i] == " " else min(running, after) + UNKNOWN_LETTER
        if _can_begin(text, i):
            backward[i] = min(
                running + UNKNOWN_START,
                min((cost + backward[end] for end, cost in arcs[i]), default=math.inf),
            )
    least = forward[size]
    return [f + b - least for f, b in zip(forward, backward, strict=True)]


def _noisy_arcs(
    text: str,
    start: int,
    trie: Trie,
    doubts: Sequence[float],
    margin: float,
    best: list[float],
    back: list[tuple[int, str | None]],
) -> None:
    size, base = len(text), best[start]
    # node, next letter, cost of edits, their number, the effort they took, the word so far
    stack: list[tuple[Trie, int, float, int, int, str]] = [(trie, start, 0.0, 0, 0, "")]
    while stack:
        node, at, cost, edits, effort, word = stack.pop()
        if at > start:
            ending = node.get(WORD)
            if edits and ending is not None and edits * 3 <= len(word):
                total = base + cost + ending + margin
                if total < best[at]:
                    best[at], back[at] = total, (start, word)
        read, doubt = "", SURE
        if at < size:
            read, doubt = text[at], doubts[at]
            child = node.get(read)
            if child is not None:
                stack.append((child, at + 1, cost, edits, effort, word + read))
        if effort >= _MOST_EFFORT:
            continue
        if read == " ":
            if at > start:
                stack.append((node, at + 1, cost + _BLANK, edits + 1, effort + 1, word))
            continue
        before = doubts[at - 1] if at > start else SURE
        if before < SURE:
            more = effort + 1
            for meant, child in node.items():
                price = LOST.get(meant)
                if price is not None:
                    stack.append((child, at, cost + max(price + before, 0.5), edits + 1, more, word + meant))
        if doubt < SURE:
            more = effort + (1 if doubt < 0 else 2)
            if more > _MOST_EFFORT:
                continue
            instead = SUBSTITUTED.get(read)
            if instead is not None:
                # Deep in the trie a node has few children: looking at those is cheaper than trying every confusion.
                for meant, child in node.items():
                    price = instead.get(meant)
                    if price is not None:
                        stack.append(
                            (child, at + 1, cost + max(price + doubt, 0.5), edits + 1, more, word + meant)
                        )
            spurious = SPURIOUS.get(read)
            if spurious is not None and at > start:
                stack.append((node, at + 1, cost + max(spurious + doubt, 0.5), edits + 1, more, word))
