"""Rows that repeat: their start labels, the values in each, whatever order their cells came in.

Every line of the section is first cut into finds (`finds`). Then each kind of find is dealt out to the rows on its
own, in order and at most one for each row, so that a cell that slipped behind the next row's start (a page header
fell between) still comes to its own row. What is left is the rows' free text.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from postprocess.forms import Cell, Entries, Form, Group
from postprocess.labels import skeleton
from postprocess.locate.cells import cells_of
from postprocess.locate.deal import Row, deal
from postprocess.locate.finds import At, Find, cut
from postprocess.locate.grammar import RowGrammar
from postprocess.locate.leftovers import number_at_end, torn_off
from postprocess.locate.lists import paragraphs
from postprocess.locate.settle import settled
from postprocess.pieces import Piece, has_text
from postprocess.thai import arabic_digits
from postprocess.types import Look, Place, Reading, Span

_LOOSE_NUMBER = 0.75
"""How sure the label of a row's number is where only its end was read."""
_BELOW = 2
"""So many visual rows below its label an amount may stand whose line was torn."""


def group_rows(places: Sequence[tuple[int, Place]], group: Group, form: Form, score: float) -> list[Reading]:
    """One reading for each leaf of each row; one for the group itself where it has no row."""
    dealt = _rows(places, group, form)
    if not dealt:
        return [Reading(group.path, (), score, clear=0.0 if _has_print(places) else 1.0)]
    counted = _counted(dealt)
    return [
        replace(reading, clear=row.clear * reading.clear)
        for n, row in enumerate(dealt)
        for reading in _readings(f"{group.path}[{n}]", row, counted[n], group)
    ]


def _has_print(places: Sequence[tuple[int, Place]]) -> bool:
    """Whether letters stand in a section of which no row was found: more than a word that says there is none."""
    return sum(has_text(place.line.text) for _, place in places) > 1


def _rows(places: Sequence[tuple[int, Place]], group: Group, form: Form) -> list[Row]:
    finds: list[Find] = []
    rest: list[tuple[At, Piece]] = []
    cells = cells_of(places, RowGrammar(group, form))
    margin = min((cell.pieces[0].box.x0 for cell in cells), default=0.0)
    for cell in cells:
        leads = cell.pieces[0].box.x0 < margin + 2 * cell.pieces[0].box.height
        found, left = cut(cell, leads, group, form)
        finds.extend(found)
        rest.extend(left)
    finds = settled(sorted(finds, key=lambda f: f.at))
    rows = deal(finds, group)
    _give_rest(rows, sorted(rest, key=lambda entry: entry[0]), [f for f in finds if f.item])
    for row in rows:
        _take_number(row, margin, group)
        # beside labelled values the free text goes on, if at all, with whole lines
        beside = {f.at[0] for slot, f in row.slots.items() if _is_labelled(group, slot)}
        row.rest = [
            (at, p)
            for n, (at, p) in enumerate(row.rest)
            if n == 0 or at[0] not in beside or not torn_off(p, group, form)
        ]
        _take_amount(row, group)
    return rows


def _take_amount(row: Row, group: Group) -> None:
    """Give a labelled amount that was not found behind its label the one that was left below: free text is never an
    amount alone.
    """
    units = "|".join(re.escape(cell.unit) for cell in group.cells if isinstance(cell, Entries) and cell.unit)
    amounts = [
        (at, p) for at, p in row.rest if re.fullmatch(rf"\W*([0-9๐-๙][0-9๐-๙.,]*)[-–—\s]*(?:{units})", p.text)
    ]
    for slot, cell in enumerate(group.cells):
        found = row.slots.get(slot)
        if not (isinstance(cell, Cell) and cell.kind == "money" and _is_labelled(group, slot) and found):
            continue
        if any(c.isdigit() for span in found.spans for c in span.text) or len(amounts) != 1:
            continue
        at, p = amounts[0]
        if 0 <= at[0] - found.at[0] <= _BELOW:
            row.slots[slot] = replace(found, spans=(p.span,))
            row.rest = [entry for entry in row.rest if entry[1] is not p]


