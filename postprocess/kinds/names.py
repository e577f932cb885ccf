"""Names of people: their titles and their form. A title is put right, a name is never touched."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from postprocess.kinds.parsed import NOTHING_PRINTED, Parsed, is_blank, merge_changes, problem
from postprocess.thai import MARKS, is_name, is_thai, normalize

TITLES = (
    "นางสาว",
    "นาง",
    "นาย",
    "น.ส.",
    "ดร.",
    "ว่าที่ร้อยตรี",
    "ว่าที่ ร้อยตรี",
    "ว่าที่ ร.ต.หญิง",
    "ว่าที่ร.ต.หญิง",
    "ว่าที่ร้อยตรีหญิง",
    "ว่าที่ ร้อยตรีหญิง",
    "ว่าที่ ร.ต.",
    "ว่าที่ร.ต.",
    "ว่าที่ ร.ท.",
    "ว่าที่ร.ท.",
    "ร้อยตรี",
    "ร้อยโท",
    "ร้อยเอก",
    "พันตรี",
    "พันโท",
    "พันเอก",
    "ร.ต.",
    "ร.ท.",
    "ร.อ.",
    "พ.ต.",
    "พ.ท.",
    "พ.อ.",
    "ร.ต.ต.",
    "ร.ต.ท.",
    "ร.ต.อ.",
    "พ.ต.ต.",
    "พ.ต.ท.",
    "พ.ต.อ.",
    "จ.ส.อ.",
    "จ.อ.",
    "ส.ต.อ.",
    "นายแพทย์",
    "แพทย์หญิง",
    "ทันตแพทย์หญิง",
    "ทันตแพทย์",
    "สัตวแพทย์หญิง",
    "สัตวแพทย์",
    "เภสัชกรหญิง",
    "เภสัชกร",
    "ศาสตราจารย์",
    "รองศาสตราจารย์",
    "ผู้ช่วยศาสตราจารย์",
    "ศ.",
    "รศ.",
    "ผศ.",
    "ม.ร.ว.",
    "ม.ล.",
    "เด็กชาย",
    "เด็กหญิง",
    "ด.ช.",
    "ด.ญ.",
    "คุณ",
)
"""Titles before a name, as printed."""

TITLE = re.compile("|".join(re.escape(t) for t in sorted(TITLES, key=len, reverse=True)))
_BRACKETS = re.compile(r"^[(\[]\s*(.*?)\s*[)\]]$")
_EDGES = " .…_-–—:;,|'\"*"


def name(raw: str) -> Parsed:
    """A person's name as printed, without the dots and brackets of a signature line: ``(นายสมชาย ใจดี)``."""
    text = normalize(raw)
    if is_blank(re.sub(r"[()\[\]]", "", text)):
        return NOTHING_PRINTED
    previous = None
    while previous != text:
        previous = text
        text = text.lstrip(_EDGES)
        text = text.rstrip(_EDGES) if not text.endswith(("ฯ",)) else text
        text = _BRACKETS.sub(r"\1", text)
    read = text
    text = _with_title(text)
    changes = merge_changes(read, text, "title")
    if re.search(r"[0-9๐-๙]|[^\s\w.()/\-ก-๎]", text) or not any(c.isalpha() for c in text):
        return Parsed(
            text,
            text,
            problems=(
                problem("name_characters", "ชื่อมีอักขระผิดปกติ", "a name with unusual characters or digits"),
            ),
            strength=0.2,
        )
    return Parsed(text, text, changes, strength=_strength(text))


_SURE_TITLES = sorted(
    (t for t in TITLES if len(t) >= 4 or (len(t) == 3 and t.endswith("."))), key=len, reverse=True
)
"""Titles that a name cannot begin like."""


def _with_title(text: str) -> str:
    """`text` with the title before the name put right where one letter or mark of it is misread.

    Titles are a closed list; of the name itself nothing is touched.
    """
    if TITLE.match(text):
        return text
    for title in _SURE_TITLES:
        for size in (len(title), len(title) - 1, len(title) + 1):
            head, rest = text[:size], text[size:]
            whole = len(rest.strip()) >= 3 and rest[0] not in MARKS and rest[0] not in "ะาำๅ"
            if whole and head[-1] == title[-1] and Levenshtein.distance(head, title, score_cutoff=1) <= 1:
                return title + rest
    return text


def parts_of(text: str) -> list[str]:
    """The given and the family name, or what else stands behind the title of a person's name."""
    title = TITLE.match(text)
    return (text[title.end() :] if title else text).split()


def _strength(text: str) -> float:
    title = TITLE.match(text)
    parts = parts_of(text)
    known = sum(is_name(part) for part in parts)
    score = 0.4 + (0.2 if title else 0.0) + min(0.3, 0.15 * known)
    if not is_thai(text):
        score -= 0.1
    if not 1 <= len(parts) <= 4:
        score -= 0.1
    return round(max(0.1, score), 2)
