"""The habits of print: what printed figures and texts never have, so that a reading that has it is doubtful."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from postprocess.thai import arabic_digits, is_thai, tokens
from postprocess.types import Change

_TORN = re.compile(r"[0-9๐-๙,]\s+[0-9๐-๙]|[0-9๐-๙]\s+[.,]|[.,]\s+[0-9๐-๙]")
_LOOSE_END = re.compile(r"^\s*[,.\-–/]|(?<!\.)[\-–,/:]\s*$")


def ragged(kind: str, raw: str, value: Any) -> int:
    """How often figures break the habits of print: torn apart, loose commas, no grouping."""
    torn = kind not in ("phone", "date") and _TORN.search(raw) is not None
    ungrouped = kind == "money" and isinstance(value, int | float) and value >= 1000 and "," not in raw
    loose = _LOOSE_END.search(raw) is not None
    return torn + ungrouped + loose


def odd(kind: str, raw: str, changes: Sequence[Change]) -> int:
    """How often figures hold what is no figure: both scripts of digits, letters, what had to be repaired."""
    mixed = re.search(r"[0-9]", raw) is not None and re.search(r"[๐-๙]", raw) is not None
    letters = kind != "date" and re.search(r"[A-Za-z|!\[\]]", raw) is not None
    return mixed + letters + (len(changes) > 0)


_ALIKE = re.compile(r"(?<!๒)๕|๕(?![๐-๙]{2})|๔")


def alike(text: str) -> int:
    """How many ๔ and ๕ stand in `text`, but for the ๕ of a year ๒๕๐๐: only a small loop tells the two, and figures
    with one of them were wrong three times as often as others in Thai digits, ten times as often as Arabic ones
    (8 of 406, 3 of 469, 9 of 4257).
    """
    return len(_ALIKE.findall(text))


_STRAY = re.compile(
    r"(?:^|\s)[^\w\s(\"“*๐-๙•-](?=\s|$)|[|~`^_\\{}<>«»]|(?:^|\s)[ก-ฮ](?=\s|$)|[ก-๎][A-Za-z0-9]?\.\s*$"
    r"|(?:[ก-๎]{4,}|[0-9๐-๙])[.:,](?=[ก-ฮเ-ไA-Z])|[ก-๎]:\s?(?:[ก-๎0-9๐-๙]|$)|[ก-ฮ]\.[ก-ฮ](?=\s|$)"
    r"|[เแโใไ](?![ก-ฮ])|(?:^|[\s(])[ะาำๅ]|;|[ก-๎]{2,}\.(?=[0-9๐-๙])|ปี[ก-๎]* ?พ\.[คตด]\."
    r"|(?<=\S)\s*•|[ะ-ฺ็-๎]\.(?=\s)|(?:^|\s)ณ\."
    r"|^คำ(?!สั่ง|ขอ|ร้อง|แนะนำ|นวณ|รับรอง|นำ|ตอบ|ถาม|กล่าว|ชี้แจง|พูด|แปล|ว่า|นึง)"
)


def stray(text: str) -> int:
    """Signs and single letters that stand where no text has them (a stop behind a vowel or ณ is no abbreviation's), vowels
    without the letter they are written before or behind, คำ for ค่า at the beginning (seven texts of 43,000, all misread),
    and texts too short to be any, or of signs alone.
    """
    return len(_STRAY.findall(text)) + 2 * (sum(c.isalnum() or is_thai(c) for c in text) < 3)


_LONE = re.compile(
    r"[0-9๐-๙]{4},|[0-9๐-๙] [0-9๐-๙]|[0-9๐-๙]\.(?=\s|[ก-ฮ])|^\W*[0-9๐-๙]|[0-9๐-๙]\.[0-9๐-๙]{3}(?![0-9๐-๙])"
)
_BOTH = re.compile(r"[0-9][.,]?[๐-๙]|[๐-๙][.,]?[0-9]|(?<![A-Za-z])[A-Za-z]{1,2}[0-9๐-๙]")
_LATIN = re.compile(r"(?<![A-Za-z])(?:I[a-z]|[A-Z]{2}[a-z]{2})|[a-z][A-Z]|[ก-๎][A-Za-z]|[A-Za-z][ก-๎]")


def stray_figures(text: str) -> int:
    """Figures that no text has: torn apart, at the very beginning (a printed number left there), of two scripts; and
    Latin letters of no word.
    """
    return sum(len(pattern.findall(text)) for pattern in (_LONE, _BOTH, _LATIN))


_NO_BEGINNING = re.compile(r"^(?:คน|บาท|วัน|ครั้ง|ปี|แห่ง|เดือน|เมตร|หลัง|สาย|ราย)(?:$|\s)|^[)\].,:;]")
_HALF_A_SUM = re.compile(r"(?:25[0-9]{2}|๒๕[๐-๙]{2}|(?<!ล้า)(?<!แส)(?<!หมื่)(?<!พั)(?<!ร้อ)[ก-๎]) ?บาท$")
_LOST_SIGN = re.compile(r"[ก-ฮ]\.[ก-ฮ](?=\s|$)|(?<!แตก)ต่าง$|(?<![เแโใไ])(?<![เแโใไ][ก-ฮ])[ก-ฮ][่้๊๋]$")
"""An abbreviation without its last stop, ต่าง ๆ without its ๆ, a tone mark without the vowel of its syllable."""
_NO_SHARE = re.compile(
    r"ร้อยละ ?(?:$|จาก|ขึ้นไป|ต่อ(?!ไป)|เมื่อ|ภายใน|และ|[)\]]|(?!100(?![0-9]))[1-9][0-9]{2,}(?![0-9,]))"
)
"""ร้อยละ without its number, or with one above a hundred, which has lost its point (712 for 7.12): in 322 documents none
was printed and 13 were read, undamaged or worse, all of them misread.
"""
_NO_END = frozenset(
    [
        "ที่",
        "ต่อ",
        "มี",
        "อย่าง",
        "ทั้ง",
        "ของ",
        "และ",
        "หรือ",
        "ใน",
        "ซึ่ง",
        "โดย",
        "เพื่อ",
        "กับ",
        "แก่",
        "จาก",
        "ตาม",
        "จึง",
        "ว่า",
        "เป็น",
        "ไม่",
        "จัด",
    ]
)
"""Words behind which something must follow (none of 13,900 texts ended in one; ten did that were cut off or misread)."""
_LAST_FIGURE = re.compile(r"([ก-๎]{2,}) ?[0-9๐-๙][0-9๐-๙,.]*$")
_NUMBERED = re.compile(
    r"(?:ที่|ละ|ปี|ายน|าคม|าพันธ์|ข้อ|หมู่|ซอย|ถนน|ชั้น|ระดับ|เบอร์|มาตรา|เขต|สาย|โซน|ภาค|รุ่น|ประเภท|หมวด|บท|ตอน|เลข|พระราม|แบบ|ช่วง|ระยะ|กลุ่ม)$"
)
_YEAR = re.compile(r"(?:25[0-9]{2}|๒๕[๐-๙]{2})$")
"""What a text may end with: the number of something (ครั้งที่ ๓), or a year. A count stands before its unit (๓ แห่ง): of 29,000 texts
16 ended in another figure, all of them cut off or run into their neighbours.
"""


def broken_off(text: str, person: bool = False) -> int:
    """How often text begins where none does, with a unit of nothing, or ends where none ends: with a sum without its amount,
    a word that leads another, a count of nothing, a letter of no word, a last word that lacks its sign; or has one
    bracket or quotation mark of two, or stars at one end. A part of it is lost or stands elsewhere. `person` says that
    it is a person's name.
    """
    strays = sum(pattern.search(text) is not None for pattern in (_NO_BEGINNING, _HALF_A_SUM, _LOST_SIGN))
    strays += _NO_SHARE.search(arabic_digits(text)) is not None
    strays += any(tokens(last)[-1] in _NO_END for last in text.split()[-1:])
    strays += _counts_nothing(text) + (not person and _ends_in_a_letter(text))
    strays += text.startswith("**") != text.endswith("**")
    brackets, quotes = text.count("(") - text.count(")"), text.count("“") - text.count("”")
    return strays + abs(brackets) + abs(quotes)


def _ends_in_a_letter(text: str) -> bool:
    """Whether the last letter of text is of no word (สำนักง). Names may end so: they are in no word list."""
    last = text.split()[-1:]
    return any(len(word) > 1 and re.fullmatch("[ก-ฮ]", tokens(word)[-1]) is not None for word in last)


def _counts_nothing(text: str) -> bool:
    """Whether text ends in a count without its unit."""
    last = _LAST_FIGURE.search(text)
    return last is not None and _NUMBERED.search(last[1]) is None and _YEAR.search(text) is None