def _take_number(row: Row, margin: float, group: Group) -> None:
    """Give a row without a number the one that was left at the margin: its start label is printed on two lines."""
    if row.number is not None and row.number.number is not None:
        return
    for n, (at, p) in enumerate(row.rest):
        digits = number_at_end(p.text, group)
        if digits is not None and p.box.x0 < _left(row, margin) + p.box.height:
            start, end = (p.span.start + i for i in digits)
            number = int(arabic_digits(p.text[digits[0] : digits[1]]))
            score = row.number.score if row.number else _LOOSE_NUMBER
            row.number = Find(-1, at, (Span(p.span.place, start, end),), score, number)
            del row.rest[n]
            return


def _left(row: Row, margin: float) -> float:
    """Where the row's print begins: its start label's line, which says more than the `margin` of a page that lies otherwise."""
    return row.number.spans[0].place.line.box.x0 if row.number and row.number.spans else margin


def _give_rest(rows: Sequence[Row], rest: Sequence[tuple[At, Piece]], entries: Sequence[Find]) -> None:
    for at, p in rest:
        owner = _row_at(rows, at)
        if owner is not None:
            owner.rest.append((at, p))
    for entry in entries:
        owner = _row_at(rows, entry.at)
        if owner is not None:
            owner.entries.append(entry)


def _row_at(rows: Sequence[Row], at: At) -> Row | None:
    before = [row for row in rows if row.start <= at]
    return before[-1] if before else None


def _counted(rows: Sequence[Row]) -> list[int | None]:
    """The number of each row whose own is lost, where the rows beside it tell: they are counted one by one."""
    printed = [row.number.number if row.number else None for row in rows]
    found: list[int | None] = []
    for n, own in enumerate(printed):
        before = printed[n - 1] if n else None
        after = printed[n + 1] if n + 1 < len(printed) else None
        told = {number for number in (before and before + 1, after and after - 1) if number}
        found.append(told.pop() if own is None and len(told) == 1 else None)
    return found


def _readings(path: str, row: Row, counted: int | None, group: Group) -> list[Reading]:
    number = row.number
    echoes = [counted] if counted else [f.number for f in row.slots.values() if f.number is not None]
    readings = [
        Reading(
            f"{path}.{group.number.path}",
            number.spans if number else (),
            number.score if number else 0.0,
            # the row's number is printed again in a label, or follows from the next one's: a second look for nothing
            looks=(Look("echo", str(echoes[0])),) if echoes else (),
        )
    ]
    score = number.score if number else 0.5
    text, entries = _free_text(row, group)
    # what looks like an entry may be the labelled value that the row lacks
    lacks = any(_is_labelled(group, slot) and slot not in row.slots for slot in range(len(group.cells)))
    for slot, cell in enumerate(group.cells):
        if isinstance(cell, Entries):
            own = [e for e in entries if e.slot == slot]
            if not own:
                clear = 0.0 if _amounts_left(row, cell.unit) else 1.0
                readings.append(Reading(f"{path}.{cell.path}", (), score, clear=clear))
            for n, entry in enumerate(own):
                own_path = f"{path}.{cell.path}[{n}]"
                clear = 0.0 if lacks else entry.clear
                item = 0.0 if _cut_short(n, own) else clear
                readings.append(Reading(f"{own_path}.{cell.item.path}", entry.item, entry.score, clear=item))
                readings.append(
                    Reading(f"{own_path}.{cell.amount.path}", entry.spans, entry.score, clear=clear)
                )
        elif cell.rest:
            readings.append(Reading(f"{path}.{cell.path}", text, score if text else 0.0))
        else:
            find_ = row.slots.get(slot)
            spans, likely, clear = (find_.spans, find_.score, find_.clear) if find_ else ((), 0.0, 1.0)
            readings.append(Reading(f"{path}.{cell.path}", spans, likely, clear=clear))
    return readings


