"""Rows that repeat: their start labels, the values in each, whatever order their cells came in.

Every line of the section is first cut into finds: a row's start, a labelled value, a date, a phrase of a closed
vocabulary, an entry `item = amount`; what is left is the row's free text. Then each kind of find is dealt out to
the rows on its own, in order and at most one for each row, so that a cell that slipped behind the next row's
start (a page header fell between) still comes to its own row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from postprocess.forms import Cell, Entries, Form, Group
from postprocess.labels import COLONS, Match, find, likeness, signs, skeleton
from postprocess.locate.cells import TextCell, cells_of
from postprocess.locate.lists import paragraphs
from postprocess.pieces import Piece, has_text, piece
from postprocess.thai import arabic_digits
from postprocess.types import Place, Reading, Span

_NUMBER = re.compile(r"\s*([0-9OolIS|]{1,3})(?![0-9])")
_DATE = re.compile(
    r"[0-9OolI]\s?[0-9OolI]?\s?[/|.\-]\s?[0-9OolI]\s?[0-9OolI]?\s?[/|.\-]\s?(?:[0-9OolISB]\s?){3}[0-9OolISB](?!\d)|[0-9]{4}-[0-9]{2}-[0-9]{2}(\s+[0-9:]{5,8})?"
)
_EQUALS = re.compile(rf"\s*(?:[ซ๘~≈=\-–]+(?=[\s=])\s*)*[\s{COLONS}]*")
"""An equals sign, also as OCR writes it."""
_ASIDE = re.compile(r"\s*[(\[][^=]{0,20}=\s*")
"""A remark in brackets between a label and its equals sign."""
_LEAST_PHRASE = 0.72
_LEAST_BRIDGE = 0.86


At = tuple[float, float]
"""Height of the visual row and left edge: the order in which the finds of a row are printed."""


@dataclass(frozen=True, slots=True)
class Find:
    """One value found: `slot` is -1 for a row's start, else the index of the group's cell.

    `at` is its place, for order; `spans` the value; `number` the row number printed with it;
    `item` the text before the equals sign of an entry; `others` are slots whose vocabulary has the phrase too.
    """

    slot: int
    at: At
    spans: tuple[Span, ...]
    score: float
    number: int | None = None
    item: tuple[Span, ...] = ()
    others: tuple[int, ...] = ()


@dataclass(slots=True)
class _Row:
    start: At
    number: Find | None
    slots: dict[int, Find] = field(default_factory=dict)
    rest: list[tuple[At, Piece]] = field(default_factory=list)
    entries: list[Find] = field(default_factory=list)


def rows(places: Sequence[tuple[int, Place]], group: Group, form: Form, score: float) -> list[Reading]:
    """One reading for each leaf of each row; one for the group itself where it has no row."""
    dealt = _deal(places, group, form)
    if not dealt:
        return [Reading(group.path, (), score)]
    return [reading for n, row in enumerate(dealt) for reading in _readings(f"{group.path}[{n}]", row, group)]


def _deal(places: Sequence[tuple[int, Place]], group: Group, form: Form) -> list[_Row]:
    finds: list[Find] = []
    rest: list[tuple[At, Piece]] = []
    cells = cells_of(places, RowGrammar(group, form))
    margin = min((cell.pieces[0].box.x0 for cell in cells), default=0.0)
    for cell in cells:
        leads = cell.pieces[0].box.x0 < margin + 2 * cell.pieces[0].box.height
        found, left = _cut(cell, leads, group, form)
        finds.extend(found)
        rest.extend(left)
    finds = _settled(sorted(finds, key=lambda f: f.at))
    rows = _rows(finds, group)
    for slot, definition in enumerate(group.cells):
        if isinstance(definition, Cell) and not definition.rest:
            _assign(rows, slot, [f for f in finds if f.slot == slot])
    _earliest(rows)
    _give_rest(rows, sorted(rest, key=lambda entry: entry[0]), [f for f in finds if f.item])
    return rows


@dataclass(frozen=True, slots=True)
class RowGrammar:
    """What can stand in the cells of a group's rows."""

    group: Group
    form: Form

    def opens_row(self, text: str) -> bool:
        """Whether `text` begins with a start label, whole or broken off."""
        return any(self._leads(_head(start), text) for start in self.group.start)

    def begins(self, text: str) -> bool:
        """Whether `text` can only be the beginning of a cell."""
        if signs(text)[:1] in COLONS or self.opens_row(text):
            return True
        plain = arabic_digits(text)
        return (
            any(isinstance(cell, Entries) and cell.equals in text for cell in self.group.cells)
            or any((m := find(label, text)) is not None and m.start <= 4 for label in self._labels())
            or (bool(self._dated()) and _DATE.match(plain) is not None)
            or any(likeness(phrase, text.strip(COLONS + " ")) > 0.8 for phrase in self._phrases())
        )

    def can_begin(self, before: str, text: str) -> bool:
        """Whether a cell's line can begin with `text` behind `before`: not inside an entry."""
        units = tuple(c.unit for c in self.group.cells if isinstance(c, Entries) and c.unit)
        if text.startswith(("=", *units)):
            return False
        return re.search(r"[=:]\s*$", before) is None or re.match(r"[0-9๐-๙]", text) is None

    def cuts(self, text: str) -> list[int]:
        """Where a separator leads a phrase or label inside a line."""
        text = signs(text)
        found = [m.start() for m in re.finditer(rf"(?<=\s)[{COLONS}]{{2}}", text)]
        found_signs = [m.span() for m in re.finditer(rf"(?<=[\s\d%.\-])[{COLONS}]+\s*(?=\D)", text)]
        for n, (a, b) in enumerate(found_signs):
            end = found_signs[n + 1][0] if n + 1 < len(found_signs) else len(text)
            stretch = text[b:end].strip()
            if a and self._begins_phrase(stretch) and not self._behind_date(text[:a]):
                found.append(a)
        return sorted(set(found))

    def completes(self, before: str, text: str) -> float:
        """How likely it is (0–1) that `text` ends a label, a phrase or an amount that `before` broke off."""
        if re.match(r"[0-9๐-๙()=]", text) and self._lacks_value(before):
            return 0.95
        if any(
            isinstance(c, Entries) and text.startswith(c.equals) and c.equals not in before
            for c in self.group.cells
        ):
            return 0.95
        own = re.split(rf"[{COLONS}]", before)[-1].strip()
        whole = self._phrase_score(own + text) if own and has_text(text) else 0.0
        if whole > 0.75 and (whole > 0.97 or whole > self._phrase_score(own) + 0.03):
            return whole
        tail, lead = skeleton(before).bones[-24:], skeleton(text).bones[:24]
        labels = (*self._labels(), *self._starts())
        return max((_bridges(skeleton(label).bones, tail, lead) for label in labels), default=0.0)

    def closed(self, text: str) -> bool:
        """Whether the cell is a row's start label with its number, or an entry with its amount and unit."""
        plain = arabic_digits(text)
        for cell in self.group.cells:
            if isinstance(cell, Entries) and cell.unit:
                amount = re.search(
                    rf"{re.escape(cell.equals)}\s*[0-9][0-9.,\-–\s]*{re.escape(cell.unit)}\s*$", plain
                )
                if amount and not any(find(label, text) for label in self._labels()):
                    return True
        for start in self.group.start:
            match = find(_head(start), text)
            if (
                match is not None
                and match.start <= 3
                and re.fullmatch(r"\D{0,2}\d+\D{0,2}", arabic_digits(text[_core_end(text, match) :]))
            ):
                return True
        return False

    def _phrase_score(self, text: str) -> float:
        return max((likeness(phrase, text) for phrase in self._phrases()), default=0.0)

    def _lacks_value(self, before: str) -> bool:
        """Whether the last label or entry in `before` has no number yet."""
        if re.search(r"=\s*$", before):
            return True
        matches = [m for label in self._labels() if (m := find(label, before)) is not None]
        if not matches:
            return False
        behind = arabic_digits(before[max(m.end for m in matches) :])
        return re.search(r"[0-9]", re.sub(r"[(\[]?[^=]*[)\]]", "", behind)) is None and len(behind) < 12

    def _leads(self, label: str, text: str) -> bool:
        match = find(label, text)
        if match is not None and match.start <= 3:
            return True
        bones, own = skeleton(label).bones, skeleton(text).bones
        return 5 <= len(own) < len(bones) and Levenshtein.normalized_similarity(bones[: len(own)], own) > 0.85

    def _behind_date(self, before: str) -> bool:
        return (
            bool(self._dated()) and re.search(rf"(?:{_DATE.pattern})\s*$", arabic_digits(before)) is not None
        )

    def _begins_phrase(self, stretch: str) -> bool:
        own = skeleton(stretch).bones
        if len(own) < 3:
            return False
        for phrase in (*self._phrases(), *self._labels()):
            bones = skeleton(phrase).bones
            size = min(len(bones), len(own))
            if Levenshtein.normalized_similarity(bones[:size], own[:size]) > 0.75 and (
                len(own) <= len(bones) + 2 or phrase in self._labels()
            ):
                return True
        return False

    def _phrases(self) -> tuple[str, ...]:
        return tuple(
            phrase
            for cell in self.group.cells
            if isinstance(cell, Cell) and cell.kind == "choice" and cell.vocabulary is not None
            for phrase in self.form.phrases(cell.vocabulary)
        )

    def _labels(self) -> tuple[str, ...]:
        return tuple(
            _head(label) for cell in self.group.cells if isinstance(cell, Cell) for label in cell.labels
        )

    def _starts(self) -> tuple[str, ...]:
        return tuple(map(_head, self.group.start))

    def _dated(self) -> list[Cell]:
        return [c for c in self.group.cells if isinstance(c, Cell) and c.kind == "date" and not c.labels]


