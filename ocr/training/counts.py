"""Word and syllable counts that running Thai is sampled from."""

from __future__ import annotations

import math
import pickle
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from pythainlp.corpus import common, get_corpus, tnc
from pythainlp.util import normalize

_SPACES = ("<s>", "\x1f")


class _CountsUnpickler(pickle.Unpickler):
    """Reads a table of counts and refuses everything that could run code."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) == ("collections", "defaultdict"):
            return defaultdict
        if (module_name, global_name) == ("builtins", "int"):
            return int
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is not allowed in a table of counts")


@dataclass(frozen=True, slots=True)
class Choice:
    """Weighted choice among strings."""

    items: tuple[str, ...]
    totals: tuple[float, ...]

    def draw(self, rng: random.Random) -> str:
        """One of the items, each as often as its weight says."""
        return self.items[min(bisect_right(self.totals, rng.random() * self.totals[-1]), len(self.items) - 1)]


def choice(pairs: Iterable[tuple[str, float]]) -> Choice:
    """A `Choice` of (item, weight) pairs."""
    listed = list(pairs)
    return Choice(tuple(item for item, _ in listed), tuple(accumulate(weight for _, weight in listed)))


@dataclass(frozen=True, slots=True)
class Trigrams:
    """Successors of two syllables, and how often each pair opens a stretch."""

    successors: dict[tuple[str, str], Choice]
    pairs: tuple[tuple[str, str], ...]
    starts: tuple[float, ...]

    def sample(self, rng: random.Random, syllables: int) -> str:
        """About `syllables` syllables of running Thai with the blanks that print has."""
        out: list[str] = []
        while len(out) < syllables:
            pair = self.pairs[
                min(bisect_right(self.starts, rng.random() * self.starts[-1]), len(self.pairs) - 1)
            ]
            out.extend(pair)
            while len(out) < syllables and pair in self.successors:
                following = self.successors[pair].draw(rng)
                out.append(following)
                pair = (pair[1], following)
            if rng.random() < 0.3:
                out.append(" ")
        text = "".join(out)
        for space in _SPACES:
            text = text.replace(space, " ")
        return text


def load_trigrams(path: Path) -> Trigrams:
    """TLTK's syllable trigrams of the Thai National Corpus. Raises FileNotFoundError before `fetch`."""
    with path.open("rb") as file:
        table: dict[tuple[str, str, str], int] = _CountsUnpickler(file).load()
    followers: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for key, count in table.items():
        followers.setdefault(key[:2], []).append((key[2], float(count)))
    successors = {pair: choice(items) for pair, items in followers.items()}
    pairs = tuple(successors)
    return Trigrams(
        successors, pairs, tuple(accumulate(math.sqrt(successors[pair].totals[-1]) for pair in pairs))
    )


def thai_words() -> Choice:
    """Words of the Thai National Corpus (root of their counts) and of PyThaiNLP's word list (rare ones)."""
    counted = {normalize(word): math.sqrt(count) for word, count in sorted(tnc.word_freqs())}
    rare = {normalize(word): 1.0 for word in sorted(common.thai_words()) if word not in counted}
    ok = {
        word: weight
        for word, weight in (rare | counted).items()
        if word and all("ก" <= c <= "๛" for c in word)
    }
    return choice(sorted(ok.items()))


def names() -> tuple[Choice, Choice, Choice]:
    """Given names of men, of women, and family names."""
    files = ("person_names_male_th.txt", "person_names_female_th.txt", "family_names_th.txt")
    lists = [choice((name, 1.0) for name in sorted(get_corpus(file)) if name.strip()) for file in files]
    return lists[0], lists[1], lists[2]


def provinces() -> Choice:
    """The provinces of Thailand."""
    return choice((name, 1.0) for name in sorted(str(name) for name in common.provinces()))


def english_words(path: Path) -> Choice:
    """English words of Debian's word list. Raises FileNotFoundError before `fetch`."""
    words = [word for word in path.read_text("utf-8").split() if word.isascii() and len(word) > 1]
    return choice((word, 1.0 / max(2, len(word) - 3)) for word in words)
