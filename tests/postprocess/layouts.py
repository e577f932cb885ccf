"""Texts for tests without a reader: printed lines laid out on pages as a reader would give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ocr.types import Box, Line, Mark, Text, Word

REFERENCE = Path(__file__).parents[2] / "samples" / "make" / "reference.md"

WIDTH, HEIGHT = 2480, 3508
LEFT, PITCH, SIZE, LETTER = 250, 66, 50, 20
_MARKS = set("ัิีึืฺุู็่้๊๋์ํ")


def width_of(text: str) -> float:
    """The printed width: marks above and below take no room."""
    return LETTER * sum(c not in _MARKS for c in text)


def line(
    text: str,
    x: float,
    y: float,
    row: int,
    block: int,
    confidence: float = 0.97,
) -> Line:
    """One printed line whose first letter stands at (x, y)."""
    words = []
    for part in text.split():
        box = Box(x, y, x + width_of(part), y + SIZE)
        words.append(Word(part, box, box, (confidence,) * len(part)))
        x = box.x1 + LETTER
    return Line(tuple(words), row, block)


Row = str | Sequence[str]
"""A printed line, or its cells."""


def page(
    rows: Sequence[Row],
    number: int = 1,
    marks: tuple[Mark, ...] = (),
    columns: Sequence[float] = (LEFT, 650, 1700, 2050),
    top: float = 200,
    first_row: int = 0,
) -> Text:
    """A page of rows: a string is one line at the left margin, a sequence the cells of one visual row (an empty
    string leaves its column free). Leading blanks set a line in, one letter's width each; an empty row is a gap.
    """
    lines: list[Line] = []
    y = top
    for n, row in enumerate(rows, first_row):
        for column, cell in enumerate([row] if isinstance(row, str) else row):
            indent = len(cell) - len(cell.lstrip())
            if cell.strip():
                lines.append(line(cell.strip(), columns[column] + LETTER * indent, y, n, len(lines)))
        y += PITCH
    return Text(number, WIDTH, HEIGHT, tuple(lines), marks=marks)


def wrapped(text: str, letters: int) -> list[str]:
    """`text` broken into full lines of `letters` letters, as Thai is: without regard to blanks."""
    lines, rest = [], text
    while width_of(rest) > LETTER * letters:
        cut = next(n for n in range(len(rest)) if width_of(rest[:n]) >= LETTER * letters)
        while rest[cut] in _MARKS:
            cut += 1
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest] if rest else lines


def record(code: str, reports: int = 2) -> list[str]:
    """The printed lines of a short record."""
    return [
        "1. ชื่อโครงการและหน่วยงานที่รับผิดชอบโครงการ",
        "1.1 รหัสโครงการและชื่อโครงการ",
        "ชื่อโครงการ/กิจกรรม : จัดซื้อหนังสือเข้าห้องสมุด",
        f"รหัสโครงการ... : {code}",
        "ปีงบประมาณ พ.ศ. : 2566",
        "เริ่มต้นโครงการ : 2022-10-01 00:00:00",
        "งบประมาณที่ได้รับ : 26,200 บาท",
        "สิ้นสุดโครงการ : 2023-09-30 00:00:00",
        "งบประมาณที่ใช้ไป : 21,200 บาท",
        "1.2 หน่วยงานที่รับผิดชอบ",
        "หน่วยงานที่รับผิดชอบ. : สำนักงานเขตหลักสี่ / ฝ่ายการศึกษา",
        "1.3 หลักการและเหตุผล",
        "ห้องสมุดเป็นแหล่งเรียนรู้ของนักเรียน จึงต้องมีหนังสือใหม่อยู่เสมอ",
        "1.4 วัตถุประสงค์ของโครงการ",
        "๒.๑ เพื่อจัดซื้อหนังสือ",
        "2. รายงานความก้าวหน้าของโครงการและการใช้จ่ายงบประมาณ",
        *(
            line
            for n in range(1, reports + 1)
            for line in (
                f"รายงานครั้งที่{n} :: {n:02}/12/2565 : จัดเตรียมข้อมูล",
                f":: ความก้าวหน้าของงานฯ = {n}0.00 % งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = 0 บาท",
                ": เป็นไปตามแผน : เป็นไปตามเป้าหมาย",
            )
        ),
    ]


def reference_pages() -> list[Text]:
    """The reference transcription laid out as it stands: a new page at each title, table cells in columns."""
    pages: list[list[str | Sequence[str]]] = []
    for raw in REFERENCE.read_text("utf-8").split("\n"):
        text = raw.replace("**", "").replace("\\*", "*").rstrip()
        if not text.strip():
            continue
        if "แบบแสดงรายงานความก้าวหน้า" in text:
            pages.append([])
        if "\t" in text:
            pages[-1].append([cell.strip() for cell in text.split("\t")])
            continue
        item = re.match(r"\s*-\s+", text)
        body = text[item.end() :] if item else text.strip()
        for n, part in enumerate(wrapped(body, 110)):
            pages[-1].append(
                f"    {'- ' if item and n == 0 and '๓.' not in part else ''}{part}" if item else part
            )
    return [page(rows, number) for number, rows in enumerate(pages, 1)]