def _bridges(bones: str, tail: str, lead: str) -> float:
    """How well the end of `tail` and the beginning of `lead` make up `bones`; 0 where they do not."""
    best = 0.0
    for size in range(2, len(bones) - 1):
        if len(tail) >= size and len(lead) >= len(bones) - size:
            made = tail[-size:] + lead[: len(bones) - size]
            best = max(best, Levenshtein.normalized_similarity(bones, made, score_cutoff=_LEAST_BRIDGE))
    return best


def _head(label: str) -> str:
    return label.split("{")[0].strip()


# ------------------------------------------------------------------ cutting


def _cut(cell: TextCell, leads: bool, group: Group, form: Form) -> tuple[list[Find], list[tuple[At, Piece]]]:
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
        if free(label[1], label[2]):
            labels.append(label)
            taken.append((label[1], label[2]))
    for slot, a, b, value_at, number, score in labels:
        end = _value_end(text, b, taken) if slot >= 0 else b
        taken.append((b, end))
        if slot < 0:
            finds.append(Find(-1, at(a), cell.strip.spans(value_at[0], value_at[1]), score, number))
        else:
            finds.append(Find(slot, at(a), cell.strip.spans(b, end), score, number))
    dated: int | None = None
    for slot, definition in enumerate(group.cells):
        if isinstance(definition, Cell) and definition.kind == "date" and not definition.labels:
            for match in _DATE.finditer(arabic_digits(text)):
                if free(match.start(), match.end()) and _stands_alone(text, match.start(), taken):
                    taken.append((match.start(), match.end()))
                    dated = match.end() if any(isinstance(c, Cell) and c.rest for c in group.cells) else None
                    finds.append(
                        Find(slot, at(match.start()), cell.strip.spans(match.start(), match.end()), 1.0)
                    )
                    break
    for score, slot, a, b, others in _phrases(text, taken, dated, group, form):
        if free(a, b):
            taken.append((a, b))
            finds.append(Find(slot, at(a), cell.strip.spans(a, b), score, others=others))
    entries, taken = _entries(cell, text, taken, group, at)
    finds.extend(entries)
    return finds, _left(cell, text, taken)


