"""How likely words were misread that are words as read: every word one misreading away, weighed by the language.

For each place of a text the odds are summed that what stands there was printed otherwise: the whole text with another
word in this place against the text as read, by the costs of `lexicon` and `confusions`. The reader's confidence counts
little: it errs where it is sure, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from postprocess.correct.confusions import LOST, SPURIOUS, SUBSTITUTED
from postprocess.correct.lattice import can_begin, exact_arcs, passages
from postprocess.correct.lexicon import WORD, Trie

_MOST_REGRET = 7.0
"""Words are looked for only where a boundary costs no more than this over the best cut."""
_MOST_ODDS = 20.0
"""The odds of one place count for no more: the words are misread, more cannot be said."""
_LEAST_PRICE = 0.5


def misread(text: str, trie: Trie, doubts: Sequence[float]) -> float:
    """The sum over all places of `text`, Thai letters and single blanks, of the odds that another word of `trie` was
    printed there; `doubts` holds what is added to the cost of a misreading at each letter.
    """
    arcs = [exact_arcs(text, i, trie) for i in range(len(text))]
    to, beyond = passages(text, arcs)
    least = to[-1]
    cheapest = [math.inf] * (len(text) + 1)
    for start, cost in enumerate(to[:-1]):
        if text[start] != " " and can_begin(text, start) and cost + beyond[start] - least <= _MOST_REGRET:
            _words(text, start, cost - least, trie, doubts, beyond, cheapest)
    return sum(min(math.exp(-max(cost, -9.0)), _MOST_ODDS) for cost in cheapest)


def _words(
    text: str,
    start: int,
    base: float,
    trie: Trie,
    doubts: Sequence[float],
    beyond: Sequence[float],
    cheapest: list[float],
) -> None:
    """Lower `cheapest`, by the place of the misreading, to what the text costs with any word one misreading away from
    what begins at `start`, over what it costs as read.
    """
    size = len(text)
    # node, next letter, cost so far, place of the misreading or -1
    stack: list[tuple[Trie, int, float, int]] = [(trie, start, base, -1)]
    while stack:
        node, at, cost, place = stack.pop()
        if place >= 0 and at > start:
            ending = node.get(WORD)
            if ending is not None:
                cheapest[place] = min(cheapest[place], cost + ending + beyond[at])
        read = text[at] if at < size else " "
        child = node.get(read)
        if child is not None:
            stack.append((child, at + 1, cost, place))
        if place >= 0:
            continue
        doubt = doubts[at] if at < size else 0.0
        if read != " ":
            for meant, price in SUBSTITUTED.get(read, _NOTHING).items():
                child = node.get(meant)
                if child is not None:
                    stack.append((child, at + 1, cost + max(price + doubt, _LEAST_PRICE), at))
        if at == start:
            continue
        beside = min(doubt, doubts[at - 1])
        for meant, child in node.items():
            lost = LOST.get(meant)
            if lost is not None:
                stack.append((child, at, cost + max(lost + beside, _LEAST_PRICE), at))
        spurious = SPURIOUS.get(read)
        if spurious is not None:
            stack.append((node, at + 1, cost + max(spurious + doubt, _LEAST_PRICE), at))


_NOTHING: dict[str, float] = {}
