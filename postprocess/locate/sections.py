"""Which section of the form each line belongs to, and where one record ends and the next begins.

One search over all lines at once (Viterbi): the states are the form's sections in printed order and "outside";
headings and labels are evidence for a state, going on without a heading costs, going back starts a new record and
costs more. A lost heading, a label inside prose or a misread line is outweighed by everything around it, where a
first-match rule would go astray.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postprocess.forms import Body, Boxes, Cell, Form, Group, Parts, Section, Signature, Split, Table, Value
from postprocess.labels import Match, find, letters, likeness, skeleton

MAX_HEADING_LINES = 3
LEAST_HEADING = 0.7

_HEADING = 2.0  # a perfect heading
_LABEL = 1.0  # a perfect label
_NO_HEADING = -1.2  # entering a section whose heading was not seen
_SKIPPED = -0.4  # each section passed over
_NEW_RECORD = -1.5
_MOVED = -0.3  # back to a section that may stand anywhere
_STRAY_IN_FIELDS = -0.08  # a line without a label among labelled values
_STRAY_IN_ROWS = -0.03
_LEAVE = -0.6  # from the last section to outside, at a page's beginning


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: `field` is the index of the field in its section, `text` what is printed before the value.

    `part` tells the inner labels of one field apart (cells, columns); `variant` is the label as the form has it.
    """

    section: int
    field: int
    part: int
    text: str
    variant: str


@dataclass(frozen=True, slots=True)
class Part:
    """Lines `start` to `end` belong to `section`; the first `heading` of them are its heading, as likely as `score`."""

    section: int
    start: int
    end: int
    heading: int
    score: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines of one record: its parts in order, and `found`, how many headings and labels speak for it."""

    parts: tuple[Part, ...]
    found: int
    score: float

    @property
    def start(self) -> int:
        return self.parts[0].start

    @property
    def end(self) -> int:
        return self.parts[-1].end


_CACHE: dict[str, tuple[Label, ...]] = {}


def labels_of(form: Form) -> tuple[Label, ...]:
    """Every label of `form`, in printed order."""
    if form.version not in _CACHE:
        _CACHE[form.version] = tuple(
            Label(s, f, part, text.split("{")[0].strip(), text)
            for s, section in enumerate(form.sections)
            for f, part, text in _printed(section)
        )
    return _CACHE[form.version]


def _printed(section: Section) -> Iterator[tuple[int, int, str]]:
    for f, item in enumerate(section.fields):
        if isinstance(item, Value | Split | Parts | Body | Boxes | Signature):
            yield from ((f, 0, text) for text in item.labels)
        if isinstance(item, Boxes):
            for o, option in enumerate(item.options):
                yield from ((f, o + 1, text) for text in option.labels)
        elif isinstance(item, Table):
            for c, column in enumerate(item.columns):
                yield from ((f, c, text) for text in column.labels)
        elif isinstance(item, Group):
            yield from ((f, 0, text) for text in item.start)
            for c, cell in enumerate(item.cells):
                if isinstance(cell, Cell):
                    yield from ((f, c + 1, text) for text in cell.labels)


def found_labels(text: str, form: Form) -> tuple[tuple[Label, Match], ...]:
    """The labels that stand in one line; where two claim the same letters, those that fit clearly worse are left out."""
    return _found(text, form.version, form)


_FOUND: dict[tuple[str, str], tuple[tuple[Label, Match], ...]] = {}


def _found(text: str, version: str, form: Form) -> tuple[tuple[Label, Match], ...]:
    key = (version, text)
    if key not in _FOUND:
        if len(_FOUND) > 50_000:
            _FOUND.clear()
        matches = [
            (label, match) for label in labels_of(form) if (match := find(label.text, text)) is not None
        ]
        _FOUND[key] = tuple(
            (label, match)
            for label, match in matches
            if all(not match.overlaps(other) or match.evidence > other.evidence - 0.1 for _, other in matches)
        )
    return _FOUND[key]


def heading_at(lines: Sequence[str], at: int, section: Section) -> tuple[int, float]:
    """How many lines from `at` on are the heading of `section`, and how well they fit; (0, 0.0) where none."""
    best = (0, 0.0)
    for heading in section.headings:
        size = len(skeleton(heading).bones)
        joined = ""
        for count in range(1, MAX_HEADING_LINES + 1):
            if at + count > len(lines):
                break
            joined += lines[at + count - 1]
            length = len(skeleton(joined).bones)
            if length > 1.5 * size:
                break
            if length < 0.6 * size:
                if not _begins(heading, joined):
                    break
                continue
            score = likeness(heading, joined)
            if score > best[1] + (0.02 if count > best[0] else 0.0):
                best = (count, score)
    return best if best[1] >= LEAST_HEADING else (0, 0.0)


def _begins(heading: str, text: str) -> bool:
    """Whether `text` can be the first line of a heading that is broken over two."""
    size = len(letters(text))
    return size >= 4 and likeness(letters(heading)[:size], text) >= LEAST_HEADING


def parse_document(
    lines: Sequence[str], form: Form, page_starts: frozenset[int] = frozenset()
) -> list[Stretch]:
    """All records of `form` in a document's `lines`; `page_starts` are the indexes of lines that begin a page."""
    return _search(lines, form, page_starts, many=True)


def parse_record(lines: Sequence[str], form: Form) -> Stretch | None:
    """The sections of one record's `lines`."""
    stretches = _search(lines, form, frozenset(), many=False)
    return stretches[0] if stretches else None


@dataclass(frozen=True, slots=True)
class _Step:
    before: int  # lines consumed before this step
    state: int  # state before this step
    section: int
    heading: int
    score: float
    fresh: bool


