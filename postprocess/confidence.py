"""How likely a value is exactly right, and from what confidence on it is accepted: plain numbers, fitted elsewhere.

``calibration.json`` holds, for each family of kinds, a logistic regression over the features of `evidence` with an
intercept for each kind, and for each kind the confidences that keep the share of wrong values among the accepted
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

from postprocess.evidence import SIGNS, Evidence, features

UNREADABLE = 0.02
"""What is left for a value of which nothing could be made."""

NEVER = 1.01
"""A threshold that no confidence reaches."""

FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted numbers.

    `weights` by family and feature; `intercepts` by family and kind, ``*`` for kinds that no fit has seen;
    `thresholds` by kind (``*`` likewise): pairs of a rate of wrong values and the confidence that keeps it, rates rising.
    `made_from` says in words what it was fitted on.
    """

    weights: Mapping[str, Mapping[str, float]]
    intercepts: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, tuple[tuple[float, float], ...]]
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


def threshold(kind: str, target: float, calibration: Calibration | None = None) -> float:
    """The confidence from which values of `kind` are accepted so that at most `target` of them are wrong.

    `NEVER` where the fit has not seen enough to promise that.
    """
    thresholds = (calibration or calibrated()).thresholds
    kept = [least for rate, least in thresholds.get(kind, thresholds["*"]) if rate <= target + 1e-9]
    return kept[-1] if kept else NEVER


@cache
def calibrated() -> Calibration:
    """The numbers that ship with samnao."""
    return load(FILE)


def load(path: Path) -> Calibration:
    """The numbers in a file; ValueError where they are not of this version's features."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found = Calibration(
        data["weights"],
        data["intercepts"],
        {kind: tuple((rate, least) for rate, least in pairs) for kind, pairs in data["thresholds"].items()},
        data["made_from"],
    )
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
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
