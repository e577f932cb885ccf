"""The second form: a one-page school-repair request, invented, in three layouts."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from samples.make import people, truth
from samples.make.fonts import SCALE, TALL, face_rules
from samples.make.layout import signature
from samples.make.stock.general import MONTHS

TITLE = "แบบขอซ่อมแซมอาคารสถานที่และครุภัณฑ์โรงเรียน"
TYPES = ("ไฟฟ้า", "ประปา", "อาคารเรียน", "หลังคา", "ห้องน้ำ", "ครุภัณฑ์", "สนามเด็กเล่น", "อื่น ๆ")
URGENCIES = ("ปกติ", "เร่งด่วน", "ฉุกเฉิน")
SCHOOLS = (
    "วัดบึงทองคำ",
    "บ้านคลองสามพี่น้อง",
    "ประชาราษฎร์วิทยา",
    "สุเหร่าคลองหนึ่งใหม่",
    "วัดดอนมะขามเทศ",
    "ชุมชนร่มเกล้าอุปถัมภ์",
)
ROLES = ("ครูชำนาญการ", "ครูผู้ช่วย", "ผู้อำนวยการสถานศึกษา", "เจ้าหน้าที่ธุรการโรงเรียน", "รองผู้อำนวยการสถานศึกษา")
GOODS = (
    ("เปลี่ยนหลอดไฟ LED 18 วัตต์", 145),
    ("ซ่อมปั๊มน้ำพร้อมถังแรงดัน", 8750),
    ("เปลี่ยนกระเบื้องลอนคู่ 5 มม.", 68.5),
    ("ก๊อกน้ำล้างมือ", 220),
    ("ซ่อมฝ้าเพดานยิปซัม (ตร.ม.)", 385),
    ("โถสุขภัณฑ์แบบนั่งราบ", 2890),
    ("เปลี่ยนเบรกเกอร์กันดูด 32 A", 1250.75),
    ("ทาสีผนังภายนอกอาคาร (ตร.ม.)", 92),
    ("ซ่อมบานประตูห้องเรียน", 1500),
    ("พัดลมโคจรติดเพดาน 16 นิ้ว", 1190),
    ("เก้าอี้นักเรียนระดับประถมศึกษา", 640),
)
REASONS = (
    "หลอดไฟในห้องเรียนชั้น ๒ ดับหลายดวง แสงสว่างไม่เพียงพอต่อการเรียนการสอนในช่วงบ่ายและวันที่ฝนตก",
    "ปั๊มน้ำชำรุด น้ำไม่ขึ้นชั้นบน นักเรียนและครูต้องลงมาใช้ห้องน้ำชั้นล่างเพียงจุดเดียว",
    "หลังคารั่วซึมบริเวณห้องสมุด เมื่อฝนตกหนักน้ำหยดลงบนชั้นหนังสือ เกรงว่าหนังสือและสายไฟจะเสียหาย",
    "ฝ้าเพดานทรุดตัวและมีรอยร้าว เสี่ยงต่อการตกใส่นักเรียน โรงเรียนได้กั้นพื้นที่ไว้ชั่วคราวแล้ว",
    "ครุภัณฑ์ใช้งานมานานกว่า 10 ปี ซ่อมหลายครั้งแล้วไม่คุ้มค่า จึงขอเปลี่ยนใหม่ตามรายการข้างต้น",
    "ทั้งนี้ โรงเรียนจะเปิดภาคเรียนที่ ๑ ในวันที่ ๑๖ พฤษภาคม จึงขอความอนุเคราะห์ดำเนินการให้แล้วเสร็จก่อนวันดังกล่าว",
)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the table; money in satang."""

    name: str
    quantity: int
    unit_price: int

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Repair:
    """A filled request."""

    school: str
    district: str
    day: date
    requester: str
    role: str
    citizen_id: str
    phone: str | None
    types: tuple[str, ...]
    urgency: str
    items: tuple[Item, ...]
    reason: tuple[str, ...]
    signed: bool
    printed_name: bool


