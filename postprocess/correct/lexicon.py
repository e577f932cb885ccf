"""The words the corrector knows, each with its cost, in a trie.

Costs are natural logarithms: −ln of a word's share of running text (Thai National Corpus and Thai Textbook Corpus).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from postprocess import thai, vocab

Trie = dict[str, Any]
"""Character → Trie; under `WORD` the cost of the word that ends here."""

WORD = ""
UNSEEN_COST = 15.5
"""A dictionary word that the corpora never use."""
YOUNG_COST = 11.0
"""The least that a word costs which only the web uses, however often: its counts are of another prose, and cut by machine."""
_WEB = 0.5
"""What words of the web cost over their share of it."""
RARE_COST = 16.5
"""A word that only the larger dictionary has."""
NAME_COST = 17.0
"""A given or family name, known only from the lists of names."""
PHRASE_BONUS = 3.0
"""By how much a set phrase is more likely than its words by chance."""
DEAREST_PHRASE = 11.0
"""No set phrase costs more, however long."""
EVERYDAY = "everyday"
EVERYDAY_COST = 3.0
"""How much rarer talk and stories make their words in the corpora than offices do."""
_DISTRICT = "สำนักงานเขต"
_LEAST_COUNT = 60
"""How often a word must stand in the corpora to be believed without the dictionary."""


@lru_cache(maxsize=1)
def base_costs() -> dict[str, float]:
    """Every word of the dictionary, the corpora and the word lists that ship, with its cost."""
    counts = thai.frequencies()
    total = math.log(sum(counts.values()))
    known = thai.words()
    costs = {
        word: total - math.log(count)
        for word, count in counts.items()
        if (word in known or count >= _LEAST_COUNT) and _plain(word)
    }
    web = thai.web_frequencies()
    all_web = math.log(sum(web.values())) + _WEB
    for word in known:
        if word not in costs and _plain(word):
            young = all_web - math.log(web[word]) if word in web else UNSEEN_COST
            costs[word] = min(max(young, YOUNG_COST), UNSEEN_COST)
    for word in thai.rare_words():
        if word not in costs and _plain(word) and len(word) >= 3:
            costs[word] = RARE_COST
    for word in thai.known_names():
        if word not in costs and _plain(word) and len(word) >= 4:
            costs[word] = NAME_COST
    for word in vocab.entries(EVERYDAY):
        costs[word] += EVERYDAY_COST
    for name in vocab.names():
        for entry in () if name == EVERYDAY else vocab.entries(name):
            for part in (*entry.split(), entry.removeprefix(_DISTRICT)):
                if _plain(part):
                    costs[part] = _phrase_cost(costs, part)
    return costs


def _plain(word: str) -> bool:
    """Thai letters and marks only, and not a letter alone."""
    return len(word) > 1 and thai.LETTERS.issuperset(word)


def _phrase_cost(costs: Mapping[str, float], phrase: str) -> float:
    """A set phrase is cheaper than its words one after another."""
    return min(
        costs.get(phrase, math.inf),
        min(max(_cost_of_words(costs, phrase) - PHRASE_BONUS, 4.0), DEAREST_PHRASE),
    )


def _cost_of_words(costs: Mapping[str, float], text: str) -> float:
    """The cost of the cheapest way to cut `text` into known words; `UNSEEN_COST` for what cannot be cut."""
    best = [0.0] + [math.inf] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 20), end):
            cost = costs.get(text[start:end])
            if cost is not None and best[start] + cost < best[end]:
                best[end] = best[start] + cost
    return best[-1] if best[-1] < math.inf else UNSEEN_COST + PHRASE_BONUS


@lru_cache(maxsize=1)
def common() -> Trie:
    """The trie of all words that ship; large, so there is one for the process."""
    return _trie(base_costs())


@lru_cache(maxsize=32)
def phrases(entries: frozenset[str]) -> Trie:
    """A small trie of a form's own words and phrases, to be searched beside the common one."""
    known = base_costs()
    costs: dict[str, float] = {}
    for entry in sorted(entries):
        for part in thai.normalize(entry).split():
            if _plain(part):
                costs[part] = _phrase_cost(known, part)
    return _trie(costs)


def _trie(costs: Mapping[str, float]) -> Trie:
    root: Trie = {}
    # Sorted, most words share their beginning with the one before: only the rest is walked.
    path, previous = [root], ""
    for word in sorted(costs):
        shared = 0
        for a, b in zip(word, previous, strict=False):
            if a != b:
                break
            shared += 1
        del path[shared + 1 :]
        node = path[-1]
        for character in word[shared:]:
            child: Trie = {}
            node[character] = child
            path.append(child)
            node = child
        node[WORD] = costs[word]
        previous = word
    return root