def _is_labelled(group: Group, slot: int) -> bool:
    cell = group.cells[slot]
    return isinstance(cell, Cell) and bool(cell.labels)


def _free_text(row: Row, group: Group) -> tuple[tuple[Span, ...], list[Find]]:
    """The row's free text, and its entries, each with the first lines of an item that was broken over two.

    A loose line between two entries is the beginning of the second one's item, unless it stands beside it.
    """
    # a stamp's words may stand below: what is printed before the labelled values does not follow them
    labelled = [f.at[0] for s, f in row.slots.items() if _is_labelled(group, s)]
    last_row = max(labelled, default=math.inf)
    units = {cell.unit for cell in group.cells if isinstance(cell, Entries)}  # alone they end a figure's line
    rest = [
        (at, p)
        for at, p in sorted(row.rest, key=lambda entry: entry[0])
        if at[0] <= last_row and p.text not in units
    ]
    first = row.entries[0].at if row.entries else (math.inf, 0.0)
    text = [
        span
        for paragraph in paragraphs([p for at, p in rest if at < first], items=False, set_in=False)
        for span in paragraph.spans
    ]
    entries: list[Find] = []
    last = first
    for n, entry in enumerate(row.entries):
        lead = [p.span for at, p in rest if last < at < entry.at and not _beside(p, entry)]
        item = (*lead, *entry.item)
        if n == 0:
            lines = [*text, *entry.item]
            begin = _item_begins(lines, len(text), row.entries[1:])
            text, item = lines[:begin], tuple(lines[begin:])
        entries.append(replace(entry, item=item))
        last = entry.at
    return tuple(text), entries


def _beside(loose: Piece, entry: Find) -> bool:
    """Whether a loose line begins right of where the line of an entry ends, further down: it is of another column, or a
    stamp's.
    """
    if not entry.item:
        return False
    own, other = entry.item[0].place, loose.span.place
    return other.page == own.page and other.line.row != own.line.row and other.line.box.x0 > own.line.box.x1


def _amounts_left(row: Row, unit: str) -> bool:
    """Whether the row's free text ends lines with amounts, or has their unit alone beside it: entries of which the equals
    sign or the amount was not read.
    """
    amount = re.compile(rf"[ก-๎]{{3}}.*[0-9๐-๙][0-9๐-๙.,\s]*[-–—]?\s?{re.escape(unit)}$")
    alone = {at[0] for at, p in row.rest if p.text == unit}
    return any(p.text != unit and (at[0] in alone or amount.search(p.text) is not None) for at, p in row.rest)


_OPENING = 2
"""So many letters, tone marks aside, tell how an item begins."""


def _cut_short(n: int, entries: Sequence[Find]) -> bool:
    """Whether the item of entry `n` begins otherwise than most of the row's do: it lost its beginning (33 of 35 such were
    wrong).
    """
    openings = [skeleton(entry.item[0].text).bones[:_OPENING] if entry.item else "" for entry in entries]
    own = openings.pop(n)
    opening, count = next(iter(Counter(openings).most_common(1)), ("", 0))
    return own not in ("", opening) and count >= max(2, len(openings) / 2)


_ALIKE = 3


def _item_begins(lines: Sequence[Span], own: int, others: Sequence[Find]) -> int:
    """Which of the `lines` of a row's text and its first entry's item (from `own` on) begins the item: the one that
    begins as the `others` do, which are of one sort (in Thai budgets all are costs of something, ค่า…).

    How the lines end says nothing: in narrow cells text and item end anywhere (none of 518 items began where a line
    before its own ended early).
    """
    openings = {entry.item[0].text[:_ALIKE] for entry in others if entry.item}
    order: list[int] = [*range(own, len(lines)), own - 1]
    for n in order:
        if n >= 0 and lines[n].text[:_ALIKE] in openings:
            return n
    return own
