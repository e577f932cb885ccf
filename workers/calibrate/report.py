"""What a calibration promises and keeps: tables for the terminal and one HTML page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from postprocess.confidence import Calibration, condition, threshold
from workers.calibrate.examples import Example
from workers.calibrate.fit import lower_bound, upper_bound
from workers.calibrate.points import Point
from workers.reports import document, figure, percent, safe, table

_SURENESS = 0.975
"""Of each end of an interval of 95 %."""
RATES = (0.001, 0.01)
"""The shares of wrong values among the accepted ones that are reported."""
_WORST = 60


@dataclass(frozen=True, slots=True)
class Kept:
    """How one group of leaves fared at one target: so many `leaves`, `right`, `accepted`, `wrong` among these."""

    group: str
    leaves: int
    right: int
    accepted: int
    wrong: int
    brier: float


def accepts(example: Example, calibration: Calibration, rate: float) -> bool:
    """Whether the leaf is accepted when at most `rate` of the accepted may be wrong."""
    return not example.stopped and example.confidence >= threshold(example.evidence, rate, calibration)


def kept(
    examples: Sequence[Example], calibration: Calibration, rate: float, group: Callable[[Example], str]
) -> list[Kept]:
    """How each group of `examples` fared, and all together at the end."""
    names = sorted({group(e) for e in examples})
    rows = [_row(name, [e for e in examples if group(e) == name], calibration, rate) for name in names]
    return [*rows, _row("all", examples, calibration, rate)]


def _row(name: str, examples: Sequence[Example], calibration: Calibration, rate: float) -> Kept:
    accepted = [e for e in examples if accepts(e, calibration, rate)]
    brier = sum((e.confidence - e.right) ** 2 for e in examples) / max(len(examples), 1)
    wrong = sum(not e.right for e in accepted)
    return Kept(name, len(examples), sum(e.right for e in examples), len(accepted), wrong, brier)


def tables(examples: Sequence[Example], calibration: Calibration) -> list[Table]:
    """By scan kind, by how well the record was read, and by field kind, at each rate."""
    found = []
    for rate in RATES:
        for title, group in _GROUPS:
            grid = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
            grid.title = f"at most {percent(rate)} wrong among the accepted"
            grid.add_column(title)
            for name in _HEAD:
                grid.add_column(name, justify="right")
            for row in kept(examples, calibration, rate, group):
                grid.add_row(row.group, *_cells(row))
            found.append(grid)
    return found


_HEAD = ("leaves", "right", "accepted", "wrong of them", "95 % interval", "Brier")


def _scan(example: Example) -> str:
    return example.scan_kind


def _kind(example: Example) -> str:
    return example.kind


def _reading(example: Example) -> str:
    return condition(example.evidence)


_GROUPS = (("scan", _scan), ("reading of the record", _reading), ("field", _kind))


def _cells(row: Kept) -> tuple[str, ...]:
    return (
        str(row.leaves),
        percent(row.right / max(row.leaves, 1)),
        percent(row.accepted / max(row.leaves, 1)),
        *_wrong_of(row.wrong, row.accepted),
        f"{row.brier:.4f}",
    )


def interval(wrong: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share of which `wrong` of so many were counted (Clopper and Pearson)."""
    return lower_bound(wrong, of, _SURENESS), upper_bound(wrong, of, _SURENESS)


def _wrong_of(wrong: int, accepted: int) -> tuple[str, str]:
    """How many are wrong, and the 95 % interval of their share; empty where nothing is accepted."""
    if not accepted:
        return "", ""
    low, high = interval(wrong, accepted)
    return f"{wrong} ({percent(wrong / accepted, 2)})", f"{percent(low, 2)} to {percent(high, 2)}"


def page(examples: Sequence[Example], calibration: Calibration, title: str) -> str:
    """The HTML report: reliability, accepted share against error, tables, the surest mistakes."""
    parts = [
        f"<h1>{safe(title)}</h1><p>{safe(calibration.made_from)}</p>",
        "<div class=plots>",
        figure("Is confidence honest? Odds right against odds claimed", _reliability(examples)),
        figure("Wrong among the accepted (%) against the share accepted (%)", _trade(examples)),
        "</div>",
    ]
    for rate in RATES:
        for name, group in _GROUPS:
            parts.append(f"<h2>By {name}, at most {percent(rate)} wrong among the accepted</h2>")
            rows = [(row.group, *_cells(row)) for row in kept(examples, calibration, rate, group)]
            parts.append(table((name, *_HEAD), rows))
    parts.append("<h2>The surest mistakes</h2>")
    wrong = sorted((e for e in examples if not e.right and not e.stopped), key=lambda e: -e.confidence)
    rows = [
        (e.source, e.path, e.kind, str(e.expected), str(e.found), f"{e.confidence:.4f}")
        for e in wrong[:_WORST]
    ]
    parts.append(table(("scan", "field", "kind", "expected", "found", "confidence"), rows))
    body = "\n".join(parts)
    return document(title, body)


_SIDE, _MARGIN = 300, 46
_BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 1.01)
_TICKS = (0.5, 0.9, 0.99, 0.999)


