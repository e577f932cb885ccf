"""Lays projects out as the printed report: HTML in the manner of a `Style`."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date
from random import Random

from samples.make.content import Project, Report
from samples.make.fonts import face_rules
from samples.make.people import thai_digits
from samples.make.printing import mark
from samples.make.stock.general import MONTHS, MONTHS_SHORT
from samples.make.style import Style

TITLE = "** แบบแสดงรายงานความก้าวหน้าและข้อมูลเกี่ยวกับโครงการ **"
CERTIFIED = "ขอรับรองว่า ข้อมูลที่ปรากฏในเอกสารฉบับนี้ หน่วยงานได้จัดพิมพ์จากระบบงานจริง เพื่อเป็นหลักฐานไว้ตรวจสอบ"


def document(
    projects: Sequence[Project], style: Style, rng: Random, breaks: bool = False, marked: bool = True
) -> str:
    """The HTML of `projects` one after another; `breaks` starts each on a new page."""
    parts = []
    for number, project in enumerate(projects, 1):
        opening = mark(f"{number}/start") if marked else ""
        closing = f'<span class="end">{mark(f"{number}/end")}</span>' if marked else ""
        title = (
            f'<p class="title">{TITLE}</p>' if style.header == "record" and (breaks or number == 1) else ""
        )
        kind = "record new" if breaks and number > 1 else "record"
        parts.append(
            f'<section class="{kind}">{title}{opening}{_record(project, style, rng)}{closing}</section>'
        )
    return f'<!doctype html><html lang="th"><meta charset="utf-8"><style>{css(style)}</style><body>{"".join(parts)}</body></html>'


def css(style: Style) -> str:
    """The style sheet: page, fonts, paragraphs, tables."""
    top, right, bottom, left = style.margins
    boxes = ""
    if style.header == "page":
        boxes += (
            f"@top-center {{ content: '{TITLE}'; font: bold {style.size}pt '{style.font}'; vertical-align: bottom; "
            f"padding-bottom: 3mm; white-space: nowrap; }}"
        )
    if style.footer:
        text = re.sub(r"{(\w)}", r"' counter(\1) '", style.footer)
        text = text.replace("counter(p)", "counter(page)").replace("counter(n)", "counter(pages)")
        boxes += f"@bottom-center {{ content: '{text}'; font: {style.size - 1}pt '{style.font}'; }}"
    border = "0.6pt solid #000"
    rules = {
        "none": "",
        "all": f"table.p td {{ border: {border}; }}",
        "rows": f"table.p tr.first td {{ border-top: {border}; }} table.p {{ border-bottom: {border}; }}",
        "frame": f"table.p {{ border: {border}; }} table.p td {{ border-left: {border}; }} table.p tr.first td {{ border-top: {border}; }}",
    }[style.rules]
    return f"""{face_rules(style.font)}