def invent(rng: Random) -> Repair:
    """An invented request, the same for the same `rng`."""
    items = rng.sample(GOODS, rng.randint(2, 6))
    types = rng.sample(TYPES, rng.randint(1, 4))
    return Repair(
        school=f"โรงเรียน{rng.choice(SCHOOLS)}",
        district=rng.choice(people.DISTRICTS),
        day=date(2023, 10, 2) + timedelta(days=rng.randrange(600)),
        requester=people.person(rng),
        role=rng.choice(ROLES),
        citizen_id=people.citizen_id(rng),
        phone=people.phone(rng) if rng.random() < 0.85 else None,
        types=tuple(t for t in TYPES if t in types),
        urgency=rng.choice(URGENCIES),
        items=tuple(Item(name, rng.randrange(1, 40), round(price * 100)) for name, price in items),
        reason=tuple(rng.sample(REASONS, rng.randint(1, 3))),
        signed=rng.random() < 0.7,
        printed_name=rng.random() < 0.8,
    )


def values(form: Repair) -> dict[str, Any]:
    """The values that should be read from the form."""
    found: dict[str, Any] = truth.nfc(
        {
            "school": form.school,
            "district": form.district,
            "request_date": form.day.isoformat(),
            "requester_name": form.requester,
            "requester_position": form.role,
            "citizen_id": form.citizen_id.replace("-", ""),
            "phone": form.phone,
            "repair_types": list(form.types),
            "urgency": form.urgency,
            "items": [
                {
                    "number": i,
                    "item": item.name,
                    "quantity": item.quantity,
                    "unit_price": truth.baht(item.unit_price),
                    "amount": truth.baht(item.amount),
                }
                for i, item in enumerate(form.items, 1)
            ],
            "total": truth.baht(sum(item.amount for item in form.items)),
            "reason": list(form.reason),
            "certification": {
                "signed": form.signed,
                "signer_name": form.requester if form.printed_name else None,
                "signer_position": form.role if form.printed_name else None,
            },
        }
    )
    return found


def page(forms: Sequence[Repair], variant: int, font: str, rng: Random) -> str:
    """The HTML of `forms`, a page each. Variant 0: lines; 1: a ruled head; 2: pairs, reasons before the table."""
    body = "".join(f'<section class="v{variant}">{_form(form, variant, rng)}</section>' for form in forms)
    return f'<!doctype html><meta charset="utf-8"><style>{_css(font)}</style><body>{body}</body>'


def _form(form: Repair, variant: int, rng: Random) -> str:
    day = (
        f"{form.day.day} {MONTHS[form.day.month - 1]} {form.day.year + 543}"
        if variant != 1
        else f"{form.day:%d/%m}/{form.day.year + 543}"
    )
    pairs = (
        ("ชื่อโรงเรียน", form.school),
        ("สำนักงานเขต", form.district),
        ("วันที่แจ้ง", day),
        ("โทรศัพท์", form.phone or ("..............................." if variant != 1 else "")),
        ("ชื่อผู้แจ้ง", form.requester),
        ("ตำแหน่ง", form.role),
        ("เลขประจำตัวประชาชน", form.citizen_id),
    )
    if variant == 1:
        cells = [f"<td><b>{label}</b></td><td>{html.escape(value)}</td>" for label, value in pairs]
        rows = "".join(f"<tr>{a}{b}</tr>" for a, b in zip(cells[0:6:2], cells[1:6:2], strict=True))
        head = f'<table class="head">{rows}<tr>{cells[6].replace("<td>", "<td colspan=3>")}</tr></table>'.replace(
            "<td colspan=3><b>", "<td><b>"
        )
    elif variant == 2:
        both = zip(pairs[0:6:2], pairs[1:6:2], strict=True)
        head = (
            "".join(f'<p class="pair">{_pair(a)}{_pair(b)}</p>' for a, b in both)
            + f"<p>{_pair(pairs[6])}</p>"
        )
    else:
        head = "".join(f"<p>{_pair(pair)}</p>" for pair in pairs)
    types = "".join(f'<span class="choice">{_box(t in form.types, rng)} {t}</span>' for t in TYPES)
    urgent = "".join(f'<span class="choice">{_box(u == form.urgency, rng)} {u}</span>' for u in URGENCIES)
    reasons = "<h2>{n}. เหตุผลความจำเป็น</h2>" + "".join(
        f'<p class="para">{html.escape(text)}</p>' for text in form.reason
    )
    table = "<h2>{n}. รายการที่ขอซ่อม</h2>" + _table(form)
    blocks = [
        f"<h2>{{n}}. ประเภทงานที่ขอซ่อม</h2><p class=choices>{types}</p>",
        f"<h2>{{n}}. ความเร่งด่วน</h2><p class=choices>{urgent}</p>",
    ]
    blocks += [reasons, table] if variant == 2 else [table, reasons]
    body = "".join(block.replace("{n}", str(i)) for i, block in enumerate(blocks, 1))
    return f'<p class="title">{TITLE}</p>{head}{body}{_signature(form, rng)}'


