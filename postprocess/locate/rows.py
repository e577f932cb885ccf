"""Rows that repeat: their start labels, the values in each, whatever order their cells came in.

Every line of the section is first cut into finds: a row's start, a labelled value, a date, a phrase of a closed
vocabulary, an entry `item = amount`; what is left is the row's free text. Then each kind of find is dealt out to
the rows on its own, in order and at most one for each row, so that a cell that slipped behind the next row's
start (a page header fell between) still comes to its own row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from postprocess.forms import Cell, Entries, Form, Group
from postprocess.locate.cells import TextCell, cells_of
from postprocess.locate.labels import COLONS, Match, find, likeness
from postprocess.locate.lists import paragraphs
from postprocess.locate.pieces import Piece, has_text, piece
from postprocess.thai import arabic_digits
from postprocess.types import Place, Reading, Span

_NUMBER = re.compile(r"\s*([0-9OolIS|]{1,3})(?![0-9])")
_DATE = re.compile(r"[0-9OolI]{1,2}\s?[/|.\-]\s?[0-9OolI]{1,2}\s?[/|.\-]\s?[0-9OolISB]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}(\s+[0-9:]{5,8})?")
_EDGE = re.compile(rf"[\s{COLONS}]*")
_LEAST_PHRASE = 0.72


@dataclass(frozen=True, slots=True)
class Find:
    """One value found: `slot` is -1 for a row's start, else the index of the group's cell.

    `at` is (line index, character) for order; `spans` the value; `number` the row number printed with it.
    """

    slot: int
    at: tuple[int, int]
    spans: tuple[Span, ...]
    score: float
    number: int | None = None
    item: tuple[Span, ...] = ()


@dataclass(slots=True)
class _Row:
    start: tuple[int, int]
    number: Find | None
    slots: dict[int, Find] = field(default_factory=dict)
    rest: list[tuple[tuple[int, int], Piece]] = field(default_factory=list)
    entries: list[Find] = field(default_factory=list)


def rows(places: Sequence[tuple[int, Place]], group: Group, form: Form, score: float) -> list[Reading]:
    """One reading for each leaf of each row; one for the group itself where it has no row."""
    streams = [list(places), _by_height(places)]
    best = max((_deal(stream, group, form) for stream in streams), key=lambda rows: _filled(rows, group))
    if not best:
        return [Reading(group.path, (), score)]
    readings: list[Reading] = []
    for n, row in enumerate(best):
        readings.extend(_readings(f"{group.path}[{n}]", row, group))
    return readings


def _by_height(places: Sequence[tuple[int, Place]]) -> list[tuple[int, Place]]:
    """The lines row by row, for readers that give a table column by column."""
    return sorted(places, key=lambda p: (p[1].page, p[1].line.row, p[1].line.box.x0))


def _filled(rows: Sequence[_Row], group: Group) -> float:
    singles = sum(isinstance(cell, Cell) and not cell.rest for cell in group.cells)
    whole = sum(len(row.slots) + (row.number is not None) + 0.5 * bool(row.rest) for row in rows)
    return whole - 0.5 * sum(singles - len(row.slots) for row in rows)


def _deal(places: Sequence[tuple[int, Place]], group: Group, form: Form) -> list[_Row]:
    pieces = [p for index, place in places if (p := piece(place, index, 0, len(place.line.text)))]
    order = {id(p): n for n, p in enumerate(pieces)}
    cells = cells_of(pieces, lambda text: _begins_cell(text, group, form))
    finds: list[Find] = []
    rest: list[tuple[tuple[int, int], Piece]] = []
    for cell in cells:
        found, left = _cut(cell, order, group, form)
        finds.extend(found)
        rest.extend(left)
    finds.sort(key=lambda f: f.at)
    rows = _rows(finds, group)
    for slot, cell in enumerate(group.cells):
        if isinstance(cell, Cell) and not cell.rest:
            _assign(rows, slot, [f for f in finds if f.slot == slot])
    _give_rest(rows, sorted(rest, key=lambda entry: entry[0]), [f for f in finds if f.item])
    return rows


def _begins_cell(text: str, group: Group, form: Form) -> bool:
    if text[:1] in COLONS:
        return True
    if any(m.start <= 2 for start in group.start if (m := find(_head(start), text))):
        return True
    for cell in group.cells:
        if isinstance(cell, Entries):
            if cell.equals in text:
                return True
            continue
        if any(m.start <= 4 for label in cell.labels if (m := find(_head(label), text))):
            return True
        if cell.kind == "choice" and cell.vocabulary is not None:
            trimmed = text.strip(COLONS + " ")
            if max((likeness(p, trimmed) for p in form.vocabularies[cell.vocabulary]), default=0.0) > 0.8:
                return True
    return False


def _head(label: str) -> str:
    return label.split("{")[0].strip()


# ------------------------------------------------------------------ cutting


def _cut(
    cell: TextCell, order: dict[int, int], group: Group, form: Form
) -> tuple[list[Find], list[tuple[tuple[int, int], Piece]]]:
    text = cell.strip.text
    line_of = [order[id(p)] for p in cell.pieces]

    def at(index: int) -> tuple[int, int]:
        while index < len(text) and cell.strip.origins[index][1] < 0:
            index += 1
        index = min(index, len(text) - 1)
        part, char = cell.strip.origins[index]
        return line_of[part], char

    taken: list[tuple[int, int]] = []
    finds: list[Find] = []

    def free(a: int, b: int) -> bool:
        return all(b <= c or d <= a for c, d in taken)

    for slot, a, b, value_at, number, score in _labels(text, group):
        if not free(a, b):
            continue
        end = _value_end(text, b, taken)
        taken.append((a, end if slot >= 0 else b))
        if slot < 0:
            finds.append(Find(-1, at(a), cell.strip.spans(value_at[0], value_at[1]), score, number))
        else:
            finds.append(Find(slot, at(a), cell.strip.spans(b, end), score, number))
    for slot, definition in enumerate(group.cells):
        if isinstance(definition, Cell) and definition.kind == "date" and not definition.labels:
            for match in _DATE.finditer(arabic_digits(text)):
                if free(match.start(), match.end()) and _stands_alone(text, match.start(), taken):
                    taken.append((match.start(), match.end()))
                    finds.append(Find(slot, at(match.start()), cell.strip.spans(match.start(), match.end()), 1.0))
                    break
    for slot, a, b, score in _phrases(text, taken, group, form):
        if free(a, b):
            taken.append((a, b))
            finds.append(Find(slot, at(a), cell.strip.spans(a, b), score))
    entries, taken = _entries(cell, text, taken, group, at)
    finds.extend(entries)
    return finds, _left(cell, text, taken, line_of)


def _labels(
    text: str, group: Group
) -> list[tuple[int, int, int, tuple[int, int], int | None, float]]:
    """Labelled values in `text`: slot, label's start and end, the printed number's place and value, score."""
    found: list[tuple[float, tuple[int, int, int, tuple[int, int], int | None, float]]] = []
    labels = [(-1, label) for label in group.start]
    labels += [
        (slot, label) for slot, cell in enumerate(group.cells) if isinstance(cell, Cell) for label in cell.labels
    ]
    for slot, label in labels:
        start = 0
        while (match := find(_head(label), text, start)) is not None:
            entry = _finish(slot, label, match, text)
            if entry is not None:
                found.append((match.evidence + 0.02 * ("{" in label), entry))
            start = max(match.end, start + 1)
    found.sort(key=lambda pair: -pair[0])
    return [entry for _, entry in found]


def _finish(
    slot: int, label: str, match: Match, text: str
) -> tuple[int, int, int, tuple[int, int], int | None, float] | None:
    if "{number}" not in label:
        return slot, match.start, _EDGE.match(text, match.end).end(), (0, 0), None, match.score  # type: ignore[union-attr]
    plain = arabic_digits(text)
    begin = _core_end(text, match)
    number = _NUMBER.match(plain, begin)
    value = None
    end = match.end
    place = (begin, begin)
    if number is not None:
        place = number.span(1)
        digits = number.group(1)
        value = int(digits) if digits.isdigit() else None
        end = number.end()
    elif slot >= 0:
        return None
    tail = label.split("}")[1]
    if tail:
        closing = re.compile(rf"[\s{re.escape(tail)}\])}}|1]{{0,4}}").match(text, end)
        end = closing.end() if closing and tail.strip() in closing.group() else end
    edge = re.compile(rf"[\s{COLONS}]*").match(text, end)
    return slot, match.start, edge.end() if edge else end, place, value, match.score


def _core_end(text: str, match: Match) -> int:
    """Where the label's letters end, before any colon that `find` took in."""
    end = match.end
    while end > match.start and text[end - 1] in COLONS + " .":
        end -= 1
    return end