def _search(lines: Sequence[str], form: Form, page_starts: frozenset[int], *, many: bool) -> list[Stretch]:
    count, outside = len(form.sections), len(form.sections)
    worst = float("-inf")
    emitted = [_emissions(line, form) for line in lines]
    best = [[worst] * (count + 1) for _ in range(len(lines) + 1)]
    back: list[list[_Step | None]] = [[None] * (count + 1) for _ in range(len(lines) + 1)]
    best[0][outside] = 0.0

    def offer(at: int, state: int, value: float, step: _Step) -> None:
        if value > best[at][state]:
            best[at][state] = value
            back[at][state] = step

    for i in range(len(lines)):
        headings = [heading_at(lines, i, section) for section in form.sections]
        for state in range(count + 1):
            value = best[i][state]
            if value == worst:
                continue
            if state == outside:
                offer(
                    i + 1, outside, value - (0.0 if many else 0.02), _Step(i, state, outside, 0, 0.0, False)
                )
            else:
                offer(i + 1, state, value + emitted[i][state], _Step(i, state, state, 0, 0.0, False))
                if many and i in page_starts:
                    offer(i + 1, outside, value + _LEAVE, _Step(i, state, outside, 0, 0.0, False))
            for target in range(count):
                section = form.sections[target]
                moved = target < state != outside and section.anywhere
                fresh = state == outside or (target <= state and not moved)
                if fresh and not many and state != outside:
                    continue
                cost = _MOVED if moved else _change(form, state, target, outside)
                unseen = _NO_HEADING if section.headings else 0.0
                lines_used, score = headings[target]
                if lines_used:
                    gain = _HEADING * score
                    offer(
                        i + lines_used,
                        target,
                        value + cost + gain,
                        _Step(i, state, target, lines_used, score, fresh),
                    )
                if emitted[i][target] > 0.3:
                    entered = value + cost + unseen + emitted[i][target]
                    offer(i + 1, target, entered, _Step(i, state, target, 0, 0.0, fresh))
                elif not fresh and not _told_by_labels(section):
                    offer(i + 1, target, value + cost + unseen, _Step(i, state, target, 0, 0.0, fresh))
    return _trace(lines, form, best[-1], back)


def _told_by_labels(section: Section) -> bool:
    """Whether the section holds labelled values: its lines are told by their labels."""
    return not section.fields or not any(
        isinstance(item, Body) and not item.labels for item in section.fields
    )


def _change(form: Form, state: int, target: int, outside: int) -> float:
    def skipped(sections: Sequence[Section]) -> float:
        return _SKIPPED * sum(1 for section in sections if section.fields)

    if state == outside:
        return _NEW_RECORD / 2 + skipped(form.sections[:target])
    if target > state:
        return skipped(form.sections[state + 1 : target])
    return _NEW_RECORD + skipped(form.sections[:target]) + 0.25 * skipped(form.sections[state + 1 :])


def _emissions(line: str, form: Form) -> list[float]:
    """For each section, how much a line that is no heading speaks for it."""
    gains = [0.0] * len(form.sections)
    seen: dict[int, list[tuple[float, Match, Label]]] = {}
    for label, match in found_labels(line, form):
        seen.setdefault(label.section, []).append((match.evidence, match, label))
    for s, section in enumerate(form.sections):
        taken: list[tuple[Match, Label]] = []
        for evidence, match, label in sorted(seen.get(s, []), key=lambda entry: -entry[0]):
            if any(match.overlaps(m) or (label.field, label.part) == (o.field, o.part) for m, o in taken):
                continue
            taken.append((match, label))
            gains[s] += _LABEL * max(0.0, evidence - 0.35)
        if not taken:
            gains[s] = _stray(section)
    return gains


def _stray(section: Section) -> float:
    if any(isinstance(item, Body | Boxes) for item in section.fields):
        return 0.0
    if any(isinstance(item, Group | Table) for item in section.fields):
        return _STRAY_IN_ROWS
    return _STRAY_IN_FIELDS


def _trace(
    lines: Sequence[str], form: Form, last: Sequence[float], back: Sequence[Sequence[_Step | None]]
) -> list[Stretch]:
    outside = len(form.sections)
    state = max(range(len(last)), key=lambda s: last[s])
    at = len(lines)
    steps: list[tuple[int, _Step]] = []
    while at > 0:
        step = back[at][state]
        if step is None:
            raise AssertionError("every reached state has a way back")
        steps.append((at, step))
        at, state = step.before, step.state
    records: list[list[Part]] = []
    for end, step in reversed(steps):
        if step.section == outside:
            continue
        entered = step.state != step.section or step.heading or step.fresh
        if step.fresh or not records:
            records.append([])
        parts = records[-1]
        if entered or not parts:
            parts.append(Part(step.section, step.before, end, step.heading, step.score))
        else:
            parts[-1] = Part(parts[-1].section, parts[-1].start, end, parts[-1].heading, parts[-1].score)
    return [_stretch(lines, form, parts) for parts in records]


def _stretch(lines: Sequence[str], form: Form, parts: list[Part]) -> Stretch:
    found: set[tuple[int, int, int]] = set()
    score = 0.0
    for part in parts:
        if part.heading and part.score >= 0.75:
            found.add((part.section, -1, 0))
        for i in range(part.start + part.heading, part.end):
            for label, match in found_labels(lines[i], form):
                if label.section == part.section and match.score >= 0.75:
                    key = (label.section, label.field, label.part)
                    score += 0.0 if key in found else match.score
                    found.add(key)
    return Stretch(tuple(parts), len(found), score)