def _labels(text: str, group: Group) -> list[tuple[int, int, int, tuple[int, int], int | None, float]]:
    """Labelled values in `text`: slot, label's start and end, the printed number's place and value, score."""
    found: list[tuple[float, tuple[int, int, int, tuple[int, int], int | None, float]]] = []
    labels = [(-1, label) for label in group.start]
    labels += [
        (slot, label)
        for slot, cell in enumerate(group.cells)
        if isinstance(cell, Cell)
        for label in cell.labels
    ]
    for slot, label in labels:
        start = 0
        while (match := find(_head(label), text, start)) is not None:
            entry = _finish(slot, label, match, text)
            if entry is not None and _likely(text, match):
                found.append((match.evidence + 0.02 * ("{" in label), entry))
            start = max(match.end, start + 1)
    found.sort(key=lambda pair: -pair[0])
    return [entry for _, entry in found]


def _broken_start(text: str, group: Group) -> list[tuple[int, int, int, tuple[int, int], int | None, float]]:
    """A cell of the first column that is the end of a start label, its beginning lost, and the number."""
    match = re.fullmatch(r"(\D{1,24}?)\s?(\d{1,3})\D{0,2}", arabic_digits(text))
    if match is None:
        return []
    bones = skeleton(match.group(1)).bones
    likely = max(
        Levenshtein.normalized_similarity(skeleton(_head(start)).bones[-len(bones) :], bones)
        for start in group.start
    )
    if len(bones) < 2 or likely < 0.7:
        return []
    return [(-1, 0, len(text), match.span(2), int(match.group(2)), likely)]


