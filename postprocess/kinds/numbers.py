"""Numbers as printed: money, percentages, whole numbers, years of the Buddhist era."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from postprocess.kinds.parsed import (
    LOOKALIKES,
    NOTHING_PRINTED,
    Parsed,
    is_blank,
    merge_changes,
    problem,
    repair_digits,
    unreadable,
)
from postprocess.thai import THAI_DIGITS, arabic_digits, is_thai, normalize, number_in_words
from postprocess.types import Change, Problem

_LOOK = re.escape("".join(LOOKALIKES))
_NUMBER = re.compile(rf"[0-9๐-๙{_LOOK}](?:[0-9๐-๙{_LOOK},.'’ ]*[0-9๐-๙{_LOOK}])?")
_DIGIT = re.compile(r"[0-9๐-๙]")
_MULTIPLIERS = {"พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
_NO_AMOUNT = re.compile(r"[-–—(\s]*(?:ไม่มี|ไม่ใช้งบประมาณ|ไม่ได้ใช้งบประมาณ|ไม่ขอใช้งบประมาณ)[-–—)\s.]*")
_LEAD = re.compile(r"^[\s:=.,…;|'\"]+")

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
    closed = re.sub(r"\s+", "", found).replace("’", "'")
    printed, changes = repair_digits(closed)
    if closed != found:
        changes = (Change("blank_in_number", found, closed), *changes)
    plain = arabic_digits(printed)
    fixed, value, form = _grouping(plain, decimals)
    if fixed != plain:
        rewritten = _with_separators(printed, fixed)
        changes += (Change("separators", printed, rewritten),)
        printed = rewritten
    if changes:
        form *= 0.8
    return Number(before, printed, after, value, changes, form)


def _with_separators(printed: str, fixed: str) -> str:
    """The digits of `printed`, in their script, with the commas and points of `fixed`."""
    digits = iter(c for c in printed if _DIGIT.match(c))
    return "".join(next(digits) if c.isdigit() else c for c in fixed)


def _grouping(number: str, decimals: bool) -> tuple[str, int | float | None, float]:
    """The number with its separators put right, its value and how well it is formed."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", number):
        return number, _value(number), 1.0
    if re.fullmatch(r"\d+(\.\d{1,2})?", number):
        return number, _value(number), 0.9 if len(number.split(".")[0]) <= 3 else 0.8
    if not decimals and re.fullmatch(r"\d+[.,]0+", number) and not re.fullmatch(r"\d{1,3}[.,]000", number):
        return number, _value(number.replace(",", ".")), 0.7
    grouped = re.fullmatch(r"(\d{1,3}(?:[.,']\d{3})+)(?:[.,](\d{1,2}))?", number)
    if grouped:
        head = re.sub(r"[.,']", ",", grouped[1])
        fixed = f"{head}.{grouped[2]}" if grouped[2] else head
        return fixed, _value(fixed), 0.8
    run_on = re.fullmatch(r"(\d{1,3}(?:,\d{3})*,\d{3})(\d{2})", number)
    if run_on:
        # Three digits follow a comma; two more are the satang whose point was lost.
        fixed = f"{run_on[1]}.{run_on[2]}"
        return fixed, _value(fixed), 0.5
    comma = re.fullmatch(r"(\d{4,}),(\d{2})", number)
    if comma:
        fixed = f"{comma[1]}.{comma[2]}"
        return fixed, _value(fixed), 0.6
    return number, None, 0.0


def _value(number: str) -> int | float:
    plain = number.replace(",", "")
    value = float(plain)
    return int(value) if value == int(value) else value


def money(raw: str) -> Parsed:
    """An amount in baht: ``26,200 บาท``, ``10,000.- บาท``, ``๒๖,๒๐๐.๕๐``, ``1.5 ล้านบาท`` → int or float."""
    text = _LEAD.sub("", normalize(raw))
    if is_blank(text) or _NO_AMOUNT.fullmatch(text):
        return NOTHING_PRINTED if is_blank(text) else Parsed(None, text, strength=0.5)
    found = find_number(text)
    if found is None:
        words = re.sub(r"[()]|บาท.*$", "", text).strip()
        spelled = number_in_words(words) if words else None
        if spelled is not None:
            return Parsed(spelled, text, strength=0.7)
        return unreadable(text, "money_unreadable", "อ่านจำนวนเงินไม่ได้", "no amount of money can be read here")
    problems: list[Problem] = []
    value, form = found.value, found.form
    tail, unit_changes, factor, satang, rest = _money_tail(found.after)
    shown = f"{found.before}{found.printed}{tail}"
    if value is None:
        problems.append(
            problem(
                "money_grouping",
                "จุลภาคหรือจุดในจำนวนเงินผิดที่",
                "the commas or points in this amount make no sense",
            )
        )
        form = 0.0
    else:
        value = _value(f"{value * factor + satang:.2f}") if factor != 1 or satang else value
        spelled = _spelled_amount(rest)
        if spelled is not None:
            if spelled == value:
                form = 1.0
            else:
                form *= 0.3
                problems.append(
                    problem(
                        "money_words_differ",
                        "จำนวนเงินเป็นตัวเลขกับตัวอักษรไม่ตรงกัน",
                        "the amount in figures differs from the amount in words",
                    )
                )
        elif _is_foreign(rest) or _is_foreign(_known_lead(found.before)):
            form *= 0.5
            problems.append(
                problem("money_other_text", "มีข้อความอื่นปนกับจำนวนเงิน", "other text stands beside the amount")
            )
        if re.search(r"(^|\s)[-–−]\s*$", found.before) and value:
            form *= 0.5
            problems.append(
                problem("money_negative", "อาจเป็นจำนวนติดลบ", "a minus may stand before the amount")
            )
    return Parsed(value, normalize(shown), found.changes + unit_changes, tuple(problems), form)


