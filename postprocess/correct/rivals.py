"""How likely words were misread that are words as read: every word one misreading away, weighed by the language.

For each place of a text the odds are summed that what stands there was printed otherwise: the whole text with another
word in this place against the text as read, by the costs of `lexicon` and `confusions`. The reader's confidence counts
little: it errs where it is sure, too. What another reader saw there counts much.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from postprocess.correct.confusions import ANY_OTHER, LOST, RESHAPED, SPURIOUS, SUBSTITUTED
from postprocess.correct.lattice import can_begin, exact_arcs, passages
from postprocess.correct.lexicon import WORD, Trie
from postprocess.correct.opinion import Opinion

_MOST_REGRET = 7.0
"""Words are looked for only where a boundary costs no more than this over the best cut."""
_MOST_ODDS = 20.0
"""The odds of one place count for no more: the words are misread, more cannot be said."""
_LEAST_PRICE = 0.5
_SAME = 1.3
"""What it adds to the cost of a misreading that another reader read the same letter."""
_OTHERWISE = 3.8
"""What it takes off that cost that the other reader read just what is tried."""
_LEAST_HEARD = -3.0


@dataclass(frozen=True, slots=True)
class _Place:
    """What may have been printed where the reader saw one letter of a text: the costs of each letter in its place, of each
    mark lost before it, and of its being nothing; and letters in the place of `length` of these.
    """

    swaps: dict[str, float]
    lost: dict[str, float]
    nothing: float | None
    reshaped: tuple[tuple[str, int, float], ...]


def odds(text: str, trie: Trie, doubts: Sequence[float], heard: Opinion | None = None) -> list[float]:
    """For each place of `text` (Thai letters and single blanks), and its end, the odds that another word of `trie` was
    printed there.

    `doubts` holds what is added to the cost of a misreading at each letter, `heard` what another reader read.
    """
    arcs = [exact_arcs(text, i, trie) for i in range(len(text))]
    to, beyond = passages(text, arcs)
    places = [_place(text, i, doubts, heard) for i in range(len(text) + 1)]
    cheapest = [math.inf] * (len(text) + 1)
    for start, cost in enumerate(to[:-1]):
        if text[start] != " " and can_begin(text, start) and cost + beyond[start] - to[-1] <= _MOST_REGRET:
            _words(text, start, cost - to[-1], trie, places, beyond, cheapest)
    return [min(math.exp(-max(cost, -9.0)), _MOST_ODDS) for cost in cheapest]


def _place(text: str, at: int, doubts: Sequence[float], heard: Opinion | None) -> _Place:
    read = text[at] if at < len(text) else " "
    doubt = doubts[at] if at < len(text) else 0.0
    beside = min(doubt, doubts[at - 1]) if at else doubt
    alike = SUBSTITUTED.get(read, _NOTHING)
    told: set[str] = set()
    before, instead = "", None
    if heard is not None:
        before = heard.between[at]
        if at < len(text):
            instead = heard.instead[at]
            # what it read right beside the letter, and is like it, it hesitated between
            told = {instead or "", *alike.keys() & {*before, *heard.between[at + 1]}} - {""}
            doubt += _SAME * heard.same[at]
            beside += _SAME * (heard.same[at] and at > 0 and heard.same[at - 1])
    return _Place(
        {meant: _price(alike.get(meant, ANY_OTHER) + doubt, meant in told) for meant in alike.keys() | told},
        {meant: _price(price + beside, meant in before) for meant, price in LOST.items()},
        _price(SPURIOUS[read] + doubt, instead == "") if read in SPURIOUS else None,
        tuple(
            (meant, len(seen), _price(price + doubt, meant == _heard(heard, at, len(seen))))
            for seen, (meant, price) in RESHAPED.items()
            if text.startswith(seen, at)
        ),
    )


def _heard(heard: Opinion | None, at: int, length: int) -> str:
    """What the other reader read in place of `length` letters, where it is not the same; else nothing."""
    if heard is None or all(heard.same[at : at + length]):
        return ""
    read = [
        between + (instead or "")
        for between, instead in zip(heard.between[at:], heard.instead[at : at + length], strict=False)
    ]
    return "".join(read) + heard.between[at + length]


def _price(cost: float, told: bool) -> float:
    """The cost of a misreading, less where the other reader `told` just that."""
    return max(cost - _OTHERWISE, _LEAST_HEARD) if told else max(cost, _LEAST_PRICE)


_NOTHING: dict[str, float] = {}


def _words(
    text: str,
    start: int,
    base: float,
    trie: Trie,
    places: Sequence[_Place],
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
        if at < size:
            child = node.get(text[at])
            if child is not None:
                stack.append((child, at + 1, cost, place))
        if place >= 0:
            continue
        here = places[at]
        for meant, price in here.swaps.items():
            child = node.get(meant)
            if child is not None:
                stack.append((child, at + 1, cost + price, at))
        for letters, length, price in here.reshaped:
            child = node
            for letter in letters:
                child = child.get(letter, _NOTHING)
            if child:
                stack.append((child, at + length, cost + price, at))
        if at == start:
            continue
        for meant, child in node.items():
            lost = here.lost.get(meant)
            if lost is not None:
                stack.append((child, at, cost + lost, at))
        if here.nothing is not None:
            stack.append((node, at + 1, cost + here.nothing, at))
