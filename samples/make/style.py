"""How a report is printed: the choices that differ between offices, printers and years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from samples.make.fonts import SCALE, TALL

Progress = Literal["cells", "merged", "split", "inline", "stacked"]
Pairs = Literal["single", "table", "tabs", "dates together"]

TUNING_FONTS = (
    "Sarabun",
    "Sarabun",
    "Sarabun",
    "Laksaman",
    "Laksaman",
    "Norasi",
    "Garuda",
    "Loma",
    "Kinnari",
    "Umpush",
    "Niramit",
    "Trirong",
    "IBM Plex Sans Thai Looped",
    "Bai Jamjuree",
    "Tlwg Typist",
    "K2D",
)
HELDOUT_FONTS = (
    "Taviraj",
    "Noto Serif Thai",
    "Waree",
    "Noto Sans Thai Looped",
    "Krub",
    "Sawasdee",
    "Tlwg Typo",
    "Maitree",
    "Athiti",
    "Pridi",
    "KoHo",
    "Kanit",
)


@dataclass(frozen=True, slots=True)
class Style:
    """One way to print the form. Sizes in pt, margins in mm; `numerals` for money, percent and dates."""

    font: str
    size: float
    line_height: float
    margins: tuple[int, int, int, int]
    bold_labels: bool
    bold_headings: bool
    justify: bool
    indent: bool
    header: Literal["page", "record"]
    footer: str
    pairs: Pairs
    colon: str
    dots: bool
    dates: Literal["stamp", "slashes", "months", "short months"]
    thai_numbers: bool
    money: Literal["plain", "dash", "satang", "bare"]
    baht: bool
    objectives: Literal["๒.", "1.4.", "1)", "-", "•", "plain"]
    targets: Literal["๓.", "1.5.", "plain"]
    bullets: Literal["-", "•", "sub", "plain"]
    aim: str
    progress: Progress
    rules: Literal["none", "all", "rows", "frame"]
    widths: tuple[int, int, int]
    number_gap: bool
    percent_sign: str
    sub_issue_label: str
    report_heading: str
    blank: str
    certificate: Literal["right", "centre", "left", "absent"]
    name_below: bool


def choose(rng: Random, fonts: Sequence[str] = TUNING_FONTS, font: str | None = None) -> Style:
    """A believable style; `font` fixes the font."""
    font = font or rng.choice(fonts)
    size = round(rng.choice((11.5, 12, 12, 12.5, 13, 13, 13.5, 14, 14.5)) * SCALE.get(font, 1.0), 1)
    side = rng.randrange(14, 27)
    progress: Progress = rng.choice(("cells", "cells", "cells", "merged", "split", "inline", "stacked"))
    first = rng.randrange(14, 19)
    status = rng.randrange(12, 19)
    manner = Style(
        font=font,
        size=size,
        line_height=rng.choice((1.3, 1.4, 1.45, 1.5, 1.6, 1.75)) + TALL.get(font, 0.0),
        margins=(rng.randrange(14, 24), side, rng.randrange(14, 24), side + rng.randrange(0, 8)),
        bold_labels=rng.random() < 0.4,
        bold_headings=rng.random() < 0.8,
        justify=rng.random() < 0.35,
        indent=rng.random() < 0.8,
        header=rng.choice(("page", "page", "record")),
        footer=rng.choice(
            (
                "",
                "",
                "",
                "หน้า {p}/{n}",
                "- {p} -",
                "{p}",
                "หน้าที่ {p}",
                "พิมพ์เมื่อ 05/10/2566 14:32 น.  หน้า {p} จาก {n}",
            )
        ),
        pairs=rng.choice(("single", "table", "table", "tabs", "tabs", "dates together")),
        colon=rng.choice((" : ", " : ", " : ", ": ", " :")),
        dots=rng.random() < 0.6,
        dates=rng.choices(("stamp", "slashes", "months", "short months"), (45, 43, 6, 6))[0],
        thai_numbers=rng.random() < 0.15,
        money=rng.choices(("plain", "dash", "satang", "bare"), (60, 15, 20, 5))[0],
        baht=rng.random() < 0.92,
        objectives=rng.choice(("๒.", "๒.", "1.4.", "1.4.", "1)", "-", "•", "plain")),
        targets=rng.choice(("๓.", "1.5.", "plain")),
        bullets=rng.choice(("-", "-", "•", "sub", "plain")),
        aim="ด้าน" if rng.random() < 0.93 else "เชิง",
        progress=progress,
        rules=rng.choice(("none", "none", "all", "rows", "frame")),
        widths=(first, status, status + rng.randrange(0, 5)),
        number_gap=rng.random() < 0.3,
        percent_sign=rng.choice((" %", " %", "%", "", " %")),
        sub_issue_label=rng.choice(
            ("ประเด็นยุทธศาสตร์ย่อย", "ประเด็นยุทธศาสตร์ย่อย", "ประเด็นยุทธศาสตร์ ย่อย", "ประเด็นยุทธศาฯ ย่อย")
        ),
        report_heading=rng.choice(("และการใช้จ่ายงบประมาณ", "และค่าใช้จ่ายงบประมาณ")),
        blank=rng.choice(("", "", "...................................", "………………………………")),
        certificate=rng.choices(("right", "centre", "left", "absent"), (4, 3, 3, 1))[0],
        name_below=rng.random() < 0.7,
    )
    if manner.pairs == "dates together" and manner.dates == "stamp":
        return replace(manner, pairs="table")  # two time stamps do not fit on one line
    return manner
