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

from postprocess.confidence import NEVER, Calibration, Condition, Pairs, condition, confidence
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


def fit(
    examples: Sequence[Example],
    made_from: str = "",
    worse: Sequence[Example] = (),
    apart: Sequence[Example] = (),
) -> Calibration:
    """The calibration that `examples` speak for: weights from those with every way to look, thresholds from leaves
    that the fit of their fold has not seen, looked at as in use.

    What scans from devices out of order show (`worse`, with sources of their own) counts for the weights, and for the
    thresholds of records that were read poorly or are faint; of those read well these keep their word on scans as they come. Leaves
    kept `apart`, of documents that nobody has looked at, give the thresholds alone, where there are any: on documents that
    the reading was mended on it errs less than elsewhere. Needs scipy; ValueError where there are too few examples.
    """
    if len(examples) < 4 * FEW:
        raise ValueError(f"{len(examples)} examples are too few for a fit")
    whole = _fitted([*examples, *worse])
    kept = judged(apart, whole) or unseen(examples, worse)
    together, alone = thresholds(kept, unseen(worse, examples))
    return replace(whole, together=together, alone=alone, made_from=made_from)


def judged(examples: Sequence[Example], calibration: Calibration) -> list[Example]:
    """The examples as in use, each with the confidence that `calibration` gives it."""
    return [
        replace(example, confidence=confidence(example.evidence, calibration))
        for example in examples
        if example.looks == "as in use"
    ]


def unseen(examples: Sequence[Example], worse: Sequence[Example] = ()) -> list[Example]:
    """The examples as in use, each with the confidence of a fit that has seen nothing of its document, but all of `worse`."""
    sources = sorted({example.source for example in examples})
    fold = {source: index % FOLDS for index, source in enumerate(sources)}
    found = []
    for index in range(min(FOLDS, len(sources))):
        fitted = _fitted([*(example for example in examples if fold[example.source] != index), *worse])
        found += judged([example for example in examples if fold[example.source] == index], fitted)
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
    return Calibration(weights, intercepts, dict.fromkeys(_CONDITIONS, ()), {"*": ()})


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
    found = _regression(values, _targets(examples), [SIGNS[name] for name in names])
    base = float(found[-1])
    by_kind = {kind: round(base + float(found[len(names) + n]), 4) for n, kind in enumerate(kinds)}
    weights = {
        name: round(float(weight), 4)
        for name, weight in zip(names, found, strict=False)
        if abs(weight) >= 0.001
    }
    return weights, {**by_kind, "*": round(base, 4)}


def _targets(examples: Sequence[Example]) -> Numbers:
    """What the fit is to say of each example: not 1 and 0 but what so many right or wrong leaves of its kind allow by
    Laplace's rule of succession (Platt, 1999), so that a kind of which little was seen is never quite sure.
    """
    leaves = {(e.source, e.path): (e.evidence.kind, e.right) for e in examples}
    counts = Counter(leaves.values())
    return np.array(
        [
            (counts[e.evidence.kind, True] + 1) / (counts[e.evidence.kind, True] + 2)
            if e.right
            else 1 / (counts[e.evidence.kind, False] + 2)
            for e in examples
        ]
    )


def _regression(values: Numbers, target: Numbers, signs: Sequence[int]) -> Numbers:
    """The weights of a logistic regression towards `target` (0–1), those of the first columns held to their `signs`, all
    but the last held back a little (ridge).
    """
    from scipy.optimize import minimize

    ridge = np.full(values.shape[1], _RIDGE)
    ridge[-1] = 0.0

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        odds = values @ weights
        gradient = values.T @ (np.exp(-np.logaddexp(0.0, -odds)) - target) + ridge * weights
        misfit = target * np.logaddexp(0.0, -odds) + (1 - target) * np.logaddexp(0.0, odds)
        return float(misfit.sum() + (ridge * weights**2).sum() / 2), gradient

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


_CONDITIONS: Mapping[Condition, float] = {"well": 1.0, "poorly": 1.0, "faint": 1 / 3}
"""How records can be read, and how much of a rate those may use up that decide on the threshold. Of faint print scans not seen
before showed twice the rate of those that had been, and what makes it faint matters: no set holds all that may happen to it.
"""


def thresholds(
    examples: Sequence[Example], worse: Sequence[Example] = ()
) -> tuple[dict[Condition, Pairs], dict[str, Pairs]]:
    """Pairs of a rate and the confidence from which on it is kept: by all kinds together, for each way a record may be read
    (those read poorly and faint ones also of scans that are `worse`), and by each group alone, where ``*`` is the
    strictest of them.

    Where the reading is poor, the values that are accepted are all but just sure enough, and err oftener than those of one
    confidence do on the whole: without thresholds of their own they live on the credit of good scans.

    One threshold for all lets most in where confidences mean the same in every kind; a threshold for each, chosen
    together, let through twice the error it was chosen for on documents not seen.
    """
    can = [e for e in examples if not e.stopped]
    groups = sorted({e.group for e in can})
    alone = {group: _pairs([e for e in can if e.group == group]) for group in groups}
    strictest = (
        (rate, max((dict(p).get(rate, NEVER) for p in alone.values()), default=NEVER)) for rate in RATES
    )
    alone["*"] = tuple((rate, least) for rate, least in strictest if least < NEVER)
    more = [e for e in worse if not e.stopped and condition(e.evidence) != "well"]
    together = {
        name: _pairs([e for e in (*can, *more) if condition(e.evidence) == name], share)
        for name, share in _CONDITIONS.items()
    }
    return together, alone


def _pairs(examples: Sequence[Example], share: float = 1.0) -> Pairs:
    """For each rate the lowest confidence whose accepted examples keep `share` of it, by the upper bound of what is wrong."""
    ordered = sorted(examples, key=lambda e: -e.confidence)
    wrong = list(itertools.accumulate(int(not e.right) for e in ordered))
    ends = [
        n
        for n in range(len(ordered))
        if n + 1 == len(ordered) or ordered[n + 1].confidence < ordered[n].confidence
    ]
    found: list[tuple[float, float]] = []
    for rate in RATES:
        kept = share * rate
        sure = (n for n in ends if ordered[n].confidence >= 1 - _LEAST_SURE * kept)
        best = max((n for n in sure if n + 1 >= least_count(wrong[n], kept)), default=None)
        if best is not None:
            found.append((rate, ordered[best].confidence))
    return tuple(found)


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