@page {{ size: A4; margin: {top + 6}mm {right}mm {bottom + 4}mm {left}mm; {boxes} }}
body {{ margin: 0; font: {style.size}pt/{style.line_height} '{style.font}'; color: #000; hyphens: none; }}
p, h2, h3 {{ margin: 0; orphans: 1; widows: 1; }}
/* A page break must not cut the tone marks off the first line of the next page. */
p, h2, h3, li, td > div {{ box-decoration-break: clone; padding-top: 0.35em; margin-top: -0.35em; }}
.title {{ text-align: center; font-weight: bold; margin-bottom: 2mm; }}
h2, h3 {{ font-size: inherit; font-weight: {"bold" if style.bold_headings else "normal"}; break-after: avoid; }}
h2 {{ margin-top: calc(1.5mm - 0.35em); }} h3 {{ margin-left: 4mm; margin-top: calc(0.8mm - 0.35em); }}
.f {{ margin-left: 8mm; }} .l {{ font-weight: {"bold" if style.bold_labels else "normal"}; }} .v {{ white-space: pre-line; }}
.short {{ white-space: nowrap; }}
table {{ border-collapse: collapse; width: 100%; }} td {{ vertical-align: top; padding: 0.2mm 1mm; }}
table.two {{ margin-left: 8mm; width: calc(100% - 8mm); }} table.two td {{ padding: 0 3mm 0 0; width: 50%; }}
.tabs {{ margin-left: 8mm; display: flex; flex-wrap: wrap; }}
.tabs > p {{ min-width: 52%; padding-right: 4mm; box-sizing: border-box; white-space: nowrap; }} .tabs > p + p {{ min-width: 0; }}
.para {{ text-indent: {"14mm" if style.indent else "0"}; margin-left: 4mm; {"text-align: justify;" if style.justify else ""}
 {"" if style.indent else "margin-bottom: 2mm;"} }}
ul {{ list-style: none; margin: 0; padding: 0 0 0 12mm; }} li {{ text-indent: -7mm; padding-left: 7mm; }}
li .n {{ display: inline-block; min-width: 7mm; text-indent: 0; padding-right: 1.5mm; }}
li.plain {{ text-indent: 8mm; padding-left: 0; }} ul.deep {{ padding-left: 20mm; }}
.aim {{ margin-left: 10mm; }}
table.p {{ table-layout: fixed; margin-top: 1mm; }} {rules}
.stack {{ margin-left: 10mm; }}
.cert {{ margin-top: 8mm; break-inside: avoid; }} .sign {{ margin-top: 9mm; position: relative; }}
.sign.right {{ margin-left: 45%; text-align: center; }} .sign.centre {{ text-align: center; }} .sign.left {{ margin-left: 8mm; }}
.ink {{ position: absolute; top: -9mm; left: 50%; margin-left: -22mm; width: 44mm; height: 15mm; }} .left .ink {{ left: 35mm; }}
.new {{ break-before: page; }} .record {{ margin-bottom: 6mm; }}
.mark {{ display: inline-block; width: 1px; height: 1px; }} .record {{ position: relative; }} .end {{ position: absolute; bottom: 3mm; }}"""


def plain_text(page: str) -> str:
    """The text of `document`'s HTML as it is read, one paragraph or table cell a line."""
    body = page.split("<body>")[1]
    body = re.sub(r"<svg.*?</svg>", "", body)
    body = re.sub(r"<br>|</(p|li|td|h2|h3)>", "\n", body)
    text = html.unescape(re.sub(r"<[^>]+>", "", body))
    lines = (re.sub(r"[ \u00a0]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


def _record(project: Project, style: Style, rng: Random) -> str:
    s = style
    routine = (
        ("ประเด็นยุทธศาสตร์", project.issue),
        (s.sub_issue_label, project.sub_issue),
        ("เป้าหมายที่", project.goal),
        ("ตัวชี้วัด" + ("..." if s.dots else ""), project.indicator),
    )
    coordinator = project.coordinator
    if coordinator and project.phone:
        coordinator = f"{coordinator} โทร.{rng.choice(('', ' '))}{project.phone}"
    return "".join(
        (
            "<h2>1. ชื่อโครงการและหน่วยงานที่รับผิดชอบโครงการ</h2>",
            "<h3>1.1 รหัสโครงการและชื่อโครงการ</h3>",
            _field(s, "ชื่อโครงการ/กิจกรรม", project.name),
            _key_fields(project, s),
            "<h3>1.2 หน่วยงานที่รับผิดชอบ</h3>",
            _field(s, "หน่วยงานที่รับผิดชอบ" + ("." if s.dots else ""), " / ".join(project.agency)),
            _field(s, "ชื่อผู้รับผิดชอบ" + ("..." if s.dots else ""), project.responsible),
            _field(s, "ผู้ประสานงาน สยป", coordinator),
            "<h3>1.3 หลักการและเหตุผล</h3>",
            "".join(f'<p class="para">{html.escape(text)}</p>' for text in project.rationale),
            "<h3>1.4 วัตถุประสงค์ของโครงการ</h3>",
            _list(project.objectives, s.objectives, "ul"),
            f"<h3>1.5 เป้าหมายของโครงการ{'..' if s.dots else ''}</h3>",
            _targets(project, s),
            "<h3>1.6 สนับสนุนแผนพัฒนา กทม. ระยะ 20 ปี (ยุทธศาสตร์-ประเด็นยุทธศาสตร์-กลยุทธ์ตามแผนฯ /ตัวชี้วัด)</h3>",
            "".join(_field(s, label, value) for label, value in routine),
            f"<h2>2. รายงานความก้าวหน้าของโครงการ{s.report_heading}</h2>",
            _progress(project.reports, s),
            _certification(project, s, rng),
        )
    )


def _field(style: Style, label: str, value: str | None, short: bool = False) -> str:
    shown = html.escape(value) if value is not None else style.blank
    kind = "v short" if short and value else "v"
    return f'<p class="f"><span class="l">{label}</span>{style.colon}<span class="{kind}">{shown}</span></p>'


def _key_fields(project: Project, style: Style) -> str:
    def field(label: str, value: str | None) -> str:
        return _field(style, label, value, short=True)

    code = field("รหัสโครงการ" + ("..." if style.dots else ""), project.code)
    year = field("ปีงบประมาณ พ.ศ.", number(f"{project.fiscal_year}", style))
    start, end = (
        field(label, None if day is None else printed_date(day, style, style.dates))
        for label, day in (("เริ่มต้นโครงการ", project.start), ("สิ้นสุดโครงการ", project.end))
    )
    received = field("งบประมาณที่ได้รับ", printed_money(project.received, style))
    used = field("งบประมาณที่ใช้ไป", printed_money(project.used, style))
    pairs = ((code, year), (start, received), (end, used))
    if style.pairs == "dates together":
        pairs = ((code, year), (start, end), (received, used))
    if style.pairs == "single":
        return "".join(a + b for a, b in pairs)
    if style.pairs == "tabs":
        return "".join(f'<div class="tabs">{a}{b}</div>'.replace(' class="f"', "") for a, b in pairs)
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>".replace(' class="f"', "") for a, b in pairs)
    return f'<table class="two">{rows}</table>'


def _list(items: Sequence[str], numbering: str, kind: str, prefix: str = "") -> str:
    lines = []
    for i, item in enumerate(items, 1):
        if numbering == "plain":
            lines.append(f'<li class="plain">{html.escape(item)}</li>')
            continue
        sign = {
            "๒.": thai_digits(f"2.{i}"),
            "1.4.": f"1.4.{i}",
            "1)": f"{i})",
            "sub": f"{prefix}{thai_digits(str(i)) if '๓' in prefix else i}",
        }.get(numbering, numbering)
        lines.append(f'<li><span class="n">{sign} </span>{html.escape(item)}</li>')
    return f'<ul class="{kind}">{"".join(lines)}</ul>'


def _targets(project: Project, style: Style) -> str:
    parts = []
    for i, (name, items) in enumerate((("ปริมาณ", project.quantity), ("คุณภาพ", project.quality)), 1):
        prefix = {"๓.": thai_digits(f"3.{i}"), "1.5.": f"1.5.{i}", "plain": ""}[style.targets]
        bullets = style.bullets if prefix or style.bullets != "sub" else "-"
        parts.append(f'<p class="aim">{prefix} {style.aim}{name}</p>')
        parts.append(_list(items, bullets, "deep", f"{prefix}."))
    return "".join(parts)


def _progress(reports: Sequence[Report], style: Style) -> str:
    if not reports:
        return ""
    if style.progress in ("inline", "stacked"):
        return "".join(_running(report, style) for report in reports)
    first, plan, target = style.widths
    columns = (first, 100 - first - plan - target, plan, target)
    if style.progress == "split":
        columns = (first, 70 - first - 16, 30, 16)
    group = "".join(f'<col style="width:{width}%">' for width in columns)
    rows = "".join(_rows(report, style) for report in reports)
    rows = (
        rows.replace("<td>", "<td><div>")
        .replace('colspan="3">', 'colspan="3"><div>')
        .replace("</td>", "</div></td>")
    )
    return f'<table class="p"><colgroup>{group}</colgroup>{rows}</table>'


def _parts(report: Report, style: Style) -> tuple[str, str, list[str], str, str, str, str]:
    """Heading, date and activity, expense lines, percent, disbursed, plan status, target status."""
    n = number(f"{report.number}", style)
    heading = f"รายงานครั้งที่{' ' if style.number_gap else ''}{n}"
    opening = f":: {printed_date(report.day, style, 'slashes')} : {html.escape(report.activity)}"
    expenses = [
        f"{html.escape(e.item)} = {number(_amount(e.satang, style, dash=True), style)} บาท"
        for e in report.expenses
    ]
    shown = "" if report.percent is None else number(f"{report.percent / 100:.2f}", style)
    percent = f":: ความก้าวหน้าของงานฯ = {shown}{style.percent_sign}"
    amount = printed_money(report.disbursed, style, always_baht=True) or ""
    disbursed = f"งบประมาณที่เบิกใช้ (ครั้งที่ {n}) = {amount}"
    return (
        heading,
        opening,
        expenses,
        percent,
        disbursed,
        f": {report.plan_status or ''}",
        f": {report.target_status or ''}",
    )


def _running(report: Report, style: Style) -> str:
    heading, opening, expenses, percent, disbursed, plan, target = _parts(report, style)
    spending = "".join(f'<p class="stack">{line}</p>' for line in expenses)
    if style.progress == "inline":
        colon = " : " if not style.percent_sign else " "
        return (
            f'<p class="f">{heading} {opening}</p>{spending}'
            f'<p class="f">{percent}{colon}{disbursed} {plan} {target}</p>'
        )
    rest = "".join(f'<p class="stack">{text}</p>' for text in (plan, target))
    return f'<p class="f">{heading} {opening}</p>{spending}<p class="stack">{percent} {disbursed}</p>{rest}'


def _rows(report: Report, style: Style) -> str:
    heading, opening, expenses, percent, disbursed, plan, target = _parts(report, style)
    if style.progress == "merged":
        middle = "<br>".join((opening, *expenses, f"{percent} {disbursed}"))
        return f'<tr class="first"><td>{heading}</td><td>{middle}</td><td>{plan}</td><td>{target}</td></tr>'
    rows = [f'<tr class="first"><td>{heading}</td><td colspan="3">{opening}</td></tr>']
    if style.rules in ("all", "frame") or style.progress == "split":
        rows = [f'<tr class="first"><td>{heading}</td><td>{opening}</td><td></td><td></td></tr>']
    rows += [f"<tr><td></td><td>{line}</td><td></td><td></td></tr>" for line in expenses]
    if style.progress == "split":
        rows.append(f"<tr><td></td><td>{percent}</td><td>: {disbursed}</td><td>{plan} {target}</td></tr>")
    else:
        rows.append(f"<tr><td></td><td>{percent} {disbursed}</td><td>{plan}</td><td>{target}</td></tr>")
    return "".join(rows)


def _certification(project: Project, style: Style, rng: Random) -> str:
    if style.certificate == "absent":
        return ""
    ink = signature(rng) if project.signed else ""
    dots = "." * rng.randrange(38, 60)
    role = "(ผู้รับผิดชอบโครงการ)"
    position = html.escape(project.position) if project.position else dots
    lines = [f"ลงชื่อ{dots}{role}"]
    if project.signer and style.name_below:
        lines.append(f"( {html.escape(project.signer)} )")
    elif project.signer:
        lines = [f"ลงชื่อ{dots}", f"({html.escape(project.signer)})"]
    lines.append(f"ตำแหน่ง {position}")
    block = "".join(f"<p>{line}</p>" for line in lines)
    return f'<div class="cert"><p class="f">{CERTIFIED}</p><div class="sign {style.certificate}">{ink}{block}</div></div>'


def signature(rng: Random) -> str:
    """A scribble in blue or black ink, as an SVG drawing."""
    x, y = 6.0, 12.0
    path = f"M{x} {y}"
    for _ in range(rng.randrange(6, 11)):
        dx, dy = rng.uniform(2.5, 6), rng.uniform(-9, 9)
        path += f"c{rng.uniform(-3, 6):.1f} {rng.uniform(-12, 12):.1f} {rng.uniform(-2, 8):.1f} {rng.uniform(-12, 12):.1f} {dx:.1f} {min(max(y + dy, 4), 18) - y:.1f}"
        y = min(max(y + dy, 4), 18)
    path += f"q{rng.uniform(4, 14):.1f} {rng.uniform(-9, 4):.1f} {rng.uniform(8, 16):.1f} {rng.uniform(-4, 3):.1f}"
    colour = rng.choice(("#1a2f8f", "#16389e", "#111", "#2a2a55"))
    width = rng.uniform(0.5, 0.95)
    return (
        f'<svg class="ink" viewBox="0 0 66 22"><path d="{path}" fill="none" stroke="{colour}" '
        f'stroke-width="{width:.2f}" stroke-linecap="round"/></svg>'
    )


def number(text: str, style: Style) -> str:
    """`text` in the style's digits."""
    return thai_digits(text) if style.thai_numbers else text


def printed_date(day: date, style: Style, form: str) -> str:
    """`day` as printed: a common-era time stamp, or Buddhist era with slashes or the month's name."""
    if form == "stamp":
        return f"{day.isoformat()} 00:00:00"
    if form == "slashes":
        return number(f"{day.day:02}/{day.month:02}/{day.year + 543}", style)
    names = MONTHS if form == "months" else MONTHS_SHORT
    return number(f"{day.day} {names[day.month - 1]} {day.year + 543}", style)


def printed_money(satang: int | None, style: Style, always_baht: bool = False) -> str | None:
    """An amount as the style prints it; None for a blank."""
    if satang is None:
        return None
    unit = " บาท" if style.baht or always_baht else ""
    return number(_amount(satang, style), style) + unit


def _amount(satang: int, style: Style, dash: bool = False) -> str:
    if satang % 100 or style.money == "satang":
        return f"{satang / 100:,.2f}"
    if satang == 0 or (style.money == "plain" and not dash):
        return f"{satang // 100:,}"
    if style.money == "bare":
        return f"{satang // 100}"
    return f"{satang // 100:,}.-"
