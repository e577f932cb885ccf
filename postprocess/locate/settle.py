"""Phrases that could stand in several cells of a row, each given to one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from postprocess.labels import COLONS
from postprocess.locate.finds import Find


def settled(finds: Sequence[Find]) -> list[Find]:
    """Phrases that stand in several vocabularies given to one slot: by their neighbours in the visual row, by the
    columns or steps down the row of the others, by the order in which the cells are printed.
    """
    sure: dict[int, list[float]] = {}
    for f in finds:
        if f.slot >= 0 and not f.others:
            sure.setdefault(f.slot, []).append(f.at[1])
    done: list[Find] = []
    for n, f in enumerate(finds):
        if not f.others:
            done.append(f)
            continue
        slots = sorted((f.slot, *f.others))
        after = {g.slot for g in finds[n + 1 :] if g.at[0] == f.at[0]}
        since: set[int] = set()
        for g in done:
            since = set() if g.slot == -1 else since | {g.slot}
        before = {g.slot for g in done if g.at[0] == f.at[0]}
        free = [s for s in slots if s not in before and not any(b > s for b in before if b in slots)]
        clear = 1.0
        following = _until_start(finds[n + 1 :])
        columns = {s: sorted(sure[s])[len(sure[s]) // 2] for s in slots if s in sure}
        if after & set(slots) and slots[0] in free:
            slot = slots[0]
        elif before & set(slots):
            slot = free[-1] if free else slots[-1]
        elif _EMPTY_BEFORE.search(_led_by(f)):
            slot = slots[1]
        elif slots[0] not in since | following and following & set(slots):
            slot = slots[0]  # a later cell's phrase comes behind it, in the next line
        elif len(columns) > 1 and max(columns.values()) - min(columns.values()) > 80:
            slot = min(columns, key=lambda s: abs(columns[s] - f.at[1]))
        else:
            slot = next((s for s in slots if s not in since), slots[-1])
            told = _by_step(finds, n, slots) if slot not in since else None
            slot, clear = (slot, 0.5) if told is None else (told, 1.0)
        done.append(replace(f, slot=slot, others=(), clear=clear))
    return done


def _until_start(finds: Sequence[Find]) -> set[int]:
    """The slots of the finds up to the next row's start that can stand in no other."""
    row = itertools.takewhile(lambda f: f.slot != -1, finds)
    return {f.slot for f in row if not f.others}


_EMPTY_BEFORE = re.compile(rf"[{COLONS}]\s*[{COLONS}]\s*$")
"""Two separators before a phrase: the cell between them is empty."""


def _led_by(f: Find) -> str:
    """What is printed on its line before a find."""
    first = f.spans[0]
    return first.place.line.text[: first.start]


def _by_step(finds: Sequence[Find], n: int, slots: Sequence[int]) -> int | None:
    """The slot whose sure finds stand as far down in their rows as the find `n` does; None where that does not tell."""
    steps = _steps(finds, slots)
    step = _step(finds, n, slots)
    spread = max(steps.values(), default=0.0) - min(steps.values(), default=0.0)
    if step is None or len(steps) < len(slots) or spread < finds[n].spans[0].place.line.box.height:
        return None
    return min(slots, key=lambda s: abs(steps[s] - step))


def _step(finds: Sequence[Find], n: int, slots: Sequence[int]) -> float | None:
    """How far below the last find that is in none of `slots` the find `n` stands; None where a page lies between."""
    before = [f for f in finds[:n] if f.slot not in slots and f.spans]
    if not before:
        return None
    upper, lower = before[-1].spans[-1].place, finds[n].spans[0].place
    if upper.page != lower.page:
        return None
    return lower.line.box.center[1] - upper.line.box.center[1]


def _steps(finds: Sequence[Find], slots: Sequence[int]) -> dict[int, float]:
    """How far down in its row each of `slots` usually stands, by the finds that can be nowhere else."""
    found: dict[int, list[float]] = {}
    for n, f in enumerate(finds):
        if f.slot in slots and not f.others and (step := _step(finds, n, slots)) is not None:
            found.setdefault(f.slot, []).append(step)
    return {slot: sorted(steps)[len(steps) // 2] for slot, steps in found.items()}
