"""How likely a value is exactly right, and from what confidence on it is accepted: plain numbers, fitted elsewhere.

``calibration.json`` holds, for each family of kinds, a logistic regression over the features of `evidence` with an
intercept for each kind, and for each group of kinds the confidences that keep the share of wrong values among the accepted
under several rates. `samnao calibrate` writes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from postprocess.evidence import FAMILIES, SIGNS, Evidence, features

UNREADABLE = 0.02
"""What is left for a value of which nothing could be made."""

NEVER = 1.01
"""A threshold that no confidence reaches."""

Thresholds = Mapping[str, tuple[tuple[float, float], ...]]
"""By group of kinds pairs of a rate of wrong values and the confidence that keeps it, rates rising; ``*`` is for groups
that no fit has seen.
"""

FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted numbers.

    `weights` by family and feature; `intercepts` by family and kind, ``*`` for kinds that no fit has seen;
    `thresholds` keep their rate over all groups together, `alone` in each group on its own. `made_from` says in words what it was fitted on.
    """

    weights: Mapping[str, Mapping[str, float]]
    intercepts: Mapping[str, Mapping[str, float]]
    thresholds: Thresholds
    alone: Thresholds
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
    """What shares a threshold: all kinds of figures together, every other kind (or ``blank``) on its own."""
    return "figures" if FAMILIES.get(kind) == "figures" else kind


def threshold(
    kind: str, target: float, calibration: Calibration | None = None, *, alone: bool = False
) -> float:
    """The confidence from which values of `kind` are accepted so that at most `target` of all that are accepted are
    wrong, or where they stand `alone` of those of this kind.

    `NEVER` where the fit has not seen enough to promise that.
    """
    numbers = calibration or calibrated()
    thresholds = numbers.alone if alone else numbers.thresholds
    kept = [least for rate, least in thresholds.get(group(kind), thresholds["*"]) if rate <= target + 1e-9]
    return kept[-1] if kept else NEVER


@cache
def calibrated() -> Calibration:
    """The numbers that ship with samnao."""
    return load(FILE)


def load(path: Path) -> Calibration:
    """The numbers in a file; ValueError where they are not of this version's features."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    together, alone = (
        {kind: tuple((rate, least) for rate, least in pairs) for kind, pairs in data[name].items()}
        for name in ("thresholds", "alone")
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
        "thresholds": {k: [list(p) for p in pairs] for k, pairs in sorted(calibration.thresholds.items())},
        "alone": {k: [list(p) for p in pairs] for k, pairs in sorted(calibration.alone.items())},
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
