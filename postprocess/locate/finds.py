"""The cells of a group's rows cut into finds: row starts, labelled values, dates, phrases, entries, free text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from postprocess.forms import Cell, Entries, Form, Group
from postprocess.labels import COLONS, Match, find, likeness, signs, skeleton
from postprocess.locate.cells import TextCell
from postprocess.locate.grammar import DATE, core_end, dates, head
from postprocess.locate.phrases import phrases
from postprocess.locate.worn import worn_label
from postprocess.pieces import Piece, has_text, piece
from postprocess.thai import MARKS, arabic_digits
from postprocess.types import Span

_NUMBER = re.compile(r"\s*([0-9OolIS|]{1,3})(?![0-9])")
_EQUALS = re.compile(rf"\s*(?:[.,'’%](?=\s*=))?\s*(?:[ซ๘~≈=\-–]+(?=[\s=])\s*|%(?=\s+[0-9๐-๙]))*[\s{COLONS}]*")
"""An equals sign, also as OCR writes it, a speck before it."""
_NO_NUMBER = re.compile(r"\s*[^\s=]{0,2}[)\]]?(?=\s*=)")
"""Where the number in a label was lost: the equals sign comes right away."""
_ASIDE = re.compile(r"\s*[(\[][^=]{0,20}=\s*")
"""A remark in brackets between a label and its equals sign."""


At = tuple[float, float]
"""Height of the visual row and left edge: the order in which the finds of a row are printed."""


@dataclass(frozen=True, slots=True)
class Find:
    """One value found: `slot` is -1 for a row's start, else the index of the group's cell.

    `at` is its place, for order; `spans` the value; `number` the row number printed with it;
    `item` the text before the equals sign of an entry; `others` are slots whose vocabulary has the phrase too;
    `clear` 0–1 says how clearly its slot and its row were told.
    """

    slot: int
    at: At
    spans: tuple[Span, ...]
    score: float
    number: int | None = None
    item: tuple[Span, ...] = ()
    others: tuple[int, ...] = ()
    clear: float = 1.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label in a cell's text: its slot (-1: the row's start), where it starts and its value begins, where the
    printed number stands (an empty stretch where there is none), that number, and how well the label matched.
    """

    slot: int
    start: int
    end: int
    digits: tuple[int, int]
    number: int | None
    score: float


def cut(cell: TextCell, leads: bool, group: Group, form: Form) -> tuple[list[Find], list[tuple[At, Piece]]]:
    text = signs(cell.strip.text)

    def at(index: int) -> At:
        while index < len(text) and cell.strip.origins[index][1] < 0:
            index += 1
        part, char = cell.strip.origins[min(index, len(text) - 1)]
        where = piece(cell.pieces[part].span.place, 0, char, cell.pieces[part].span.end)
        return cell.pieces[part].row_top, where.box.x0 if where else 0.0

    taken: list[tuple[int, int]] = []
    finds: list[Find] = []

    def free(a: int, b: int) -> bool:
        return all(b <= c or d <= a for c, d in taken)

    labels = []
    for label in [*_labels(text, group), *(_broken_start(text, group) if leads else ())]:
        if free(label.start, label.end):
            labels.append(label)
            taken.append((label.start, label.end))
    for label in labels:
        end = _value_end(text, label.end, taken, group.cells[label.slot]) if label.slot >= 0 else label.end
        taken.append((label.end, end))
        value = (label.end, end) if label.slot >= 0 else label.digits
        spans = cell.strip.spans(*value)
        finds.append(Find(label.slot, at(label.start), spans, label.score, label.number))
    dated: int | None = None
    for slot, definition in enumerate(group.cells):
        if isinstance(definition, Cell) and definition.kind == "date" and not definition.labels:
            for start, end in dates(_without(text, taken)):
                while start and text[start - 1] in "0๐Oo":  # a nought read twice
                    start -= 1
                if free(start, end) and _stands_alone(text, start, taken):
                    taken.append((start, end))
                    dated = end if any(isinstance(c, Cell) and c.rest for c in group.cells) else None
                    finds.append(Find(slot, at(start), cell.strip.spans(start, end), 1.0))
                    break
    for score, slot, a, b, others in phrases(text, taken, dated, group, form):
        if free(a, b):
            taken.append((a, b))
            finds.append(Find(slot, at(a), cell.strip.spans(a, b), score, others=others))
    entries, taken = _entries(cell, text, taken, group, at)
    finds.extend(entries)
    return finds, _left(cell, text, taken)


