"""Numbers as printed: percentages, whole numbers, years of the Buddhist era."""

from __future__ import annotations

import re
from dataclasses import dataclass

from postprocess.kinds.parsed import (
    LOOKALIKES,
    NOTHING_PRINTED,
    Parsed,
    is_blank,
    problem,
    repair_digits,
    unreadable,
    without_doubles,
)
from postprocess.thai import THAI_DIGITS, arabic_digits, is_thai, normalize
from postprocess.types import Change, Problem

_LOOK = re.escape("".join(LOOKALIKES))
_NUMBER = re.compile(rf"[0-9๐-๙{_LOOK}](?:[0-9๐-๙{_LOOK},.'’ ]*[0-9๐-๙{_LOOK}])?")
_DIGIT = re.compile(r"[0-9๐-๙]")
LEAD = re.compile(r"^[\s:=.,…;|'\"]+")

_MOST_DIGITS = 18
"""A run of more digits is no number that anybody prints."""
_LABEL_REST = re.compile(r"^.*(?:=|\)\s*[-–—=:]{1,3})\s*(?=[0-9๐-๙OolI])")

BE_YEARS = range(2440, 2700)
"""Years that can stand on a form, Buddhist era."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number inside print: what stands before and after it, the repaired `printed` form, its value (None where
    its commas and points make no sense), the repairs, and how well it is formed (0–1)."""

    before: str
    printed: str
    after: str
    value: int | float | None
    changes: tuple[Change, ...]
    form: float


def without_label(text: str) -> tuple[str, tuple[Change, ...]]:
    """`text` behind the last sign that ends a label (``(ครั้งที่ 1) = 0 บาท``), and the change where there is one."""
    match = _LABEL_REST.match(text)
    if match is None:
        return text, ()
    return text[match.end() :], (Change("label_rest", text, text[match.end() :]),)


def find_number(text: str, decimals: bool = True) -> Number | None:
    """The first number in `text`, repaired; None where no digit stands in it.

    A lone letter such as ``O`` counts as a digit only where no real digit is near and only a unit follows.
    """
    for match in _NUMBER.finditer(text):
        chunks = match.group().split(" ")
        while chunks and not _DIGIT.search(chunks[-1]):
            chunks.pop()
        while chunks and not _DIGIT.search(chunks[0]):
            chunks.pop(0)
        # A Thai digit glued to a Thai word behind a blank is a misread letter of that word: "26,200 ๒าท".
        if len(chunks) > 1 and chunks[-1] in THAI_DIGITS and is_thai(text[match.end() : match.end() + 1]):
            chunks.pop()
        if not chunks:
            continue
        kept = " ".join(chunks)
        start = match.start() + match.group().index(kept)
        # A letter glued to the number from outside (as in "ข้อB2") belongs to a word, not to the number.
        if start and text[start - 1].isalpha() and text[start - 1].isascii():
            continue
        return _interpret(text[:start], kept, text[start + len(kept) :], decimals)
    lone = re.match(rf"^\s*([{_LOOK}])(?=\s|$|[.,]?-)", text)
    if lone and lone.group(1) not in "|!][?":
        return _interpret("", lone.group(1), text[lone.end() :], decimals)
    return None


def _interpret(before: str, found: str, after: str, decimals: bool) -> Number:
    closed = re.sub(r"\s+", "", _lost_separators(found) if decimals else found).replace("’", "'")
    printed, changes = repair_digits(closed)
    if closed != found:
        changes = (Change("blank_in_number", found, closed), *changes)
    plain = arabic_digits(printed)
    fixed, value, form = _grouping(plain, decimals)
    single = without_doubles(closed)
    if value is None and single != closed:
        printed, changes = single, (Change("doubled_digit", closed, single),)
        plain = arabic_digits(printed)
        fixed, value, form = _grouping(plain, decimals)
    if fixed != plain:
        rewritten = _with_separators(printed, fixed)
        changes += (Change("separators", printed, rewritten),)
        printed = rewritten
    for change in changes:
        form *= 0.5 if change.rule == "mixed_digits" else 0.8
    return Number(before, printed, after, value, changes, form)


_SATANG_APART = re.compile(r"(?:\d{1,3}(?:,\d{3})*|\d+) \d{2}")
"""Figures are grouped in threes: two behind a blank are satang whose point was not read."""
_GROUPED = re.compile(r"(\d{1,3}(?:[ ,.]\d{3})+)([ ,.]\d{2})?")


def _lost_separators(found: str) -> str:
    """`found` with commas and a point for the blanks in it, where its figures stand in threes, or two of them behind the
    only blank; else as it is.
    """
    if _SATANG_APART.fullmatch(arabic_digits(repair_digits(found)[0])):
        return found.replace(" ", ".")
    several = " " in found and len(re.findall(r"[ .,]", found)) > 1
    grouped = _GROUPED.fullmatch(arabic_digits(repair_digits(found)[0])) if several else None
    if grouped is None:
        return found
    cents = grouped[2] or ""
    whole = re.sub(r"[ .]", ",", found[: len(grouped[1])])
    return whole + (f".{found[len(grouped[1]) + 1 :]}" if cents else "")