def _pair(pair: tuple[str, str]) -> str:
    return f'<span class="cell"><span class="l">{pair[0]}</span> : {html.escape(pair[1])}</span>'


def _box(ticked: bool, rng: Random) -> str:
    tick = ""
    if ticked:
        x, y = rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6)
        shapes = (
            f"M{2 + x:.1f} {6 + y:.1f}l{rng.uniform(2, 3):.1f} {rng.uniform(3, 4):.1f}l{rng.uniform(5, 7):.1f} {rng.uniform(-11, -8):.1f}",
            f"M{1.5 + x:.1f} {1.5 + y:.1f}l9 9M{10.5 + x:.1f} {1.5 + y:.1f}l-9 9",
        )
        colour = rng.choice(("#1a2f8f", "#111"))
        tick = f'<path d="{rng.choice(shapes)}" fill="none" stroke="{colour}" stroke-width="1.3" stroke-linecap="round"/>'
    return f'<svg class="box" viewBox="-2 -2 16 16"><rect x="0" y="0" width="12" height="12" fill="none" stroke="#000"/>{tick}</svg>'


def _table(form: Repair) -> str:
    titles = ("ลำดับ", "รายการ", "จำนวน", "ราคาต่อหน่วย (บาท)", "จำนวนเงิน (บาท)")
    rows = "".join(
        f"<tr><td class=c>{i}</td><td>{html.escape(item.name)}</td><td class=c>{item.quantity}</td>"
        f"<td class=r>{item.unit_price / 100:,.2f}</td><td class=r>{item.amount / 100:,.2f}</td></tr>"
        for i, item in enumerate(form.items, 1)
    )
    total = sum(item.amount for item in form.items) / 100
    head = "".join(f"<th>{title}</th>" for title in titles)
    return f'<table class="goods"><tr>{head}</tr>{rows}<tr><td colspan=4 class=r><b>รวมเป็นเงินทั้งสิ้น</b></td><td class=r>{total:,.2f}</td></tr></table>'


def _signature(form: Repair, rng: Random) -> str:
    ink = signature(rng) if form.signed else ""
    dots = "." * 46
    name = html.escape(form.requester) if form.printed_name else dots
    role = html.escape(form.role) if form.printed_name else dots
    return f'<div class="sign">{ink}<p>ลงชื่อ{dots}ผู้แจ้ง</p><p>( {name} )</p><p>ตำแหน่ง {role}</p></div>'


def _css(font: str) -> str:
    size = 11.8 * SCALE.get(font, 1.0)
    return f"""{face_rules(font)}
@page {{ size: A4; margin: 20mm 20mm 15mm 22mm; }}
body {{ margin: 0; font: {size:.1f}pt/{1.45 + TALL.get(font, 0)} '{font}'; }} section + section {{ break-before: page; }}
p, h2 {{ margin: 0; }} h2 {{ font-size: inherit; margin-top: 3mm; }} .title {{ text-align: center; font-weight: bold; margin-bottom: 4mm; font-size: 115%; }}
.l {{ font-weight: bold; }} .pair {{ display: flex; }} .pair .cell {{ flex: 0 0 55%; white-space: nowrap; }}
.choices {{ padding-left: 8mm; }} .choice {{ display: inline-block; min-width: 38mm; white-space: nowrap; }}
.box {{ width: 4.6mm; height: 4.6mm; vertical-align: -0.9mm; overflow: visible; }}
table {{ border-collapse: collapse; width: 100%; margin: 1mm 0; }} td, th {{ padding: 0.6mm 2mm; vertical-align: top; }}
.goods td, .goods th, .head td {{ border: 0.6pt solid #000; }} .head td + td {{ white-space: nowrap; }} .c {{ text-align: center; }} .r {{ text-align: right; }}
.para {{ text-indent: 14mm; }} .sign {{ position: relative; margin: 13mm 0 0 45%; text-align: center; }}
.ink {{ position: absolute; top: -9mm; left: 32mm; width: 40mm; height: 14mm; }}"""
