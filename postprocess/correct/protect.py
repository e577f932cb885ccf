"""What the corrector must not touch: names of people, abbreviations."""

from __future__ import annotations

import re

from postprocess.kinds.names import TITLES

_NAMED = [t for t in TITLES if t not in ("นาย", "นาง", "คุณ", "ศ.", "ร.ต.", "พ.ต.", "จ.อ.")]
# นาย and นาง also begin common words (นายก, นายจ้าง, นางเลิ้ง): those are no titles.
_TITLE = re.compile(
    "(?:"
    + "|".join(re.escape(t) for t in sorted(_NAMED, key=len, reverse=True))
    + r"|(?<![ก-๎])นาย(?!ก|จ้าง|ทุน|ทะเบียน|หน้า|แพทย์|ช่าง|ประกัน|ตรวจ|อำเภอ|ท่า|ด่าน)"
    + r"|(?<![ก-๎])นาง(?!เลิ้ง|พยาบาล|รำ|งาม|ฟ้า|เอก|แบบ)"
    + r"|(?<![ก-๎])คุณ(?!ภาพ|ธรรม|สมบัติ|ค่า|ลักษณะ|ประโยชน์|วุฒิ|ูปการ|ครู))"
)
_NAME = re.compile(r"\s*\S+(?:\s+[ก-๎]+)?")
_ABBREVIATION = re.compile(r"(?<![ก-๎])(?:[ก-ฮ]{1,2}[ก-๎]?\.)*[ก-ฮ]{1,5}\.")


def protected(text: str) -> tuple[tuple[int, int], ...]:
    """The stretches of `text` that hold a person's name, from each title to the end of the family name, and those
    that are abbreviations.
    """
    found = [match.span() for match in _ABBREVIATION.finditer(text)]
    for match in _TITLE.finditer(text):
        rest = _NAME.match(text, match.end())
        found.append((match.start(), rest.end() if rest else match.end()))
    return tuple(found)