def _with_separators(printed: str, fixed: str) -> str:
    """The digits of `printed`, in their script, with the commas and points of `fixed`."""
    digits = iter(c for c in printed if _DIGIT.match(c))
    return "".join(next(digits) if c.isdigit() else c for c in fixed)


def _grouping(number: str, decimals: bool) -> tuple[str, int | float | None, float]:
    """The number with its separators put right, its value and how well it is formed."""
    if sum(c.isdigit() for c in number) > _MOST_DIGITS:
        return number, None, 0.0
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", number):
        return number, as_number(number), 1.0
    if re.fullmatch(r"\d+(\.\d{1,2})?", number):
        return number, as_number(number), 0.9 if len(number.split(".")[0]) <= 3 else 0.8
    if not decimals and re.fullmatch(r"\d+[.,]0+", number) and not re.fullmatch(r"\d{1,3}[.,]000", number):
        return number, as_number(number.replace(",", ".")), 0.7
    grouped = re.fullmatch(r"(\d{1,3}(?:[.,']\d{3})+)(?:[.,](\d{1,2}))?", number)
    if grouped:
        head = re.sub(r"[.,']", ",", grouped[1])
        fixed = f"{head}.{grouped[2]}" if grouped[2] else head
        return fixed, as_number(fixed), 0.8
    doubled = re.sub(r"[.,]{2,}(?=\d{3}(?!\d))", ",", number)
    if doubled != number:
        return doubled, _grouping(doubled, decimals)[1], 0.6
    run_on = re.fullmatch(r"(\d{1,3}(?:,\d{3})+)(\d{2})|(\d{1,3}(?:[.,]\d{3})+)(00)", number)
    if run_on:
        # Three digits follow a comma; two more are the satang whose point was lost.
        fixed = f"{(run_on[1] or run_on[3]).replace('.', ',')}.{run_on[2] or run_on[4]}"
        return fixed, as_number(fixed), 0.5
    comma = re.fullmatch(r"(\d{4,}),(\d{2})", number)
    if comma:
        fixed = f"{comma[1]}.{comma[2]}"
        return fixed, as_number(fixed), 0.6
    return number, None, 0.0


def as_number(number: str) -> int | float:
    """A well-formed Arabic number with or without commas; whole numbers are int."""
    plain = number.replace(",", "")
    value = float(plain)
    return int(value) if value == int(value) else value


def is_foreign(rest: str) -> bool:
    """Whether `rest`, what stands beside a number, says something of its own."""
    return any(c.isalnum() for c in rest)


_PERCENT_TAIL = re.compile(r"\s*(?:%|℅|٪|[0oO๐°]\s*[/|]\s*[0oO๐°])?\s*")
_SIGN_AS_DIGITS = re.compile(r"(?<=[.,][0-9๐-๙]{2})(?:\s+[0-9๐-๙A-Za-z]{1,2}|\s*[OoQ°º][0-9A-Za-z]?)$")
"""The sign read as a digit or two, behind a number that has its two decimals."""
_LOST_POINT = re.compile(r"(?<![0-9๐-๙.,])([0-9๐-๙]{1,2}) ([0-9๐-๙]{2})(?=\s*(?:%|$))")
"""A blank for the point before two decimals."""
_PERCENT_MISREAD = re.compile(r"\s+(?:96|9[Go]|[Yy][oO0]|5[oO]|Yo|ร้อยละ)\s*$")


