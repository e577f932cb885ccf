"""What the checks say of the leaves, and what they can put right: only a reading that another look gave, never an invention."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from postprocess.checks import CheckResult
from postprocess.kinds import Parsed
from postprocess.looks import Draft, taken

RULE = "the checks decide"
"""The name of the change where checks choose among the readings of a leaf."""

_MOST = 8
"""The most leaves with other readings that are tried together in pairs."""

Results = Callable[[Sequence[Draft]], list[CheckResult]]
"""Every application of the form's checks to the values of the drafts."""


def repaired(drafts: Sequence[Draft], results: Results) -> list[Draft]:
    """The drafts with those values exchanged that failing checks determine.

    Where exactly one exchange of one leaf's value for what another look read makes a failing check hold and no check
    fail that held, it is made; where there is none, so for two leaves. Where several would do, nothing is done.
    """
    found = list(drafts)
    for _ in range(len(found)):
        better = _step(found, results)
        if better is None:
            break
        found = better
    return found


def _step(drafts: list[Draft], results: Results) -> list[Draft] | None:
    failing = _failing(results(drafts))
    for check in sorted(failing):
        choices = [
            (n, other)
            for n, draft in enumerate(drafts)
            if draft.reading.path in check
            for other in _distinct(draft.others)
        ]
        pairs = [(a, b) for a, b in itertools.combinations(choices[:_MOST], 2) if a[0] != b[0]]
        for trials in ([(choice,) for choice in choices], pairs):
            solved = []
            for trial in trials:
                tried = _exchanged(drafts, trial)
                left = _failing(results(tried))
                if check not in left and left < failing:
                    solved.append(tried)
            if len(solved) == 1:
                return solved[0]
            if solved:
                break
    return None


def _exchanged(drafts: Sequence[Draft], trial: Sequence[tuple[int, Parsed]]) -> list[Draft]:
    found = list(drafts)
    for n, other in trial:
        first = found[n]
        others = tuple(o for o in first.others if o is not other)
        found[n] = replace(taken(first, other, RULE), others=others)
    return found


def _distinct(others: Sequence[Parsed]) -> list[Parsed]:
    return list({repr(other.value): other for other in others}.values())


def _failing(results: Sequence[CheckResult]) -> set[tuple[str, ...]]:
    return {result.paths for result in results if not result.holds}