def _value_end(text: str, start: int, taken: Sequence[tuple[int, int]]) -> int:
    """A labelled value inside a row goes to the next separator, the next label, or its unit and what follows it."""
    stop = min([a for a, _ in taken if a >= start], default=len(text))
    cut = re.compile(rf"\s[{COLONS}]|[{COLONS}]\s|(?<=บาท)\s|(?<=%)\s*(?=[^\s])").search(text, start + 1, stop)
    stop = min(stop, cut.start() if cut else stop)
    letters = re.compile(r"[ก-ฮเ-ไ]{4,}").search(text, start, stop)
    return letters.start() if letters else stop


def _stands_alone(text: str, start: int, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether a date stands at a cell's beginning or behind a separator, not inside running text."""
    before = text[:start].rstrip()
    if not before or before[-1] in COLONS or any(abs(b - len(before)) <= 2 for _, b in taken):
        return True
    return not any(c.isalpha() for c in before)


def _phrases(
    text: str, taken: Sequence[tuple[int, int]], group: Group, form: Form
) -> list[tuple[int, int, int, float]]:
    """Stretches between separators that are phrases of a vocabulary, or hold one of a cell's cues."""
    found: list[tuple[float, tuple[int, int, int, float]]] = []
    choices = [
        (slot, cell, form.vocabularies[cell.vocabulary])
        for slot, cell in enumerate(group.cells)
        if isinstance(cell, Cell) and cell.kind == "choice" and cell.vocabulary is not None
    ]
    if not choices:
        return []
    for a, b in _stretches(text, taken):
        led = text[:a].rstrip()[-1:] in tuple(COLONS)
        stretch = text[a:b]
        best: tuple[float, int] | None = None
        for slot, cell, phrases in choices:
            score = max(likeness(phrase, stretch) for phrase in phrases)
            if score < _LEAST_PHRASE and led and len(stretch) < 40:
                cued = max((fuzz.partial_ratio(cue, stretch) / 100 for cue in cell.cues), default=0.0)
                score = max(score, 0.6 if cued > 0.85 and stretch.endswith(cell.cues) else 0.0)
            if best is None or score > best[0]:
                best = (score, slot)
        if best is not None and best[0] >= (0.6 if led else _LEAST_PHRASE):
            found.append((best[0], (best[1], a, b, best[0])))
        else:
            found.extend(_suffix_phrases(text, a, b, choices))
    found.sort(key=lambda pair: -pair[0])
    return [entry for _, entry in found]


def _suffix_phrases(
    text: str, a: int, b: int, choices: Sequence[tuple[int, Cell, tuple[str, ...]]]
) -> list[tuple[float, tuple[int, int, int, float]]]:
    """Two phrases of different cells that lost the separator between them."""
    best: tuple[float, list[tuple[float, tuple[int, int, int, float]]]] = (1.6, [])
    for cut in [i for i in range(a + 4, b - 3) if text[i] == " "]:
        pair = []
        for x, y in ((a, cut), (cut + 1, b)):
            score, slot = max((max(likeness(p, text[x:y]) for p in ps), s) for s, _, ps in choices)
            pair.append((score, (slot, x, y, score)))
        total = pair[0][0] + pair[1][0]
        if total > best[0] and pair[0][1][0] != pair[1][1][0]:
            best = (total, pair)
    return best[1]


def _stretches(text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is not taken, cut at separators, without blanks around."""
    cuts = [(m.start(), m.end()) for m in re.finditer(rf"(?<![0-9])[{COLONS}]+|[{COLONS}]+(?![0-9])", text)]
    cuts += list(taken)
    cuts.sort()
    found: list[tuple[int, int]] = []
    begin = 0
    for a, b in [*cuts, (len(text), len(text))]:
        if a > begin:
            x, y = begin, a
            while x < y and text[x].isspace():
                x += 1
            while y > x and text[y - 1].isspace():
                y -= 1
            if x < y:
                found.append((x, y))
        begin = max(begin, b)
    return found


def _entries(
    cell: TextCell,
    text: str,
    taken: list[tuple[int, int]],
    group: Group,
    at: Callable[[int], tuple[int, int]],
) -> tuple[list[Find], list[tuple[int, int]]]:
    finds: list[Find] = []
    taken = list(taken)
    for slot, definition in enumerate(group.cells):
        if not isinstance(definition, Entries):
            continue
        unit = re.escape(definition.unit)
        pattern = re.compile(
            rf"(?P<item>[^{definition.equals}{COLONS}]*?[^\s{definition.equals}{COLONS}])\s*[{re.escape(definition.equals)}]+\s*"
            rf"(?P<amount>[0-9OolIS|.,\s]*[0-9OolIS.,][.,\-–—~\s]*(?:{unit})?)"
        )
        plain = arabic_digits(text)
        for a, b in _gaps(text, taken):
            begin = a
            while (match := pattern.search(plain, begin, b)) is not None:
                item, amount = match.span("item"), match.span("amount")
                spans = cell.strip.spans(*amount)
                if spans and any(c.isalpha() for c in match.group("item")):
                    finds.append(Find(slot, at(item[0]), spans, 1.0, None, cell.strip.spans(*item)))
                    taken.append(match.span())
                begin = match.end()
    return finds, taken


def _gaps(text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    gaps: list[tuple[int, int]] = []
    begin = 0
    for a, b in [*sorted(taken), (len(text), len(text))]:
        if a > begin:
            gaps.append((begin, a))
        begin = max(begin, b)
    return gaps


def _left(
    cell: TextCell, text: str, taken: Sequence[tuple[int, int]], line_of: Sequence[int]
) -> list[tuple[tuple[int, int], Piece]]:
    """What no find took, line by line, without separators around."""
    left: list[tuple[tuple[int, int], Piece]] = []
    for a, b in _gaps(text, taken):
        while a < b and text[a] in COLONS + " ":
            a += 1
        while b > a and text[b - 1] in COLONS + " ":
            b -= 1
        for span in cell.strip.spans(a, b):
            p, source = next((n, q) for n, q in enumerate(cell.pieces) if q.span.place is span.place)
            kept = piece(span.place, source.index, span.start, span.end)
            if kept is not None and has_text(kept.text):
                left.append(((line_of[p], kept.span.start), kept))
    return left


# ------------------------------------------------------------------ dealing


def _rows(finds: Sequence[Find], group: Group) -> list[_Row]:
    rows = [_Row(f.at, f) for f in finds if f.slot == -1]
    dates = [s for s, c in enumerate(group.cells) if isinstance(c, Cell) and c.kind == "date" and not c.labels]
    if not dates:
        return rows
    # a row whose start label was lost still has its date
    limits = [row.start for row in rows] + [(10**9, 0)]
    first = rows[0].start if rows else (10**9, 0)
    for lower, upper in zip([(-1, 0), *limits[:-1]], limits, strict=True):
        inside = [f for f in finds if f.slot == dates[0] and lower <= f.at < upper]
        spare = inside if lower == (-1, 0) and (not rows or upper == first) else inside[1:]
        for f in spare:
            if any(r.slot not in (-1, dates[0]) and f.at < r.at < upper for r in finds) or not rows:
                rows.append(_Row(f.at, None))
    rows.sort(key=lambda row: row.start)
    return rows


def _assign(rows: Sequence[_Row], slot: int, finds: Sequence[Find]) -> None:
    """Deal `finds` out to `rows`, in order, at most one each, so that the whole costs least."""
    if not rows or not finds:
        return
    starts = [row.start for row in rows]
    home = [sum(start <= f.at for start in starts) - 1 for f in finds]
    n, m = len(finds), len(rows)
    cost = [[0.0] * (m + 1) for _ in range(n + 1)]
    move = [[""] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            options: list[tuple[float, str]] = []
            if i:
                options.append((cost[i - 1][j] + 1.5, "drop"))
            if j:
                options.append((cost[i][j - 1] + 0.6, "blank"))
            if i and j:
                options.append((cost[i - 1][j - 1] + _distance(finds[i - 1], rows[j - 1], home[i - 1], j - 1), "take"))
            if options:
                cost[i][j], move[i][j] = min(options)
    i, j = n, m
    while i or j:
        if move[i][j] == "take":
            rows[j - 1].slots[slot] = finds[i - 1]
            i, j = i - 1, j - 1
        elif move[i][j] == "drop":
            i -= 1
        else:
            j -= 1


def _distance(find: Find, row: _Row, home: int, row_index: int) -> float:
    away = home - row_index
    cost = 0.0 if away == 0 else 0.5 if away == 1 else 0.7 + 0.8 * abs(away)
    if find.number is not None and row.number is not None and row.number.number is not None:
        cost += -0.3 if find.number == row.number.number else 0.3
    return cost


def _give_rest(
    rows: Sequence[_Row], rest: Sequence[tuple[tuple[int, int], Piece]], entries: Sequence[Find]
) -> None:
    for at, p in rest:
        owner = _row_at(rows, at)
        if owner is not None:
            owner.rest.append((at, p))
    for entry in entries:
        owner = _row_at(rows, entry.at)
        if owner is not None:
            owner.entries.append(entry)


def _row_at(rows: Sequence[_Row], at: tuple[int, int]) -> _Row | None:
    before = [row for row in rows if row.start <= at]
    return before[-1] if before else None


# ------------------------------------------------------------------ readings


def _readings(path: str, row: _Row, group: Group) -> list[Reading]:
    number = row.number
    readings = [
        Reading(f"{path}.{group.number.path}", number.spans if number else (), number.score if number else 0.0)
    ]
    score = number.score if number else 0.5
    text, entries = _free_text(row)
    for slot, cell in enumerate(group.cells):
        if isinstance(cell, Entries):
            own = [e for e in entries if e.slot == slot]
            if not own:
                readings.append(Reading(f"{path}.{cell.path}", (), score))
            for n, entry in enumerate(own):
                readings.append(Reading(f"{path}.{cell.path}[{n}].{cell.item.path}", entry.item, entry.score))
                readings.append(Reading(f"{path}.{cell.path}[{n}].{cell.amount.path}", entry.spans, entry.score))
        elif cell.rest:
            readings.append(Reading(f"{path}.{cell.path}", text, score if text else 0.0))
        else:
            find_ = row.slots.get(slot)
            readings.append(Reading(f"{path}.{cell.path}", find_.spans if find_ else (), find_.score if find_ else 0.0))
    return readings


def _free_text(row: _Row) -> tuple[tuple[Span, ...], list[Find]]:
    """The row's free text, and its entries, each with the first lines of an item that was broken over two.

    A loose line right before an entry is the beginning of its item where a new paragraph begins with it.
    """
    pieces = [p for _, p in sorted(row.rest, key=lambda entry: entry[0])]
    at = {p.span: where for where, p in row.rest}
    groups = paragraphs(pieces, items=False)
    entries: list[Find] = []
    last: tuple[int, int] = (-1, -1)
    for entry in row.entries:
        lead = [g for n, g in enumerate(groups) if last < at[g[0]] < entry.at and (n > 0 or last > (-1, -1))]
        if lead:
            groups = [g for g in groups if g not in lead]
            entry = replace(entry, item=(*(span for g in lead for span in g), *entry.item))
        entries.append(entry)
        last = entry.at
    return tuple(span for spans in groups for span in spans), entries
