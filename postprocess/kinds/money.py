"""Amounts of money as printed: figures, satang, ``.-``, words."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from postprocess.kinds.numbers import LEAD, as_number, find_number, is_foreign, without_label
from postprocess.kinds.parsed import NOTHING_PRINTED, Parsed, is_blank, merge_changes, problem, unreadable
from postprocess.thai import arabic_digits, is_thai, normalize, number_in_words
from postprocess.types import Change, Problem

_MULTIPLIERS = {"พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
_NO_AMOUNT = re.compile(r"[-–—(\s]*(?:ไม่มี|ไม่ใช้งบประมาณ|ไม่ได้ใช้งบประมาณ|ไม่ขอใช้งบประมาณ)[-–—)\s.]*")


_GROUPED_BY_COLON = re.compile(r"(?<=[0-9๐-๙])[;:](?=[0-9๐-๙]{3}(?:[,.\s]|$))")
"""A comma with a speck above it."""
_LEAST_AMOUNT = 10
"""Few amounts are less than so many baht: more often it is a nought misread, or a part of an amount."""


def money(raw: str) -> Parsed:
    """An amount in baht: ``26,200 บาท``, ``10,000.- บาท``, ``๒๖,๒๐๐.๕๐``, ``1.5 ล้านบาท`` → int or float."""
    text, label = without_label(LEAD.sub("", normalize(raw)))
    grouped = _GROUPED_BY_COLON.sub(",", text)
    if grouped != text:
        text, label = grouped, (*label, Change("separators", text, grouped))
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
    foreign_lead = is_foreign(_known_lead(found.before))
    if foreign_lead and "บาท" not in found.after and "," not in found.printed:
        return unreadable(text, "money_unreadable", "อ่านจำนวนเงินไม่ได้", "no amount of money can be read here")
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
        value = as_number(f"{value * factor + satang:.2f}") if factor != 1 or satang else value
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
        elif is_foreign(rest) or foreign_lead or "%" in rest:
            form *= 0.2 if any(c.isdigit() for c in rest) or "%" in rest else 0.5
            problems.append(
                problem("money_other_text", "มีข้อความอื่นปนกับจำนวนเงิน", "other text stands beside the amount")
            )
        if 0 < value < _LEAST_AMOUNT and "." not in found.printed:
            form *= 0.3
        if re.search(r"(^|\s)[-–−]\s*$", found.before) and value:
            form *= 0.5
            problems.append(
                problem("money_negative", "อาจเป็นจำนวนติดลบ", "a minus may stand before the amount")
            )
        if "บาท" not in tail and not re.search(r"[,.]|-", found.printed + tail):
            # A bare figure says little: a page number or the number of a list looks the same.
            form = min(form, 0.5)
        if re.fullmatch(r".*\.\d", arabic_digits(found.printed)) and factor == 1:
            form *= 0.5
    return Parsed(value, normalize(shown), label + found.changes + unit_changes, tuple(problems), form)


_MONEY_LEAD = ("จำนวนเงิน", "จำนวน", "เป็นเงิน", "รวมเป็นเงิน", "รวม", "เงิน", "วงเงิน", "ประมาณ", "ทั้งสิ้น", "฿")


def _known_lead(before: str) -> str:
    rest = before
    for word in sorted(_MONEY_LEAD, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest


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
