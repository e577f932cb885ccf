"""Calibration: bounds, fits whose signs hold, thresholds that keep their rate, and the command from scans to numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.types import Zone
from postprocess.confidence import NEVER, confidence, load, threshold
from postprocess.evidence import SIGNS, Evidence, Verdict
from tests.workers.fakes import slip_form, slip_lines, text_of
from workers.calibrate.command import write
from workers.calibrate.examples import Example, Looks, examples
from workers.calibrate.fit import FEW, fit, lower_bound, thresholds, unseen, upper_bound
from workers.calibrate.points import Point
from workers.calibrate.report import interval, kept, page, sweep_page
from workers.calibrate.sweep import SWEEPS


@given(st.integers(0, 20), st.integers(1, 4000))
@settings(max_examples=40)
def test_bounds_hold_the_share_between_them(wrong: int, of: int) -> None:
    wrong = min(wrong, of)
    assert 0 <= lower_bound(wrong, of, 0.975) <= wrong / of <= upper_bound(wrong, of, 0.975) <= 1


def test_the_bound_is_that_of_the_books() -> None:
    assert upper_bound(0, 3000, 0.95) == pytest.approx(0.000998, abs=1e-5)
    assert upper_bound(3, 100, 0.975) == pytest.approx(0.0852, abs=1e-3)


def invented(count: int, seed: int = 1) -> list[Example]:
    """Leaves that are right the oftener the better they were read."""
    rng = Random(seed)
    found = []
    for n in range(count):
        weakest = rng.random()
        right = rng.random() < 0.2 + 0.8 * min(1.0, 1.6 * weakest)
        agrees: Verdict = 1 if right or rng.random() < 0.1 else -1
        evidence = Evidence("money", weakest=weakest, risk=1 - weakest, own=agrees, size=rng.randrange(9))
        for looks in get_args(Looks):
            seen = replace(evidence, own=0) if looks == "none" else evidence
            found.append(Example(f"{n % 20}.pdf", "fax", "sum", looks, seen, right, False, 0.5))
    return found


def test_a_fit_finds_what_tells_and_holds_the_signs() -> None:
    fitted = fit(invented(800))
    weights = fitted.weights["figures"]
    assert weights["weakest"] > 0
    assert weights["own_agrees"] > 0 or weights["own_differs"] < 0
    assert all(weight * SIGNS[name] > 0 for name, weight in weights.items())
    sure, unsure = (Evidence("money", weakest=w, risk=1 - w, own=1) for w in (0.95, 0.1))
    assert confidence(sure, fitted) > confidence(unsure, fitted)


def test_thresholds_keep_their_rate_on_leaves_not_seen() -> None:
    fitted = fit(invented(900))
    fresh = [
        replace(e, confidence=confidence(e.evidence, fitted))
        for e in invented(900, seed=2)
        if e.looks == "as in use"
    ]
    (row, _) = kept(fresh, fitted, 0.05, lambda e: e.scan_kind)
    assert row.accepted > 90
    assert interval(row.wrong, row.accepted)[0] <= 0.05


def test_folds_are_documents_and_every_leaf_is_judged_once() -> None:
    found = unseen(invented(400))
    assert len(found) == 400
    assert {e.looks for e in found} == {"as in use"}


def test_scans_of_devices_out_of_order_shape_the_weights_and_the_thresholds_of_poor_reading_alone() -> None:
    normal = invented(600)
    hopeless = [
        replace(e, source=f"worse/{e.source}", right=False, evidence=replace(e.evidence, quality=0.1))
        for e in invented(300, seed=3)
    ]
    alone, together = fit(normal), fit(normal, worse=hopeless)
    assert together.weights["figures"].get("quality", 0.0) > alone.weights["figures"].get("quality", 0.0)
    mixed = fit([*normal, *hopeless])
    loosest = [dict(calibration.together["well"])[0.1] for calibration in (together, mixed)]
    assert loosest[0] <= loosest[1]
    assert dict(together.together["poorly"]).get(0.1, NEVER) == NEVER  # of those read poorly, all were wrong
    judged_leaves = unseen(normal, hopeless)
    assert len(judged_leaves) == 600 and not any(e.source.startswith("worse") for e in judged_leaves)


def test_leaves_kept_apart_give_the_thresholds_and_leave_the_weights_alone() -> None:
    normal = invented(600)
    harder = [
        replace(e, source=f"apart/{e.source}", right=e.right and n % 9 > 0)
        for n, e in enumerate(invented(900, 4))
    ]
    alone, beside = fit(normal), fit(normal, apart=harder)
    assert (beside.weights, beside.intercepts) == (alone.weights, alone.intercepts)
    assert dict(beside.together["well"]).get(0.1, NEVER) > dict(alone.together["well"])[0.1]


def test_too_few_examples_promise_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        fit(invented(FEW // 2))
    few = [e for e in invented(100) if e.looks == "as in use"]
    together, alone = thresholds(few)
    assert not any(0.001 in dict(pairs) for pairs in together.values())
    assert 0.001 not in dict(alone["*"])


def judged(kind: str, steps: list[tuple[int, float, bool]]) -> list[Example]:
    """So many leaves of so much confidence, right or not."""
    return [
        Example("a.pdf", "fax", "x", "as in use", Evidence(kind), right, False, confidence)
        for count, confidence, right in steps
        for _ in range(count)
    ]


def test_a_rate_is_kept_together_or_by_each_group_alone() -> None:
    sure = judged("money", [(3000, 0.999, True), (1, 0.998, False), (900, 0.997, True)])
    less = judged("text", [(300, 0.999, True), (5, 0.99, False), (100, 0.985, True)])
    together, alone = thresholds(sure + less)
    assert dict(together["well"])[0.001] == 0.997
    assert dict(alone["figures"])[0.001] == 0.997
    assert 0.001 not in dict(alone["text"])
    assert 0.001 not in dict(alone["*"])
    for pairs in (together["well"], *alone.values()):
        assert [c for _, c in pairs] == sorted((c for _, c in pairs), reverse=True)


def test_what_was_read_poorly_does_not_live_on_the_credit_of_good_scans() -> None:
    good = judged("money", [(9000, 0.999, True), (3, 0.99, False), (100, 0.985, True)])
    poor = [
        replace(e, evidence=replace(e.evidence, quality=0.4))
        for e in judged("money", [(800, 0.999, True), (3, 0.99, False), (100, 0.985, True)])
    ]
    more = [replace(e, source="worse/a.pdf") for e in poor if e.confidence > 0.99]
    together, _ = thresholds([*good, *poor])
    assert (dict(together["well"])[0.001], dict(together["poorly"])[0.001]) == (0.985, 0.999)
    # scans from devices out of order count there, and nowhere else
    together, _ = thresholds([*good, *poor], more * 5)
    assert (dict(together["well"])[0.001], dict(together["poorly"])[0.001]) == (0.985, 0.985)


def test_faint_print_keeps_a_third_of_the_rate() -> None:
    leaves = judged("money", [(9000, 0.999, True), (3, 0.998, False), (3000, 0.997, True), (5, 0.996, False)])
    faint = [replace(e, evidence=replace(e.evidence, legibility=0.8)) for e in leaves]
    together, _ = thresholds(leaves, faint)
    assert dict(together["well"])[0.001] == 0.996
    assert dict(together["faint"])[0.001] == 0.997
    assert together["faint"][0] == (0.0005, 0.999)


def test_what_is_unsure_is_not_accepted_by_luck() -> None:
    together, _ = thresholds(judged("money", [(4000, 0.999, True), (4000, 0.5, True)]))
    assert dict(together["well"])[0.001] == 0.999


def test_what_is_written_is_read_again_and_the_report_stands_alone(tmp_path: Path) -> None:
    found = invented(400)
    fitted = fit(found, "400 <invented> leaves")
    numbers, report = write(tmp_path, fitted, unseen(found), "A & B")
    assert load(numbers) == fitted
    written = json.loads(numbers.read_text())["together"]["well"]
    assert [p for p, _ in written] == [p for p, _ in fitted.together["well"]]
    text = report.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;invented&gt;" in text
    assert "http" not in text
    assert page([], fitted, "nothing").startswith("<!doctype html>")
    assert 0 <= threshold(Evidence("money"), 0.1, fitted) <= 1.01


def test_examples_tell_right_from_wrong_in_every_way_of_looking() -> None:
    form = slip_form()
    asked: list[int] = []

    def look(zones: Mapping[int, Sequence[Zone]]) -> dict[int, tuple[str, ...]]:
        asked.extend(zones)
        return {page: ("0007",) * len(wanted) for page, wanted in zones.items()}

    truth = {"code": "0007", "amount": 1300, "place": "อาคารเรียน"}
    expected = [{"source": "a.tif", "kind": "fax", "values": truth}]
    found = list(examples(expected, [text_of(slip_lines(7), 1)], [form], look))
    assert {e.looks for e in found} == {"none", "own", "all", "as in use"}
    first = {e.path: e.right for e in found if e.looks == "none"}
    assert first == {"code": True, "amount": False, "place": True}
    full = {e.path: e.evidence for e in found if e.looks == "all"}
    assert (full["code"].own, full["code"].other) == (1, 1)
    assert asked


@pytest.mark.parametrize("name", sorted(SWEEPS))
@pytest.mark.parametrize("shape", [(40, 30), (40, 30, 3)])
def test_each_level_of_a_damage_harms_more(name: str, shape: tuple[int, ...]) -> None:
    damage, levels = SWEEPS[name]
    image = np.random.default_rng(3).choice(np.array([20, 240], np.uint8), shape)
    before = image.copy()
    harm = []
    for level in levels:
        worse = damage(image, level)
        assert worse.shape == image.shape
        assert worse.dtype == np.uint8
        harm.append(float(np.abs(worse.astype(float) - image).mean()))
    assert harm == sorted(harm)
    assert np.array_equal(image, before)


def test_the_plot_of_a_sweep_shows_every_damage() -> None:
    points = [
        Point(name, level, 100, 90 - int(level), 1) for name in ("blur", "noise") for level in (0, 1, 2)
    ]
    text = sweep_page(points, "Sweeps <here>")
    assert text.count("<svg") == 2
    assert "Sweeps &lt;here&gt;" in text


def test_the_table_of_a_sweep_goes_damage_by_damage_and_shows_how_much_its_counts_can_tell() -> None:
    points = [Point(name, level, 100, 90, 1) for level in (0, 1) for name in ("blur", "noise")]
    text = sweep_page(points, "Sweeps")
    rows = re.findall("<tr><td>(.*?)</td><td>(.*?)</td>", text)
    assert rows == [("blur", "0"), ("blur", "1"), ("noise", "0"), ("noise", "1")]
    assert text.count("<td>0.03 % to 6.04 %</td>") == 4  # Clopper and Pearson, 1 of 90
