"""How likely a value is exactly right, and from what confidence on it is accepted: plain numbers, fitted elsewhere.

``calibration.json`` holds, for each family of kinds, a logistic regression over the features of `evidence` with an
intercept for each kind, and the confidences that keep the share of wrong values among the accepted under several rates. `samnao calibrate` writes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from postprocess.evidence import FAMILIES, SIGNS, Evidence, features

UNREADABLE = 0.02
"""What is left for a value of which nothing could be made."""

_POOR = 0.7
"""Records of less quality (`Evidence.quality`) were read poorly: one value in ten of scans as they come, every other one at
the limit of what can be read.
"""

NEVER = 1.01
"""A threshold that no confidence reaches."""

Pairs = tuple[tuple[float, float], ...]
"""Rates of wrong values, rising, each with the confidence that keeps it."""

Condition = Literal["well", "poorly", "faint"]
"""How a record could be read: well, poorly, or from print that hardly stood out from the paper, however sure the reader was."""

FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted numbers.

    `weights` by family and feature; `intercepts` by family and kind, ``*`` for kinds that no fit has seen;
    `together` keeps its rates over all that is accepted of records in each `condition`, `alone` in each group of kinds on
    its own, ``*`` for those that no fit has seen. `made_from` says in words what it was fitted on.
    """

    weights: Mapping[str, Mapping[str, float]]
    intercepts: Mapping[str, Mapping[str, float]]
    together: Mapping[Condition, Pairs]
    alone: Mapping[str, Pairs]
    made_from: str = ""


def confidence(evidence: Evidence, calibration: Calibration | None = None) -> float:
    """The probability (0–1) that the value is exactly right."""
    if not evidence.blank and evidence.strength <= 0:
        return UNREADABLE
    numbers = calibration or calibrated()
    intercepts = numbers.intercepts[evidence.family]
    odds = intercepts.get(evidence.kind, intercepts["*"])
    weights = numbers.weights[evidence.family]
    found = features(evidence)
    odds += sum(weight * found[name] for name, weight in weights.items())
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(odds, 30.0)))), 5)


def group(kind: str) -> str:
    """What is judged together where it stands alone: all kinds of figures, else every kind (or ``blank``)."""
    return "figures" if FAMILIES.get(kind) == "figures" else kind


def condition(evidence: Evidence) -> Condition:
    """How the record of a value with such `evidence` could be read."""
    if evidence.legibility < 1:
        return "faint"
    return "poorly" if evidence.quality < _POOR else "well"


def threshold(
    evidence: Evidence, target: float, calibration: Calibration | None = None, *, alone: bool = False
) -> float:
    """The confidence from which a value with such `evidence` is accepted so that at most `target` of all that are accepted
    are wrong, of records read as well as its own, or where it stands `alone` of those of its kind.

    `NEVER` where the fit has not seen enough to promise that.
    """
    numbers = calibration or calibrated()
    if alone:
        pairs = numbers.alone.get(group("blank" if evidence.blank else evidence.kind), numbers.alone["*"])
    else:
        pairs = numbers.together[condition(evidence)]
    kept = [least for rate, least in pairs if rate <= target + 1e-9]
    return kept[-1] if kept else NEVER


@cache
def calibrated() -> Calibration:
    """The numbers that ship with samnao."""
    return load(FILE)


def load(path: Path) -> Calibration:
    """The numbers in a file; ValueError where they are not of this version's features."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    together, alone = (
        {name: tuple((rate, least) for rate, least in pairs) for name, pairs in data[table].items()}
        for table in ("together", "alone")
    )
    found = Calibration(data["weights"], data["intercepts"], together, alone, data["made_from"])
    for family, weights in found.weights.items():
        for name, weight in weights.items():
            if weight * SIGNS.get(name, 0) <= 0:
                raise ValueError(f"{path}: weight of {name!r} in {family!r}: unknown, or of the wrong sign")
    return found


def dump(calibration: Calibration) -> str:
    """The numbers as the text of a file, the same for the same numbers."""
    data = {
        "made_from": calibration.made_from,
        "weights": {f: dict(sorted(w.items())) for f, w in sorted(calibration.weights.items())},
        "intercepts": {f: dict(sorted(w.items())) for f, w in sorted(calibration.intercepts.items())},
        "together": _lists(calibration.together),
        "alone": _lists(calibration.alone),
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _lists(tables: Mapping[Any, Pairs]) -> dict[str, list[list[float]]]:
    return {name: [list(pair) for pair in pairs] for name, pairs in sorted(tables.items())}