def _reliability(examples: Sequence[Example]) -> str:
    """Share right against mean confidence, both by how many nines they have; bars are 95 % intervals."""
    parts = _frame([(_nines(t), f"{t:g}") for t in _TICKS], [(_nines(t), f"{t:g}") for t in _TICKS])
    parts.append(f'<line class="ideal" x1="{_MARGIN}" y1="{10 + _SIDE}" x2="{_MARGIN + _SIDE}" y2="10"/>')
    for low, high in itertools.pairwise(_BINS):
        inside = [e for e in examples if low <= e.confidence < high]
        if not inside:
            continue
        wrong = sum(not e.right for e in inside)
        x = _x(_nines(sum(e.confidence for e in inside) / len(inside)))
        least, most = interval(wrong, len(inside))
        y = [_y(_nines(1 - share)) for share in (most, wrong / len(inside), least)]
        parts.append(
            f'<line class="span" x1="{x:.1f}" x2="{x:.1f}" y1="{y[0]:.1f}" y2="{y[2]:.1f}"/>'
            f'<circle class="dot" cx="{x:.1f}" cy="{y[1]:.1f}" r="4.5">'
            f"<title>{len(inside)} leaves, {wrong} wrong</title></circle>"
        )
    return _svg(parts)


def _nines(share: float) -> float:
    """0 for nothing, 1/3 for 0.9, 2/3 for 0.99, 1 for 0.999 and more."""
    return min(max(-math.log10(max(1 - share, 1e-9)) / 3, 0.0), 1.0)


def _trade(examples: Sequence[Example]) -> str:
    """The error among the accepted against their share, the threshold falling from left to right."""
    can = sorted((e for e in examples if not e.stopped), key=lambda e: -e.confidence)
    top = 0.05
    points, wrong = [], 0
    for n, example in enumerate(can, start=1):
        wrong += not example.right
        if n % max(1, len(can) // 300) == 0:
            points.append((n / max(len(examples), 1), min(wrong / n / top, 1.0)))
    ticks = [(s, f"{100 * s:g}") for s in (0, 0.25, 0.5, 0.75, 1)]
    parts = _frame(ticks, [(e / top, f"{100 * e:g}") for e in (0, 0.01, 0.02, 0.03, 0.04, 0.05)])
    line = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    parts.append(f'<polyline class="curve" points="{line}"/>')
    return _svg(parts)


def sweep_page(points: Sequence[Point], title: str) -> str:
    """The HTML page of damage sweeps: one plot and one table for each damage."""
    parts = [f"<h1>{safe(title)}</h1><div class=plots>"]
    names = dict.fromkeys(point.damage for point in points)
    sweeps = {name: [point for point in points if point.damage == name] for name in names}
    for name, sweep in sweeps.items():
        parts.append(figure(f"{name}: accepted (line), wrong among them × 20 (dashes)", _falls(sweep)))
    parts.append("</div>")
    rows = [
        (
            point.damage,
            f"{point.level:g}",
            str(point.leaves),
            percent(point.accepted / max(point.leaves, 1)),
            *_wrong_of(point.wrong, point.accepted),
        )
        for sweep in sweeps.values()
        for point in sweep
    ]
    parts.append(table(("damage", "level", "leaves", "accepted", "wrong of them", "95 % interval"), rows))
    return document(title, "".join(parts))


def _falls(points: Sequence[Point]) -> str:
    top = max(point.level for point in points) or 1.0
    ticks = [(point.level / top, f"{point.level:g}") for point in points]
    parts = _frame(ticks, [(s, f"{100 * s:g}") for s in (0, 0.25, 0.5, 0.75, 1)])
    accepted = [point.accepted / max(point.leaves, 1) for point in points]
    wrong = [min(20 * point.wrong / max(point.accepted, 1), 1.0) for point in points]
    for css, shares in (("curve", accepted), ("curve dashed", wrong)):
        line = " ".join(f"{_x(p.level / top):.1f},{_y(s):.1f}" for p, s in zip(points, shares, strict=True))
        parts.append(f'<polyline class="{css}" points="{line}"/>')
    return _svg(parts)


def _x(share: float) -> float:
    return _MARGIN + share * _SIDE


def _y(share: float) -> float:
    return 10 + (1 - share) * _SIDE


def _frame(across: Iterable[tuple[float, str]], up: Iterable[tuple[float, str]]) -> list[str]:
    parts = [f'<rect class="track" x="{_MARGIN}" y="10" width="{_SIDE}" height="{_SIDE}"/>']
    parts += [
        f'<text x="{_x(at):.1f}" y="{_SIDE + 28}" text-anchor="middle">{label}</text>' for at, label in across
    ]
    parts += [
        f'<text x="{_MARGIN - 6}" y="{_y(at) + 4:.1f}" text-anchor="end">{label}</text>' for at, label in up
    ]
    return parts


def _svg(parts: Sequence[str]) -> str:
    width, height = _MARGIN + _SIDE + 20, _SIDE + 40
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">{"".join(parts)}</svg>'
