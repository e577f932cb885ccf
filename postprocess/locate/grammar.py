"""What can stand in the cells of a group's rows: where a cell begins, where it can go on, when it is complete."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from postprocess.forms import Cell, Entries, Form, Group
from postprocess.labels import COLONS, Match, find, likeness, signs, skeleton
from postprocess.pieces import has_text
from postprocess.thai import arabic_digits

DATE = re.compile(
    r"[0-9OolI]\s?[0-9OolI]?[0-9]?\s?[/|.\-]\s?[0-9OolI]\s?[0-9OolI]?[0-9]?\s?[/|.\-]\s?(?:[0-9OolISB]\s?){3}[0-9OolISB](?!\d)|[0-9]{4}-[0-9]{2}-[0-9]{2}(\s+[0-9:]{5,8})?"
)
"""A date in figures, its digits possibly read apart, as letters, or twice."""
_DATE_LIKE = re.compile(r"(?<![^\s:])[0-9OolISBiQ|#/.\-]{6,13}(?=\s*[:;]|\s|$)")
"""Figures and strokes, as long as a date, with a blank or a colon behind them."""
_DATE_APART = re.compile(r"(?<![^\s:])[0-9]{1,2}\s[0-9]{1,2}\s[0-9][0-9OolISBก-ฮ]{2,3}[0-9](?=\s*[:;])")
"""A date whose strokes were all lost: only the colon behind it tells."""
_DATE_END = re.compile(r"(?<![0-9.,])[0-9]{1,2}\s?[\s/|.\-]\s?[0-9]{4}\s*$")
_FIGURE_BROKEN = re.compile(r"=\s*[^\sก-๎]{0,2}[0-9๐-๙][0-9๐-๙.,]*\s?$")
"""A value without its unit, so far: where a decimal point is too pale to be read, its place looks like a gap between
columns.
"""
_FIGURE_LAST = re.compile(r"=\s*[0-9๐-๙][0-9๐-๙.,]*\s*%?\s*$")
_ROW_NUMBER = re.compile(r"[0-9]{1,2}(?=[\s:;)]|$)")
_LEAST_BRIDGE = 0.86
_LABELLED = 9
"""So many bones of a label at the end of a line are more than a word that text shares with it (งบประมาณ)."""
_WITHIN = 0.8
"""How likely what makes up the beginning of a phrase belongs together."""


@dataclass(frozen=True, slots=True)
class RowGrammar:
    """What can stand in the cells of a group's rows."""

    group: Group
    form: Form

    def opens_row(self, text: str) -> bool:
        """Whether `text` begins with a start label, whole or broken off."""
        return any(self._leads(head(start), text) for start in self.group.start)

    def begins(self, text: str) -> bool:
        """Whether `text` can only be the beginning of a cell."""
        if signs(text)[:1] in COLONS or self.opens_row(text):
            return True
        plain = arabic_digits(text)
        return (
            any(isinstance(cell, Entries) and cell.equals in text for cell in self.group.cells)
            or any((m := find(label, text)) is not None and m.start <= 4 for label in self._labels())
            or (bool(self._dated()) and DATE.match(plain) is not None)
            or any(likeness(phrase, text.strip(COLONS + " ")) > 0.8 for phrase in self._phrases())
        )

    def can_begin(self, before: str, text: str) -> bool:
        """Whether a cell's line can begin with `text` behind `before`: not inside an entry or in brackets."""
        if before.count("(") > before.count(")") and ")" in text:
            return False
        units = tuple(c.unit for c in self.group.cells if isinstance(c, Entries) and c.unit)
        if text.startswith(("=", *units)):
            return False
        return re.search(r"[=:]\s*$", before) is None or re.match(r"[0-9๐-๙]", text) is None

    def cuts(self, text: str) -> list[int]:
        """Where a separator leads a phrase or label inside a line."""
        text = signs(text)
        found = [m.start() for m in re.finditer(rf"(?<=\s)[{COLONS}]{{2}}", text)]
        found_signs = [m.span() for m in re.finditer(rf"(?<=[\s\d%.\-])[{COLONS}]+\s*(?=[^\d\s])", text)]
        for n, (a, b) in enumerate(found_signs):
            end = found_signs[n + 1][0] if n + 1 < len(found_signs) else len(text)
            stretch = text[b:end].strip()
            if a and self.begins_phrase(stretch) and not self._behind_date(text[:a]):
                found.append(a)
        # a whole phrase at the line's end is a cell's, its separator lost
        found += [
            len(text) - len(phrase)
            for phrase in self._phrases()
            if text.endswith(f" {phrase}") and self._begins_in(text[: -len(phrase)])
        ]
        # a separator at the line's end leads a cell that is empty
        found += [m.start() for m in re.finditer(rf"(?<=\s)[{COLONS}]$", text) if "=" not in m.group()]
        return sorted(set(found))

    def completes(self, before: str, text: str) -> float:
        """How likely it is (0–1) that `text` ends a label, a phrase or an amount that `before` broke off."""
        if re.match(r"[-–—]?\s?[0-9๐-๙()=]", text) and self._lacks_value(before):
            return 0.95
        if re.match(r"[0-9๐-๙]{2}|[0-9๐-๙]?\s?%", text) and _FIGURE_BROKEN.search(before):
            return 0.95
        if any(
            isinstance(c, Entries) and text.startswith(c.equals) and c.equals not in before
            for c in self.group.cells
        ):
            return 0.95
        if _FIGURE_LAST.search(before) and self._begins_label(text):
            return 0.95
        own = re.split(rf"[{COLONS}]", before)[-1].strip()
        whole = self._phrase_score(own + text) if own and has_text(text) else 0.0
        if whole > 0.75 and (whole > 0.97 or whole > self._phrase_score(own) + 0.03):
            return whole
        if own and self._within_phrase(own, text):
            return _WITHIN
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
            match = find(head(start), text)
            if (
                match is not None
                and match.start <= 3
                and re.fullmatch(r"\D{0,2}\d+\D{0,2}", arabic_digits(text[core_end(text, match) :]))
            ):
                return True
        return False

    def _phrase_score(self, text: str) -> float:
        return max((likeness(phrase, text) for phrase in self._phrases()), default=0.0)

    def _within_phrase(self, own: str, text: str) -> bool:
        """Whether `own` and `text` are the beginning of a phrase that goes on in one line more."""
        lead, more = skeleton(own).bones, skeleton(text).bones
        return min(len(lead), len(more)) > 2 and any(
            skeleton(phrase).bones.startswith(lead + more) for phrase in self._phrases()
        )

    def _lacks_value(self, before: str) -> bool:
        """Whether the last label or entry in `before` has no number yet."""
        if re.search(r"=\s*$", before):
            return True
        matches = [m for label in self._labels() if (m := find(label, before)) is not None]
        if not matches:
            return False
        behind = arabic_digits(before[max(m.end for m in matches) :])
        return re.search(r"[0-9]", re.sub(r"[(\[]?[^=]*[)\]]", "", behind)) is None and len(behind) < 12

    def _begins_label(self, text: str) -> bool:
        """Whether `text` is the first few letters of a label: no cell is so short, the line breaks inside the label."""
        own = skeleton(text).bones
        return len(own) > 1 and any(
            len(own) < 0.5 * len(bones) and bones.startswith(own)
            for bones in (skeleton(label).bones for label in self._labels())
        )

    def numbers(self, before: str, text: str) -> bool:
        """Whether `text` begins with the number that the start label `before` lacks."""
        return _ROW_NUMBER.match(arabic_digits(text)) is not None and any(
            match.start <= 3 and not before[match.end :].strip(COLONS + " .")
            for start in self.group.start
            if "{" in start and (match := find(head(start), before)) is not None
        )

    def _begins_in(self, text: str) -> bool:
        """Whether a label or its beginning stands at the end of `text`, without a value: what follows is no free text."""
        tail = skeleton(text).bones[-_LABELLED:]
        return len(tail) == _LABELLED and any(tail in skeleton(label).bones for label in self._labels())

    def _leads(self, label: str, text: str) -> bool:
        match = find(label, text)
        if match is not None and match.start <= 3:
            return True
        bones, own = skeleton(label).bones, skeleton(text).bones
        return 5 <= len(own) < len(bones) and Levenshtein.normalized_similarity(bones[: len(own)], own) > 0.85

    def _behind_date(self, before: str) -> bool:
        return bool(self._dated()) and ends_in_date(before)

    def begins_phrase(self, stretch: str) -> bool:
        """Whether a phrase or label begins like `stretch`, or it with one."""
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
            head(label) for cell in self.group.cells if isinstance(cell, Cell) for label in cell.labels
        )

    def _starts(self) -> tuple[str, ...]:
        return tuple(map(head, self.group.start))

    def _dated(self) -> list[Cell]:
        return [c for c in self.group.cells if isinstance(c, Cell) and c.kind == "date" and not c.labels]