_LEAST_INSIDE = 0.76


def _likely(text: str, match: Match) -> bool:
    """Whether a label in a row is one: it stands where a value can begin, or matches well before an equals sign."""
    before = text[: match.start].rstrip()
    leads = not before or before[-1] in COLONS + "%-" or before[-1].isdigit() or before.endswith("บาท")
    if leads:
        return match.score >= _LEAST_INSIDE
    return match.score >= 0.9 and re.search(r"[=:]", text[match.start : match.end + 24]) is not None


def _finish(
    slot: int, label: str, match: Match, text: str
) -> tuple[int, int, int, tuple[int, int], int | None, float] | None:
    if "{number}" not in label:
        equals = _ASIDE.match(text, match.end) or _EQUALS.match(text, match.end)
        return slot, match.start, equals.end() if equals else match.end, (0, 0), None, match.score
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
    else:
        junk = re.compile(r"\s*(\S{1,3})(?!\S)").match(text, begin)
        if junk is not None:
            place, end = junk.span(1), junk.end()
    tail = label.split("}")[1].strip()
    if tail:
        closing = re.compile(rf"\s*[{re.escape(tail)}\])}}|]").match(text, end)
        end = closing.end() if closing else end
    equals = _EQUALS.match(text, end)
    return slot, match.start, equals.end() if equals else end, place, value, match.score


def _core_end(text: str, match: Match) -> int:
    """Where the label's letters end, before any colon that `find` took in."""
    end = match.end
    while end > match.start and text[end - 1] in COLONS + " .":
        end -= 1
    return end


def _value_end(text: str, start: int, taken: Sequence[tuple[int, int]]) -> int:
    """A labelled value inside a row goes to the next separator, the next label, or its unit and what follows it."""
    stop = min([a for a, _ in taken if a >= start], default=len(text))
    cut = re.compile(rf"\s[{COLONS}]|[{COLONS}]\s|(?<=บาท)\s|(?<=%)\s*(?=[^\s])").search(
        text, start + 1, stop
    )
    stop = min(stop, cut.start() if cut else stop)
    letters = re.compile(r"[ก-ฮเ-ไ]{4,}").search(text, start, stop)
    return letters.start() if letters else stop