def _labels(text: str, group: Group) -> list[Labelled]:
    """The labels in `text`, the surest first; they may overlap."""
    found: list[tuple[float, Labelled]] = []
    labels = [(-1, label) for label in group.start]
    labels += [
        (slot, label)
        for slot, cell in enumerate(group.cells)
        if isinstance(cell, Cell)
        for label in cell.labels
    ]
    for slot, label in labels:
        start = 0
        while (match := find(head(label), text, start)) is not None:
            match = _without_figures(label, match, text)
            entry = _finish(slot, label, match, text)
            if entry is not None and _likely(text, match):
                found.append((match.evidence + 0.06 * ("{" in label), entry))
            start = max(match.end, start + 1)
    found.sort(key=lambda pair: -pair[0])
    return [entry for _, entry in found]


_FIGURES = re.compile(r"[0-9๐-๙.,%\s]+")


def _without_figures(label: str, match: Match, text: str) -> Match:
    """The match without the end of the figure before it, taken for misread letters of the label."""
    figures = _FIGURES.match(text, match.start, match.end)
    if figures is None or _FIGURES.match(label):
        return match
    return replace(match, start=figures.end())


def _broken_start(text: str, group: Group) -> list[Labelled]:
    """A cell of the first column, where nothing else stands, that is a start label too worn to be found elsewhere, or the
    end of one, its beginning lost, and the number.
    """
    match = re.fullmatch(r"(\D{1,24}?)\s?(\d{1,3})\D{0,2}", arabic_digits(text))
    worn = match.group(1) if match else text
    if len(worn) < 1.4 * max(len(head(start)) for start in group.start):
        likely = max(likeness(head(start), worn) for start in group.start)
        if likely >= _LEAST_WORN:
            digits = match.span(2) if match else (len(text), len(text))
            return [Labelled(-1, 0, len(text), digits, int(match.group(2)) if match else None, likely)]
    if match is None:
        return []
    bones = skeleton(match.group(1)).bones
    likely = max(
        Levenshtein.normalized_similarity(skeleton(head(start)).bones[-len(bones) :], bones)
        for start in group.start
    )
    if len(bones) < 2 or likely < 0.7:
        return []
    return [Labelled(-1, 0, len(text), match.span(2), int(match.group(2)), likely)]


_LEAST_WORN = 0.55
_LEAST_INSIDE = 0.76


def _likely(text: str, match: Match) -> bool:
    """Whether a label in a row is one: it stands where a value can begin, or matches well before an equals sign."""
    before = text[: match.start].rstrip()
    last = before[-1:]
    leads = not last or not (last.isalpha() or last in MARKS) or before.endswith("บาท")
    if leads:
        return match.score >= _LEAST_INSIDE
    return match.score >= 0.9 and re.search(r"[=:]", text[match.start : match.end + 24]) is not None


def _finish(slot: int, label: str, match: Match, text: str) -> Labelled | None:
    if "{number}" not in label:
        equals = _ASIDE.match(text, match.end) or _EQUALS.match(text, match.end)
        end = equals.end() if equals else match.end
        return Labelled(slot, match.start, end, (0, 0), None, match.score)
    plain = arabic_digits(text)
    begin = core_end(text, match)
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
        lost = _NO_NUMBER.match(text, begin)
        if lost is None:
            return None
        end = lost.end()
    else:
        junk = re.compile(r"\s*(\S{1,3})(?!\S)").match(text, begin)
        if junk is not None:
            place, end = junk.span(1), junk.end()
    tail = label.split("}")[1].strip()
    if tail:
        closing = re.compile(rf"\s*[{re.escape(tail)}\])}}|]").match(text, end)
        end = closing.end() if closing else end
    equals = _EQUALS.match(text, end)
    return Labelled(slot, match.start, equals.end() if equals else end, place, value, match.score)