def ends_in_date(text: str) -> bool:
    """Whether `text` ends with a date, or with what is left of one: its month and its year of four digits."""
    plain = arabic_digits(text).rstrip()
    whole = re.search(rf"(?:{DATE.pattern})$", plain) is not None or _DATE_END.search(plain) is not None
    return whole or any(end == len(plain) for _, end in dates(plain + " :"))


def dates(text: str) -> list[tuple[int, int]]:
    """The stretches of `text` that are dates; where there is none, the first that is one with a sign or digit lost."""
    plain = arabic_digits(text)
    found = [match.span() for match in DATE.finditer(plain)]
    if found:
        return found
    if apart := _DATE_APART.search(plain):
        return [apart.span()]
    match = _DATE_LIKE.search(plain)
    if match is None:
        return []
    strokes, digits = match.group().count("/"), sum(c.isdigit() for c in match.group())
    return [match.span()] if (strokes > 1 and digits > 3) or (strokes and digits > 6) else []


def _bridges(bones: str, tail: str, lead: str) -> float:
    """How well the end of `tail` and the beginning of `lead` make up `bones`; 0 where they do not."""
    best = 0.0
    for size in range(2, len(bones) - 1):
        if len(tail) >= size and len(lead) >= len(bones) - size:
            made = tail[-size:] + lead[: len(bones) - size]
            best = max(best, Levenshtein.normalized_similarity(bones, made, score_cutoff=_LEAST_BRIDGE))
    return best


def head(label: str) -> str:
    """What is printed before the number in a label with ``{number}``; else the whole label."""
    return label.split("{")[0].strip()


def core_end(text: str, match: Match) -> int:
    """Where the label's letters end, before any colon that `find` took in."""
    end = match.end
    while end > match.start and text[end - 1] in COLONS + " .":
        end -= 1
    return end
