"""How names are spelt: letters by those before them, counted in the lists of Thai names.

Witten and Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 37, 1991.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

from postprocess.correct.confusions import LOST, SPURIOUS, SUBSTITUTED
from postprocess.kinds.names import TITLE
from postprocess.thai import LETTERS, known_names

_ORDER = 4
_EDGE = "\0"
_MOST_ODDS = 50.0
_NAME = re.compile("[ก-๎]{2,}")
_MOST_NAMES = 4
"""A person's given and family name, and those of one more: what follows is a position."""


def misspelt(text: str) -> float:
    """The sum of the odds that one letter of the names in `text` was misread, by how Thai names are spelt."""
    title = TITLE.match(text)
    return sum(map(_odds, _NAME.findall(text, title.end() if title else 0)[:_MOST_NAMES]))


@lru_cache(maxsize=4096)
def _odds(name: str) -> float:
    read = _cost(name)
    printed = [
        (name[:i] + meant + name[i + 1 :], price)
        for i, letter in enumerate(name)
        for meant, price in SUBSTITUTED.get(letter, {}).items()
    ]
    printed += [(name[:i] + name[i + 1 :], SPURIOUS[c]) for i, c in enumerate(name) if c in SPURIOUS]
    printed += [
        (name[:i] + mark + name[i:], price) for i in range(1, len(name) + 1) for mark, price in LOST.items()
    ]
    return sum(min(math.exp(min(read - _cost(other) - price, 9.0)), _MOST_ODDS) for other, price in printed)


def _cost(name: str) -> float:
    letters = _EDGE * (_ORDER - 1) + name + _EDGE
    return sum(_letter(letters[i - _ORDER : i]) for i in range(_ORDER, len(letters) + 1))


@lru_cache(maxsize=1 << 16)
def _letter(gram: str) -> float:
    """−ln of how often the last letter of `gram` follows the others; shorter beginnings stand in for rare ones."""
    grams, followed, followers = _counts()
    share = 1.0 / len(LETTERS)
    for size in range(1, _ORDER + 1):
        part = gram[_ORDER - size :]
        seen = followed.get(part[:-1])
        if seen is None:
            break
        kinds = followers[part[:-1]]
        share = (grams.get(part, 0) + kinds * share) / (seen + kinds)
    return -math.log(share)


@lru_cache(maxsize=1)
def _counts() -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often letters stand in a row in names, how often they are followed, and by how many letters."""
    grams: Counter[str] = Counter()
    for name in known_names():
        if LETTERS.issuperset(name):
            letters = _EDGE * (_ORDER - 1) + name + _EDGE
            for i in range(_ORDER, len(letters) + 1):
                grams.update(letters[i - size : i] for size in range(1, _ORDER + 1))
    followed: Counter[str] = Counter()
    followers: Counter[str] = Counter()
    for gram, count in grams.items():
        followed[gram[:-1]] += count
        followers[gram[:-1]] += 1
    return grams, followed, followers