def _value_end(text: str, start: int, taken: Sequence[tuple[int, int]], cell: Cell | Entries) -> int:
    """A labelled value inside a row goes to the next separator, the next label, or its unit and what follows it.

    A figure also to the next row's date: its own unit and that row's label may be lost.
    """
    stop = min([a for a, _ in taken if a >= start], default=len(text))
    cut = re.compile(rf"\s[{COLONS}]|[{COLONS}]\s|(?<=บาท)\s|(?<=%)\s*(?=[^\s])").search(
        text, start + 1, stop
    )
    stop = min(stop, cut.start() if cut else stop)
    letters = re.compile(r"[ก-ฮเ-ไ]{4,}").search(text, start, stop)
    stop = letters.start() if letters else stop
    date = DATE.search(arabic_digits(text), start + 1, stop) if _is_figure(cell) else None
    return date.start() if date else stop


def _is_figure(cell: Cell | Entries) -> bool:
    return isinstance(cell, Cell) and cell.kind in ("money", "percent", "number", "integer")


def _without(text: str, taken: Sequence[tuple[int, int]]) -> str:
    """The text with blanks for what is taken: a figure before a date is none of its digits."""
    for a, b in taken:
        text = text[:a] + " " * (b - a) + text[b:]
    return text


def _stands_alone(text: str, start: int, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether a date stands at a cell's beginning or behind a separator, not inside running text."""
    before = text[:start].rstrip()
    if not before or before[-1] in COLONS or any(abs(b - len(before)) <= 2 for _, b in taken):
        return True
    return not any(c.isalpha() for c in before)


def _entries(
    cell: TextCell,
    text: str,
    taken: list[tuple[int, int]],
    group: Group,
    at: Callable[[int], At],
) -> tuple[list[Find], list[tuple[int, int]]]:
    finds: list[Find] = []
    taken = list(taken)
    for slot, definition in enumerate(group.cells):
        if not isinstance(definition, Entries):
            continue
        unit = re.escape(definition.unit)
        pattern = re.compile(
            rf"(?P<item>[^{definition.equals}{COLONS}]*?[^\s{definition.equals}{COLONS}])\s*[{re.escape(definition.equals)}]+\s*"
            rf"(?P<amount>(?:[0-9OolIS|.,\s]|(?<=[0-9])[;:](?=[0-9]{{3}}(?![0-9])))*[0-9OolIS.,][.,\-–—~\s]*(?:{unit})?)"
        )
        plain = arabic_digits(text)
        for a, b in _gaps(text, taken):
            begin = a
            while (match := pattern.search(plain, begin, b)) is not None:
                item, amount = match.span("item"), match.span("amount")
                spans = cell.strip.spans(*amount)
                if spans and (worn := worn_label(match.group("item"), group)):
                    finds.append(Find(worn[0], at(item[0]), spans, worn[1]))
                    taken.append(match.span())
                elif spans and any(c.isalpha() for c in match.group("item")):
                    # nothing is spent on nothing: it may be a label too worn to be told
                    clear = 1.0 if re.search("[1-9lIS|]", match.group("amount")) else 0.0
                    own = cell.strip.spans(*item)
                    finds.append(Find(slot, at(item[0]), spans, 1.0, item=own, clear=clear))
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


def _left(cell: TextCell, text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[At, Piece]]:
    """What no find took, line by line, without separators around."""
    left: list[tuple[At, Piece]] = []
    for a, b in _gaps(text, taken):
        while a < b and text[a] in COLONS + " .,•·_":
            a += 1
        while b > a and text[b - 1] in COLONS + " ":
            b -= 1
        for span in cell.strip.spans(a, b):
            source = next(
                q
                for q in cell.pieces
                if q.span.place is span.place and q.span.start <= span.start < q.span.end
            )
            kept = piece(span.place, source.index, span.start, span.end)
            if kept is not None and has_text(kept.text):
                left.append(((kept.row_top, kept.box.x0), kept))
    return left