def percent(raw: str) -> Parsed:
    """A percentage with or without its sign: ``10.00 %``, ``100.0%``, ``ร้อยละ ๑๐`` → int or float, 0–100."""
    text, changes = without_label(LEAD.sub("", normalize(raw)))
    if is_blank(text):
        return NOTHING_PRINTED
    pointed = _LOST_POINT.sub(r"\1.\2", text)
    if pointed != text:
        changes += (Change("lost_point", text, pointed),)
        text = pointed
    misread = _PERCENT_MISREAD.search(text) or _SIGN_AS_DIGITS.search(text)
    if misread and "%" not in text and _DIGIT.search(text[: misread.start()]):
        mended = text[: misread.start()] + " %"
        changes += (Change("percent_sign", text, mended),)
        text = mended
    found = find_number(text)
    if found is None:
        return unreadable(text, "percent_unreadable", "อ่านร้อยละไม่ได้", "no percentage can be read here")
    value, form, printed = found.value, found.form, found.printed
    changes += found.changes
    comma = re.fullmatch(r"(\d{1,3}),(\d{1,2})", arabic_digits(printed))
    if value is None and comma:
        pointed = printed.replace(",", ".")
        changes += (Change("separators", printed, pointed),)
        printed, value, form = pointed, as_number(arabic_digits(pointed)), 0.7
    problems: list[Problem] = []
    if value is not None and value > 100:
        digits = arabic_digits(printed)
        if re.fullmatch(r"\d{1,3}00|\d{4}", digits) and int(digits) <= 10000:
            pointed = f"{printed[:-2]}.{printed[-2:]}"
            changes += (Change("lost_point", printed, pointed),)
            printed, value = pointed, as_number(arabic_digits(pointed))
            problems.append(
                problem("percent_point", "จุดทศนิยมน่าจะหายไป", "the decimal point seems to have been lost")
            )
            form = 0.3
    if value is None or not 0 <= value <= 100:
        problems.append(
            problem("percent_range", "ร้อยละต้องอยู่ระหว่าง 0 ถึง 100", "a percentage must lie between 0 and 100")
        )
        form = 0.0
    lead = found.before.replace("ร้อยละ", "")
    tail_match = _PERCENT_TAIL.match(found.after)
    tail = found.after[tail_match.end() :] if tail_match else found.after
    has_sign = "%" in found.after[:3]
    shown_tail = found.after
    if tail_match and tail_match.group().strip() not in ("", "%"):
        shown_tail = " %" + tail
        changes += (Change("percent_sign", found.after, shown_tail),)
        has_sign = True
    if is_foreign(lead) and not has_sign and "." not in printed:
        return unreadable(text, "percent_unreadable", "อ่านร้อยละไม่ได้", "no percentage can be read here")
    if is_foreign(lead) or is_foreign(tail):
        problems.append(
            problem("percent_other_text", "มีข้อความอื่นปนกับร้อยละ", "other text stands beside the percentage")
        )
        form *= 0.5
    if form and (has_sign or "." in printed) and not problems:
        form = min(1.0, form + 0.1)
    elif not has_sign:
        form = min(form, 0.5)
    if any(c in "()[]" for c in found.before + found.after):
        form *= 0.5
    if any(c.rule == "blank_in_number" for c in found.changes) and not has_sign:
        problems.append(
            problem(
                "percent_blank",
                "มีช่องว่างกลางตัวเลข",
                "a blank stands inside the figures: look whether one is the sign",
            )
        )
        form *= 0.5
    return Parsed(value, normalize(f"{found.before}{printed}{shown_tail}"), changes, tuple(problems), form)


def number(raw: str) -> Parsed:
    """Any number, with or without a unit behind it: ``1,250``, ``๓.๕ กม.`` → int or float."""
    text = LEAD.sub("", normalize(raw))
    if is_blank(text):
        return NOTHING_PRINTED
    found = find_number(text)
    if found is None:
        return unreadable(text, "number_unreadable", "อ่านตัวเลขไม่ได้", "no number can be read here")
    shown = normalize(f"{found.before}{found.printed}{found.after}")
    if found.value is None:
        return unreadable(
            shown,
            "number_grouping",
            "จุลภาคหรือจุดในตัวเลขผิดที่",
            "the commas or points in this number make no sense",
            found.changes,
        )
    form = found.form * (0.6 if is_foreign(found.before) else 1.0)
    value: int | float = found.value
    if re.search(r"(^|\s)[-–−]\s*$", found.before):
        value = -value
    return Parsed(value, shown, found.changes, (), form)


def integer(raw: str) -> Parsed:
    """A whole number: ``5``, ``(๕)``, ``1,250`` → int."""
    parsed = number(raw)
    if parsed.value is None:
        return parsed
    if not isinstance(parsed.value, int):
        return unreadable(
            parsed.text or "",
            "integer_expected",
            "ต้องเป็นจำนวนเต็ม",
            "a whole number is expected here",
            parsed.changes,
        )
    return parsed


def be_year(raw: str) -> Parsed:
    """A year of the Buddhist era as printed: ``2566``, ``พ.ศ. ๒๕๖๖`` → int."""
    text = LEAD.sub("", normalize(raw))
    if is_blank(text):
        return NOTHING_PRINTED
    found = find_number(text, decimals=False)
    if found is None:
        return unreadable(text, "year_unreadable", "อ่านปีไม่ได้", "no year can be read here")
    digits = re.sub(r"\D", "", arabic_digits(found.printed))
    printed = re.sub(r"[^0-9๐-๙]", "", found.printed)
    changes = found.changes
    if printed != found.printed:
        changes = (
            *(c for c in changes if c.rule != "separators"),
            Change("separators", found.printed, printed),
        )
    shown = normalize(f"{found.before}{printed}{found.after}")
    year = int(digits)
    if year in BE_YEARS:
        foreign = re.sub(r"พ\s*\.?\s*ศ\s*\.?|ปีงบประมาณ|ปี", "", found.before) + found.after
        form = 0.5 if is_foreign(foreign) else 1.0
        if changes:
            form *= 0.8
        return Parsed(year, shown, changes, (), form)
    if year + 543 in BE_YEARS and len(digits) == 4:
        return Parsed(
            year + 543,
            shown,
            changes,
            (
                problem(
                    "year_common_era",
                    f"ปี {year} น่าจะเป็น ค.ศ. จึงบันทึกเป็น พ.ศ. {year + 543}",
                    f"{year} looks like the common era; recorded as Buddhist era {year + 543}",
                ),
            ),
            0.4,
        )
    return unreadable(
        shown,
        "year_range",
        f"ปี {digits} ไม่น่าเป็นปี พ.ศ.",
        f"{digits} is no likely year of the Buddhist era",
        changes,
    )
