"""The reference report: four printouts of one project run together, laid out as its transcription stands.

The transcription (``reference.md``) keeps the misprints of labels and the page headers that fall between the cells of
a progress row; its coordinator is invented.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pypdfium2

from samples.make import files, paper, printing, style, truth
from samples.make.damage import grey, speckled, turned
from samples.make.layout import TITLE, css

TEXT = Path(__file__).with_name("reference.md")
SEED = 66
DPI = 200
# A header after fewer lines than this stands in the middle of its page.
SHORT = 4
# Printed lines that go on with the item before them.
CONTINUED = ("ในลักษณะ", "และเป้าหมาย")
PAGES = ((1, 2, 3), (3, 4, 5), (5, 6, 7), (7, 8, 9))

_CSS = """body { line-height: 1.42; } .title { margin: 3mm 0; } .new { break-before: page; }
.row td:first-child { width: 15%; } .four td:nth-child(2) { width: 47%; } .split td:nth-child(2) { width: 33%; }
.split td:nth-child(3) { width: 30%; } p.item { margin-left: 12mm; } p.bullet { margin-left: 26mm; text-indent: -6mm; }
p.target { margin-left: 18mm; text-indent: 8mm; } p.rest { margin-left: 18mm; }"""


def page() -> str:
    """The HTML of the reference report."""
    manner = style.choose(Random(SEED), font="Sarabun")
    sheet = css(manner).replace(f"font: {manner.size}pt", "font: 12pt")
    sheet = re.sub(r"@page {.*?}\n", "@page { size: A4; margin: 14mm 18mm 14mm 20mm; }\n", sheet, flags=re.S)
    return f'<!doctype html><meta charset="utf-8"><style>{sheet}\n{_CSS}</style><body>{_body()}</body>'


def scan(target: Path, scratch: Path) -> None:
    """Prints the report and scans it on a flatbed, bilevel."""
    pdf = scratch / "reference.pdf"
    printing.print_pdf(page(), pdf)
    printing.take_marks(pdf)
    scans = []
    for number, sheet in enumerate(pypdfium2.PdfDocument(pdf)):
        rng = np.random.default_rng([SEED, number])
        image: paper.Ink = sheet.render(scale=DPI / 72).to_numpy()[:, :, 2::-1].astype(np.float32) / 255
        image = turned(grey(image), rng.uniform(-0.5, 0.5)) + rng.normal(0, 0.05, image.shape[:2])
        bits = speckled((image > rng.uniform(0.5, 0.65)).astype(np.float32), rng, 1e-5, 2)
        scans.append((bits * 255).astype(np.uint8))
    files.write(scans, True, DPI, target)


def _body() -> str:
    out: list[str] = []
    section, lines_since, table = "", SHORT, False
    for raw in TEXT.read_text(encoding="utf-8").splitlines():
        line = raw.replace("\\*", "*").rstrip()
        if not line.strip():
            continue
        if "\t" in line:
            if not table:
                kind = "split" if "= 10.00\t:" in line else "four"
                out.append(f'<table class="p {kind}">')
                table = True
            out.append(_row(line))
            lines_since += 1
            continue
        if table:
            out.append("</table>")
            table = False
        text = line.strip().removeprefix("**").removesuffix("**")
        if text == TITLE:
            new = bool(out) and lines_since >= SHORT
            out.append(f'<p class="title{" new" if new else ""}">{TITLE}</p>')
            lines_since = 0
            continue
        heading = re.match(r"(\d(?:\.\d)?)\.? ", text) if line.startswith("**") else None
        if heading:
            section = heading[1]
            out.append(
                f"<h{2 if len(section) == 1 else 3}>{html.escape(text)}</h{2 if len(section) == 1 else 3}>"
            )
        else:
            out.append(
                f'<p class="{_kind(line, section)}">{html.escape(re.sub("^ *- ", "", line) if not _bullet(line) else line.strip())}</p>'
            )
        lines_since += 1
    # A table's kind shows only in its second row, where the spending stands.
    return re.sub(
        r'four("><tr class="row">(?:(?!</tr>).)*</tr><tr class="row">(?:(?!</tr>).)*= 10\.00</td>)',
        r"split\1",
        "".join(out) + ("</table>" if table else ""),
    )


def _row(line: str) -> str:
    cells = "".join(f"<td>{html.escape(cell.strip())}</td>" for cell in line.split("\t"))
    return f'<tr class="row">{cells}</tr>'


def _bullet(line: str) -> bool:
    return line.startswith("  - ")


def _kind(line: str, section: str) -> str:
    text = line.strip()
    if section == "1.3":
        return "para"
    if _bullet(line):
        return "bullet"
    if re.match(r"(- )?[๐-๙]\.[๐-๙] ", text):
        return "item"
    if section == "1.5":
        return "rest" if text.startswith(CONTINUED) else "target"
    return "stack" if section == "2" and not text.startswith(("รายงาน", "ขอรับรอง", "ลงชื่อ", "ตำแหน่ง")) else "f"


def expected(source: str = "reference.pdf") -> list[dict[str, Any]]:
    """The four records as they stand in print; what no printout gives is null."""
    records = TEXT.read_text(encoding="utf-8").replace("\\*", "*").split("**1. ")[1:]
    return [
        {
            "source": source,
            "kind": "copier",
            "record": n,
            "pages": list(pages),
            "values": truth.nfc(_values(text)),
        }
        for n, (text, pages) in enumerate(zip(records, PAGES, strict=True), 1)
    ]


def _values(text: str) -> dict[str, Any]:
    def part(heading: str) -> list[str]:
        body = text.split(f"**{heading} ")[1].split("\n**")[0]
        return [
            re.sub(r"^[ -]*([๐-๙]\.[๐-๙] +)?", "", line) for line in body.splitlines()[1:] if line.strip()
        ]

    aims = part("1.5")
    cut = aims.index("ด้านคุณภาพ")
    routine = "**** การปฏิบัติงานประจำของหน่วยงาน ****"
    return {
        "project_name": "ค่าใช้จ่ายในการพัฒนาคุณภาพการดำเนินงานศูนย์วิชาการเขต",
        "project_code": "50410000-6831",
        "fiscal_year": 2566,
        "start_date": "2022-10-01",
        "end_date": "2023-09-30",
        "budget_received": 26200,
        "budget_used": 21200,
        "agency": ["สำนักงานเขตหลักสี่", "ฝ่ายการศึกษา", "ฝ่ายการศึกษา"],
        "responsible_person": "ฝ่ายการศึกษา",
        "coordinator_name": "นายธารา ทองประเสริฐ",
        "coordinator_phone": "1234",
        "rationale": part("1.3"),
        "objectives": part("1.4"),
        "targets_quantity": _joined(aims[1:cut]),
        "targets_quality": _joined(aims[cut + 1 :]),
        "strategy_issue": routine,
        "strategy_sub_issue": routine,
        "strategy_goal": routine,
        "indicator": "มิติที่1 ร้อยละโครงการที่เป็นงานประจำของหน่วยงานที่ดำเนินการสำเร็จตามเป้าหมาย (2566)",
        "progress_reports": [_report(n) for n in range(1, 6)],
        "certification": {"signed": False, "signer_name": None, "signer_position": None},
    }


def _report(number: int) -> dict[str, Any]:
    date, activity, percent = (
        ("2022-12-31", "จัดเตรียมข้อมูล/จัดทำโครงการ", 10),
        ("2023-01-25", "จัดทำโครงการเพื่อขออนุมัติ", 10),
        ("2023-03-30", "ประชุมผู้บริหารสถานศึกษาเพื่อกำหนดหัวข้อดำเนินงาน", 20),
        ("2023-05-27", "ประชุมผู้บริหารสถานศึกษาเพื่อกำหนดวันจัดสัมมนา", 10),
        ("2023-09-06", "ดำเนินการจัดสัมมนา และเบิกจ่ายตามงบประมาณ", 100),
    )[number - 1]
    spent = (("ค่าอาหารฯ", 10000), ("ค่าวัสดุ", 4000), ("ค่าตอบแทนวิทยากร", 7200))
    return {
        "number": number,
        "date": date,
        "activity": activity,
        "progress_percent": percent,
        "disbursed": 21200 if number == 5 else 0,
        "plan_status": "เป็นไปตามแผน",
        # in the fourth printing the third report's stands on the next page, beside the fourth report
        "target_status": "เป็นไปตามเป้าหมาย",
        "expenses": [{"item": item, "amount": amount} for item, amount in spent] if number == 5 else [],
    }


def _joined(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith(CONTINUED):
            items[-1] += line
        else:
            items.append(line)
    return items
