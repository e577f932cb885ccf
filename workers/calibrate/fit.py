"""The fit: logistic regressions with the signs held, and thresholds with a bound on what they let through."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from postprocess.confidence import NEVER, Calibration, Thresholds, confidence
from postprocess.evidence import SIGNS, features
from workers.calibrate.examples import Example

FOLDS = 5
RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""The shares of wrong values among the accepted ones for which thresholds are kept."""
FEW = 40
"""Kinds with fewer examples share the intercept of their family."""
SURENESS = 0.5
"""How sure the bound on the share of wrong values is to hold: with one half it is the median of what the count allows."""
_RIDGE = 1.0
"""How much the weights are held back: the ridge's share of the loss, beside one for each example."""

Numbers = NDArray[np.float64]


def fit(examples: Sequence[Example], made_from: str = "") -> Calibration:
    """The calibration that `examples` speak for: weights from those with every way to look, thresholds from leaves
    that the fit of their fold has not seen, looked at as in use.

    Needs scipy; ValueError where there are too few examples.
    """
    if len(examples) < 4 * FEW:
        raise ValueError(f"{len(examples)} examples are too few for a fit")
    whole = _fitted(examples)
    together, alone = thresholds(unseen(examples))
    return replace(whole, thresholds=together, alone=alone, made_from=made_from)


def unseen(examples: Sequence[Example]) -> list[Example]:
    """The examples as in use, each with the confidence of a fit that has seen nothing of its document."""
    sources = sorted({example.source for example in examples})
    fold = {source: index % FOLDS for index, source in enumerate(sources)}
    found = []
    for index in range(min(FOLDS, len(sources))):
        fitted = _fitted([example for example in examples if fold[example.source] != index])
        found += [
            replace(example, confidence=confidence(example.evidence, fitted))
            for example in examples
            if fold[example.source] == index and example.looks == "as in use"
        ]
    return found


def _fitted(examples: Sequence[Example]) -> Calibration:
    weights: dict[str, dict[str, float]] = {}
    intercepts: dict[str, dict[str, float]] = {}
    for family in ("figures", "words", "closed", "blank"):
        chosen = [
            e
            for e in examples
            if e.evidence.family == family
            and e.looks != "as in use"
            and (e.evidence.strength > 0 or family == "blank")
        ]
        weights[family], intercepts[family] = _family(chosen)
    return Calibration(weights, intercepts, {"*": ()}, {"*": ()})


def _family(examples: Sequence[Example]) -> tuple[dict[str, float], dict[str, float]]:
    """The weights and the intercepts by kind of one family."""
    right = np.array([e.right for e in examples], np.bool_)
    if len(examples) < FEW or right.all() or not right.any():
        return {}, {"*": _prior(right)}
    counts = Counter(e.evidence.kind for e in examples)
    kinds = sorted(kind for kind, count in counts.items() if count >= FEW)
    table = [features(e.evidence) for e in examples]
    names = [name for name in SIGNS if len({row[name] for row in table}) > 1]
    values = np.array(
        [
            [*(row[name] for name in names), *(float(e.evidence.kind == kind) for kind in kinds), 1.0]
            for e, row in zip(examples, table, strict=True)
        ]
    )
    found = _regression(values, right, [SIGNS[name] for name in names])
    base = float(found[-1])
    by_kind = {kind: round(base + float(found[len(names) + n]), 4) for n, kind in enumerate(kinds)}
    weights = {
        name: round(float(weight), 4)
        for name, weight in zip(names, found, strict=False)
        if abs(weight) >= 0.001
    }
    return weights, {**by_kind, "*": round(base, 4)}


def _regression(values: Numbers, right: NDArray[np.bool_], signs: Sequence[int]) -> Numbers:
    """The weights of a logistic regression, those of the first columns held to their `signs`, all but the last held
    back a little (ridge).
    """
    from scipy.optimize import minimize

    target = np.where(right, 1.0, -1.0)
    ridge = np.full(values.shape[1], _RIDGE)
    ridge[-1] = 0.0

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margin = target * (values @ weights)
        missed = np.exp(-np.logaddexp(0.0, margin))
        gradient = -(values.T @ (target * missed)) + ridge * weights
        return float(np.logaddexp(0.0, -margin).sum() + (ridge * weights**2).sum() / 2), gradient

    free = [(None, None)] * (values.shape[1] - len(signs))
    bounds = [(0.0, None) if sign > 0 else (None, 0.0) for sign in signs] + free
    start = np.zeros(values.shape[1])
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    return np.asarray(result.x, np.float64)


def _prior(right: NDArray[np.bool_]) -> float:
    """The log-odds of so many right ones, by Laplace's rule of succession."""
    return round(math.log((right.sum() + 1) / ((~right).sum() + 1)), 4)


_LEAST_SURE = 20
"""The least sure value that is accepted may be wrong so many times as often as all together: what luck let pass
in the set of a fit is not to be relied on.
"""

Ladder = list[tuple[int, float]]
"""By number of wrong ones the most examples of a group that can be accepted with so many, and from what confidence on."""