_MONEY_LEAD = ("จำนวนเงิน", "จำนวน", "เป็นเงิน", "รวมเป็นเงิน", "รวม", "เงิน", "วงเงิน", "ประมาณ", "ทั้งสิ้น", "฿")


def _known_lead(before: str) -> str:
    rest = before
    for word in sorted(_MONEY_LEAD, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest


def _is_foreign(rest: str) -> bool:
    return any(c.isalnum() for c in rest)


def _money_tail(after: str) -> tuple[str, tuple[Change, ...], int, float, str]:
    """What follows the figures: the tail as shown, its repairs, the multiplier, satang as baht, and what is left."""
    match = re.match(r"\s*(?:[.,]?\s*[-–—−=_~]+)?\s*", after)
    sign_end = match.end() if match else 0
    sign = re.sub(r"[.,]?\s*[-–—−=_~]+", ".-", after[:sign_end])
    # "10,000-" and "10,000.–" are both ways to say "no satang"; a sign that never was is not invented.
    rest = after[sign_end:]
    changes = merge_changes(after[:sign_end].strip(), sign.strip(), "satang_sign")
    factor, satang = 1, 0.0
    multiplier = re.match(r"(พัน|หมื่น|แสน|ล้าน)\s*", rest)
    shown = sign
    if multiplier:
        factor = _MULTIPLIERS[multiplier[1]]
        shown += multiplier.group()
        rest = rest[multiplier.end() :]
    unit = re.match(r"[ก-๎๐-๙A-Za-z]{2,5}?(?=ถ้วน|[^ก-๎A-Za-z]|$)", rest)
    changes_found: tuple[Change, ...] = changes
    if unit and unit.group() != "บาท" and is_thai(unit.group()) and fuzz.ratio(unit.group(), "บาท") >= 60:
        changes_found = (
            *changes,
            Change("unit", unit.group(), "บาท"),
        )
        rest = "บาท" + rest[unit.end() :]
    baht = re.match(r"บาท(ถ้วน)?\s*", rest)
    if baht:
        shown += baht.group()
        rest = rest[baht.end() :]
        coins = re.match(r"([0-9๐-๙]{1,2})\s*สตางค์\s*", rest)
        if coins:
            satang = int(arabic_digits(coins[1])) / 100
            shown += coins.group()
            rest = rest[coins.end() :]
    return shown + rest, changes_found, factor, satang, rest


def _spelled_amount(rest: str) -> int | None:
    """The amount that follows in words and brackets, whole baht."""
    match = re.match(r"\(\s*(.+?)\s*บาท\s*(?:ถ้วน)?\s*\)", rest)
    return number_in_words(match[1]) if match else None


_PERCENT_TAIL = re.compile(r"\s*(?:%|℅|٪|[0oO๐°]\s*[/|]\s*[0oO๐°])?\s*")
_PERCENT_MISREAD = re.compile(r"\s+(?:96|9[Go]|[Yy][oO0]|5[oO]|Yo|ร้อยละ)\s*$")


def percent(raw: str) -> Parsed:
    """A percentage with or without its sign: ``10.00 %``, ``100.0%``, ``ร้อยละ ๑๐`` → int or float, 0–100."""
    text = _LEAD.sub("", normalize(raw))
    if is_blank(text):
        return NOTHING_PRINTED
    changes: tuple[Change, ...] = ()
    misread = _PERCENT_MISREAD.search(text)
    if misread and "%" not in text and _DIGIT.search(text[: misread.start()]):
        mended = text[: misread.start()] + " %"
        changes = (Change("percent_sign", text, mended),)
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
        printed, value, form = pointed, _value(arabic_digits(pointed)), 0.7
    problems: list[Problem] = []
    if value is not None and value > 100:
        digits = arabic_digits(printed)
        if re.fullmatch(r"\d{1,3}00", digits) and int(digits) <= 10000:
            pointed = f"{printed[:-2]}.{printed[-2:]}"
            changes += (Change("lost_point", printed, pointed),)
            printed, value = pointed, _value(arabic_digits(pointed))
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
    if _is_foreign(lead) and not has_sign and "." not in printed:
        return unreadable(text, "percent_unreadable", "อ่านร้อยละไม่ได้", "no percentage can be read here")
    if _is_foreign(lead) or _is_foreign(tail):
        problems.append(
            problem("percent_other_text", "มีข้อความอื่นปนกับร้อยละ", "other text stands beside the percentage")
        )
        form *= 0.5
    if form and (has_sign or "." in printed) and not problems:
        form = min(1.0, form + 0.1)
    return Parsed(value, normalize(f"{found.before}{printed}{shown_tail}"), changes, tuple(problems), form)


def number(raw: str) -> Parsed:
    """Any number, with or without a unit behind it: ``1,250``, ``๓.๕ กม.`` → int or float."""
    text = _LEAD.sub("", normalize(raw))
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
    form = found.form * (0.6 if _is_foreign(found.before) else 1.0)
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
    text = _LEAD.sub("", normalize(raw))
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
        form = 0.5 if _is_foreign(foreign) else 1.0
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
