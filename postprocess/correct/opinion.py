"""What another reader made of the same print, set beside a text letter by letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

SECONDED = 0.5
"""What is left of the doubt in a letter that another reader read too."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Another reader's view of a text.

    `same` says of each letter whether that reader read it too. `instead` is what it read in its place (``""``: nothing),
    None where it read the same or did not look. `between` is what it read before each letter, and at the end, that the
    text does not have.
    """

    same: tuple[bool, ...]
    instead: tuple[str | None, ...]
    between: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether it read anything else anywhere."""
        return any(self.between) or any(letters is not None for letters in self.instead)

    def seconded(self, confidences: Sequence[float]) -> tuple[float, ...]:
        """The `confidences` in the letters, raised where it read them too."""
        return tuple(
            1 - SECONDED * (1 - c) if agrees else c for c, agrees in zip(confidences, self.same, strict=True)
        )

    def part(self, start: int, end: int) -> Opinion:
        """The view of letters `start` to `end`."""
        return Opinion(self.same[start:end], self.instead[start:end], self.between[start : end + 1])


def opinion(text: str, raw: str, parts: Sequence[tuple[str, str]]) -> Opinion:
    """The view of `text`, made from `raw`, by a reader who looked at parts of `raw`: what stands there, and what it read.

    Blanks do not count. Where nothing was read, or the part is not in `raw` behind the one before it, that says nothing.
    """
    letters: list[str] = []
    asked: list[bool] = []
    done = 0
    for part, read in parts:
        at = raw.find(part, done) if part and read.strip() else -1
        if at < 0:
            continue
        for stretch, looked in ((raw[done:at], False), (read, True)):
            tight = "".join(stretch.split())
            letters += tight
            asked += [looked] * len(tight)
        done = at + len(part)
    rest = "".join(raw[done:].split())
    letters += rest
    asked += [False] * len(rest)
    return _beside(text, "".join(letters), asked)


def _beside(text: str, other: str, asked: Sequence[bool]) -> Opinion:
    places = [i for i, letter in enumerate(text) if not letter.isspace()]
    same = [False] * len(text)
    instead: list[str | None] = [None] * len(text)
    between = [""] * (len(text) + 1)
    for op in Levenshtein.opcodes("".join(text.split()), other):
        read = range(op.dest_start, op.dest_end)
        here = places[op.src_start : op.src_end]
        if op.tag == "equal":
            for place, k in zip(here, read, strict=True):
                same[place] = asked[k]
        elif any(asked[k] for k in read) or _inside(asked, op.dest_start):
            for place, k in zip(here, read, strict=False):
                instead[place] = other[k]
            for place in here[len(read) :]:
                instead[place] = ""
            if len(read) > len(here):
                behind = op.src_start + len(here)
                place = places[behind] if behind < len(places) else len(text)
                between[place] += other[op.dest_start + len(here) : op.dest_end]
    return Opinion(tuple(same), tuple(instead), tuple(between))


def _inside(asked: Sequence[bool], at: int) -> bool:
    """Whether letter `at` of what was read, or the one before it, was looked at."""
    return any(asked[max(0, at - 1) : at + 1])