def thresholds(examples: Sequence[Example]) -> tuple[Thresholds, Thresholds]:
    """For each group of kinds pairs of a rate and the confidence from which on it is kept: by all groups together,
    chosen so that the most is accepted, and by each group alone. ``*`` has the strictest of all.
    """
    groups = sorted({e.group for e in examples})
    together: dict[str, list[tuple[float, float]]] = {group: [] for group in groups}
    alone: dict[str, list[tuple[float, float]]] = {group: [] for group in groups}
    rungs = dict.fromkeys(groups, 0)
    for rate in RATES:
        can = [e for e in examples if not e.stopped and e.confidence >= 1 - _LEAST_SURE * rate]
        ladders = {group: _ladder([e for e in can if e.group == group]) for group in groups}
        found = _climb(ladders, rate, rungs)
        if found is not None:
            rungs = found
        for group, ladder in ladders.items():
            together[group].append((rate, ladder[rungs[group]][1]))
            one = _climb({group: ladder}, rate, {})
            alone[group].append((rate, ladder[one[group]][1] if one else NEVER))
    return _kept(together), _kept(alone)


def _ladder(examples: Sequence[Example]) -> Ladder:
    ordered = sorted(examples, key=lambda e: -e.confidence)
    found: Ladder = [(0, NEVER)]
    wrong = 0
    for n, example in enumerate(ordered, start=1):
        if not example.right:
            wrong += 1
            found.append((-1, NEVER))
        if n == len(ordered) or ordered[n].confidence < example.confidence:
            found[wrong] = (n, example.confidence)
    return found


def _climb(ladders: Mapping[str, Ladder], rate: float, rungs: Mapping[str, int]) -> dict[str, int] | None:
    """How many wrong ones each group may let through so that the most is accepted and no more than `rate` of all that
    are wrong, by the upper bound of their share; at least as many as `rungs` says. None where nothing keeps it.
    """
    total = np.zeros(1)
    taken: list[NDArray[np.int64]] = []
    for group, ladder in ladders.items():
        counts = [count if w >= rungs.get(group, 0) else -1 for w, (count, _) in enumerate(ladder)]
        best = np.full(len(total) + len(counts) - 1, -np.inf)
        taken.append(np.zeros(len(best), np.int64))
        for wrong, count in enumerate(counts):
            if count < 0:
                continue
            part = slice(wrong, wrong + len(total))
            better = total + count > best[part]
            best[part][better] = (total + count)[better]
            taken[-1][part][better] = wrong
        total = best
    for wrong in np.argsort(-total, kind="stable"):
        accepted = total[wrong]
        if accepted <= 0:
            return None
        if accepted >= least_count(int(wrong), rate):
            break
    else:
        return None
    found: dict[str, int] = {}
    left = int(wrong)
    for group, choice in zip(reversed(list(ladders)), reversed(taken), strict=True):
        found[group] = int(choice[left])
        left -= found[group]
    return found


def _kept(by_group: Mapping[str, Sequence[tuple[float, float]]]) -> Thresholds:
    """Confidences that fall as rates rise; without those that nothing keeps."""
    found: dict[str, tuple[tuple[float, float], ...]] = {}
    for group, pairs in by_group.items():
        least = list(itertools.accumulate((confidence for _, confidence in pairs), min))
        found[group] = tuple((r, c) for (r, _), c in zip(pairs, least, strict=True) if c < NEVER)
    strictest = [
        (rate, max((dict(pairs).get(rate, NEVER) for pairs in found.values()), default=NEVER))
        for rate in RATES
    ]
    return {"*": tuple((r, c) for r, c in strictest if c < NEVER), **found}


@cache
def least_count(wrong: int, rate: float) -> int:
    """Among how many at least `wrong` wrong ones show, by the bound of `SURENESS`, that no more than `rate` are."""
    low, high = wrong, max(4, int(4 * (wrong + 2) / rate))
    while low < high:
        middle = (low + high) // 2
        if middle > wrong and _at_most(wrong, middle, rate) <= 1 - SURENESS:
            high = middle
        else:
            low = middle + 1
    return low


def upper_bound(wrong: int, of: int, sureness: float) -> float:
    """The share of wrong ones that `wrong` among `of` do not exceed with the probability `sureness` (Clopper and
    Pearson, 1934, one-sided).
    """
    if of == 0:
        return 1.0
    if wrong >= of:
        return 1.0
    low, high = wrong / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(wrong, of, middle) > 1 - sureness:
            low = middle
        else:
            high = middle
    return high


def lower_bound(wrong: int, of: int, sureness: float) -> float:
    """The counterpart of `upper_bound` from below."""
    return 1 - upper_bound(of - wrong, of, sureness) if of else 0.0


def _at_most(k: int, n: int, p: float) -> float:
    """The probability of at most `k` hits in `n` tries of probability `p`."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return float(k >= n)
    total, term = 0.0, n * math.log1p(-p)
    for i in range(k + 1):
        total += math.exp(term)
        term += math.log((n - i) / (i + 1)) + math.log(p / (1 - p)) if i < n else 0.0
    return min(total, 1.0)