def _stands_alone(text: str, start: int, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether a date stands at a cell's beginning or behind a separator, not inside running text."""
    before = text[:start].rstrip()
    if not before or before[-1] in COLONS or any(abs(b - len(before)) <= 2 for _, b in taken):
        return True
    return not any(c.isalpha() for c in before)


_Phrase = tuple[float, int, int, int, tuple[int, ...]]
"""Score, slot, start, end, other slots that the phrase fits as well."""


def _phrases(
    text: str, taken: Sequence[tuple[int, int]], dated: int | None, group: Group, form: Form
) -> list[_Phrase]:
    """Stretches between separators that are phrases of a vocabulary, or hold one of a cell's cues."""
    choices = [
        (slot, cell, form.phrases(cell.vocabulary))
        for slot, cell in enumerate(group.cells)
        if isinstance(cell, Cell) and cell.kind == "choice" and cell.vocabulary is not None
    ]
    if not choices:
        return []
    found: list[_Phrase] = []
    for a, b in _stretches(text, taken):
        if dated is not None and re.fullmatch(rf"\s*[{COLONS}]?\s*", text[dated:a]):
            continue  # what stands right behind the date is the row's free text
        led = text[:a].rstrip()[-1:] in tuple(COLONS)
        best = _best_phrase(text[a:b], choices, cued=led and b - a < 40)
        pair = _two_phrases(text, a, b, choices) if best[0] < 0.9 else []
        if pair and sum(p[0] for p in pair) / 2 > best[0]:
            found.extend(pair)
        elif best[0] >= (0.6 if led else _LEAST_PHRASE):
            found.append((best[0], best[1], a, b, best[2]))
    return sorted(found, reverse=True)


def _best_phrase(
    stretch: str, choices: Sequence[tuple[int, Cell, tuple[str, ...]]], *, cued: bool
) -> tuple[float, int, tuple[int, ...]]:
    scores: list[tuple[float, int]] = []
    for slot, cell, phrases in choices:
        score = max(likeness(phrase, stretch) for phrase in phrases)
        if cued and score < _LEAST_PHRASE and cell.cues:
            near = max(fuzz.partial_ratio(cue, stretch[-len(cue) - 3 :]) / 100 for cue in cell.cues)
            score = max(score, 0.6 if near > 0.85 else 0.0)
        scores.append((score, slot))
    score, slot = max(scores, key=lambda entry: entry[0])
    return score, slot, tuple(other for s, other in scores if other != slot and s > score - 0.02)


def _two_phrases(
    text: str, a: int, b: int, choices: Sequence[tuple[int, Cell, tuple[str, ...]]]
) -> list[_Phrase]:
    """Two phrases of different cells that lost the separator between them."""
    best: tuple[float, list[_Phrase]] = (1.6, [])
    for cut in [i for i in range(a + 4, b - 3) if text[i] == " "]:
        pair: list[_Phrase] = []
        for x, y in ((a, cut), (cut + 1, b)):
            score, slot, others = _best_phrase(text[x:y], choices, cued=False)
            pair.append((score, slot, x, y, others))
        if pair[0][0] + pair[1][0] > best[0] and (pair[0][1] != pair[1][1] or pair[0][4]):
            best = (pair[0][0] + pair[1][0], pair)
    return best[1]


def _settled(finds: Sequence[Find]) -> list[Find]:
    """Phrases that stand in several vocabularies given to one slot: by their neighbours in the visual row, by the
    columns of the others, by the order in which the cells are printed.
    """
    sure: dict[int, list[float]] = {}
    for f in finds:
        if f.slot >= 0 and not f.others:
            sure.setdefault(f.slot, []).append(f.at[1])
    settled: list[Find] = []
    for n, f in enumerate(finds):
        if not f.others:
            settled.append(f)
            continue
        slots = sorted((f.slot, *f.others))
        after = {g.slot for g in finds[n + 1 :] if g.at[0] == f.at[0]}
        since: set[int] = set()
        for g in settled:
            since = set() if g.slot == -1 else since | {g.slot}
        before = {g.slot for g in settled if g.at[0] == f.at[0]}
        free = [s for s in slots if s not in before and not any(b > s for b in before if b in slots)]
        columns = {s: sorted(sure[s])[len(sure[s]) // 2] for s in slots if s in sure}
        if after & set(slots) and slots[0] in free:
            slot = slots[0]
        elif before & set(slots):
            slot = free[-1] if free else slots[-1]
        elif len(columns) > 1 and max(columns.values()) - min(columns.values()) > 80:
            slot = min(columns, key=lambda s: abs(columns[s] - f.at[1]))
        else:
            slot = next((s for s in slots if s not in since), slots[-1])
        settled.append(replace(f, slot=slot, others=()))
    return settled


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


def _left(cell: TextCell, text: str, taken: Sequence[tuple[int, int]]) -> list[tuple[At, Piece]]:
    """What no find took, line by line, without separators around."""
    left: list[tuple[At, Piece]] = []
    for a, b in _gaps(text, taken):
        while a < b and text[a] in COLONS + " .,":
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


# ------------------------------------------------------------------ dealing


def _rows(finds: Sequence[Find], group: Group) -> list[_Row]:
    rows = [_Row(f.at, f) for f in finds if f.slot == -1]
    dates = [
        s for s, c in enumerate(group.cells) if isinstance(c, Cell) and c.kind == "date" and not c.labels
    ]
    if not dates:
        return rows
    # a row whose start label was lost still has its date
    limits = [row.start for row in rows] + [(math.inf, 0.0)]
    first = rows[0].start if rows else (math.inf, 0.0)
    for lower, upper in zip([(-1.0, 0.0), *limits[:-1]], limits, strict=True):
        inside = [f for f in finds if f.slot == dates[0] and lower <= f.at < upper]
        spare = inside if lower == (-1.0, 0.0) and (not rows or upper == first) else inside[1:]
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
                options.append(
                    (cost[i - 1][j - 1] + _distance(finds[i - 1], rows[j - 1], home[i - 1], j - 1), "take")
                )
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


def _earliest(rows: Sequence[_Row]) -> None:
    """A row begins with the first of its finds: a start label may stand in the middle of its tall cell."""
    for n, row in enumerate(rows):
        before = rows[n - 1] if n else None
        for found in row.slots.values():
            if found.at < row.start and (before is None or found.at > before.start) and found.slot == 0:
                row.start = found.at


def _give_rest(rows: Sequence[_Row], rest: Sequence[tuple[At, Piece]], entries: Sequence[Find]) -> None:
    for at, p in rest:
        owner = _row_at(rows, at)
        if owner is not None:
            owner.rest.append((at, p))
    for entry in entries:
        owner = _row_at(rows, entry.at)
        if owner is not None:
            owner.entries.append(entry)


def _row_at(rows: Sequence[_Row], at: At) -> _Row | None:
    before = [row for row in rows if row.start <= at]
    return before[-1] if before else None


# ------------------------------------------------------------------ readings


def _readings(path: str, row: _Row, group: Group) -> list[Reading]:
    number = row.number
    echoes = [f.number for f in row.slots.values() if f.number is not None]
    readings = [
        Reading(
            f"{path}.{group.number.path}",
            number.spans if number else (),
            number.score if number else 0.0,
            # the row's number is printed again in a label: a second look for nothing
            second=str(echoes[0]) if echoes else None,
        )
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
                readings.append(
                    Reading(f"{path}.{cell.path}[{n}].{cell.amount.path}", entry.spans, entry.score)
                )
        elif cell.rest:
            readings.append(Reading(f"{path}.{cell.path}", text, score if text else 0.0))
        else:
            find_ = row.slots.get(slot)
            readings.append(
                Reading(f"{path}.{cell.path}", find_.spans if find_ else (), find_.score if find_ else 0.0)
            )
    return readings


def _free_text(row: _Row) -> tuple[tuple[Span, ...], list[Find]]:
    """The row's free text, and its entries, each with the first lines of an item that was broken over two.

    A loose line between two entries is the beginning of the second one's item; a line before the first entry is
    where a new paragraph begins with it.
    """
    rest = sorted(row.rest, key=lambda entry: entry[0])
    first = row.entries[0].at if row.entries else (math.inf, 0.0)
    groups = paragraphs([p for at, p in rest if at < first], items=False, set_in=False)
    entries: list[Find] = []
    last = first
    for n, entry in enumerate(row.entries):
        lead = [p.span for at, p in rest if last < at < entry.at]
        if n == 0 and len(groups) > 1:
            lead = list(groups.pop())
        entries.append(replace(entry, item=(*lead, *entry.item)))
        last = entry.at
    return tuple(span for spans in groups for span in spans), entries
